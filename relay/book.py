# SPDX-License-Identifier: AGPL-3.0-only
"""The open orders in memory, sorted as they are asked for. One thread uses it.

A maker's money is counted once: its orders are covered one after the other, first the best of every
side, then the second of every side, and so on, until the money is used up. What is not covered is
kept, and shown nowhere but under the maker's name.
"""

from bisect import bisect_left, bisect_right, insort
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from eth_typing import ChecksumAddress

from relay.facts import OrderFacts
from relay.kind import Offer

Key = tuple[int, int]
"""Place in a side: better prices first, then what came first."""

_Side = tuple[str, bool]


@dataclass(slots=True)
class Listed:
    """An open order.

    Attributes:
        offer: the order.
        document: the signed order, JSON.
        sequence: its number in the order of arrival.
        received_at: when it came [unix s].
        prices: of its legs as it would be filled now [tick].
        remaining: what can still be filled of it by its book's word [units].
        balance, allowance, held: see `OrderFacts`.
        checked_block: the block at which it was last checked.
        is_wallet: whether another than its maker's own key signed it.
        covered: how much of it its maker's money covers, besides better orders [units].
        cost: what that may take [base units].
        slept_at: since when the maker could not pay even if it were the only one; None if it can
            [unix s].
    """

    offer: Offer
    document: bytes
    sequence: int
    received_at: int
    prices: tuple[int, ...]
    remaining: int
    balance: int
    allowance: int
    held: tuple[int, ...]
    checked_block: int
    is_wallet: bool
    covered: int = 0
    cost: int = 0
    slept_at: int | None = None

    @property
    def hash(self) -> str:
        """Return its hash, hexadecimal with 0x."""
        return self.offer.hash

    @property
    def maker(self) -> ChecksumAddress:
        """Return who signed it."""
        return self.offer.maker

    @property
    def is_free(self) -> bool:
        """Return whether what is shown of it takes nothing from its maker: no money bounds it."""
        return self.covered > 0 and self.cost == 0 and not any(self.held)

    @property
    def json(self) -> bytes:
        """Return how it is served."""
        prices = '","'.join(map(str, self.prices))
        head = (
            f'{{"hash":"{self.hash}","kind":"{self.offer.kind}","remaining":"{self.remaining}",'
            f'"covered":"{self.covered}","prices":["{prices}"],"received_at":{self.received_at},'
            f'"last_second":{self.offer.last_second},"signed_order":'
        )
        return b"".join([head.encode(), self.document, b"}"])


@dataclass(slots=True)
class Level:
    """What a price offers: of one market alone, and linked to others, to be taken in all or none.

    Orders for one taker only, or for `match` only, are not in it, nor are those that cost their
    maker nothing: no money bounds their size.
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
    """The bids or the asks of one market."""

    def __init__(self) -> None:
        self._keys: list[Key] = []
        self._orders: dict[Key, Listed] = {}
        self._prices: list[int] = []
        self._levels: dict[int, Level] = {}

    def __len__(self) -> int:
        return len(self._keys)

    def add(self, listed: Listed, place: int) -> None:
        """List an order by one of its places."""
        key = key_of(listed, place)
        insort(self._keys, key)
        self._orders[key] = listed
        self._count(listed, place, 1)

    def remove(self, listed: Listed, place: int) -> None:
        """Take an order off."""
        key = key_of(listed, place)
        del self._keys[bisect_left(self._keys, key)]
        del self._orders[key]
        self._count(listed, place, -1)

    def page(self, after: Key | None, limit: int) -> list[tuple[Key, Listed]]:
        """Return some orders and their places, best first, from behind a place on."""
        start = 0 if after is None else bisect_right(self._keys, after)
        return [(key, self._orders[key]) for key in self._keys[start : start + limit]]

    def levels(self, depth: int) -> list[tuple[int, Level]]:
        """Return the best prices and what they offer."""
        return [(abs(price), self._levels[price]) for price in self._prices[:depth]]

    def _count(self, listed: Listed, place: int, sign: int) -> None:
        offer = listed.offer
        if not offer.is_public or listed.is_free:
            return
        price = key_of(listed, place)[0]
        if price not in self._levels:
            self._levels[price] = Level()
            insort(self._prices, price)
        level = self._levels[price]
        quantity = sign * listed.covered * offer.places[place].ratio
        level.add(quantity, sign, is_linked=len(offer.places) > 1)
        if level.orders + level.linked_orders == 0:
            del self._levels[price]
            del self._prices[bisect_left(self._prices, price)]


class Book:
    """All open orders. After changes call `cover`, before anybody reads: a changed order is shown
    again only by that."""

    def __init__(self) -> None:
        self.orders: dict[str, Listed] = {}
        self.sleeping: dict[str, None] = {}
        self._sides: dict[_Side, Side] = {}
        self._markets: dict[str, str] = {}
        self._shown: set[str] = set()
        self._makers: defaultdict[ChecksumAddress, dict[str, Listed]] = defaultdict(dict)
        self._by_count: defaultdict[int, dict[ChecksumAddress, None]] = defaultdict(dict)
        self._hidden: dict[str, None] = {}
        self._free: dict[str, None] = {}
        self._endings: list[tuple[int, str]] = []
        self._changed: dict[ChecksumAddress, None] = {}
        self._following: dict[str, None] = {}
        self._by_lower: dict[str, ChecksumAddress] = {}
        self._tokens: Counter[ChecksumAddress] = Counter()

    def add(self, listed: Listed) -> None:
        """Take an order; it is shown once it is covered."""
        self.orders[listed.hash] = listed
        self._hidden[listed.hash] = None
        self._tokens[listed.offer.asset] += 1
        if listed.offer.follows_index:
            self._following[listed.hash] = None
        self._count_maker(listed.maker, 1)
        self._makers[listed.maker][listed.hash] = listed
        self._by_lower[listed.maker.lower()] = listed.maker
        insort(self._endings, (listed.offer.last_second, listed.hash))
        self._changed[listed.maker] = None

    def remove(self, listed: Listed) -> None:
        """Take an order off everywhere; what it covered is free for the maker's others."""
        self._hide(listed)
        del self.orders[listed.hash]
        for names in (self._hidden, self._free, self.sleeping, self._following):
            names.pop(listed.hash, None)
        self._tokens[listed.offer.asset] -= 1
        self._count_maker(listed.maker, -1)
        del self._makers[listed.maker][listed.hash]
        ending = (listed.offer.last_second, listed.hash)
        del self._endings[bisect_left(self._endings, ending)]
        if self._makers[listed.maker]:
            self._changed[listed.maker] = None
        else:
            del self._makers[listed.maker], self._by_lower[listed.maker.lower()]
            self._changed.pop(listed.maker, None)

    def note(self, listed: Listed, facts: OrderFacts, block: int) -> bool:
        """Note what a check found of an order at a block; tells whether that is news."""
        listed.checked_block = block
        was = (listed.remaining, listed.prices, listed.balance, listed.allowance, listed.held)
        now = (facts.remaining, facts.prices, facts.balance, facts.allowance, facts.held)
        if was == now:
            return False
        self._hide(listed)
        self._free.pop(listed.hash, None)
        self._hidden[listed.hash] = None
        listed.covered = 0
        listed.remaining, listed.prices, listed.balance, listed.allowance, listed.held = now
        self._changed[listed.maker] = None
        return True

    def cover(self, now: int) -> list[Listed]:
        """Work out what makers' money covers, and show that and no more.

        Args:
            now: from when on an order that nothing covers sleeps [unix s].

        Returns:
            The orders of which something else is shown than before.
        """
        moved = []
        for maker in list(self._changed):
            for listed, units, cost in _covers(self._makers[maker].values()):
                if self._show(listed, units, cost, now):
                    moved.append(listed)
        self._changed.clear()
        return moved

    def side(self, market: str, *, is_buy: bool) -> Side:
        """Return the bids or the asks of a market, empty if there are none."""
        return self._sides.get((market, is_buy)) or Side()

    def markets(self) -> dict[str, str]:
        """Return the markets that have orders to show, each with its kind."""
        return self._markets

    def of_maker(self, maker: ChecksumAddress) -> list[Listed]:
        """Return a maker's orders, also those that are not shown."""
        return list(self._makers[maker].values()) if maker in self._makers else []

    def of_account(self, account: str) -> list[Listed]:
        """Return the orders of an account, lower case."""
        maker = self._by_lower.get(account)
        return [] if maker is None else self.of_maker(maker)

    def count_of(self, maker: ChecksumAddress) -> int:
        """Return how many orders a maker has."""
        return len(self._makers[maker]) if maker in self._makers else 0

    def count_makers(self) -> int:
        """Count everyone who has an open order."""
        return len(self._makers)

    def following(self) -> list[str]:
        """Return the hashes of the orders whose prices follow an index."""
        return list(self._following)

    def tokens(self) -> set[ChecksumAddress]:
        """Return the tokens that makers of open orders pay with."""
        return {token for token, count in self._tokens.items() if count}

    def ended(self, now: int) -> list[Listed]:
        """Return the orders whose last second is before a time [unix s]."""
        end = bisect_left(self._endings, (now, ""))
        return [self.orders[name] for _, name in self._endings[:end]]

    def asleep_since(self, then: int) -> list[Listed]:
        """Return the orders that nothing covered at a time and since [unix s]."""
        found = (self.orders[name] for name in self.sleeping)
        return [each for each in found if each.slept_at is not None and each.slept_at <= then]

    def victim_for(self, newcomer: Listed, most_of_one: int) -> Listed | None:
        """Find the order that leaves a full book for another.

        First what no money covers, then what costs its maker nothing, then the worst of the maker
        who has most. Nobody gets room by that who costs nothing, has as many orders as the one who
        would lose one, or holds its share of a full book already.

        Args:
            newcomer: the order that wants in; its cover alone is known.
            most_of_one: how many orders a maker keeps in a full book.
        """
        count = self.count_of(newcomer.maker)
        if count >= most_of_one:
            return None
        if self._hidden:
            return self.orders[next(iter(self._hidden))]
        if alone(newcomer)[1] == 0 and not any(newcomer.held):
            return None
        if self._free:
            return self.orders[next(iter(self._free))]
        most = max(self._by_count, default=0)
        if most <= count + 1:
            return None
        richest = next(iter(self._by_count[most]))
        return [listed for listed, _, _ in _covers(self.of_maker(richest))][-1]

    def _count_maker(self, maker: ChecksumAddress, change: int) -> None:
        count = self.count_of(maker)
        if count:
            del self._by_count[count][maker]
            if not self._by_count[count]:
                del self._by_count[count]
        if count + change:
            self._by_count[count + change][maker] = None

    def _show(self, listed: Listed, units: int, cost: int, now: int) -> bool:
        """Show so much of an order; tells whether that is news."""
        if (
            listed.covered == units
            and listed.cost == cost
            and (units == 0) != (listed.hash in self._shown)
        ):
            self._sleep(listed, now)
            return False
        self._hide(listed)
        listed.covered, listed.cost = units, cost
        self._hidden.pop(listed.hash, None)
        self._free.pop(listed.hash, None)
        if units:
            self._reveal(listed)
        else:
            self._hidden[listed.hash] = None
        if listed.is_free:
            self._free[listed.hash] = None
        self._sleep(listed, now)
        return True

    def _sleep(self, listed: Listed, now: int) -> None:
        """Note since when an order could not be paid for even if it were its maker's only one."""
        if listed.covered or alone(listed)[0]:
            listed.slept_at = None
            self.sleeping.pop(listed.hash, None)
        elif listed.slept_at is None:
            listed.slept_at = now
            self.sleeping[listed.hash] = None

    def _reveal(self, listed: Listed) -> None:
        self._shown.add(listed.hash)
        for number, place in enumerate(listed.offer.places):
            self._markets[place.market] = listed.offer.kind
            self._sides.setdefault((place.market, place.is_buy), Side()).add(listed, number)

    def _hide(self, listed: Listed) -> None:
        if listed.hash not in self._shown:
            return
        self._shown.remove(listed.hash)
        for number, place in enumerate(listed.offer.places):
            side = self._sides[place.market, place.is_buy]
            side.remove(listed, number)
            if not side:
                del self._sides[place.market, place.is_buy]
                if (place.market, not place.is_buy) not in self._sides:
                    del self._markets[place.market]


def key_of(listed: Listed, place: int) -> Key:
    """Return an order's place in a side."""
    price = listed.prices[place]
    return (-price if listed.offer.places[place].is_buy else price, listed.sequence)


def alone(listed: Listed) -> tuple[int, int]:
    """Return how much of an order its maker's money would cover, if it were the only one."""
    budget = min(listed.balance, listed.allowance)
    found = listed.offer.afford(listed.remaining, listed.prices, listed.held, budget)
    units = listed.offer.covers(found.units, listed.remaining)
    return units, found.cost if units else 0


def _covers(orders: Iterable[Listed]) -> Iterator[tuple[Listed, int, int]]:
    """Walk through a maker's orders and let each take its part of what the ones before left."""
    spent: defaultdict[str, int] = defaultdict(int)
    closed: defaultdict[int, int] = defaultdict(int)
    for listed in _in_turn(orders):
        offer = listed.offer
        held = [
            max(0, own - closed[position])
            for own, position in zip(listed.held, offer.closes, strict=True)
        ]
        budget = min(listed.balance, listed.allowance) - spent[offer.asset]
        found = offer.afford(listed.remaining, listed.prices, held, max(0, budget))
        units = offer.covers(found.units, listed.remaining)
        if units == 0:
            yield listed, 0, 0
            continue
        spent[offer.asset] += found.cost
        for position, count in zip(offer.closes, found.closed, strict=True):
            closed[position] += count
        yield listed, units, found.cost


def _in_turn(orders: Iterable[Listed]) -> list[Listed]:
    """Sort a maker's orders: the best of every side by price and time, then the second ones."""
    sides: defaultdict[_Side, list[tuple[Key, Listed]]] = defaultdict(list)
    for listed in orders:
        first = listed.offer.places[0]
        sides[first.market, first.is_buy].append((key_of(listed, 0), listed))
    turns: list[tuple[int, int, Listed]] = []
    for side in sides.values():
        side.sort(key=lambda entry: entry[0])
        turns += [(rank, listed.sequence, listed) for rank, (_, listed) in enumerate(side)]
    turns.sort(key=lambda turn: turn[:2])
    return [listed for _, _, listed in turns]
