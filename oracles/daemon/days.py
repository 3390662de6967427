# SPDX-License-Identifier: AGPL-3.0-only
"""Day reports: sign every day that is due, post them in order, compare what others posted."""

from dataclasses import asdict

import structlog
from eth_account.signers.local import LocalAccount

from hashrate.core.errors import BlockOrderError, HashrateError
from hashrate.core.types import BlockHeight, DayFacts, DayIndex
from hashrate.core.units import USD_E8, iso_from_day
from hashrate.reports.report import DayReport, SignedDayReport, sign_day_report
from oracles.chain.contracts import OracleState
from oracles.daemon.parts import Outcome, Parts
from oracles.daemon.posting import post
from oracles.daemon.readings import FactsReading, ending_of, is_over
from oracles.daemon.remote import NOT_THERE_YET
from oracles.journal.errors import JournalError
from oracles.journal.journal import Subject
from oracles.journal.models import ReportKind
from oracles.journal.records import Held
from oracles.sources.errors import SourcesDisagreeError, TooFewSourcesError

_LOG = structlog.get_logger(__name__)
_AUDIT_DAYS = 14
_BPS = 10_000


class DaySteps:
    """What a cycle does for days."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._seen_dry: set[DayIndex] = set()
        self._audited: dict[DayIndex, int] = {}
        self._readings: dict[DayIndex, tuple[BlockHeight, FactsReading]] = {}

    def run(self) -> Outcome:
        """Sign and post every due day, in order, as far as one cycle can.

        Returns:
            Where the next day stands.
        """
        while True:
            state = self._parts.oracle.state()
            self._parts.health.saw_next_day(state.next_day)
            signer = self._parts.signer
            if signer is None:
                return self._dry_run(state)
            due, trouble = self._sign_due(state, signer)
            outcome = Outcome.NOT_DUE
            for held in due:
                outcome = self._post(held)
                if outcome is not Outcome.POSTED:
                    break
            if trouble is not None:
                raise trouble  # what was signed before it is on its way all the same
            if outcome is not Outcome.POSTED:
                return outcome

    def audit(self) -> None:
        """Compare the days posted since the last time with what we hold to be true."""
        parts = self._parts
        next_day, first = parts.oracle.next_day(), parts.oracle.first_day()
        self._audited = {day: at for day, at in self._audited.items() if day < next_day}
        for number in range(max(first, next_day - _AUDIT_DAYS), next_day):
            day = DayIndex(number)
            if day in self._audited and day < next_day - 1:
                continue
            posted = parts.oracle.posted_day(day)
            if posted is None or self._audited.get(day) == posted.final_at:
                continue
            self._audited[day] = posted.final_at
            held = parts.journal.held_report(Subject(ReportKind.DAY, day))
            if held is not None and isinstance(held.signed, SignedDayReport):
                self._compare(held.signed)

    def _compare(self, signed: SignedDayReport) -> None:
        facts = signed.report.facts
        posted = self._parts.oracle.posted_values(facts.day)
        if posted is None:
            return
        day, ours = iso_from_day(facts.day), asdict(facts)
        unseen = [name for name in ours if name not in posted]
        if unseen:
            _LOG.warning("posted_day_compared_in_part", day=day, not_compared=unseen)
        differ = [name for name in ours if posted.get(name, ours[name]) != ours[name]]
        for name in differ:
            _LOG.error(
                "posted_day_differs", day=day, field=name, ours=ours[name], posted=posted[name]
            )
        price, theirs = signed.signatures[0].btc_usd_e8, posted["btc_usd_e8"]
        if abs(price - theirs) * _BPS > self._parts.oracle.spread_bps() * min(price, theirs):
            differ.append("btc_usd_e8")
            _LOG.error("posted_price_differs", day=day, ours=price, posted=theirs)
        if differ:
            self._parts.metrics.mismatches.inc()

    def _sign_due(
        self, state: OracleState, signer: LocalAccount
    ) -> tuple[list[Held], HashrateError | None]:
        """Sign the next day and some after it, as far as they are due.

        Returns:
            What is signed, and why it does not go on where something is wrong.
        """
        signed: list[Held] = []
        first = BlockHeight(self._parts.oracle.last_height_before(state.next_day) + 1)
        for day in range(state.next_day, state.next_day + 1 + self._parts.policy.sign_ahead):
            if not is_over(DayIndex(day), state.timestamp):
                break
            try:
                held = self._sign(DayIndex(day), first, state, signer)
            except NOT_THERE_YET as error:
                _LOG.debug("not_due", day=iso_from_day(DayIndex(day)), why=str(error))
                break
            except JournalError:
                raise
            except HashrateError as error:
                return signed, error
            signed.append(held)
            first = BlockHeight(_facts_of(held).last_height + 1)
        return signed, None

    def _sign(
        self, day: DayIndex, first: BlockHeight, state: OracleState, signer: LocalAccount
    ) -> Held:
        """Return our signed report of a day; what is signed once stays, unless the truth moved."""
        parts = self._parts
        is_next = day == state.next_day
        revision = state.revision if is_next else parts.oracle.revision_of(day)
        held = parts.journal.held_report(Subject(ReportKind.DAY, day))
        # A day whose turn has not come is asked about when it has.
        if (
            held is not None
            and self._is_same(held, revision, first, state, signer)
            and (not is_next or self._is_standing(held))
        ):
            return held
        reading = self._read_once(day, first, state)
        price = parts.prices.close(day)
        report = DayReport(reading.facts, revision, state.membership_version)
        signed = sign_day_report(signer, parts.oracle.domain, report, price.btc_usd_e8)
        held = parts.journal.add_report(signed, reading.anchor, reading.evidence + price.evidence)
        parts.metrics.reports.labels(ReportKind.DAY, "signed").inc()
        parts.metrics.price.set(price.btc_usd_e8 / USD_E8)
        _LOG.info("day_signed", **_described(reading.facts), revision=revision)
        return held

    def _read_once(self, day: DayIndex, first: BlockHeight, state: OracleState) -> FactsReading:
        """Read a day's facts, or take those that were read while its price was missing."""
        known = self._readings.get(day)
        if known is not None and known[0] == first:
            reading = known[1]
            if self._parts.facts.anchor(day, reading.facts.last_height) == reading.anchor:
                return reading
        reading = self._read(day, first, state)
        self._readings = {day: (first, reading)}
        return reading

    def _read(self, day: DayIndex, first: BlockHeight, state: OracleState) -> FactsReading:
        """Read a day's facts; they begin at the height that the oracle waits for.

        Unless the day before is false and final: nobody can replace it any more, and the oracle
        takes the true day after its recovery window. While it is pending it has to be replaced.
        """
        try:
            return self._read_from(day, first)
        except BlockOrderError:
            if not self._is_final_before(day, state):
                raise
        reading = self._read_from(day, None)
        _LOG.error(
            "false_day_is_final",
            day=iso_from_day(DayIndex(day - 1)),
            oracle_ends_at=first - 1,
            bitcoin_goes_on_at=reading.facts.first_height,
            signing=iso_from_day(day),
        )
        self._parts.metrics.mismatches.inc()
        return reading

    def _read_from(self, day: DayIndex, first: BlockHeight | None) -> FactsReading:
        reading = self._parts.facts.read(day, first)
        if first is not None and reading.facts.first_height != first:
            raise BlockOrderError(
                f"{iso_from_day(day)} begins at {reading.facts.first_height}, the day before "
                f"ends at {first - 1}"
            )
        return reading

    def _is_final_before(self, day: DayIndex, state: OracleState) -> bool:
        """Return whether the day before a day is posted and final."""
        posted = self._parts.oracle.posted_day(DayIndex(day - 1))
        return posted is not None and posted.final_at <= state.timestamp

    def _is_same(
        self,
        held: Held,
        revision: int,
        first: BlockHeight,
        state: OracleState,
        signer: LocalAccount,
    ) -> bool:
        """Return whether a report in the journal is of the revision, members and height of now."""
        signed = held.signed
        if not isinstance(signed, SignedDayReport):
            return False
        facts, day = signed.report.facts, iso_from_day(signed.report.facts.day)
        is_same = (
            signed.domain == self._parts.oracle.domain
            and signed.report.revision == revision
            and signed.report.membership_version == state.membership_version
            and [each.signer for each in signed.signatures] == [signer.address]
            and (facts.first_height == first or self._is_final_before(facts.day, state))
        )
        if not is_same:
            _LOG.info("signing_again", day=day, revision=revision)
        return is_same

    def _is_standing(self, held: Held) -> bool:
        """Return whether the sources still have the day's last block.

        Where too few of them answer, what is signed stays: gathering and posting wait for nobody.
        The block was deep enough when enough sources had it, a quorum signs, and a posted day can
        be vetoed; a day that is not posted while limits last helps nobody. One that answers with
        another block is no silence.

        Raises:
            SourcesDisagreeError: they are on two chains, or one is on another than it was.
        """
        facts = _facts_of(held)
        day = iso_from_day(facts.day)
        try:
            now = self._parts.facts.anchor(facts.day, facts.last_height)
        except TooFewSourcesError as error:
            other = [
                f"{name} has {ending_of(str(said))}"
                for name, said in error.said.items()
                if said != held.anchor
            ]
            if other:
                was = f"block {facts.last_height} was {ending_of(held.anchor)}"
                raise SourcesDisagreeError(f"{day}: {was}, {'; '.join(other)}") from error
            _LOG.warning("anchor_unchecked", day=day, why=str(error))
            return True
        if now != held.anchor:
            _LOG.error("bitcoin_reorganised", day=day, height=facts.last_height, was=held.anchor)
            return False
        return True

    def _post(self, held: Held) -> Outcome:
        facts = _facts_of(held)
        state = self._parts.oracle.state()
        if state.next_day > facts.day:
            return Outcome.POSTED
        report = held.signed.report
        is_current = (state.next_day, state.revision, state.membership_version) == (
            facts.day,
            report.revision,
            report.membership_version,
        )
        if not is_current:
            return Outcome.SENT
        outcome = post(self._parts, held, state, lambda: self._parts.oracle.next_day() > facts.day)
        self._parts.metrics.reports.labels(ReportKind.DAY, outcome).inc()
        _LOG.info("day_report", day=iso_from_day(facts.day), outcome=outcome)
        return outcome

    def _dry_run(self, state: OracleState) -> Outcome:
        """Read and show the next day, sign nothing."""
        parts = self._parts
        day = state.next_day
        if day in self._seen_dry:
            return Outcome.DRY_RUN
        if not is_over(day, state.timestamp):
            return Outcome.NOT_DUE
        first = BlockHeight(parts.oracle.last_height_before(day) + 1)
        try:
            reading, price = self._read(day, first, state), parts.prices.close(day)
        except NOT_THERE_YET:
            return Outcome.NOT_DUE
        parts.journal.add_evidence(day, reading.evidence + price.evidence)
        self._seen_dry.add(day)
        _LOG.info("dry_run", **_described(reading.facts), btc_usd_e8=price.btc_usd_e8)
        return Outcome.DRY_RUN


def _facts_of(held: Held) -> DayFacts:
    signed = held.signed
    if not isinstance(signed, SignedDayReport):
        raise TypeError("not a day report")
    return signed.report.facts


def _described(facts: DayFacts) -> dict[str, int | str]:
    return {
        "day": iso_from_day(facts.day),
        "first_height": facts.first_height,
        "last_height": facts.last_height,
        "fees_sats": facts.fees_sats,
        "hashprice_wad": facts.hashprice_wad,
    }
