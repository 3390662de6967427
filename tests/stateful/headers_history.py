# SPDX-License-Identifier: AGPL-3.0-only
"""Chains of easy headers in lock-step with the model, and one history through all rules."""

from dataclasses import dataclass, field

from reference.header_coinbase import root_of
from reference.headers import ChainBlock, HeaderRules, target_of
from reference.units import DAY_SECONDS
from testing.compiler import Compiler
from testing.headers_lockstep import FeeProof, HeadersLockstep
from testing.local_chain import Refused
from testing.mining import EASY_BITS, EASY_LIMIT, branch_of, coinbase, easy_anchor, mine

DAY = 20_000
RETARGET = 2016 * 6
RULES = HeaderRules(pow_limit=EASY_LIMIT, halving_blocks=RETARGET + 40)
LATER = (DAY + 90) * DAY_SECONDS
SUBSIDY = 50 * 10**8
CROWDED = DAY + 1
"""The day that two retargets fall into, where a chain has 2,016 blocks on it."""
_A_CALL = 400


@dataclass
class HeadersHistory:
    """A contract with its model, and the coinbase of every block that was mined.

    tips: ends of known chains; works: greatest work each day was seen proven with.
    """

    lockstep: HeadersLockstep
    tips: list[ChainBlock]
    coinbases: dict[bytes, tuple[bytes, list[bytes]]] = field(default_factory=dict)
    works: dict[int, int] = field(default_factory=dict)
    best_work: int = 0

    @classmethod
    def begin(
        cls,
        compiler: Compiler | None = None,
        height: int = RETARGET - 30,
        epoch_seconds: int = 0,
        now: int = LATER,
    ) -> "HeadersHistory":
        """Deploy at an anchor of an easy target."""
        anchor = easy_anchor(height, DAY, epoch_seconds)
        lockstep = HeadersLockstep.begin(anchor, RULES, now, compiler)
        return cls(lockstep, [lockstep.model.root])

    def block(self, parent: ChainBlock, time: int, paid: int = 0) -> ChainBlock:
        """Mine a block whose coinbase pays so much above the subsidy [sat]; it is not sent yet."""
        allowed = SUBSIDY >> ((parent.height + 1) // RULES.halving_blocks)
        own = coinbase([(max(allowed + paid, 0), 22)], nonce=len(self.coinbases) + 1)
        branch = branch_of(str(len(self.coinbases)), len(self.coinbases) % 4)
        header = mine(parent, time, RULES, root_of(own, branch))
        block = self.lockstep.model.follow(parent, header, time)
        self.coinbases[block.block_hash] = (own, branch)
        return block

    def run(self, parent: ChainBlock, gaps: list[int], paid: int = 1_000) -> list[ChainBlock]:
        """Mine blocks so far apart [s]; every second one claims too little."""
        blocks = []
        for gap in gaps:
            parent = self.block(parent, max(parent.time + gap, parent.mediantime + 1), paid)
            paid = -paid
            blocks.append(parent)
        return blocks

    def send(self, start: ChainBlock, blocks: list[ChainBlock]) -> ChainBlock:
        """Extend a chain by mined blocks, in as few calls as days allow; return the tip."""
        pending: list[ChainBlock] = []
        tip, days = start, 0
        for block in blocks:
            ends_day = block.parent is not None and block.day != block.parent.day
            if ends_day and days:
                tip = self.lockstep.extend(tip, [each.header for each in pending])
                pending, days = [], 0
            pending.append(block)
            days += ends_day
        tip = self.lockstep.extend(tip, [each.header for each in pending])
        self.tips.append(tip)
        self.look()
        return tip

    def crowd(self) -> ChainBlock:
        """Send a chain that is four blocks before the second retarget of a day; return its end."""
        tip = self.tips[0]
        blocks = self.run(tip, [3_600] * 20 + [1] * (RETARGET + 2016 - 4 - tip.height - 20))
        for first in range(0, len(blocks), _A_CALL):
            tip = self.lockstep.extend(
                tip, [each.header for each in blocks[first : first + _A_CALL]]
            )
        assert tip.day == CROWDED
        return tip

    def fees(self, day: int, count: int) -> None:
        """Prove the fees of the next blocks of a proven day."""
        model = self.lockstep.model
        blocks = model.proofs[day].day.blocks[::-1]
        done = len(model.fees_of(day))
        proofs: list[FeeProof] = [
            (block.header, *self.coinbases[block.block_hash])
            for block in blocks[done : done + count]
        ]
        self.lockstep.prove_fees(day, proofs)

    def look(self) -> None:
        """Compare everything proven, and check the invariants of headers.md §6."""
        model, contract = self.lockstep.model, self.lockstep.contract
        days = {DAY, CROWDED, *model.proofs}
        self.lockstep.check(*days)
        assert self.lockstep.is_known(self.tips[-1])
        assert contract.read("best_work") >= self.best_work
        self.best_work = contract.read("best_work")
        for day in days:
            proven = contract.read("proven_day", day)
            assert proven[6] >= self.works.get(day, 0)
            self.works[day] = proven[6]
            bounds = contract.read("proven_bounds", day)
            assert (proven[7] == proven[2]) == (bounds[2] == bounds[3])


def whole_history(compiler: Compiler) -> None:
    """Go through every rule once: what a broken contract cannot get through unnoticed."""
    history = HeadersHistory.begin(compiler, epoch_seconds=1_000_000)
    root = history.tips[0]
    # a retarget inside the first whole day, an hour between blocks; the last but one becomes known
    blocks = history.run(root, [3_600] * 60, paid=-5)
    end = next(index for index, block in enumerate(blocks) if block.day == DAY + 2)
    trunk = history.send(root, blocks[: end - 1])
    tip = history.send(trunk, blocks[end - 1 :])
    day = DAY + 1
    assert set(history.lockstep.model.proofs) == {day}
    history.fees(day, 24)
    history.look()
    # a fork of equal work changes nothing, one block more does, and back again
    fork = history.send(trunk, history.run(trunk, [3_599] * (tip.height - trunk.height)))
    assert fork.work == tip.work
    assert history.lockstep.model.proofs[day].last.block_hash == blocks[end - 1].block_hash
    history.send(fork, history.run(fork, [60]))
    assert history.lockstep.model.proofs[day].last.block_hash != blocks[end - 1].block_hash
    tip = history.send(tip, history.run(tip, [60, 60]))
    assert history.lockstep.model.proofs[day].last.block_hash == blocks[end - 1].block_hash
    # times at the bounds: out of order, the median itself, and ahead of the clock
    tip = history.send(tip, history.run(tip, [-3_000, 4_000, -2_000, 1, 7_200, -7_000, 600] * 3))
    _refused(history, tip, tip.mediantime)
    history.lockstep.chain.now = tip.time + 400_000
    _refused(history, tip, history.lockstep.chain.now + 7_201)
    _refused(history, tip, tip.time + 1, is_valid=False)
    # empty days, then two days in one call
    tip = history.send(tip, history.run(tip, [300_000] + [600] * 20))
    history.lockstep.chain.now = LATER
    days = history.run(tip, [3 * 3_600] * 30)
    try:
        history.lockstep.extend(tip, [block.header for block in days])
    except Refused:
        tip = history.send(tip, days)
    # five blocks on a day, then all of the next in one call
    blocks = history.run(tip, [3_600] * 60)
    first = next(index for index, block in enumerate(blocks) if block.day != tip.day)
    middle = history.send(tip, blocks[: first + 5])
    history.send(middle, blocks[first + 5 :])
    # fees down to the last block, and none of another day's
    for day in sorted(history.lockstep.model.proofs):
        blocks = history.lockstep.model.proofs[day].day.blocks
        other = history.lockstep.model.proofs[day].last.parent
        assert other is not None
        _fees_refused(history, day, (other.header, *history.coinbases[other.block_hash]))
        while len(history.lockstep.model.fees_of(day)) < len(blocks):
            history.fees(day, 24)
        last = history.lockstep.model.proofs[day].last
        _fees_refused(history, day, (last.header, *history.coinbases[last.block_hash]))
    history.look()
    _epochs(compiler)
    _third_target(compiler)


def _epochs(compiler: Compiler) -> None:
    """Go through an epoch: its first block is the one that the next retarget counts from."""
    history = HeadersHistory.begin(compiler, RETARGET - 1, epoch_seconds=-9_000)
    tip = history.tips[0]
    # a quarter of the blocks an hour late: the third target follows from the second epoch alone
    for _ in range(4):
        tip = history.send(tip, history.run(tip, [700] * 507))
    assert tip.height > RETARGET + 2016
    assert tip.bits != EASY_BITS
    assert target_of(tip.bits) > target_of(history.tips[1].bits)


def _third_target(compiler: Compiler) -> None:
    """Go through a day with two retargets: it has no proof, the next one has."""
    history = HeadersHistory.begin(compiler)
    tip = history.crowd()
    tip = history.send(tip, history.run(tip, [1] * 8 + [3_600] * 60))
    assert set(history.lockstep.model.proofs) == {CROWDED + 1}


def _refused(history: HeadersHistory, tip: ChainBlock, time: int, *, is_valid: bool = True) -> None:
    try:
        history.lockstep.extend(tip, [mine(tip, time, RULES, is_valid=is_valid)])
    except Refused:
        return
    raise AssertionError(f"a header of time {time} was accepted")


def _fees_refused(history: HeadersHistory, day: int, proof: FeeProof) -> None:
    try:
        history.lockstep.prove_fees(day, [proof])
    except Refused:
        return
    raise AssertionError("fees of another block were accepted")
