# SPDX-License-Identifier: AGPL-3.0-only
"""Post a report from files: check it against the oracle, then send a quorum's signatures."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from commands.shell.acts import Act, require_logged, the_only_event
from commands.shell.errors import ReportError
from commands.shell.session import Session
from hashrate.core.amounts import hashrate_text
from hashrate.core.types import DayIndex
from hashrate.core.units import decimal_text, iso_from_day
from hashrate.core.utc import utc_text
from hashrate.reports.quorum import assemble, assemble_output
from hashrate.reports.report import SignedDayReport, SignedOutputReport
from hashrate.reports.report_file import read_report


def read_parts(paths: Sequence[Path]) -> list[SignedDayReport] | list[SignedOutputReport]:
    """Read the files of one report, as several reporters may have signed it.

    Raises:
        HashrateError: a file is missing or malformed, or a signature is wrong.
        ReportError: day and output reports are mixed.
    """
    parts = [read_report(path) for path in paths]
    days = [part for part in parts if isinstance(part, SignedDayReport)]
    outputs = [part for part in parts if isinstance(part, SignedOutputReport)]
    if days and outputs:
        raise ReportError("the files mix day and output reports: post one report at a time")
    return days or outputs


def post(session: Session, paths: Sequence[Path], *, replaces: bool) -> Act:
    """Prepare to post a report, or to replace a pending one.

    Args:
        session: with the account that pays; it need not be a reporter.
        paths: files of the same report.
        replaces: whether a pending report is there to be replaced.

    Raises:
        HashrateError: a file is unusable, or too few signatures agree.
        ReportError: the report does not fit the oracle as it is now.
    """
    oracle = session.oracle
    parts = read_parts(paths)
    _require_domain(session, parts[0])
    _require_version(oracle, parts[0])
    _require_reporters(oracle, parts)
    threshold = int(oracle.threshold())
    if isinstance(parts[0], SignedDayReport):
        days = [part for part in parts if isinstance(part, SignedDayReport)]
        signed = assemble(days, threshold, int(oracle.SPREAD_BPS()))
        return _day_act(session, oracle, signed, replaces=replaces)
    outputs = [part for part in parts if isinstance(part, SignedOutputReport)]
    return _output_act(session, oracle, assemble_output(outputs, threshold), replaces=replaces)


def _day_act(session: Session, oracle: Any, signed: SignedDayReport, *, replaces: bool) -> Act:
    facts, report = signed.report.facts, signed.report
    next_day, revision = int(oracle.next_day()), int(oracle.revision_of(facts.day))
    when = iso_from_day(facts.day)
    if not replaces and facts.day < next_day:
        raise ReportError(f"{when} is posted already: --replace it while it is pending")
    if not replaces and facts.day > next_day:
        wanted = iso_from_day(DayIndex(next_day))
        raise ReportError(f"the report is of {when}, the oracle waits for {wanted}")
    _require_revision(report.revision, revision + int(replaces), replaces=replaces)
    method = oracle.replace_day if replaces else oracle.report_day

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, oracle.DayReported)
        require_logged("hashprice", facts.hashprice_wad, log.hashprice_wad)
        return [f"Posted {when}, final from {utc_text(log.final_at)} unless it is challenged"]

    prices = ", ".join(decimal_text(s.btc_usd_e8, 8) for s in signed.signatures)
    return Act(
        f"{'Replace' if replaces else 'Post'} the report of {when}",
        [
            ("heights", f"{facts.first_height} to {facts.last_height}, {facts.blocks} blocks"),
            ("subsidy", f"{decimal_text(facts.subsidy_sats, 8)} BTC"),
            ("fees", f"{decimal_text(facts.fees_sats, 8)} BTC"),
            ("hashprice", f"{decimal_text(facts.hashprice_wad, 18)} sat per TH/s per day"),
            ("difficulty", decimal_text(facts.difficulty_wad, 18)),
            ("prices", f"{prices} USD"),
            *_common_rows(report.revision, signed),
        ],
        lambda: session.chain.send(method, facts.as_tuple(), signed.signature_tuples()),
        check,
    )


def _output_act(
    session: Session, oracle: Any, signed: SignedOutputReport, *, replaces: bool
) -> Act:
    report = signed.report
    record = oracle.output_record(report.series, report.day)
    when = iso_from_day(report.day)
    if not replaces and record.final_at != 0:
        raise ReportError(f"the output of {when} is posted: --replace it while it is pending")
    _require_revision(report.revision, record.revision + int(replaces), replaces=replaces)
    method = oracle.replace_output if replaces else oracle.report_output
    facts = (report.series, report.day, report.credited_sats, report.delivered_ths)

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, oracle.OutputReported)
        require_logged("output", facts[2:], (log.credited_sats, log.delivered_ths))
        return [f"Posted, final from {utc_text(log.final_at)} unless it is challenged"]

    return Act(
        f"{'Replace' if replaces else 'Post'} the output of {when}",
        [
            ("series", report.series),
            ("credited", f"{decimal_text(report.credited_sats, 8)} BTC, net of the pool's fee"),
            ("delivered", hashrate_text(report.delivered_ths)),
            *_common_rows(report.revision, signed),
        ],
        lambda: session.chain.send(method, *facts, signed.signature_tuples()),
        check,
    )


def _common_rows(
    revision: int, signed: SignedDayReport | SignedOutputReport
) -> list[tuple[str, str]]:
    signers = "\n".join(signature.signer for signature in signed.signatures)
    return [("revision", str(revision)), ("signed by", signers)]


def _require_domain(session: Session, signed: SignedDayReport | SignedOutputReport) -> None:
    domain, oracle = signed.domain, session.oracle.address
    if domain.chain_id != session.chain.chain_id:
        raise ReportError(
            f"the report is for chain {domain.chain_id}, this is {session.chain.chain_id}"
        )
    if domain.verifying_contract != oracle:
        raise ReportError(f"the report is for oracle {domain.verifying_contract}, not {oracle}")


def _require_version(oracle: Any, signed: SignedDayReport | SignedOutputReport) -> None:
    ours, theirs = int(oracle.membership_version()), signed.report.membership_version
    if theirs != ours:
        raise ReportError(
            f"the reporters changed since it was signed: membership version {theirs}, now {ours}"
        )


def _require_reporters(
    oracle: Any, parts: Sequence[SignedDayReport] | Sequence[SignedOutputReport]
) -> None:
    known = set(oracle.reporters())
    for part in parts:
        for signature in part.signatures:
            if signature.signer not in known:
                raise ReportError(f"{signature.signer} signed, but is not a reporter")


def _require_revision(signed: int, wanted: int, *, replaces: bool) -> None:
    if signed != wanted:
        what = "a replacement" if replaces else "the oracle"
        raise ReportError(f"the report is revision {signed}, {what} needs {wanted}")
