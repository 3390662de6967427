# SPDX-License-Identifier: AGPL-3.0-only
"""Asks a running relay, which may be anybody's."""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self, TypeVar
from urllib.parse import quote

from hashrate.orders.errors import RelayAnswerError
from hashrate.orders.withdrawal import Withdrawal, withdrawal_to_json
from hashrate.service.errors import NoAnswerError
from hashrate.service.fetch import Answer, BlockingFetcher, Bounds, Request

_BOUNDS = Bounds(timeout_seconds=10.0, total_seconds=30.0, max_bytes=4_000_000)
_MAX_COMPLAINT = 300
_MAX_PAGES = 20
_PAGE = 100
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Level:
    """What a price offers, see docs/relay.md: [tick, or the spot order's unit], [contracts]."""

    price: int
    quantity: int
    orders: int
    linked_quantity: int
    linked_orders: int


@dataclass(frozen=True, slots=True)
class Levels:
    """One market's levels, the best first; `is_crossed` says that somebody may match."""

    market: str
    bids: tuple[Level, ...]
    asks: tuple[Level, ...]
    is_crossed: bool


@dataclass(frozen=True, slots=True)
class Trade:
    """One trade of the chain.

    Attributes:
        market, buyer, seller: of what, between whom.
        price, quantity: as in orders of its kind.
        block, log_index, transaction: where it is.
        time: of its block [unix s].
    """

    market: str
    buyer: str
    seller: str
    price: int
    quantity: int
    block: int
    log_index: int
    transaction: str
    time: int


@dataclass(frozen=True, slots=True)
class Position:
    """What an account holds of a market [contracts]; `side` is long or short."""

    position: int
    market: str
    side: str
    quantity: int


class RelayClient:
    """Asks one relay."""

    def __init__(self, url: str) -> None:
        """Name it by the base of its addresses; nothing is asked yet."""
        self._url = url.rstrip("/")
        self._fetcher = BlockingFetcher(_BOUNDS)

    def __enter__(self) -> Self:
        """Do nothing; see `__exit__`."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the connections."""
        self._fetcher.close()

    def get(self, path: str = "") -> dict[str, Any]:
        """Read an answer that is a JSON object.

        Raises:
            RelayAnswerError: it cannot be reached, refuses, or answers with something else.
        """
        answer = self._ask("GET", path)
        require_success(answer)
        try:
            value = json.loads(answer.body)
        except (ValueError, RecursionError):
            value = None
        if not isinstance(value, dict):
            raise RelayAnswerError(f"{self._url}{path}: the answer is not a JSON object")
        return value

    def book(self, market: str, depth: int = 20) -> Levels:
        """Read what each price of a market offers.

        Raises:
            RelayAnswerError: see `get`.
        """
        return self.books([market], depth)[0]

    def books(self, markets: Sequence[str], depth: int = 20) -> list[Levels]:
        """Read what each price of several markets offers, all at one block.

        Raises:
            RelayAnswerError: see `get`.
        """
        query = "&".join(f"market={quote(each)}" for each in markets)
        answer = self.get(f"/books?{query}&depth={depth}")
        found = [_read(_levels, each) for each in _list_in(answer, "books")]
        if len(found) != len(set(markets)):
            raise RelayAnswerError(f"{self._url}: other books than were asked for")
        return found

    def orders(self, market: str, side: str) -> Iterator[Any]:
        """Yield the orders of a side, the best first, each as the relay lists it.

        Raises:
            RelayAnswerError: see `get`.
        """
        yield from self._pages(f"/orders?market={quote(market)}&side={side}", "orders")

    def orders_of(self, maker: str) -> Iterator[Any]:
        """Yield a maker's orders, the earliest first, each as the relay lists it.

        Raises:
            RelayAnswerError: see `get`.
        """
        yield from self._pages(f"/orders?maker={quote(maker)}", "orders")

    def trades(self, market: str) -> Iterator[Trade]:
        """Yield a market's trades, the newest first.

        Raises:
            RelayAnswerError: see `get`.
        """
        for each in self._pages(f"/trades?market={quote(market)}", "trades"):
            yield _read(_trade, each)

    def positions(self, account: str) -> Iterator[Position]:
        """Yield what an account holds.

        Raises:
            RelayAnswerError: see `get`.
        """
        for each in self._pages(f"/positions/{quote(account)}?", "positions"):
            yield _read(_position, each)

    def withdraw(self, withdrawal: Withdrawal) -> None:
        """Have an order taken off; the chain does not hear of it.

        Raises:
            RelayAnswerError: it cannot be reached, or refuses.
        """
        require_success(self._ask("POST", "/withdrawals", withdrawal_to_json(withdrawal).encode()))

    def submit(self, document: bytes) -> Answer:
        """Hand in an order.

        Raises:
            RelayAnswerError: it cannot be reached.
        """
        return self._ask("POST", "/orders", document)

    def _pages(self, path: str, name: str) -> Iterator[Any]:
        cursor = ""
        for _ in range(_MAX_PAGES):
            page = self.get(f"{path}&limit={_PAGE}{cursor}")
            yield from _list_in(page, name)
            if not (following := page.get("next")):
                return
            cursor = f"&cursor={quote(str(following))}"

    def _ask(self, method: str, path: str, body: bytes | None = None) -> Answer:
        url = self._url + path
        try:
            return self._fetcher.fetch(Request(method, url, body=body))
        except NoAnswerError as error:
            raise RelayAnswerError(f"{url}: {error}") from error


def require_success(answer: Answer) -> None:
    """Check that a relay does not refuse.

    Raises:
        RelayAnswerError: it does.
    """
    if not answer.is_success:
        raise RelayAnswerError(f"the relay refuses: {complaint(answer)}")


def complaint(answer: Answer) -> str:
    """Explain why a relay refuses, in one line of what a terminal can show; it may be anybody's."""
    try:
        error = json.loads(answer.body)["error"]
        text = f"{error['reason']}: {error['message']}"[:_MAX_COMPLAINT]
    except (ValueError, KeyError, TypeError, RecursionError):
        return f"HTTP {answer.status}"
    return "".join(each if each.isprintable() else "?" for each in text)


def _list_in(answer: dict[str, Any], name: str) -> list[Any]:
    if not isinstance(listed := answer.get(name), list):
        raise RelayAnswerError(f"the relay answers with something else than a list of {name}")
    return listed


def _read(reader: Callable[[Any], _T], given: Any) -> _T:
    """Read a part of an answer, which may be anything."""
    try:
        return reader(given)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise RelayAnswerError("the relay answers with something else than was asked") from error


def _levels(given: Any) -> Levels:
    bids, asks = (tuple(map(_level, given[side])) for side in ("buy", "sell"))
    return Levels(str(given["market"]), bids, asks, bool(given["is_crossed"]))


def _level(given: Any) -> Level:
    return Level(*(int(given[name]) for name in Level.__slots__))


def _trade(given: Any) -> Trade:
    return Trade(
        market=str(given["market"]),
        buyer=str(given["buyer"]),
        seller=str(given["seller"]),
        price=int(given["price"]),
        quantity=int(given["quantity"]),
        block=int(given["block"]),
        log_index=int(given["log_index"]),
        transaction=str(given["transaction"]),
        time=int(given["time"]),
    )


def _position(given: Any) -> Position:
    market, side = str(given["market"]), str(given["side"])
    return Position(int(given["position"]), market, side, int(given["quantity"]))
