# SPDX-License-Identifier: AGPL-3.0-only
"""The relay's memory: an SQLite file. It may be lost: makers hand their orders in again."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Index, delete, func, select, update
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hashrate.orders.order import BookDomain
from hashrate.orders.order_file import order_to_json
from hashrate.service.database import Schema, name_the_kind, open_database
from relay.book import Listed
from relay.errors import RelayStoreError

_PART = 500  # rows a statement names


class Base(DeclarativeBase):
    """Base of the relay's tables; a change of them needs a step in `ORDERS`."""


class OrderRow(Base):
    """One order.

    Attributes:
        sequence: its number in the order of arrival.
        hash: its hash, hexadecimal with 0x.
        domain: chain id and book, `31337:0x…`.
        document: the signed order, JSON.
        received_at: when it came [unix s].
        dropped_block: the newest block when it was taken off the book; None while it is on it.
        reason: why it was taken off, empty while it is listed.
    """

    __tablename__ = "orders"

    sequence: Mapped[int] = mapped_column(primary_key=True)
    hash: Mapped[str] = mapped_column(unique=True)
    domain: Mapped[str]
    document: Mapped[str]
    received_at: Mapped[int]
    dropped_block: Mapped[int | None]
    reason: Mapped[str]

    __table_args__ = (Index("orders_by_dropping", "dropped_block"),)


def _end_orders_without_legs(connection: Connection) -> None:
    """Step to version 3: orders of before are of a type that no book takes; they are over."""
    connection.exec_driver_sql(
        "UPDATE orders SET dropped_block = 0, reason = 'other_type' WHERE dropped_block IS NULL"
    )


ORDERS = Schema(
    kind="relay",
    tables=Base.metadata,
    landmark="orders",
    steps=(name_the_kind("relay"), _end_orders_without_legs),
    error=RelayStoreError,
    only_sqlite="only SQLite is tried",
    is_durable=False,
)


@dataclass(frozen=True, slots=True)
class Kept:
    """An order as it is kept; see `OrderRow`."""

    sequence: int
    hash: str
    document: str
    received_at: int
    reason: str


class RelayStore:
    """The file. One thread at a time uses it."""

    def __init__(self, path: Path, domain: BookDomain) -> None:
        """Open the file, and make it where there is none.

        Args:
            path: the SQLite file.
            domain: the book; orders of others are not given.

        Raises:
            RelayStoreError: it cannot be opened, or is of a version that cannot be used.
        """
        self._domain = f"{domain.chain_id}:{domain.book}"
        self._database = open_database(ORDERS, path)

    def close(self) -> None:
        """Close the file."""
        self._database.close()

    def last_sequence(self) -> int:
        """Return the highest number of an order, zero if there is none."""
        with self._database.read() as session:
            return session.scalar(select(func.max(OrderRow.sequence))) or 0

    def open_orders(self) -> list[Kept]:
        """Return the orders on the book, the oldest first."""
        return self._read(OrderRow.dropped_block.is_(None))

    def dropped_since(self, block: int, most: int) -> list[Kept]:
        """Return orders taken off the book at a block or later, the newest first."""
        return self._read(OrderRow.dropped_block >= block, most=most)

    def add(self, listed: Listed) -> None:
        """Keep a listed order; one that was dropped before begins anew."""
        row = OrderRow(
            sequence=listed.sequence,
            hash=listed.hash,
            domain=self._domain,
            document=order_to_json(listed.signed),
            received_at=listed.received_at,
            dropped_block=None,
            reason="",
        )
        with self._database.write() as session:
            session.execute(delete(OrderRow).where(OrderRow.hash == listed.hash))
            session.add(row)

    def add_all(self, documents: Sequence[tuple[str, str]]) -> None:
        """Keep many orders at once, by hash and JSON; they are checked when the relay starts."""
        with self._database.write() as session:
            for name, document in documents:
                row = OrderRow(hash=name, domain=self._domain, document=document, received_at=0)
                row.dropped_block, row.reason = None, ""
                session.add(row)

    def drop(self, hashes: Sequence[str], reason: str, block: int) -> None:
        """Note that orders are off the book, since a block."""
        self._mark(hashes, dropped_block=block, reason=reason)

    def revive(self, hashes: Sequence[str]) -> None:
        """Note that orders are on the book again."""
        self._mark(hashes, dropped_block=None, reason="")

    def forget(self, block: int) -> None:
        """Delete what was taken off the book before a block."""
        with self._database.write() as session:
            session.execute(delete(OrderRow).where(OrderRow.dropped_block < block))

    def _mark(self, hashes: Sequence[str], **values: Any) -> None:
        with self._database.write() as session:
            for part in _parts(hashes):
                session.execute(update(OrderRow).where(OrderRow.hash.in_(part)).values(values))

    def _read(self, condition: Any, most: int | None = None) -> list[Kept]:
        rows = select(OrderRow).where(OrderRow.domain == self._domain, condition)
        newest_first = OrderRow.sequence.desc() if most else OrderRow.sequence
        with self._database.read() as session:
            return [
                Kept(row.sequence, row.hash, row.document, row.received_at, row.reason)
                for row in session.scalars(rows.order_by(newest_first).limit(most))
            ]


def _parts(hashes: Sequence[str]) -> Iterable[Sequence[str]]:
    return (hashes[start : start + _PART] for start in range(0, len(hashes), _PART))
