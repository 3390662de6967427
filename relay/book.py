# SPDX-License-Identifier: AGPL-3.0-only
"""The open orders in memory, sorted as they are asked for. One thread uses it."""

import json
from bisect import bisect_left, bisect_right, insort
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from eth_typing import ChecksumAddress

from hashrate.orders.order import ZERO_ADDRESS, SignedOrder
from hashrate.orders.order_file import order_to_record
from hashrate.products.forwards.terms import ForwardTerms
from relay.inquiry import Inquiry

Key = tuple[int, int]
"""Place in a side: better prices first, then what came first."""


@dataclass(slots=True)
class Listed:
    """An open order.

    Attributes:
        hash: its hash, hexadecimal with 0x.
        signed: the order.
        terms: of its series, one for each month.
        sequence: its number in the order of arrival.
        received_at: when it came [unix s].
        last_second: the last second at which it can be filled [unix s].
        remaining: what can still be filled [contracts].
        checked_block: the block at which it was last checked.
        inquiry: what the node is asked about it.
        json: how it is served, without the surrounding list.
    """

    hash: str
    signed: SignedOrder
    terms: tuple[ForwardTerms, ...]
    sequence: int
    received_at: int
    last_second: int
    remaining: int
    checked_block: int
    inquiry: Inquiry
    json: bytes = b""

    def __post_init__(self) -> None:
        """Write the JSON once; it is served many times."""
        self.write_json()

    @property
    def maker(self) -> ChecksumAddress:
        """Return who signed it."""
        return self.signed.order.maker

    @property
    def key(self) -> Key:
        """Return its place among the orders of its side."""
        order = self.signed.order
        return (-order.price_ticks if order.is_buy else order.price_ticks, self.sequence)

    def write_json(self) -> None:
        """Write the JSON again, after a change."""
        record = {
            "hash": self.hash,
            "remaining": str(self.remaining),
            "received_at": self.received_at,
            "last_second": self.last_second,
            "signed_order": order_to_record(self.signed),
        }
        self.json = json.dumps(record, separators=(",", ":")).encode()


@dataclass(slots=True)
class Level:
    """What a price offers: single months, and strips, which are taken in all their months or none.

    Orders for one taker only are not in it.
    """

    quantity: int = 0
    orders: int = 0
    strip_quantity: int = 0
    strip_orders: int = 0

    def add(self, quantity: int, orders: int, *, is_strip: bool) -> None:
        """Add an order, or take it off with negative numbers."""
        if is_strip:
            self.strip_quantity += quantity
            self.strip_orders += orders
        else:
            self.quantity += quantity
            self.orders += orders


class Side:
    """The bids or the asks of one series."""

    def __init__(self) -> None:
        self._keys: list[Key] = []
        self._orders: dict[Key, Listed] = {}
        self._prices: list[int] = []
        self._levels: dict[int, Level] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, listed: Listed) -> None:
        """List an order."""
        insort(self._keys, listed.key)
        self._orders[listed.key] = listed
        self._count(listed, listed.remaining, 1)

    def remove(self, listed: Listed) -> None:
        """Take an order off."""
        del self._keys[bisect_left(self._keys, listed.key)]
        del self._orders[listed.key]
        self._count(listed, -listed.remaining, -1)

    def change(self, listed: Listed, difference: int) -> None:
        """Note that an order's rest changed [contracts]."""
        self._count(listed, difference, 0)

    def page(self, after: Key | None, limit: int) -> list[Listed]:
        """Return some orders, best first, from behind a place on."""
        start = 0 if after is None else bisect_right(self._keys, after)
        return [self._orders[key] for key in self._keys[start : start + limit]]

    def levels(self, depth: int) -> list[tuple[int, Level]]:
        """Return the best prices [tick] and what they offer."""
        return [(abs(price), self._levels[price]) for price in self._prices[:depth]]

    def _count(self, listed: Listed, quantity: int, orders: int) -> None:
        if listed.signed.order.taker != ZERO_ADDRESS:
            return
        price = listed.key[0]
        if price not in self._levels:
            self._levels[price] = Level()
            insort(self._prices, price)
        level = self._levels[price]
        level.add(quantity, orders, is_strip=len(listed.signed.order.series) > 1)
        if level.orders + level.strip_orders == 0:
            del self._levels[price]
            del self._prices[bisect_left(self._prices, price)]


class Book:
    """All open orders."""

    def __init__(self) -> None:
        self.orders: dict[str, Listed] = {}
        self.terms: dict[int, ForwardTerms] = {}
        self._sides: dict[tuple[int, bool], Side] = {}
        self._makers: defaultdict[ChecksumAddress, dict[str, Listed]] = defaultdict(dict)
        self._endings: list[tuple[int, str]] = []

    def add(self, listed: Listed) -> None:
        """List an order under each of its months."""
        order = listed.signed.order
        self.orders[listed.hash] = listed
        self._makers[order.maker][listed.hash] = listed
        insort(self._endings, (listed.last_second, listed.hash))
        for series, terms in zip(order.series, listed.terms, strict=True):
            self.terms[series] = terms
            self._sides.setdefault((series, order.is_buy), Side()).add(listed)

    def remove(self, listed: Listed) -> None:
        """Take an order off everywhere."""
        order = listed.signed.order
        del self.orders[listed.hash]
        del self._makers[order.maker][listed.hash]
        if not self._makers[order.maker]:
            del self._makers[order.maker]
        ending = (listed.last_second, listed.hash)
        del self._endings[bisect_left(self._endings, ending)]
        for series in order.series:
            self._remove_from_side(series, listed)

    def update(self, listed: Listed, remaining: int, block: int) -> None:
        """Note what a check found [contracts], and at which block."""
        order = listed.signed.order
        for series in order.series:
            self._sides[series, order.is_buy].change(listed, remaining - listed.remaining)
        is_changed = remaining != listed.remaining
        listed.remaining, listed.checked_block = remaining, block
        if is_changed:
            listed.write_json()

    def side(self, series: int, *, is_buy: bool) -> Side:
        """Return the bids or the asks of a series, empty if there are none."""
        return self._sides.get((series, is_buy)) or Side()

    def of_maker(self, maker: ChecksumAddress) -> list[Listed]:
        """Return a maker's orders."""
        return list(self._makers[maker].values()) if maker in self._makers else []

    def makers(self) -> Iterable[ChecksumAddress]:
        """Return everyone who has an open order."""
        return self._makers.keys()

    def tokens(self) -> set[ChecksumAddress]:
        """Return the settlement tokens of the series with open orders."""
        return {terms.token for terms in self.terms.values()}

    def ended(self, now: int) -> list[Listed]:
        """Return the orders whose last second is before a time [unix s]."""
        end = bisect_left(self._endings, (now, ""))
        return [self.orders[name] for _, name in self._endings[:end]]

    def _remove_from_side(self, series: int, listed: Listed) -> None:
        is_buy = listed.signed.order.is_buy
        side = self._sides[series, is_buy]
        side.remove(listed)
        if not side:
            del self._sides[series, is_buy]
            if (series, not is_buy) not in self._sides:
                del self.terms[series]
