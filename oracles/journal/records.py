# SPDX-License-Identifier: AGPL-3.0-only
"""Between the journal's rows and the reports they hold."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from eth_utils.address import to_checksum_address

from hashrate.core.types import BlockHeight, DayFacts, DayIndex, Sats, UsdE8, Wad
from hashrate.reports.report import (
    DayReport,
    OracleDomain,
    OutputReport,
    PricedSignature,
    Signature,
    SignedDayReport,
    SignedOutputReport,
)
from oracles.journal.models import ReportKind, ReportRow, SignatureRow

OWN = "own"

SignedReport = SignedDayReport | SignedOutputReport


@dataclass(frozen=True, slots=True)
class Held:
    """A report in the journal.

    Attributes:
        report_id: its row.
        signed: the report with our own signature.
        anchor: hash of the day's last Bitcoin block, or what stands in for it.
        created_at: when it was signed [unix s].
    """

    report_id: int
    signed: SignedReport
    anchor: str
    created_at: int


def oracle_name(domain: OracleDomain) -> str:
    """Write an oracle as one text."""
    return f"{domain.chain_id}:{domain.verifying_contract}"


def oracle_from_name(text: str) -> OracleDomain:
    """Read what `oracle_name` wrote."""
    chain_id, _, address = text.partition(":")
    return OracleDomain(int(chain_id), to_checksum_address(address))


def values_of(report: DayReport | OutputReport) -> list[str]:
    """Return a report's own numbers as decimal text, in ABI order."""
    if isinstance(report, DayReport):
        return [str(value) for value in report.facts.as_tuple()]
    return [str(report.credited_sats), str(report.delivered_ths)]


def facts_from_values(values: Sequence[str]) -> DayFacts:
    """Read a day's facts from their numbers in ABI order."""
    day, first, last, subsidy, fees, hashprice, difficulty = (int(value) for value in values)
    return DayFacts(
        DayIndex(day),
        BlockHeight(first),
        BlockHeight(last),
        Sats(subsidy),
        Sats(fees),
        Wad(hashprice),
        Wad(difficulty),
    )


def signed_from_row(row: ReportRow, signatures: Sequence[SignatureRow]) -> SignedReport:
    """Make the signed report that a row and some of its signatures stand for."""
    domain = oracle_from_name(row.oracle)
    values = json.loads(row.facts)
    if row.kind == ReportKind.DAY:
        day = DayReport(facts_from_values(values), row.revision, row.membership_version)
        return SignedDayReport(domain, day, tuple(_priced(each) for each in signatures))
    output = OutputReport(
        to_checksum_address(row.series),
        DayIndex(row.day),
        Sats(int(values[0])),
        int(values[1]),
        row.revision,
        row.membership_version,
    )
    return SignedOutputReport(domain, output, tuple(_plain(each) for each in signatures))


def _priced(row: SignatureRow) -> PricedSignature:
    price = UsdE8(int(row.btc_usd_e8))
    return PricedSignature(to_checksum_address(row.signer), price, row.v, int(row.r), int(row.s))


def _plain(row: SignatureRow) -> Signature:
    return Signature(to_checksum_address(row.signer), row.v, int(row.r), int(row.s))
