# SPDX-License-Identifier: AGPL-3.0-only
"""What one day's report rests on, as a file that anybody can check elsewhere."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import delete, select
from sqlalchemy.orm import selectinload

from hashrate.core.errors import HashrateError
from hashrate.core.types import DayFacts, DayIndex
from hashrate.core.units import iso_from_day
from hashrate.reports.report import SignedDayReport
from hashrate.reports.report_file import report_from_json, report_to_json
from hashrate.service.database import Database, shrink
from oracles.journal.errors import JournalError
from oracles.journal.models import ObservationRow, ReportKind, ReportRow, TransactionRow, WorkKind
from oracles.journal.records import OWN, facts_from_values, signed_from_row

FORMAT = "hashrate-evidence/1"
_SUBJECTS = ("facts", "price")


@dataclass(frozen=True, slots=True)
class DayEvidence:
    """A day's evidence as read from a file.

    Attributes:
        signed: the report with the reporter's own signature, which was checked.
        said: the facts that each source told.
    """

    signed: SignedDayReport
    said: dict[str, DayFacts]


def export_day(store: Database, day: DayIndex) -> str:
    """Write a day's report, what each source said, every answer's hash, and the transactions.

    Raises:
        JournalError: the journal cannot be read, or holds no report of the day.
    """
    report = (
        select(ReportRow)
        .options(selectinload(ReportRow.signatures))
        .where(
            ReportRow.kind == ReportKind.DAY,
            ReportRow.day == day,
            ReportRow.superseded_at.is_(None),
        )
    )
    seen = (
        select(ObservationRow)
        .where(ObservationRow.day == day, ObservationRow.subject.in_(_SUBJECTS))
        .order_by(ObservationRow.id)
    )
    sent = (
        select(TransactionRow)
        .where(TransactionRow.kind == WorkKind.DAY, TransactionRow.day == day)
        .order_by(TransactionRow.id)
    )
    with store.read() as session:
        row = session.scalar(report)
        if row is None:
            raise JournalError(f"journal: no report of {iso_from_day(day)}")
        own = signed_from_row(row, [each for each in row.signatures if each.origin == OWN])
        value = {
            "format": FORMAT,
            "report": json.loads(report_to_json(own)),
            "anchor": row.anchor,
            "signed_at": row.created_at,
            "signers": {each.signer: each.origin for each in row.signatures},
            "observations": [_observation(each) for each in session.scalars(seen)],
            "transactions": [
                {"hash": each.tx_hash, "fate": each.fate, "block": each.block}
                for each in session.scalars(sent)
            ],
        }
    return json.dumps(value, indent=1) + "\n"


def read_evidence(text: str) -> DayEvidence:
    """Read a file of `export_day`; the signature is checked.

    Raises:
        JournalError: it is none, or a source's facts are no facts.
        HashrateError: its report is malformed, or its signature is not the signer's.
    """
    try:
        value = json.loads(text)
        if value["format"] != FORMAT:
            raise JournalError(f"evidence: format: {value['format']!r} is not {FORMAT}")
        signed = report_from_json(json.dumps(value["report"]))
        said = {
            each["source"]: facts_from_values(each["value"])
            for each in value["observations"]
            if each["subject"] == "facts" and isinstance(each["value"], list)
        }
    except HashrateError:
        raise
    except (ValueError, KeyError, TypeError) as error:
        raise JournalError(f"evidence: not a file of {FORMAT}") from error
    if not isinstance(signed, SignedDayReport):
        raise JournalError("evidence: not of a day")
    return DayEvidence(signed, said)


def prune(store: Database, before: DayIndex) -> int:
    """Drop what sources said of the days before one; what was signed and sent stays.

    Returns:
        How many rows were dropped.

    Raises:
        JournalError: the journal cannot be written.
    """
    with store.write() as session:
        found = session.execute(delete(ObservationRow).where(ObservationRow.day < before))
    shrink(store)
    return int(getattr(found, "rowcount", 0))


def _observation(row: ObservationRow) -> dict[str, Any]:
    return {
        "subject": row.subject,
        "source": row.source,
        "url": row.url,
        "sha256": row.body_sha256,
        "value": json.loads(row.value),
        "observed_at": row.observed_at,
    }
