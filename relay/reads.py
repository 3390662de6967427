# SPDX-License-Identifier: AGPL-3.0-only
"""What traders read: the book out of memory, trades and positions out of the database."""

import time
from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.responses import Response, StreamingResponse

from hashrate.service.refusals import answer, dump, refuse
from relay.book import Key, Level, Listed
from relay.intake import Intake
from relay.ledger import Ledger
from relay.queries import (
    MakerQuery,
    cursor_text,
    read_book_query,
    read_books_query,
    read_candles_query,
    read_hash,
    read_market,
    read_orders_query,
    read_positions_query,
    read_stream_query,
    read_trades_query,
)
from relay.stream import event_text

_STREAM_HEADERS = {"cache-control": "no-store", "x-accel-buffering": "no"}


class Reads:
    """Answers who asks for something."""

    def __init__(self, intake: Intake, ledger: Ledger) -> None:
        self._intake = intake
        self._ledger = ledger

    async def orders(self, request: Request) -> Response:
        """Return a page of orders: of a side, best price first, or of a maker, oldest first."""
        query = read_orders_query(request)
        book = self._intake.book
        if isinstance(query, MakerQuery):
            found = sorted(book.of_maker(query.maker), key=lambda each: each.sequence)
            first = -1 if query.after is None else query.after[1]
            later = [each for each in found if each.sequence > first][: query.limit + 1]
            page: list[tuple[Key, Listed]] = [((0, each.sequence), each) for each in later]
        else:
            side = book.side(query.market, is_buy=query.is_buy)
            page = side.page(query.after, query.limit + 1)
        rest, page = page[query.limit :], page[: query.limit]
        cursor = cursor_text(page[-1][0]) if rest else None
        orders = b",".join(listed.json for _, listed in page)
        return answer(self._with_block(b"orders", b"[" + orders + b"]", {"next": cursor}))

    async def order(self, request: Request) -> Response:
        """Return one order."""
        name = read_hash(request)
        listed = self._intake.book.orders.get(name)
        if listed is not None:
            return answer(self._with_block(b"order", listed.json, {}))
        reason = self._intake.gone.get(name)
        if reason is not None:
            return refuse(410, str(reason), "it is no longer open")
        return refuse(404, "unknown", "no such order is open")

    async def book(self, request: Request) -> Response:
        """Return what each price of a market offers, best first."""
        market, depth = read_book_query(request)
        return answer(self._with_block(b"market", dump(market), self._levels(market, depth)))

    async def books(self, request: Request) -> Response:
        """Return the same of several markets, all at one block."""
        markets, depth = read_books_query(request)
        books = [{"market": market, **self._levels(market, depth)} for market in markets]
        return answer(self._with_block(b"books", dump(books), {}))

    async def markets(self, _request: Request) -> Response:
        """Return the markets that have orders to show, with their terms."""
        listed = self._intake.book.markets()
        markets = [self._described(market, kind) for market, kind in listed.items()]
        markets.sort(key=lambda each: (each.get("first_day", 0), each["market"]))
        return answer(self._with_block(b"markets", dump(markets), {}))

    async def market(self, request: Request) -> Response:
        """Return one market: best prices, the last trade, and how much is open."""
        market = read_market(request)
        kinds = self._intake.chain.kinds
        trades = await self._read(lambda: self._ledger.trades(market, None, 1))
        counted = {name: kind.counted(market) for name, kind in kinds.items()}
        asked = [position for position in counted.values() if position is not None]
        supply = await self._read(lambda: self._ledger.supply(asked))
        kind = self._intake.book.markets().get(market) or (trades[0].kind if trades else None)
        if kind is None and not supply:
            return refuse(404, "unknown", "no order and no trade is of this market")
        kind = kind or next(name for name, position in counted.items() if position in supply)
        best = {
            name: [_level(*level) for level in self._side(market, name).levels(1)]
            for name in ("buy", "sell")
        }
        position = counted.get(kind)
        found = {
            **self._described(market, kind),
            "best_buy": best["buy"][0] if best["buy"] else None,
            "best_sell": best["sell"][0] if best["sell"] else None,
            "last_trade": trades[0].record() if trades else None,
            "open_interest": str(supply.get(position, 0)) if position is not None else None,
        }
        return answer(self._with_block(b"market", dump(found), {}))

    async def trades(self, request: Request) -> Response:
        """Return trades of the chain, the newest first."""
        market, before, limit = read_trades_query(request)
        found = await self._read(lambda: self._ledger.trades(market, before, limit + 1))
        page = found[:limit]
        last = page[-1] if len(found) > limit else None
        cursor = cursor_text((last.block, last.log_index)) if last else None
        records = [each.record() for each in page]
        return answer(self._with_block(b"trades", dump(records), {"next": cursor}))

    async def candles(self, request: Request) -> Response:
        """Return a market's trades, summed up in spans of time."""
        query = read_candles_query(request, int(time.time()))
        candles, rest = await self._read(
            lambda: self._ledger.candles(query.market, query.seconds, query.first, query.last)
        )
        records = [each.record() for each in candles]
        more = {"market": query.market, "seconds": query.seconds, "next": rest}
        return answer(self._with_block(b"candles", dump(records), more))

    async def positions(self, request: Request) -> Response:
        """Return what an account holds."""
        account, after, limit = read_positions_query(request)
        found = await self._read(lambda: self._ledger.positions(account, after, limit + 1))
        page = found[:limit]
        kinds = self._intake.chain.kinds.values()
        records = [
            {
                "position": position,
                **next((each for kind in kinds if (each := kind.owner_of(int(position)))), {}),
                "quantity": str(quantity),
            }
            for position, quantity in page
        ]
        cursor = page[-1][0] if len(found) > limit else None
        more = {"account": account, "next": cursor}
        return answer(self._with_block(b"positions", dump(records), more))

    async def stream(self, request: Request) -> Response:
        """Send what changes as it changes: orders, orders that are gone, trades, blocks."""
        markets = read_stream_query(request)
        hello = event_text(b"hello", self._with_block(b"markets", dump(markets), {}))
        events = self._intake.stream.listen(markets, hello)
        return StreamingResponse(events, media_type="text/event-stream", headers=_STREAM_HEADERS)

    async def _read(self, work: Any) -> Any:
        return await self._intake.workers.read(work)

    def _side(self, market: str, name: str) -> Any:
        return self._intake.book.side(market, is_buy=name == "buy")

    def _levels(self, market: str, depth: int) -> dict[str, Any]:
        sides = {name: self._side(market, name).levels(depth) for name in ("buy", "sell")}
        return {
            **{name: [_level(*level) for level in levels] for name, levels in sides.items()},
            "is_crossed": _is_crossed(sides["buy"], sides["sell"]),
        }

    def _described(self, market: str, kind: str) -> dict[str, Any]:
        return {
            "market": market,
            "kind": kind,
            **self._intake.chain.kinds[kind].describe(market),
            "buy_orders": len(self._side(market, "buy")),
            "sell_orders": len(self._side(market, "sell")),
        }

    def _with_block(self, name: bytes, value: bytes, more: dict[str, Any]) -> bytes:
        """Put a value into an answer that says which block the book follows."""
        head = self._intake.head
        block = (
            {"number": head.number, "hash": head.hash, "timestamp": head.timestamp}
            if head
            else None
        )
        rest = dump({"block": block, **more})
        return b"".join([b'{"', name, b'":', value, b",", rest[1:]])


def _is_crossed(bids: Sequence[tuple[int, Level]], asks: Sequence[tuple[int, Level]]) -> bool:
    """Return whether somebody may match: the best bid is as high as the best offer."""
    return bool(bids and asks and bids[0][0] >= asks[0][0])


def _level(price: int, level: Level) -> dict[str, Any]:
    return {
        "price": str(price),
        "quantity": str(level.quantity),
        "orders": level.orders,
        "linked_quantity": str(level.linked_quantity),
        "linked_orders": level.linked_orders,
    }
