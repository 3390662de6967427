# SPDX-License-Identifier: AGPL-3.0-only
"""One chapter of its own: a bought quorum lies about a height, and proof-of-work buys people time.

A chain of Bitcoin headers with an easy target is mined here; everything else is as on a live
network. Each step is made on the chain and in the reference models, and both must agree.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from itertools import count
from typing import Any

from eth_account import Account
from eth_account.signers.local import LocalAccount

from commands.shell.chain import Chain
from commands.shell.contracts import HEADERS, ORACLE
from commands.shell.deployment import execute
from commands.shell.headers import anchor_args
from commands.shell.plan import Action, Change, Ref, Step
from hashrate.bitcoin.hashprice import facts_from_blocks
from hashrate.bitcoin.headers import (
    Anchor,
    Header,
    Point,
    double_sha256,
    extensions,
    follow,
    point_at_anchor,
)
from hashrate.core.types import (
    Block,
    BlockHeight,
    CompactBits,
    DayFacts,
    DayIndex,
    Network,
    Sats,
    UnixSeconds,
    UsdE8,
)
from hashrate.core.units import DAY_SECONDS
from hashrate.reports.quorum import assemble
from hashrate.reports.report import DayReport, OracleDomain, sign_day_report
from reference import DayFacts as ModelFacts
from reference import Membership, OracleModel, Roles, SignedPrice
from reference import Network as ModelNetwork
from reference.headers import Anchor as ModelAnchor
from reference.headers import ChainBlock, HeaderModel, HeaderRules
from reference.oracle import Bounds
from simulation.demo.accounts import test_account
from simulation.demo.block_timer import BlockTimer
from simulation.demo.schedule import GUARDIAN, KEEPER, OWNER, REPORTERS, THRESHOLD

_BITS = CompactBits(0x2003FFFF)  # 64 hashes a block
_NETWORK = Network("easy", 210_000, 1, 2**255 - 1, retargets=False)
_HEIGHT = 1_000
_BLOCK_SECONDS = 600
_HOUR = 3_600
_PRICE = UsdE8(60_000 * 10**8)
_WINDOW_DAYS = 14
_DELAY_DAYS = 7
_BLOCKS_AFTER = 6


@dataclass(frozen=True, slots=True)
class Moment:
    """One line of the timeline: when it happened [unix s], and what."""

    at: int
    text: str


class DisputeChapter:
    """The chapter, told step by step."""

    def __init__(self, timer: BlockTimer) -> None:
        """Deploy a header contract and an oracle that reviews days by it, on the present day."""
        self._timer = timer
        self._chain = Chain(test_account(OWNER), before_send=timer.tick, is_rehearsed=False)
        self._keys: list[LocalAccount] = [
            Account.from_key(test_account(alias).private_key) for alias in (*REPORTERS, KEEPER)
        ]
        noon = (timer.now // DAY_SECONDS + 1) * DAY_SECONDS + DAY_SECONDS // 2
        self._first = DayIndex(noon // DAY_SECONDS + 1)
        times = [noon - _BLOCK_SECONDS * back for back in range(11)]
        ring = [0] * 11
        for back, time in enumerate(times):
            ring[(_HEIGHT - back) % 11] = time
        name = sha256(b"the anchor of the demo").digest()
        self._anchor = Anchor(
            name,
            BlockHeight(_HEIGHT),
            0,
            _BITS,
            UnixSeconds(noon),
            tuple(map(UnixSeconds, ring)),
        )
        rules = HeaderRules(_NETWORK.pow_limit, retargets=False, unit_hashes=1)
        model_anchor = ModelAnchor(name, _HEIGHT, 0, _BITS, noon, tuple(reversed(times)))
        self._headers_model = HeaderModel(model_anchor, rules)
        self._known: Point = point_at_anchor(self._anchor)
        self._known_block: ChainBlock = self._headers_model.root
        self._mined: list[Header] = []
        self._blocks: list[Block] = []
        self._tip = self._known
        self._mine_to((self._first + 1) * DAY_SECONDS)
        first_height = self._facts(self._first).first_height
        self.timeline: list[Moment] = []
        self.differences: list[str] = []
        self.comparisons = 0
        self._deploy(first_height)
        owner, guardian = (test_account(alias).address for alias in (OWNER, GUARDIAN))
        self._model = OracleModel(
            ModelNetwork(self._first, first_height, _NETWORK.halving_blocks, 1),
            Membership([key.address for key in self._keys[:3]], THRESHOLD),
            Roles(owner, guardian),
            dispute_window=_WINDOW_DAYS * DAY_SECONDS,
        )

    def play(self) -> None:
        """Play the chapter from the first day to the end of the dispute."""
        bought, honest = self._keys[:2], self._keys[2:]
        self._report(self._first, bought, "a true day is posted", None)
        day = DayIndex(self._first + 1)
        lie = self._report(day, bought, "a bought quorum posts a height one too low", _lower)
        self._tell(f"it would be final {self._when(self._final_at(day))}")
        self._timer.move_to(self._timer.now + _HOUR // 2)
        gas = self._extend(day)
        self._tell(f"a watcher proves the day from {len(self._mined)} headers, {gas:,} gas")
        gas = self._review(day)
        self._tell(
            f"and has it reviewed, {gas:,} gas: disputed, final {self._when(self._final_at(day))}"
        )
        self._remove(bought[0], honest[1])
        self._timer.move_to(self._timer.now + _DELAY_DAYS * DAY_SECONDS)
        self._apply_and_veto(day)
        self._report(day, honest, "the new quorum posts the truth", None)
        self._tell(f"the wait belongs to the day: final {self._when(self._final_at(day))}")
        self._review(day)
        self._tell(f"reviewed again, it agrees: final {self._when(self._final_at(day))}")
        self._check("the truth is posted", self._posted_height(day), lie.last_height + 1)
        self._timer.move_to(self._final_at(day))
        self._timer.mine()
        self._check("final day", self._oracle.last_final_day(), day)
        self._tell("final, and true")

    # The chain and the models, side by side

    def _deploy(self, first_height: int) -> None:
        config = {
            "first_day": int(self._first),
            "first_height": first_height,
            "halving_blocks": _NETWORK.halving_blocks,
            "unit_hashes": 1,
            "spread_bps": 100,
            "short_window_seconds": DAY_SECONDS // 2,
            "long_window_seconds": 3 * DAY_SECONDS,
            "recovery_window_seconds": 10 * DAY_SECONDS,
            "membership_delay_seconds": _DELAY_DAYS * DAY_SECONDS,
            "bitcoin_headers": Ref(HEADERS),
            "dispute_window_seconds": _WINDOW_DAYS * DAY_SECONDS,
        }
        steps = [
            Step(
                HEADERS,
                HEADERS,
                {
                    "anchor": anchor_args(self._anchor),
                    "network": {
                        "pow_limit": _NETWORK.pow_limit,
                        "retargets": False,
                        "halving_blocks": _NETWORK.halving_blocks,
                        "unit_hashes": 1,
                    },
                },
            ),
            Step(
                ORACLE,
                ORACLE,
                {
                    "owner": test_account(OWNER).address,
                    "guardian": test_account(GUARDIAN).address,
                    "reporters": [key.address for key in self._keys[:3]],
                    "threshold": THRESHOLD,
                    "config": config,
                },
            ),
        ]
        changes = [Change(step, Action.DEPLOY) for step in steps]
        made = {step.name: sent.address for step, sent, _ in execute(self._chain, changes, {})}
        self._headers = self._chain.contract(HEADERS, made[HEADERS])
        self._oracle = self._chain.contract(ORACLE, made[ORACLE])
        self._domain = OracleDomain(self._chain.chain_id, self._oracle.address)

    def _report(
        self,
        day: DayIndex,
        signers: Sequence[LocalAccount],
        text: str,
        change: Callable[[DayFacts], DayFacts] | None,
    ) -> DayFacts:
        """Post a day, an hour after it is over or now, as it is or changed."""
        self._mine_to((day + 1) * DAY_SECONDS)
        self._timer.move_to((day + 1) * DAY_SECONDS + _HOUR)
        facts = self._facts(day) if change is None else change(self._facts(day))
        revision, version = self._oracle.revision_of(day), self._oracle.membership_version()
        report = DayReport(facts, revision, version)
        signed = assemble(
            [sign_day_report(key, self._domain, report, _PRICE) for key in signers], THRESHOLD, 100
        )
        self._send(
            self._oracle.report_day, facts.as_tuple(), signed.signature_tuples(), sender=KEEPER
        )
        prices = [SignedPrice(each.signer, _PRICE) for each in signed.signatures]
        plain = ModelFacts(*facts.as_tuple())
        self._model.post_day(plain, prices, revision, version, self._timer.now)
        self._tell(text)
        self._compare(day)
        return facts

    def _extend(self, day: DayIndex) -> int:
        """Prove a day; return the gas it took."""
        self._mine_to((day + 1) * DAY_SECONDS)
        gas = 0
        for extension in extensions(self._known, self._mined, _NETWORK):
            words = [header.as_words() for header in extension.headers]
            receipt = self._send(
                self._headers.extend, extension.start.as_tuple(), words, sender=KEEPER
            )
            gas += int(receipt.gas_used)
            data = [header.data for header in extension.headers]
            self._known_block = self._headers_model.extend(self._known_block, data, self._timer.now)
            self._known = extension.end
        proven = tuple(self._headers.proven_bounds(day))
        self._check("proven bounds", proven, self._headers_model.proven_bounds(day))
        return gas

    def _review(self, day: DayIndex) -> int:
        receipt = self._send(self._oracle.review_day, day, sender=KEEPER)
        bounds = Bounds(*self._headers_model.proven_bounds(day))
        self._model.review_day(day, bounds, self._timer.now)
        self._check("end of disputes", self._oracle.disputes_end(), self._model.dispute.ends_at)
        self._compare(day)
        return int(receipt.gas_used)

    def _remove(self, bought: LocalAccount, honest: LocalAccount) -> None:
        owner = test_account(OWNER).address
        self._send(self._oracle.remove_reporter, bought.address, sender=OWNER)
        self._model.remove_reporter(owner, bought.address)
        self._send(self._oracle.schedule_membership, [honest.address], THRESHOLD, sender=OWNER)
        self._model.schedule_membership(owner, [honest.address], THRESHOLD, self._timer.now)
        self._tell("the owner removes a bought key and schedules an honest one")

    def _apply_and_veto(self, day: DayIndex) -> None:
        self._send(self._oracle.apply_membership, sender=KEEPER)
        self._model.apply_membership(self._timer.now)
        self._send(self._oracle.veto_day, day, sender=GUARDIAN)
        self._model.veto_day(test_account(GUARDIAN).address, day, self._timer.now)
        self._tell("the honest key is a reporter; the guardian vetoes the lie")

    def _send(self, method: Any, *arguments: Any, sender: str) -> Any:
        return self._chain.send(method, *arguments, sender=test_account(sender))

    def _compare(self, day: DayIndex) -> None:
        posted = self._model.posted(day)
        found = posted and (posted.final_at, posted.priced.facts.last_height)
        self._check(f"day {day}", (self._final_at(day), self._posted_height(day)), found)

    def _check(self, what: str, on_chain: object, in_model: object) -> None:
        self.comparisons += 1
        if on_chain != in_model:
            self.differences.append(f"{what}: {on_chain} on the chain, {in_model} in the model")

    def _final_at(self, day: DayIndex) -> int:
        return int(self._oracle.day_record(day).final_at)

    def _posted_height(self, day: DayIndex) -> int:
        return int(self._oracle.day_record(day).last_height)

    def _tell(self, text: str) -> None:
        self.timeline.append(Moment(self._timer.now, text))

    @staticmethod
    def _when(time: int) -> str:
        return f"{datetime.fromtimestamp(time, UTC):%m-%d %H:%M}"

    # Bitcoin

    def _facts(self, day: DayIndex) -> DayFacts:
        """Return what is true of a day."""
        blocks = [block for block in self._blocks if block.mediantime >= self._first * DAY_SECONDS]
        return next(facts for facts in facts_from_blocks(blocks, _NETWORK) if facts.day == day)

    def _mine_to(self, time: int) -> None:
        """Mine until six blocks stand on the days before `time` [unix s]."""
        while sum(block.mediantime >= time for block in self._blocks[-_BLOCKS_AFTER:]) < (
            _BLOCKS_AFTER
        ):
            last = self._tip.times[self._tip.height % 11]
            header = _mined(self._tip, UnixSeconds(last + _BLOCK_SECONDS))
            self._tip = follow(self._tip, header, _NETWORK)
            self._mined.append(header)
            median = UnixSeconds(sorted(self._tip.times)[5])
            height = BlockHeight(self._tip.height)
            self._blocks.append(Block(height, header.time, median, _BITS, Sats(0)))


def _lower(facts: DayFacts) -> DayFacts:
    """Return a day with its last block left out: a false height, a consistent subsidy."""
    last = BlockHeight(facts.last_height - 1)
    return replace(facts, last_height=last, subsidy_sats=Sats(facts.subsidy_sats - 50 * 10**8))


def _mined(parent: Point, time: UnixSeconds) -> Header:
    """Return a header that follows a point and has the work that the easy target asks for."""
    root = sha256(time.to_bytes(4, "big")).digest()
    head = bytes.fromhex("00000020") + parent.block_hash + root
    head += time.to_bytes(4, "little") + _BITS.to_bytes(4, "little")
    target = (_BITS & 0x7FFFFF) << 8 * ((_BITS >> 24) - 3)
    for nonce in count():
        data = head + nonce.to_bytes(4, "little")
        if int.from_bytes(double_sha256(data), "little") <= target:
            return Header(data)
    raise AssertionError("count() does not end")
