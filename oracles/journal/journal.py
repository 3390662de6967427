# SPDX-License-Identifier: AGPL-3.0-only
"""What the daemon writes down, and reads back, in its own words."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from eth_typing import ChecksumAddress
from sqlalchemy import Select, Update, select, update
from sqlalchemy.orm import selectinload

from hashrate.core.types import DayIndex
from hashrate.reports.report import SignedDayReport, SignedOutputReport
from hashrate.service.clock import Clock
from hashrate.service.database import Database
from oracles.journal.models import (
    OPEN_FATES,
    Fate,
    ObservationRow,
    ReportKind,
    ReportRow,
    SignatureRow,
    TransactionRow,
    WorkKind,
)
from oracles.journal.records import OWN, Held, oracle_name, signed_from_row, values_of

SignedReport = SignedDayReport | SignedOutputReport


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing one source said; see `ObservationRow`."""

    subject: str
    source: str
    url: str
    body_sha256: str
    value: str


@dataclass(frozen=True, slots=True)
class Subject:
    """What a report is about: a day, or one series' output on a day."""

    kind: ReportKind
    day: DayIndex
    series: ChecksumAddress | None = None

    @property
    def series_text(self) -> str:
        """Return the series as the tables hold it."""
        return self.series or ""


class Journal:
    """The daemon's memory. Every method that writes is one committed transaction."""

    def __init__(self, store: Database, clock: Clock) -> None:
        """Use an open store; rows are dated by the clock."""
        self._store = store
        self._clock = clock

    def close(self) -> None:
        """Close the file."""
        self._store.close()

    # Reports

    def add_report(self, signed: SignedReport, anchor: str, evidence: Sequence[Evidence]) -> Held:
        """Write down our own signed report with what it rests on, in place of any before it."""
        now = self._clock.now()
        subject = subject_of(signed)
        row = ReportRow(
            kind=subject.kind,
            series=subject.series_text,
            day=subject.day,
            revision=signed.report.revision,
            membership_version=signed.report.membership_version,
            oracle=oracle_name(signed.domain),
            facts=json.dumps(values_of(signed.report)),
            anchor=anchor,
            created_at=now,
            superseded_at=None,
            signatures=[_signature_row(signed, OWN, now)],
        )
        with self._store.write() as session:
            session.execute(_current(subject).values(superseded_at=now))
            session.add(row)
            session.add_all(_observation_row(seen, subject.day, now) for seen in evidence)
        return Held(row.id, signed, anchor, now)

    def add_evidence(self, day: DayIndex, evidence: Sequence[Evidence]) -> None:
        """Write down what sources said of a day that is not signed."""
        now = self._clock.now()
        with self._store.write() as session:
            session.add_all(_observation_row(seen, day, now) for seen in evidence)

    def held_report(self, subject: Subject) -> Held | None:
        """Return our report of a day or output that still holds, with our own signature."""
        query = (
            select(ReportRow)
            .options(selectinload(ReportRow.signatures))
            .where(
                ReportRow.kind == subject.kind,
                ReportRow.day == subject.day,
                ReportRow.series == subject.series_text,
                ReportRow.superseded_at.is_(None),
            )
        )
        with self._store.read() as session:
            row = session.scalar(query)
            if row is None:
                return None
            signed = signed_from_row(row, [s for s in row.signatures if s.origin == OWN])
            return Held(row.id, signed, row.anchor, row.created_at)

    def add_gathered(self, report_id: int, parts: Sequence[tuple[str, SignedReport]]) -> None:
        """Write down peers' signatures over a report of ours, each once.

        Args:
            report_id: the report.
            parts: name of the peer, and what it serves with one signature.
        """
        now = self._clock.now()
        with self._store.write() as session:
            for origin, part in parts:
                fresh = _signature_row(part, origin, now)
                held = session.scalar(_signature_of(report_id, fresh.signer))
                if held is None:
                    fresh.report_id = report_id
                    session.add(fresh)
                elif held.origin != OWN and _is_other(held, fresh):
                    for name in ("btc_usd_e8", "v", "r", "s", "origin", "received_at"):
                        setattr(held, name, getattr(fresh, name))

    def quorum_parts(self, report_id: int) -> list[SignedReport]:
        """Return a report once for each signature held over it."""
        with self._store.read() as session:
            query = select(ReportRow).options(selectinload(ReportRow.signatures))
            row = session.scalar(query.where(ReportRow.id == report_id))
            if row is None:
                return []
            return [signed_from_row(row, [signature]) for signature in row.signatures]

    # Transactions

    def add_transaction(self, row: TransactionRow) -> TransactionRow:
        """Write down a signed transaction before any node sees it.

        A transaction that was given up and is made again is the same to the last byte: its row is
        opened again.
        """
        row.created_at = row.changed_at = self._clock.now()
        with self._store.write() as session:
            query = select(TransactionRow).where(TransactionRow.tx_hash == row.tx_hash)
            earlier = session.scalar(query)
            if earlier is None:
                session.add(row)
                return row
            earlier.fate, earlier.note = row.fate, "made again"
            earlier.created_at = earlier.changed_at = row.created_at
            return earlier

    def mark(self, rows: Sequence[TransactionRow], fate: Fate, note: str = "") -> None:
        """Write down what became of transactions."""
        self.change(rows, fate=fate, note=note)

    def change(self, rows: Sequence[TransactionRow], **values: object) -> None:
        """Change fields of transactions, in one step."""
        values["changed_at"] = self._clock.now()
        ids = [row.id for row in rows]
        with self._store.write() as session:
            statement = update(TransactionRow).where(TransactionRow.id.in_(ids)).values(**values)
            session.execute(statement)
        for row in rows:
            for name, value in values.items():
                setattr(row, name, value)

    def open_transactions(self, sender: ChecksumAddress) -> list[TransactionRow]:
        """Return the sender's transactions whose fate is not settled, by nonce and attempt."""
        query = (
            select(TransactionRow)
            .where(TransactionRow.fate.in_(OPEN_FATES), TransactionRow.sender == sender)
            .order_by(TransactionRow.nonce, TransactionRow.id)
        )
        with self._store.read() as session:
            return list(session.scalars(query))

    def recent_report_gas(self) -> int | None:
        """Return the most gas that one of the last ten day reports used; None before the first."""
        query = (
            select(TransactionRow.gas_used)
            .where(TransactionRow.kind == WorkKind.DAY, TransactionRow.fate == Fate.CONFIRMED)
            .order_by(TransactionRow.id.desc())
            .limit(10)
        )
        with self._store.read() as session:
            return max((used for used in session.scalars(query) if used), default=None)

    def size(self) -> int:
        """Return the size of the file [bytes]."""
        return self._store.size()

    def given_up_at(self, sender: ChecksumAddress, nonce: int) -> list[TransactionRow]:
        """Return the sender's transactions with a nonce that were given up, the newest first."""
        query = (
            select(TransactionRow)
            .where(
                TransactionRow.sender == sender,
                TransactionRow.nonce == nonce,
                TransactionRow.fate == Fate.ABANDONED,
            )
            .order_by(TransactionRow.id.desc())
        )
        with self._store.read() as session:
            return list(session.scalars(query))

    def standing(self, report_id: int) -> tuple[int, int] | None:
        """Return a report's revision and membership version; None if it is superseded."""
        with self._store.read() as session:
            row = session.get(ReportRow, report_id)
            if row is None or row.superseded_at is not None:
                return None
            return row.revision, row.membership_version

    def transactions(self, kind: WorkKind, day: DayIndex) -> list[TransactionRow]:
        """Return all transactions of a kind that are about a day."""
        query = select(TransactionRow).where(TransactionRow.kind == kind, TransactionRow.day == day)
        with self._store.read() as session:
            return list(session.scalars(query.order_by(TransactionRow.id)))

    def gas_since(self, kinds: Sequence[WorkKind], time: int) -> int:
        """Return the gas of the transactions of some kinds made since a time [unix s].

        What is not mined counts with its limit; one attempt of each nonce counts.
        """
        query = select(TransactionRow).where(
            TransactionRow.kind.in_(kinds),
            TransactionRow.created_at >= time,
            TransactionRow.fate.not_in((Fate.REPLACED, Fate.ABANDONED, Fate.LOST)),
        )
        with self._store.read() as session:
            by_nonce = {row.nonce: row.gas_used or row.gas for row in session.scalars(query)}
        return sum(by_nonce.values())


def subject_of(signed: SignedReport) -> Subject:
    """Describe what a report is about."""
    if isinstance(signed, SignedDayReport):
        return Subject(ReportKind.DAY, signed.report.facts.day)
    return Subject(ReportKind.OUTPUT, signed.report.day, signed.report.series)


def _current(subject: Subject) -> Update:
    return update(ReportRow).where(
        ReportRow.kind == subject.kind,
        ReportRow.day == subject.day,
        ReportRow.series == subject.series_text,
        ReportRow.superseded_at.is_(None),
    )


def _signature_of(report_id: int, signer: str) -> Select[SignatureRow]:
    return select(SignatureRow).where(
        SignatureRow.report_id == report_id, SignatureRow.signer == signer
    )


def _is_other(held: SignatureRow, fresh: SignatureRow) -> bool:
    return (held.btc_usd_e8, held.v, held.r, held.s) != (
        fresh.btc_usd_e8,
        fresh.v,
        fresh.r,
        fresh.s,
    )


def _signature_row(signed: SignedReport, origin: str, now: int) -> SignatureRow:
    (signature,) = signed.signatures
    return SignatureRow(
        signer=signature.signer,
        btc_usd_e8=str(getattr(signature, "btc_usd_e8", "")),
        v=signature.v,
        r=str(signature.r),
        s=str(signature.s),
        origin=origin,
        received_at=now,
    )


def _observation_row(seen: Evidence, day: DayIndex, now: int) -> ObservationRow:
    return ObservationRow(
        subject=seen.subject,
        day=day,
        source=seen.source,
        url=seen.url,
        body_sha256=seen.body_sha256,
        value=seen.value,
        observed_at=now,
    )
