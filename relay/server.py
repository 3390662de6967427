# SPDX-License-Identifier: AGPL-3.0-only
"""The relay's HTTP interface: strict in what it takes, bounded in what it does."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from hashrate.orders.order_file import MAX_ORDER_BYTES
from hashrate.service.errors import (
    BrokenBodyError,
    LargeBodyError,
    LateBodyError,
    MediaTypeError,
)
from hashrate.service.listener import client_name
from hashrate.service.refusals import answer, answer_to, dump, refuse
from relay.book import Key, Level, Listed
from relay.errors import RELAY_REFUSALS
from relay.health import RelayHealth
from relay.intake import Intake
from relay.limits import Rate
from relay.queries import (
    MakerQuery,
    cursor_text,
    read_book_query,
    read_hash,
    read_orders_query,
)

_MOST_DIGITS = 10  # of a content-length

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class RequestPolicy:
    """Limits on requests.

    Attributes:
        reads_per_second, reads_burst: requests of one client.
        body_seconds: for a body to arrive [s].
        request_seconds: for the whole request [s].
    """

    reads_per_second: float = 50.0
    reads_burst: int = 200
    body_seconds: float = 5.0
    request_seconds: float = 20.0


class Api:
    """Answers traders."""

    def __init__(self, intake: Intake, health: RelayHealth, policy: RequestPolicy) -> None:
        self._intake = intake
        self._health = health
        self._policy = policy
        self._rate = Rate("client", policy.reads_per_second, policy.reads_burst)

    def app(self) -> Starlette:
        """Make the application."""
        paths: list[tuple[str, str, Handler]] = [
            ("/orders", "POST", self.submit),
            ("/orders", "GET", self.orders),
            ("/orders/{hash}", "GET", self.order),
            ("/book/{series}", "GET", self.levels),
            ("/series", "GET", self.series),
        ]
        routes = [
            Route(path, self._guarded(path, handler), methods=[method])
            for path, method, handler in paths
        ]
        # Monitoring asks this one, and is not counted.
        routes.append(Route("/health", self._health.answer, methods=["GET"]))
        cors = Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "POST"],
            allow_headers=["content-type"],
            expose_headers=["retry-after"],
        )
        return Starlette(routes=routes, middleware=[cors])

    async def submit(self, request: Request) -> Response:
        """Take an order in."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "application/json":
            raise MediaTypeError("content-type: not application/json")
        body = await self._body(request)
        listed, is_new = await self._intake.submit(body, _client(request))
        return answer(b"".join([b'{"order":', listed.json, b"}"]), 201 if is_new else 200)

    async def orders(self, request: Request) -> Response:
        """Return a page of orders: of a side, best price first, or of a maker, oldest first."""
        query = read_orders_query(request)
        book = self._intake.book
        if isinstance(query, MakerQuery):
            found = sorted(book.of_maker(query.maker), key=lambda each: each.sequence)
            first = -1 if query.after is None else query.after[1]
            page = [each for each in found if each.sequence > first][: query.limit + 1]
            place: Callable[[Listed], Key] = _arrival
        else:
            side = book.side(query.series, is_buy=query.is_buy)
            page = side.page(query.after, query.limit + 1)
            place = side.key
        rest = page[query.limit :]
        page = page[: query.limit]
        cursor = cursor_text(place(page[-1])) if rest else None
        return answer(self._with_block(b"orders", _list(page), {"next": cursor}))

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

    async def levels(self, request: Request) -> Response:
        """Return what each price of a series offers, best first."""
        series, depth = read_book_query(request)
        book = self._intake.book
        levels = {
            name: [_level(price, level) for price, level in side.levels(depth)]
            for name, side in (
                ("buy", book.side(series, is_buy=True)),
                ("sell", book.side(series, is_buy=False)),
            )
        }
        return answer(self._with_block(b"series", dump(str(series)), levels))

    async def series(self, _request: Request) -> Response:
        """Return the series that have open orders, with their terms."""
        book = self._intake.book
        listed = [
            {
                "series": str(series),
                "index": terms.index,
                "metric": terms.metric,
                "first_day": terms.first_day,
                "end_day": terms.end_day,
                "floor_ticks": str(terms.floor_ticks),
                "cap_ticks": str(terms.cap_ticks),
                "tick_value": str(terms.tick_value),
                "token": terms.token,
                "buy_orders": len(book.side(series, is_buy=True)),
                "sell_orders": len(book.side(series, is_buy=False)),
            }
            for series, terms in sorted(book.terms.items(), key=lambda item: item[1].first_day)
        ]
        return answer(self._with_block(b"series", dump(listed), {}))

    def _guarded(self, path: str, handler: Handler) -> Handler:
        """Count a request, bound its time, and turn what went wrong into an answer."""
        metrics = self._intake.metrics

        async def guarded(request: Request) -> Response:
            started = time.monotonic()
            try:
                self._rate.take(_client(request), started)
                async with asyncio.timeout(self._policy.request_seconds):
                    response = await handler(request)
            except Exception as error:  # what is not expected is raised again
                response = answer_to(error, RELAY_REFUSALS)
            metrics.requests.labels(f"{request.method} {path}", response.status_code).inc()
            metrics.request_seconds.observe(time.monotonic() - started)
            return response

        return guarded

    async def _body(self, request: Request) -> bytes:
        """Read a body, no further than allowed.

        Raises:
            RequestError: it is too large, or does not come.
        """
        too_large = LargeBodyError(f"more than {MAX_ORDER_BYTES} bytes")
        length = request.headers.get("content-length", "0")
        if not length.isdecimal() or len(length) > _MOST_DIGITS or int(length) > MAX_ORDER_BYTES:
            raise too_large
        body = bytearray()
        try:
            async with asyncio.timeout(self._policy.body_seconds):
                async for chunk in request.stream():
                    body += chunk
                    if len(body) > MAX_ORDER_BYTES:
                        raise too_large
        except TimeoutError:
            raise LateBodyError("the body did not arrive in time") from None
        except ClientDisconnect:
            raise BrokenBodyError("the client went away") from None
        return bytes(body)

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


def _client(request: Request) -> str:
    return client_name(request.client.host) if request.client else ""


def _arrival(listed: Listed) -> Key:
    return 0, listed.sequence


def _list(page: list[Listed]) -> bytes:
    return b"".join([b"[", b",".join([each.json for each in page]), b"]"])


def _level(price: int, level: Level) -> dict[str, Any]:
    return {
        "price_ticks": str(price),
        "quantity": str(level.quantity),
        "orders": level.orders,
        "linked_quantity": str(level.linked_quantity),
        "linked_orders": level.linked_orders,
    }
