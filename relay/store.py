# SPDX-License-Identifier: AGPL-3.0-only
"""The relay's memory. It may be lost: makers hand their orders in again.

An SQLite file belongs to one process. A database of PostgreSQL may serve many: every change of an
order has a number, by which the others find it, and one of them follows the chain.
"""

import hashlib
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Insert, bindparam, delete, func, literal, select, update
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session

from hashrate.orders.order import BookDomain
from hashrate.service.database import Database, open_database
from relay.node import Head
from relay.tables import RELAY, FollowedRow, OrderRow

_SERVER_TIME = func.floor(func.extract("epoch", func.clock_timestamp()))

_PART = 500  # rows a statement names
_SAVE = (
    update(OrderRow)
    .where(OrderRow.hash == bindparam("name"))
    .values(state=bindparam("found"), change=bindparam("number"))
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An order as it is kept; see `OrderRow`."""

    sequence: int
    hash: str
    kind: str
    document: str
    received_at: int
    dropped_block: int | None
    reason: str
    change: int
    state: str


@dataclass(frozen=True, slots=True)
class NewRow:
    """An order to be kept; see `OrderRow`."""

    hash: str
    kind: str
    document: str
    received_at: int
    state: str = ""


class RelayStore:
    """The orders of one relay, in a file or on a server. Any thread may use it."""

    def __init__(self, place: Path | str, domain: BookDomain, *, writes: bool = True) -> None:
        """Open the database, and make it where there is none.

        Args:
            place: the SQLite file, which no other process may write to, or PostgreSQL's URL.
            domain: the book; orders of others are not given.
            writes: whether this process writes.

        Raises:
            RelayStoreError: it cannot be opened, is of a version that cannot be used, or in use.
        """
        self.domain = f"{domain.chain_id}:{domain.contract}"
        self.database: Database = open_database(RELAY, place, writes=writes, is_exclusive=True)
        self.is_shared = self.database.is_shared
        self._lead: Connection | None = None
        if writes:
            row = {"domain": self.domain, "changes": 0, "number": None, "hash": ""}
            row |= {"timestamp": 0, "seen_at": 0, "history_block": 0}
            with self.database.write() as session:
                session.execute(self.insert(FollowedRow).values(row).on_conflict_do_nothing())

    def close(self) -> None:
        """Close it, and give up the lead."""
        self._drop_lead()
        self.database.close()

    def insert(self, table: Any) -> Any:
        """Return an `INSERT` that may say what to do where a row is there already."""
        made: Insert = (postgres_insert if self.is_shared else sqlite_insert)(table)
        return made

    def now(self) -> int:
        """Return the time of the one clock that all processes of a relay share [unix s].

        It is the server's: each process has a clock of its own, and may have a false one.
        """
        if not self.is_shared:
            return int(time.time())
        with self.database.read() as session:
            return int(session.execute(select(_SERVER_TIME)).scalar_one())

    # Who follows the chain

    def leads(self) -> bool:
        """Return whether this process is the one that follows the chain; become it if nobody is.

        A file's only process always is. On a server it is who holds a lock, which the server takes
        back when the connection is gone, however the process ended.
        """
        if not self.is_shared:
            return True
        try:
            if self._lead is None:
                self._lead = self.database.engine.connect()
                question = select(func.pg_try_advisory_lock(_lock_of(self.domain)))
            else:
                question = select(literal(1))  # whether the connection is still there
            is_ours = bool(self._lead.scalar(question))
            self._lead.commit()
        except SQLAlchemyError:
            is_ours = False
        if not is_ours:
            self._drop_lead()
        return is_ours

    def _drop_lead(self) -> None:
        if self._lead is not None:
            self._lead.invalidate()  # not back to the pool: the lock goes with the connection
            self._lead.close()
            self._lead = None

    # Orders

    def last_change(self) -> int:
        """Return the number of the last change, zero if there was none."""
        with self.database.read() as session:
            found = session.scalar(
                select(FollowedRow.changes).where(FollowedRow.domain == self.domain)
            )
            return found or 0

    def open_orders(self) -> Iterator[Kept]:
        """Yield the orders on the book, the oldest first."""
        after = -1
        while True:
            part = self._read(
                (OrderRow.dropped_block.is_(None), OrderRow.sequence > after),
                OrderRow.sequence,
                _PART,
            )
            yield from part
            if len(part) < _PART:
                return
            after = part[-1].sequence

    def count_open(self) -> int:
        """Count the orders on the book."""
        counted = select(func.count()).where(
            OrderRow.domain == self.domain, OrderRow.dropped_block.is_(None)
        )
        with self.database.read() as session:
            return session.scalar(counted) or 0

    def changes_since(self, change: int, most: int) -> list[Kept]:
        """Return orders that changed after a change, whoever wrote it, the earliest first."""
        return self._read((OrderRow.change > change,), OrderRow.change, most)

    def dropped_since(self, block: int, most: int) -> list[Kept]:
        """Return orders taken off the book at a block or later, the newest first."""
        return self._read((OrderRow.dropped_block >= block,), OrderRow.sequence.desc(), most)

    def reason_of(self, name: str) -> str:
        """Return why an order is not on the book; empty if it is, or was never."""
        asked = select(OrderRow.reason).where(OrderRow.domain == self.domain, OrderRow.hash == name)
        with self.database.read() as session:
            return session.scalar(asked) or ""

    def add(self, row: NewRow) -> int:
        """Keep a listed order; one that was dropped before begins anew, an open one stays.

        Returns:
            Its number in the order of arrival.
        """
        with self._changing(1) as (session, number):
            self._upsert(session, row, number)
            kept = session.scalar(select(OrderRow.sequence).where(OrderRow.hash == row.hash))
            return kept or number

    def add_all(self, rows: Sequence[NewRow]) -> None:
        """Keep many orders at once; they are checked when the relay starts."""
        with self._changing(len(rows)) as (session, first):
            for number, row in enumerate(rows, start=first):
                self._upsert(session, row, number)

    def save(self, states: Mapping[str, str]) -> None:
        """Keep what checks found, by the orders' hashes."""
        if not states:
            return
        with self._changing(len(states)) as (session, first):
            rows = [
                {"name": name, "found": state, "number": number}
                for number, (name, state) in enumerate(states.items(), start=first)
            ]
            # one statement of many rows: who hands an order in waits for the database meanwhile
            session.connection().execute(_SAVE, rows)

    def drop(self, hashes: Sequence[str], reason: str, block: int) -> None:
        """Note that orders are off the book, since a block."""
        with self._changing(1) as (session, number):
            values = {"dropped_block": block, "reason": reason, "change": number}
            for part in _parts(hashes):
                session.execute(update(OrderRow).where(OrderRow.hash.in_(part)).values(values))

    def forget(self, block: int, now: int) -> None:
        """Delete what was taken off the book before a block.

        A maker's word that an order is off holds for a day [unix s], so nobody brings it back.
        """
        withdrawn_until = now - 86_400
        with self.database.write() as session:
            session.execute(
                delete(OrderRow).where(
                    OrderRow.domain == self.domain,
                    OrderRow.dropped_block < block,
                    (OrderRow.reason != "withdrawn") | (OrderRow.received_at < withdrawn_until),
                )
            )

    # How far the chain was followed

    def note_head(self, head: Head, now: int) -> None:
        """Note which block the states are of, and when it was seen [unix s]."""
        values = {"number": head.number, "hash": head.hash, "timestamp": head.timestamp}
        noted = update(FollowedRow).where(FollowedRow.domain == self.domain)
        with self.database.write() as session:
            session.execute(noted.values(**values, seen_at=now))

    def head(self) -> tuple[Head | None, int]:
        """Return the block that the states are of, None if there is none, and when it was seen."""
        with self.database.read() as session:
            row = session.get(FollowedRow, self.domain)
            if row is None or row.number is None:
                return None, 0
            return Head(row.number, row.hash, row.timestamp), row.seen_at

    @contextmanager
    def _changing(self, count: int) -> Iterator[tuple[Session, int]]:
        """Open a transaction that changes rows; gives the first of so many numbers for it."""
        counted = (
            update(FollowedRow)
            .where(FollowedRow.domain == self.domain)
            .values(changes=FollowedRow.changes + count)
            .returning(FollowedRow.changes)
        )
        with self.database.write() as session:
            # The row is locked until the commit: whoever comes next waits, and sees our changes.
            yield session, session.execute(counted).scalar_one() - count + 1

    def _upsert(self, session: Session, row: NewRow, number: int) -> None:
        values = {
            "sequence": number,
            "hash": row.hash,
            "domain": self.domain,
            "kind": row.kind,
            "document": row.document,
            "received_at": row.received_at,
            "dropped_block": None,
            "reason": "",
            "change": number,
            "state": row.state,
        }
        statement = self.insert(OrderRow).values(values)
        session.execute(
            statement.on_conflict_do_update(
                index_elements=["hash"],
                set_=values,
                where=OrderRow.dropped_block.is_not(None),
            )
        )

    def _read(self, conditions: Sequence[Any], order: Any, most: int) -> list[Kept]:
        rows = select(OrderRow).where(OrderRow.domain == self.domain, *conditions)
        with self.database.read() as session:
            return [
                Kept(
                    row.sequence,
                    row.hash,
                    row.kind,
                    row.document,
                    row.received_at,
                    row.dropped_block,
                    row.reason,
                    row.change,
                    row.state,
                )
                for row in session.scalars(rows.order_by(order).limit(most))
            ]


def _lock_of(domain: str) -> int:
    """Return the number of a relay's lock: 63 bits of a hash."""
    return int.from_bytes(hashlib.sha256(domain.encode()).digest()[:8], "big") >> 1


def _parts(hashes: Sequence[str]) -> Iterable[Sequence[str]]:
    return (hashes[start : start + _PART] for start in range(0, len(hashes), _PART))
