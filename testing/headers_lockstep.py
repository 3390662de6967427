# SPDX-License-Identifier: AGPL-3.0-only
"""BitcoinHeaders and its model, called together: both accept or both refuse, and for one cause."""

from collections.abc import Sequence
from dataclasses import dataclass

from eth_abi import encode
from eth_utils import keccak

from reference.errors import Cause, ModelRevert
from reference.headers import Anchor, ChainBlock, HeaderModel, HeaderRules, Point, point_of
from testing.compiler import Compiler
from testing.local_chain import LocalChain, LocalContract, Refused
from testing.mining import anchor_tuple, rules_tuple, words_of
from testing.quick_chain import QuickChain

POINT = (
    "(bytes32,uint256,uint256,uint256,uint256,uint256[11],"
    "uint256,uint256,uint256,uint256,uint256,uint256,bytes32)"
)
IGNORED = (2**32 - 1) << 160 | 2**128 - 1
SENDER = "0x" + "77" * 20
FeeProof = tuple[bytes, bytes, Sequence[bytes]]

CAUSES = {
    "headers: unknown point": Cause.UNKNOWN_POINT,
    "headers: none given": Cause.NO_HEADERS,
    "headers: not later than median": Cause.TIME_TOO_EARLY,
    "headers: ahead of the clock": Cause.TIME_TOO_LATE,
    "headers: not enough work": Cause.NOT_ENOUGH_WORK,
    "headers: second day in a call": Cause.SECOND_DAY,
    "headers: day not proven": Cause.NOT_PROVEN,
    "headers: fees are complete": Cause.FEES_COMPLETE,
    "headers: another block": Cause.ANOTHER_BLOCK,
    "headers: not in the block": Cause.NOT_IN_BLOCK,
    "headers: fees too wide": Cause.TOO_WIDE,
}


def point_hash(point: Point) -> bytes:
    """Return what the contract stores of a point."""
    return bytes(keccak(encode([POINT], [point])))


@dataclass
class HeadersLockstep:
    """One contract on a chain of its own, and the model of it."""

    chain: LocalChain
    contract: LocalContract
    model: HeaderModel

    @classmethod
    def begin(
        cls, anchor: Anchor, rules: HeaderRules, now: int, compiler: Compiler | None = None
    ) -> "HeadersLockstep":
        """Deploy the contract at `now` [unix s]."""
        chain = QuickChain(now, compiler)
        contract = chain.deploy(
            "headers/BitcoinHeaders",
            anchor_tuple(anchor),
            rules_tuple(rules),
            sender=SENDER,
        )
        lockstep = cls(chain, contract, HeaderModel(anchor, rules))
        assert lockstep.is_known(lockstep.model.root)
        return lockstep

    def extend(self, tip: ChainBlock, headers: Sequence[bytes]) -> ChainBlock:
        """Extend a chain and return its new tip.

        Raises:
            Refused: both refuse.
        """
        end: ChainBlock | None = None
        cause: Cause | None = None
        try:
            end = self.model.extend(tip, headers, self.chain.now)
        except ModelRevert as revert:
            cause = revert.cause
        try:
            # what stands in the bytes that are ignored makes no difference
            words = [(root, rest | IGNORED) for root, rest in map(words_of, headers)]
            hashed = self.contract.send("extend", point_of(tip), words, sender=SENDER)
        except Refused as refused:
            assert CAUSES.get(refused.reason) is cause, f"{refused.reason}, not {cause}"
            raise
        assert end is not None, f"accepted, not {cause}"
        assert hashed == point_hash(point_of(end))
        assert self.is_known(end)
        return end

    def prove_fees(self, day: int, blocks: Sequence[FeeProof], *, one: bool = False) -> None:
        """Prove fees of a day's blocks, or of one block whose coinbase may be long.

        Raises:
            Refused: both refuse.
        """
        cause: Cause | None = None
        try:
            self.model.prove_fees(day, blocks)
        except ModelRevert as revert:
            cause = revert.cause
        try:
            if one:
                self.contract.send("prove_fees_of_one", day, *blocks[0], sender=SENDER)
            else:
                self.contract.send("prove_fees", day, blocks, sender=SENDER)
        except Refused as refused:
            if refused.reason.startswith("coinbase: "):
                # a transaction that is no coinbase is no part of the tree either, as a rule
                assert cause in (Cause.INVALID_COINBASE, Cause.NOT_IN_BLOCK)
            else:
                assert CAUSES.get(refused.reason) is cause, f"{refused.reason}, not {cause}"
            raise
        assert cause is None, f"accepted, not {cause}"
        self.check(day)

    def is_known(self, tip: ChainBlock) -> bool:
        """Return whether the contract knows a chain."""
        return bool(self.contract.read("is_known", point_hash(point_of(tip))))

    def check(self, *days: int) -> None:
        """Compare all that is proven of these days."""
        assert self.contract.read("best_work") == self.model.best_work
        for day in days:
            assert self.contract.read("proven_day", day) == self.model.proven_day(day)
            assert self.contract.read("proven_bounds", day) == self.model.proven_bounds(day)
