# SPDX-License-Identifier: AGPL-3.0-only
"""The relay's tables, and the steps that lead to them from earlier versions.

Amounts and prices are decimal text: they may exceed 64 bits. Times and blocks are of 64 bits.
"""

from sqlalchemy import BigInteger, Connection, Index, Integer
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from hashrate.service.database import Schema, name_the_kind
from relay.errors import RelayStoreError

_Big = BigInteger().with_variant(Integer, "sqlite")  # SQLite's integers are of 64 bits anyway


class Base(DeclarativeBase):
    """Base of the relay's tables; a change of them needs a step in `RELAY`."""

    type_annotation_map = {int: _Big}  # noqa: RUF012


class OrderRow(Base):
    """One order.

    Attributes:
        sequence: its number in the order of arrival, given by the database.
        hash: its hash, hexadecimal with 0x.
        domain: chain id and book, `31337:0x…`: which relay's it is.
        kind: of order.
        document: the signed order, JSON.
        received_at: when it came [unix s].
        dropped_block: the newest block when it was taken off the book; None while it is on it.
        reason: why it was taken off, empty while it is listed.
        change: the number of the last change of this row; a later change has a higher one.
        state: what the last check found, JSON; empty if there was none yet.
    """

    __tablename__ = "orders"

    sequence: Mapped[int]
    hash: Mapped[str] = mapped_column(primary_key=True)
    domain: Mapped[str]
    kind: Mapped[str]
    document: Mapped[str]
    received_at: Mapped[int]
    dropped_block: Mapped[int | None]
    reason: Mapped[str]
    change: Mapped[int]
    state: Mapped[str]

    __table_args__ = (
        Index("orders_by_dropping", "domain", "dropped_block"),
        Index("orders_by_change", "domain", "change"),
        Index("orders_by_sequence", "domain", "sequence"),
    )


class FollowedRow(Base):
    """How far a relay has come; one row for each.

    Attributes:
        domain: see `OrderRow`.
        changes: the last number given to a change, whoever wrote it. To raise it is the first thing
            every transaction does, so they follow each other, and numbers become visible in order.
        number, hash, timestamp: the block that the states are of [block, unix s].
        seen_at: when it was seen [unix s].
        history_block: the first block whose trades and positions are not in the tables yet.
    """

    __tablename__ = "followed"

    domain: Mapped[str] = mapped_column(primary_key=True)
    changes: Mapped[int]
    number: Mapped[int | None]
    hash: Mapped[str]
    timestamp: Mapped[int]
    seen_at: Mapped[int]
    history_block: Mapped[int]


class TradeRow(Base):
    """One trade on the chain.

    Attributes:
        domain: see `OrderRow`.
        block, log_index: where its event is.
        transaction: hash of its transaction.
        time: of its block [unix s].
        kind, market: what was traded.
        buyer, seller: between whom.
        price: as in orders of its kind.
        quantity: [contracts, or base units of the token].
        cost: what was paid [base units]; empty where the price says it.
    """

    __tablename__ = "trades"

    domain: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    log_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    transaction: Mapped[str]
    time: Mapped[int]
    kind: Mapped[str]
    market: Mapped[str]
    buyer: Mapped[str]
    seller: Mapped[str]
    price: Mapped[str]
    quantity: Mapped[str]
    cost: Mapped[str]

    __table_args__ = (
        Index("trades_by_market", "domain", "market", "block", "log_index"),
        Index("trades_by_time", "domain", "market", "time"),
    )


class MoveRow(Base):
    """One movement of a position on the chain; zero gives what is opened and takes what is closed.

    Attributes:
        domain: see `OrderRow`.
        block, log_index, part: where its event is, and its place in it.
        giver, taker: accounts.
        position: its number, decimal.
        quantity: [contracts].
    """

    __tablename__ = "moves"

    domain: Mapped[str] = mapped_column(primary_key=True)
    block: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    log_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    part: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    giver: Mapped[str]
    taker: Mapped[str]
    position: Mapped[str]
    quantity: Mapped[str]


class HoldingRow(Base):
    """What all movements together leave with an account; less than nothing only with zero.

    Attributes:
        domain: see `OrderRow`.
        account, position: whose, and what, see `MoveRow`.
        quantity: [contracts].
    """

    __tablename__ = "holdings"

    domain: Mapped[str] = mapped_column(primary_key=True)
    account: Mapped[str] = mapped_column(primary_key=True)
    position: Mapped[str] = mapped_column(primary_key=True)
    quantity: Mapped[str]


def _end_orders_without_legs(connection: Connection) -> None:
    """Step to version 3: orders of before are of a type that no book takes; they are over."""
    connection.exec_driver_sql(
        "UPDATE orders SET dropped_block = 0, reason = 'other_type' WHERE dropped_block IS NULL"
    )


def _number_changes_and_keep_history(connection: Connection) -> None:
    """Step to version 4: what a row's check found is kept, changes are numbered, trades follow."""
    connection.exec_driver_sql("ALTER TABLE orders RENAME TO orders_before")
    connection.exec_driver_sql("DROP INDEX orders_by_dropping")
    Base.metadata.create_all(connection)
    connection.exec_driver_sql(
        "INSERT INTO orders SELECT sequence, hash, domain, 'forward', document, received_at, "
        "dropped_block, reason, sequence, '' FROM orders_before"
    )
    # later numbers are higher than those that were given
    connection.exec_driver_sql(
        "INSERT INTO followed "
        "SELECT domain, max(sequence), NULL, '', 0, 0, 0 FROM orders GROUP BY domain"
    )
    connection.exec_driver_sql("DROP TABLE orders_before")


def _find_dropped_by_domain(connection: Connection) -> None:
    """Step to version 5: without its domain SQLite never took the index, and walked all orders."""
    connection.exec_driver_sql("DROP INDEX orders_by_dropping")
    connection.exec_driver_sql("CREATE INDEX orders_by_dropping ON orders (domain, dropped_block)")


RELAY = Schema(
    kind="relay",
    tables=Base.metadata,
    landmark="orders",
    steps=(
        name_the_kind("relay"),
        _end_orders_without_legs,
        _number_changes_and_keep_history,
        _find_dropped_by_domain,
    ),
    error=RelayStoreError,
    is_durable=False,
)
