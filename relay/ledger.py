# SPDX-License-Identifier: AGPL-3.0-only
"""Trades and positions as the chain's events tell them, kept in the database.

Every movement is kept beside what all of them leave, so that blocks which are replaced can be taken
back exactly.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import delete, select, tuple_, update
from sqlalchemy.orm import Session

from hashrate.orders.order import ZERO_ADDRESS
from relay.store import RelayStore
from relay.tables import FollowedRow, HoldingRow, MoveRow, TradeRow

MOST_CANDLE_TRADES = 20_000


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade; see `TradeRow`."""

    block: int
    log_index: int
    transaction: str
    time: int
    kind: str
    market: str
    buyer: str
    seller: str
    price: str
    quantity: str
    cost: str

    def record(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Move:
    """One movement of a position; see `MoveRow`."""

    block: int
    log_index: int
    part: int
    giver: str
    taker: str
    position: str
    quantity: int


@dataclass(slots=True)
class Candle:
    """The trades of a span that begins at a time [unix s], in the unit of the prices."""

    start: int
    open: int
    high: int
    low: int
    close: int
    volume: int = 0
    trades: int = 0

    def record(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {
            "start": self.start,
            **{name: str(getattr(self, name)) for name in ("open", "high", "low", "close")},
            "volume": str(self.volume),
            "trades": self.trades,
        }


class Ledger:
    """The tables of trades, movements and holdings of one relay. Any thread may use it."""

    def __init__(self, store: RelayStore) -> None:
        self._store = store
        self._domain = store.domain

    def next_block(self) -> int:
        """Return the first block that is not in the tables yet."""
        with self._store.database.read() as session:
            return session.scalar(self._of_us(select(FollowedRow.history_block), FollowedRow)) or 0

    def add(self, trades: Sequence[Trade], moves: Sequence[Move], next_block: int) -> list[Trade]:
        """Add what blocks hold, also if some of it is there already; gives the trades that were
        not."""
        with self._store.database.write() as session:
            noted = self._of_us(update(FollowedRow), FollowedRow)
            session.execute(noted.values(history_block=next_block))  # locks: one adds at a time
            fresh = [
                trade for trade in trades if self._is_inserted(session, TradeRow, trade.record())
            ]
            changes: defaultdict[tuple[str, str], int] = defaultdict(int)
            for move in moves:
                values = asdict(move) | {"quantity": str(move.quantity)}
                if self._is_inserted(session, MoveRow, values):
                    changes[move.giver, move.position] -= move.quantity
                    changes[move.taker, move.position] += move.quantity
            self._apply(session, changes)
        return fresh

    def rewind(self, block: int) -> None:
        """Take back everything from a block on."""
        with self._store.database.write() as session:
            noted = self._of_us(update(FollowedRow), FollowedRow)
            session.execute(
                noted.where(FollowedRow.history_block > block).values(history_block=block)
            )
            changes: defaultdict[tuple[str, str], int] = defaultdict(int)
            for row in session.scalars(
                self._of_us(select(MoveRow), MoveRow, MoveRow.block >= block)
            ):
                changes[row.giver, row.position] += int(row.quantity)
                changes[row.taker, row.position] -= int(row.quantity)
            self._apply(session, changes)
            for table in (MoveRow, TradeRow):
                session.execute(self._of_us(delete(table), table, table.block >= block))

    def trades(self, market: str | None, before: tuple[int, int] | None, limit: int) -> list[Trade]:
        """Return trades, the newest first, of a market or of all, before a place in the chain."""
        asked = self._of_us(select(TradeRow), TradeRow)
        if market is not None:
            asked = asked.where(TradeRow.market == market)
        if before is not None:
            asked = asked.where(tuple_(TradeRow.block, TradeRow.log_index) < before)
        asked = asked.order_by(TradeRow.block.desc(), TradeRow.log_index.desc()).limit(limit)
        return self._trades(asked)

    def trades_since(self, block: int, most: int) -> list[Trade]:
        """Return trades from a block on, the earliest first."""
        asked = self._of_us(select(TradeRow), TradeRow, TradeRow.block >= block)
        return self._trades(asked.order_by(TradeRow.block, TradeRow.log_index).limit(most))

    def candles(
        self, market: str, seconds: int, first: int, last: int
    ) -> tuple[list[Candle], int | None]:
        """Sum a market's trades up, in spans of so many seconds.

        Args:
            market: which.
            seconds: length of a span; spans begin at its multiples [s].
            first, last: time of the first and the last trade that counts [unix s].

        Returns:
            The spans in which there was a trade, the earliest first; and the time at which the next
            request has to begin, None if all trades are in.
        """
        inside = (TradeRow.market == market, TradeRow.time >= first, TradeRow.time <= last)
        asked = self._of_us(select(TradeRow), TradeRow, *inside)
        asked = asked.order_by(TradeRow.time, TradeRow.block, TradeRow.log_index)
        trades = self._trades(asked.limit(MOST_CANDLE_TRADES + 1))
        candles: list[Candle] = []
        for trade in trades:
            start, price = trade.time // seconds * seconds, int(trade.price)
            if not candles or candles[-1].start != start:
                candles.append(Candle(start, price, price, price, price))
            candle = candles[-1]
            candle.high, candle.low = max(candle.high, price), min(candle.low, price)
            candle.close = price
            candle.volume += int(trade.quantity)
            candle.trades += 1
        if len(trades) <= MOST_CANDLE_TRADES:
            return candles, None
        unfinished = candles.pop() if len(candles) > 1 else candles[0]
        return candles, unfinished.start

    def positions(self, account: str, after: str, limit: int) -> list[tuple[str, int]]:
        """Return what an account holds, by position's number behind another [contracts]."""
        asked = self._of_us(
            select(HoldingRow),
            HoldingRow,
            HoldingRow.account == account,
            HoldingRow.position > after,
        )
        with self._store.database.read() as session:
            rows = session.scalars(asked.order_by(HoldingRow.position).limit(limit))
            return [(row.position, int(row.quantity)) for row in rows]

    def supply(self, positions: Iterable[str]) -> dict[str, int]:
        """Return how much of positions exists [contracts]: what zero gave and did not get back."""
        asked = self._of_us(
            select(HoldingRow),
            HoldingRow,
            HoldingRow.account == ZERO_ADDRESS,
            HoldingRow.position.in_(list(positions)),
        )
        with self._store.database.read() as session:
            return {row.position: -int(row.quantity) for row in session.scalars(asked)}

    def _trades(self, asked: Any) -> list[Trade]:
        names = Trade.__slots__
        with self._store.database.read() as session:
            return [
                Trade(**{name: getattr(row, name) for name in names})
                for row in session.scalars(asked)
            ]

    def _of_us(self, statement: Any, table: Any, *conditions: Any) -> Any:
        return statement.where(table.domain == self._domain, *conditions)

    def _is_inserted(self, session: Session, table: Any, values: dict[str, Any]) -> bool:
        insert = self._store.insert(table).values(values | {"domain": self._domain})
        done: Any = session.execute(insert.on_conflict_do_nothing())
        return bool(done.rowcount == 1)

    def _apply(self, session: Session, changes: dict[tuple[str, str], int]) -> None:
        for (account, position), change in changes.items():
            key = (self._domain, account, position)
            row = session.get(HoldingRow, key)
            quantity = change + (int(row.quantity) if row else 0)
            if row is None and quantity:
                names = ("domain", "account", "position")
                session.add(
                    HoldingRow(**dict(zip(names, key, strict=True)), quantity=str(quantity))
                )
            elif row is not None and quantity:
                row.quantity = str(quantity)
            elif row is not None:
                session.delete(row)
