# SPDX-License-Identifier: AGPL-3.0-only
"""Hold posted days against the own facts; have proof-of-work contradict those that are false.

Nothing is sent until somebody lies, unless it is asked for: then the chain of headers catches up,
the day is proven, and the oracle lets it wait for people. Anyone may do the same; whoever proves
first proves for all.
"""

from collections.abc import Iterable

import structlog

from hashrate.core.types import DayFacts, DayIndex
from hashrate.core.units import DAY_SECONDS, iso_from_day
from hashrate.evm.errors import RpcRefusedError
from hashrate.evm.rpc import number_from_hex
from oracles.chain.contracts import PostedDay
from oracles.chain.headers import review_call
from oracles.chain.transmitter import Work
from oracles.daemon.parts import Outcome, Parts, WatchMode
from oracles.daemon.posting import transmit
from oracles.daemon.proving import DayProver, ProofCall
from oracles.daemon.remote import NOT_THERE_YET
from oracles.journal.models import PROOF_KINDS, WorkKind

_LOG = structlog.get_logger(__name__)
_PENDING_DAYS = 60  # more cannot be pending: two dispute windows and the longest others
_DAILY_DAYS = 7  # how far back every day is proven
_REFRESH_SECONDS = 28 * DAY_SECONDS
_FIELDS = ("last_height", "difficulty_wad", "hashprice_wad")


class WatchSteps:
    """What a cycle does about days that are posted."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._facts: dict[DayIndex, DayFacts] = {}
        self._told: dict[DayIndex, tuple[int, ...]] = {}

    def run(self) -> None:
        """Look at every pending day, and do what the mode says.

        Raises:
            HashrateError: a source, the node or the journal fails; the next cycle goes on.
        """
        parts = self._parts
        now = number_from_hex(parts.rpc.block().get("timestamp"))
        next_day = parts.oracle.next_day()
        pending = self._pending(next_day, now)
        false = [posted for posted in pending if self._is_false(posted)]
        parts.metrics.contradicted_days.set(len(false))
        parts.metrics.watch_gas.set(self._spent())
        prover = parts.prover
        if prover is None:
            parts.metrics.unproven_days.set(len(false))
            return
        parts.metrics.unproven_days.set(sum(not _contradicts(prover, day) for day in false))
        if parts.watch.mode is WatchMode.OFF or parts.transmitter is None:
            return
        for posted in false:
            self._prove(prover, posted)
            self._review(posted)
        for posted in pending:
            # the truth, posted in the place of a lie: it need not wait as long
            if posted not in false and prover.contract.proven_day(posted.day) is not None:
                self._review(posted)
        if parts.watch.mode is WatchMode.DAILY:
            self._prove_daily(prover, next_day)
        self._refresh(prover, now)

    def _pending(self, next_day: DayIndex, now: int) -> list[PostedDay]:
        """Return the pending days, the oldest first."""
        found: list[PostedDay] = []
        for number in range(next_day - 1, next_day - 1 - _PENDING_DAYS, -1):
            posted = self._parts.oracle.posted_day(DayIndex(number))
            if posted is None or posted.final_at <= now:
                break
            found.append(posted)
        return found[::-1]

    def _is_false(self, posted: PostedDay) -> bool:
        """Return whether our own facts contradict a posted day; tell of it once."""
        ours = self._own_facts(posted.day)
        if ours is None:
            return False
        values = tuple(getattr(posted, name) for name in _FIELDS)
        expected = tuple(getattr(ours, name) for name in _FIELDS)
        if values == expected:
            self._told.pop(posted.day, None)
            return False
        if self._told.get(posted.day) != values:
            self._told[posted.day] = values
            _LOG.error(
                "quorum_contradicted",
                day=iso_from_day(posted.day),
                posted=dict(zip(_FIELDS, values, strict=True)),
                ours=dict(zip(_FIELDS, expected, strict=True)),
                final_at=posted.final_at,
            )
        return True

    def _own_facts(self, day: DayIndex) -> DayFacts | None:
        """Return a day's facts by our own sources, None while they are not there."""
        known = self._facts.get(day)
        if known is not None and self._parts.facts.anchor(day, known.last_height):
            return known
        try:
            reading = self._parts.facts.read(day, None)
        except NOT_THERE_YET:
            return None
        self._facts[day] = reading.facts
        return reading.facts

    def _prove(self, prover: DayProver, posted: PostedDay) -> None:
        """Bring a day's proof on chain, its fees only where nothing else contradicts it."""
        truth = prover.truth(posted.day)
        if not self._send(posted.day, prover.extend_calls(truth)):
            return
        if not _contradicts(prover, posted):
            self._send(posted.day, prover.fee_calls(truth))

    def _prove_daily(self, prover: DayProver, next_day: DayIndex) -> None:
        for number in range(max(prover.first_day, next_day - _DAILY_DAYS), next_day):
            day = DayIndex(number)
            proven = prover.contract.proven_day(day)
            ours = self._own_facts(day)
            if ours is None or ours.last_height < ours.first_height:
                continue
            if proven is not None and proven.has_all_fees:
                continue
            truth = prover.truth(day)
            sent = self._send(day, prover.extend_calls(truth))
            if not (sent and self._send(day, prover.fee_calls(truth))):
                return

    def _review(self, posted: PostedDay) -> None:
        """Have a day reviewed, where that would move its finality or answer a dispute."""
        oracle, transmitter = self._parts.oracle, self._parts.transmitter
        if transmitter is None:
            return
        data = review_call(posted.day)
        try:
            self._parts.rpc.estimate_gas(transmitter.address, oracle.address, data)
        except RpcRefusedError as error:
            _LOG.debug("nothing_to_review", day=iso_from_day(posted.day), why=error.reason)
            return

        end = oracle.disputes_end()

        def is_done() -> bool:
            now = oracle.posted_day(posted.day)
            return now is None or now.final_at != posted.final_at or oracle.disputes_end() != end

        call = ProofCall(WorkKind.REVIEW, data, is_done)
        if self._send(posted.day, [call]):
            now = oracle.posted_day(posted.day)
            final_at = None if now is None else now.final_at
            _LOG.warning("day_reviewed", day=iso_from_day(posted.day), final_at=final_at)

    def _refresh(self, prover: DayProver, now: int) -> None:
        """Extend a chain that nobody extended for weeks: a stale one is cheap to fork."""
        newest = prover.newest()
        height = prover.anchor.height if newest is None else newest.height
        (header,) = prover.headers(height, height)
        if now - header.time > _REFRESH_SECONDS:
            self._send(prover.first_day, prover.tip_calls())

    def _send(self, day: DayIndex, calls: Iterable[ProofCall]) -> bool:
        """Send calls one after another within the budget; return whether all are done."""
        parts = self._parts
        for call in calls:
            if call.is_done():
                continue
            contract = parts.oracle.address
            if call.kind is not WorkKind.REVIEW and parts.prover is not None:
                contract = parts.prover.contract.address
            work = Work(call.kind, day, contract, call.data)
            if not self._is_affordable(work):
                return False
            outcome = transmit(parts, work, call.is_done)
            parts.metrics.watch_gas.set(self._spent())
            _LOG.info("proof", kind=call.kind, day=iso_from_day(day), outcome=outcome)
            if outcome is not Outcome.POSTED:
                return False
        return True

    def _is_affordable(self, work: Work) -> bool:
        parts = self._parts
        if parts.transmitter is None:
            return False
        gas = parts.rpc.estimate_gas(parts.transmitter.address, work.to, work.data)
        spent = self._spent()
        if spent + gas <= parts.watch.gas_a_day:
            return True
        _LOG.warning("watch_budget_spent", spent=spent, needed=gas, a_day=parts.watch.gas_a_day)
        return False

    def _spent(self) -> int:
        """Return the gas spent within the last 24 hours."""
        since = self._parts.clock.now() - DAY_SECONDS
        return self._parts.journal.gas_since(PROOF_KINDS, since)


def _contradicts(prover: DayProver, posted: PostedDay) -> bool:
    """Return whether what is proven on chain contradicts a posted day."""
    proven = prover.contract.proven_day(posted.day)
    return proven is not None and not proven.agrees(
        posted.last_height, posted.difficulty_wad, posted.hashprice_wad
    )
