# SPDX-License-Identifier: AGPL-3.0-only
"""From our signed report to a transaction: gather, wait for our turn, assemble, send, watch."""

from collections.abc import Callable, Sequence

import structlog
from eth_typing import ChecksumAddress

from hashrate.core.types import DayIndex
from hashrate.core.units import iso_from_day
from hashrate.evm.errors import RpcRefusedError
from hashrate.evm.fees import FeeTooHighError
from hashrate.reports.errors import PriceSpreadError, QuorumMissingError
from hashrate.reports.quorum import assemble, assemble_output
from hashrate.reports.report import SignedDayReport, SignedOutputReport
from oracles.chain.contracts import OracleState, report_day_call, report_output_call
from oracles.chain.transmitter import Lane, Transmitter, Work
from oracles.daemon.parts import Outcome, Parts
from oracles.journal.journal import subject_of
from oracles.journal.models import Fate, ReportKind, WorkKind
from oracles.journal.records import Held

_LOG = structlog.get_logger(__name__)
_MAX_REVERTS = 3  # what looks right and reverts all the same would burn gas in every cycle
# The contract's answers to the second of two transmitters.
_DONE_ALREADY = ("oracle: not the next day", "oracle: output is posted")


def post(parts: Parts, held: Held, state: OracleState, is_posted: Callable[[], bool]) -> Outcome:
    """Bring one signed report on chain, as far as one cycle can.

    Args:
        parts: see there.
        held: the report with our signature.
        state: the oracle's state.
        is_posted: asks the chain whether such a report is posted.

    Raises:
        RetryableError: something outside is not there.
        JournalError: the journal cannot be written.
    """
    subject = subject_of(held.signed)
    gathered = parts.peers.gather(held.signed, state.reporters)
    if gathered:
        parts.journal.add_gathered(held.report_id, gathered)
    if parts.transmitter is None:
        return Outcome.NO_TRANSMITTER
    if parts.clock.now() < held.created_at + _wait(parts, state.reporters, subject.day):
        return Outcome.NOT_OUR_TURN
    try:
        data = _assembled_call(parts, held, state)
    except QuorumMissingError as error:
        _LOG.info("no_quorum", day=iso_from_day(subject.day), why=str(error))
        return Outcome.NO_QUORUM
    except PriceSpreadError as error:
        _LOG.warning("prices_apart", day=iso_from_day(subject.day), why=str(error))
        return Outcome.PRICES_APART
    kind = WorkKind.DAY if subject.kind is ReportKind.DAY else WorkKind.OUTPUT
    to, series = parts.oracle.address, subject.series_text
    work = Work(kind, subject.day, to, data, series, held.report_id)
    return transmit(parts, work, is_posted)


def transmit(parts: Parts, work: Work, is_done: Callable[[], bool]) -> Outcome:
    """Send one work's transaction and watch it for a while.

    Raises:
        RetryableError: the node does not answer, or the account cannot pay.
        JournalError: the journal cannot be written; nothing was sent.
    """
    transmitter = parts.transmitter
    if transmitter is None:
        return Outcome.NO_TRANSMITTER
    if transmitter.advance() is Lane.FREE:
        refused = _send(parts, transmitter, work, is_done)
        if refused is not None:
            return refused
        parts.metrics.transactions.labels(work.kind).inc()
    return _watch(parts, transmitter, is_done)


def _send(
    parts: Parts, transmitter: Transmitter, work: Work, is_done: Callable[[], bool]
) -> Outcome | None:
    """Send a work's transaction; where it is not sent, say how the work stands."""
    if _reverts(parts, work) >= _MAX_REVERTS:
        _LOG.error("reverts_again_and_again", kind=work.kind, day=iso_from_day(work.day))
        return Outcome.REFUSED
    try:
        transmitter.send(work)
    except FeeTooHighError as error:
        _LOG.warning("fee_too_high", kind=work.kind, day=iso_from_day(work.day), why=str(error))
        return Outcome.FEE_TOO_HIGH
    except RpcRefusedError as error:
        if error.reason in _DONE_ALREADY:
            _LOG.info("done_by_another", kind=work.kind, day=iso_from_day(work.day))
            return Outcome.POSTED if is_done() else Outcome.SENT
        _LOG.log(
            _level(work), "refused", kind=work.kind, day=iso_from_day(work.day), why=_why(error)
        )
        return Outcome.REFUSED
    return None


def rank_of(reporters: Sequence[ChecksumAddress], ours: ChecksumAddress | None, day: int) -> int:
    """Find our place in line for a day: 0 is first; whoever is no reporter comes last."""
    if ours not in reporters:
        return len(reporters)
    return (reporters.index(ours) - day) % len(reporters)


def _wait(parts: Parts, reporters: Sequence[ChecksumAddress], day: DayIndex) -> int:
    """Find how long after signing it is our turn [s]."""
    ours = parts.signer.address if parts.signer else None
    return rank_of(reporters, ours, day) * parts.policy.fallback_seconds


def _assembled_call(parts: Parts, held: Held, state: OracleState) -> str:
    signed = parts.journal.quorum_parts(held.report_id)
    days = [part for part in signed if isinstance(part, SignedDayReport)]
    if days:
        return report_day_call(assemble(days, state.threshold, parts.oracle.spread_bps()))
    outputs = [part for part in signed if isinstance(part, SignedOutputReport)]
    return report_output_call(assemble_output(outputs, state.threshold))


def _watch(parts: Parts, transmitter: Transmitter, is_done: Callable[[], bool]) -> Outcome:
    """Wait a while for the chain to say that the work is done."""
    deadline = parts.clock.now() + parts.policy.wait_seconds
    while True:
        lane = transmitter.advance()
        if is_done():
            return Outcome.POSTED
        if lane is not Lane.BUSY or parts.clock.now() >= deadline:
            return Outcome.SENT
        parts.clock.sleep(parts.policy.poll_seconds)


def _reverts(parts: Parts, work: Work) -> int:
    """Count the transactions for a work that were mined without effect."""
    rows = parts.journal.transactions(work.kind, work.day)
    mine = [r for r in rows if (r.report_id, r.series) == (work.report_id, work.series)]
    return sum(row.fate == Fate.REVERTED for row in mine)


def _level(work: Work) -> int:
    """A refused settlement mostly waits for money or an output; a refused report is wrong."""
    return 20 if work.kind == WorkKind.SETTLE else 40


def _why(error: RpcRefusedError) -> str:
    return error.reason or str(error)
