# SPDX-License-Identifier: AGPL-3.0-only
"""Output reports of the configured series, and the settlement that follows a final day."""

from dataclasses import dataclass

import structlog
from eth_account.signers.local import LocalAccount

from hashrate.core.errors import HashrateError, RetryableError
from hashrate.core.types import DayIndex
from hashrate.core.units import day_from_time, iso_from_day
from hashrate.reports.report import OutputReport, SignedOutputReport, sign_output_report
from oracles.chain.contracts import OracleState, SeriesContract, settle_call
from oracles.chain.transmitter import Work
from oracles.daemon.parts import Outcome, Parts
from oracles.daemon.posting import post, rank_of, transmit
from oracles.daemon.readings import OutputReader
from oracles.daemon.remote import NOT_THERE_YET
from oracles.journal.errors import JournalError
from oracles.journal.journal import Subject
from oracles.journal.models import ReportKind, WorkKind
from oracles.journal.records import Held

_LOG = structlog.get_logger(__name__)
_FIRST_WAIT = 600


@dataclass(slots=True)
class Patience:
    """When a pool is asked again for a day that it did not give, and why it did not.

    Attributes:
        asked_at: the last time [unix s].
        wait: how long from then [s].
        error: what it said; as long as nobody asks again, it stands.
    """

    asked_at: int = 0
    wait: int = 0
    error: HashrateError | None = None

    def answer(self, now: int) -> HashrateError | None:
        """Return what was said while it is too early to ask again.

        A clock that was set back does not make it longer.
        """
        return self.error if 0 <= now - self.asked_at < self.wait else None

    def lose(self, now: int, longest: int, error: HashrateError) -> None:
        """Wait longer after each time, up to a longest wait [s]."""
        self.asked_at, self.error = now, error
        self.wait = min(longest, 2 * self.wait or _FIRST_WAIT)


class OutputSteps:
    """What a cycle does for the outputs of series."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._patience: dict[tuple[str, DayIndex], Patience] = {}

    def run(self, source: OutputReader) -> None:
        """Sign and post the outputs of one series that are missing, the oldest first.

        A day that the pool does not give leaves the others alone, and is asked for ever less often:
        a fleet that stood still has no row at some pools, for good.

        Raises:
            HashrateError: the first trouble, after all days were tried; or a second day in a row
                found nobody who answers.
        """
        signer = self._parts.signer
        if signer is None:
            return
        state = self._parts.oracle.state()
        today = day_from_time(state.timestamp)
        first = max(self._parts.oracle.first_day(), today - self._parts.policy.output_days)
        troubles: list[HashrateError] = []
        silent = 0
        for number in range(first, today):
            day = DayIndex(number)
            posted = self._parts.oracle.posted_output(source.series, day)
            if posted.final_at != 0:
                self._patience.pop((source.series, day), None)
                continue
            patience = self._patience.setdefault((source.series, day), Patience())
            remembered = patience.answer(self._parts.clock.now())
            if remembered is not None:
                troubles += [] if isinstance(remembered, NOT_THERE_YET) else [remembered]
                continue
            try:
                held = self._sign(source, day, posted.revision, state, signer)
            except NOT_THERE_YET as error:
                _LOG.debug("output_not_due", day=iso_from_day(day), why=str(error))
                continue
            except JournalError:
                raise
            except HashrateError as error:
                troubles.append(error)
                silent = silent + 1 if isinstance(error, RetryableError) else 0
                if silent > 1:
                    break
                continue
            silent = 0
            self._post(source, held, state)
        if troubles:
            raise troubles[0]

    def _sign(
        self,
        source: OutputReader,
        day: DayIndex,
        revision: int,
        state: OracleState,
        signer: LocalAccount,
    ) -> Held:
        parts = self._parts
        held = parts.journal.held_report(Subject(ReportKind.OUTPUT, day, source.series))
        if held is not None:
            report = held.signed.report
            present = (revision, state.membership_version, parts.oracle.domain)
            if (report.revision, report.membership_version, held.signed.domain) == present:
                return held
        try:
            reading = source.output(day)
        except HashrateError as error:
            patience = self._patience.setdefault((source.series, day), Patience())
            patience.lose(parts.clock.now(), source.longest_wait, error)
            raise
        report = OutputReport(
            source.series,
            day,
            reading.credited_sats,
            reading.delivered_ths,
            revision,
            state.membership_version,
        )
        signed = sign_output_report(signer, parts.oracle.domain, report)
        _LOG.info("output_signed", series=source.series, day=iso_from_day(day))
        parts.metrics.reports.labels(ReportKind.OUTPUT, "signed").inc()
        return parts.journal.add_report(signed, "", reading.evidence)

    def _post(self, source: OutputReader, held: Held, state: OracleState) -> None:
        signed = held.signed
        if not isinstance(signed, SignedOutputReport):
            raise TypeError("not an output report")
        day = signed.report.day
        outcome = post(
            self._parts,
            held,
            state,
            lambda: self._parts.oracle.posted_output(source.series, day).final_at != 0,
        )
        self._parts.metrics.reports.labels(ReportKind.OUTPUT, outcome).inc()
        _LOG.info("output_report", series=source.series, day=iso_from_day(day), outcome=outcome)


def settle(parts: Parts, series: SeriesContract) -> None:
    """Settle the final days of a series, in our turn.

    Days without an output wait for one, or for their deadline: the contract knows.
    """
    day, newest = series.next_day(), parts.oracle.last_final_day()
    waiting = max(0, newest + 1 - day)
    parts.metrics.unsettled_days.labels(series.address).set(waiting)
    if waiting == 0 or parts.transmitter is None:
        return
    posted = parts.oracle.posted_day(day)
    state = parts.oracle.state()
    ours = parts.signer.address if parts.signer else None
    wait = rank_of(state.reporters, ours, day) * parts.policy.fallback_seconds
    if posted is not None and state.timestamp < posted.final_at + wait:
        return
    call = settle_call(min(waiting, parts.policy.settle_days))
    work = Work(WorkKind.SETTLE, day, series.address, call, series=series.address)
    outcome = transmit(parts, work, lambda: series.next_day() > day)
    if outcome is Outcome.POSTED:
        _LOG.info("settled", series=series.address, first=iso_from_day(day))
