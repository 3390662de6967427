# SPDX-License-Identifier: AGPL-3.0-only
"""What the journal tells of a day, for people."""

from dataclasses import dataclass

from sqlalchemy import func, select

from hashrate.core.types import DayIndex
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


@dataclass(frozen=True, slots=True)
class DayHistory:
    """One day's way, as far as this reporter saw it.

    Attributes:
        observed_at: when its facts were first read [unix s].
        signers: whose signatures are held over the report that holds, in order of address.
        fate: of this reporter's last transaction for it, empty if there is none.
        sent_at: when the transaction that was mined was made [unix s].
    """

    observed_at: int | None
    signers: tuple[str, ...]
    fate: str
    sent_at: int | None


@dataclass(frozen=True, slots=True)
class Waiting:
    """A transaction whose fate is open.

    Attributes:
        kind: what it does.
        day: the day it is about.
        nonce: of the account that sends.
        hash: of the transaction.
        since: when it was made [unix s].
        waits_for: what it waits for, and what an operator can do.
    """

    kind: str
    day: DayIndex
    nonce: int
    hash: str
    since: int
    waits_for: str


_WAITS_FOR = {
    Fate.INTENDED: "to be handed to a node",
    Fate.BROADCAST: "waits for a block",
    Fate.MINED: "waits for confirmations",
}


class History:
    """Reads a journal."""

    def __init__(self, store: Database) -> None:
        self._store = store

    def waiting(self) -> list[Waiting]:
        """Describe every transaction whose fate is open, by nonce and attempt.

        Raises:
            JournalError: the journal cannot be read.
        """
        query = (
            select(TransactionRow)
            .where(TransactionRow.fate.in_(OPEN_FATES))
            .order_by(TransactionRow.nonce, TransactionRow.id)
        )
        with self._store.read() as session:
            return [
                Waiting(
                    row.kind,
                    DayIndex(row.day),
                    row.nonce,
                    row.tx_hash,
                    row.created_at,
                    row.note or _WAITS_FOR[Fate(row.fate)],
                )
                for row in session.scalars(query)
            ]

    def of_day(self, day: DayIndex) -> DayHistory:
        """Describe what is known of a day.

        Raises:
            JournalError: the journal cannot be read.
        """
        observed = select(func.min(ObservationRow.observed_at)).where(
            ObservationRow.day == day, ObservationRow.subject == "facts"
        )
        signers = (
            select(SignatureRow.signer)
            .join(ReportRow)
            .where(
                ReportRow.day == day,
                ReportRow.kind == ReportKind.DAY,
                ReportRow.superseded_at.is_(None),
            )
            .order_by(SignatureRow.signer)
        )
        sent = (
            select(TransactionRow)
            .where(TransactionRow.kind == WorkKind.DAY, TransactionRow.day == day)
            .order_by(TransactionRow.id)
        )
        with self._store.read() as session:
            rows = list(session.scalars(sent))
            mined = [row for row in rows if row.fate in (Fate.MINED, Fate.CONFIRMED)]
            return DayHistory(
                observed_at=session.scalar(observed),
                signers=tuple(session.scalars(signers)),
                fate=(mined or rows)[-1].fate if rows else "",
                sent_at=mined[-1].created_at if mined else None,
            )
