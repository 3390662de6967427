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
        terms: of the series of its legs, in their order.
        prices: of its legs as it would be filled now [tick].
        sequence: its number in the order of arrival.
        received_at: when it came [unix s].
        last_second: the last second at which it can be filled [unix s].
        remaining: what can still be filled [units].
        checked_block: the block at which it was last checked.
        inquiry: what the node is asked about it.
        json: how it is served, without the surrounding list.
    """

    hash: str
    signed: SignedOrder
    terms: tuple[ForwardTerms, ...]
    prices: tuple[int, ...]
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

    def write_json(self) -> None:
        """Write the JSON again, after a change."""
        record = {
            "hash": self.hash,
            "remaining": str(self.remaining),
            "prices": [str(price) for price in self.prices],
            "received_at": self.received_at,
            "last_second": self.last_second,
            "signed_order": order_to_record(self.signed),
        }
        self.json = json.dumps(record, separators=(",", ":")).encode()


@dataclass(slots=True)
class Level:
    """What a price offers: of one series alone, and linked to others, to be taken in all or none.

    Orders for one taker only, or for `match` only, are not in it.
    """

    quantity: int = 0
    orders: int = 0
    linked_quantity: int = 0
    linked_orders: int = 0

    def add(self, quantity: int, orders: int, *, is_linked: bool) -> None:
        """Add an order, or take it off with negative numbers [contracts]."""
        if is_linked:
            self.linked_quantity += quantity
            self.linked_orders += orders
        else:
            self.quantity += quantity
            self.orders += orders


class Side:
    """The bids or the asks of one series."""

    def __init__(self, series: int) -> None:
        self._series = series
        self._keys: list[Key] = []
        self._orders: dict[Key, Listed] = {}
        self._prices: list[int] = []
        self._levels: dict[int, Level] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def key(self, listed: Listed) -> Key:
        """Return an order's place."""
        place = listed.signed.order.series.index(self._series)
        price = listed.prices[place]
        is_buy = listed.signed.order.legs[place].is_buy
        return (-price if is_buy else price, listed.sequence)

    def add(self, listed: Listed) -> None:
        """List an order."""
        key = self.key(listed)
        insort(self._keys, key)
        self._orders[key] = listed
        self._count(listed, 1)

    def remove(self, listed: Listed) -> None:
        """Take an order off."""
        key = self.key(listed)
        del self._keys[bisect_left(self._keys, key)]
        del self._orders[key]
        self._count(listed, -1)

    def page(self, after: Key | None, limit: int) -> list[Listed]:
        """Return some orders, best first, from behind a place on."""
        start = 0 if after is None else bisect_right(self._keys, after)
        return [self._orders[key] for key in self._keys[start : start + limit]]

    def levels(self, depth: int) -> list[tuple[int, Level]]:
        """Return the best prices [tick] and what they offer."""
        return [(abs(price), self._levels[price]) for price in self._prices[:depth]]

    def _count(self, listed: Listed, sign: int) -> None:
        order = listed.signed.order
        if order.taker != ZERO_ADDRESS:
            return
        price = self.key(listed)[0]
        if price not in self._levels:
            self._levels[price] = Level()
            insort(self._prices, price)
        level = self._levels[price]
        leg = order.legs[order.series.index(self._series)]
        level.add(sign * listed.remaining * leg.ratio, sign, is_linked=len(order.legs) > 1)
        if level.orders + level.linked_orders == 0:
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
        """List an order under each of its legs' series."""
        order = listed.signed.order
        self.orders[listed.hash] = listed
        self._makers[order.maker][listed.hash] = listed
        insort(self._endings, (listed.last_second, listed.hash))
        self._add_to_sides(listed)

    def remove(self, listed: Listed) -> None:
        """Take an order off everywhere."""
        order = listed.signed.order
        del self.orders[listed.hash]
        del self._makers[order.maker][listed.hash]
        if not self._makers[order.maker]:
            del self._makers[order.maker]
        ending = (listed.last_second, listed.hash)
        del self._endings[bisect_left(self._endings, ending)]
        self._remove_from_sides(listed)

    def update(self, listed: Listed, remaining: int, prices: tuple[int, ...], block: int) -> None:
        """Note what a check found: what is left [units], prices [tick], and at which block."""
        listed.checked_block = block
        if (remaining, prices) == (listed.remaining, listed.prices):
            return
        self._remove_from_sides(listed)
        listed.remaining, listed.prices = remaining, prices
        self._add_to_sides(listed)
        listed.write_json()

    def side(self, series: int, *, is_buy: bool) -> Side:
        """Return the bids or the asks of a series, empty if there are none."""
        return self._sides.get((series, is_buy)) or Side(series)

    def of_maker(self, maker: ChecksumAddress) -> list[Listed]:
        """Return a maker's orders."""
        return list(self._makers[maker].values()) if maker in self._makers else []

    def makers(self) -> Iterable[ChecksumAddress]:
        """Return everyone who has an open order."""
        return self._makers.keys()

    def pegged(self) -> list[str]:
        """Return the hashes of the orders whose prices follow an index."""
        return [name for name, each in self.orders.items() if each.signed.order.peg is not None]

    def tokens(self) -> set[ChecksumAddress]:
        """Return the settlement tokens of the series with open orders."""
        return {terms.token for terms in self.terms.values()}

    def ended(self, now: int) -> list[Listed]:
        """Return the orders whose last second is before a time [unix s]."""
        end = bisect_left(self._endings, (now, ""))
        return [self.orders[name] for _, name in self._endings[:end]]

    def _add_to_sides(self, listed: Listed) -> None:
        for leg, terms in zip(listed.signed.order.legs, listed.terms, strict=True):
            self.terms[leg.series] = terms
            side = self._sides.setdefault((leg.series, leg.is_buy), Side(leg.series))
            side.add(listed)

    def _remove_from_sides(self, listed: Listed) -> None:
        for leg in listed.signed.order.legs:
            side = self._sides[leg.series, leg.is_buy]
            side.remove(listed)
            if not side:
                del self._sides[leg.series, leg.is_buy]
                if (leg.series, not leg.is_buy) not in self._sides:
                    del self.terms[leg.series]
