# SPDX-License-Identifier: AGPL-3.0-only
"""What a maker signs, and when it can be filled (forwards.md §6)."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from math import gcd

from .errors import Cause, require
from .forward_terms import ForwardTerms
from .units import DAY_SECONDS, Account

MOST_LEGS = 12
MOST_RATIO = 1_000
QUANTITY_BOUND = 2**120
EVERYTHING = 2**256 - 1

Mean = Callable[[int, int], tuple[int, int]]
"""Mean of a series' index over its newest final days [tick], and the newest of them [day]."""


@dataclass(frozen=True)
class Leg:
    """One series of an order as its maker sees it; price_ticks: [tick]; ratio: [contracts]."""

    series: int
    is_buy: bool
    price_ticks: int
    ratio: int = 1

    def cost(self, terms: ForwardTerms) -> int:
        """Return what opening it costs the maker for each unit [base units]."""
        side = terms.buyer_collateral if self.is_buy else terms.seller_collateral
        return self.ratio * side(self.price_ticks)

    def at(self, price_ticks: int) -> "Leg":
        """Return the leg at another price [tick]."""
        return Leg(self.series, self.is_buy, price_ticks, self.ratio)


@dataclass(frozen=True)
class Peg:
    """Prices that follow the index; mean_days, max_age_days: [days]; the rest: [tick]."""

    mean_days: int
    max_age_days: int
    offset_ticks: int
    low_ticks: int
    high_ticks: int

    def worst(self, leg: Leg) -> Leg:
        """Return a leg at the price that costs its maker the most."""
        return leg.at(self.high_ticks if leg.is_buy else self.low_ticks)

    def priced(self, leg: Leg, mean: Mean, now: int) -> Leg:
        """Return a leg at the price of `now` [unix s]."""
        require(leg.price_ticks == 0, Cause.INVALID_ORDER)
        ticks, newest = mean(leg.series, self.mean_days)
        require(now // DAY_SECONDS - newest <= self.max_age_days, Cause.EXPIRED)
        return leg.at(min(max(ticks + self.offset_ticks, self.low_ticks), self.high_ticks))


@dataclass(frozen=True)
class ForwardOrder:
    """An order, its fields in the order in which they are signed.

    quantity, minimum_quantity: [units]; max_collateral: [base units]; deadline: [unix s].
    """

    maker: Account
    taker: Account | None
    quantity: int
    minimum_quantity: int
    max_collateral: int
    deadline: int
    may_trade_in_window: bool
    epoch: int
    salt: int
    legs: tuple[Leg, ...]
    peg: Peg | None = None

    def part_of_collateral(self, quantity: int) -> int:
        """Return the most that may be pulled from the maker for a part [base units]."""
        return self.max_collateral * quantity // self.quantity


@dataclass(frozen=True)
class SignedOrder:
    """An order with what matters of its signature: whether the maker gave it."""

    order: ForwardOrder
    is_signed: bool = True


@dataclass(frozen=True)
class Take:
    """One order to fill; quantities: [units]; max_pay, min_receive: [base units]."""

    signed: SignedOrder
    quantity: int
    minimum_quantity: int = 0
    max_pay: int = EVERYTHING
    min_receive: int = 0


@dataclass(frozen=True)
class OrderState:
    """What has become of an order: filled [units], cancelled, and epochs of its maker.

    `least` is the lowest epoch that lives, of all and of each series of the order; `present` the
    highest there can be.
    """

    filled: int
    is_cancelled: bool
    least: int
    present: int


def check_form(order: ForwardOrder) -> None:
    """Refuse an order that no clock can make fillable."""
    legs = order.legs
    require(1 <= len(legs) <= MOST_LEGS, Cause.INVALID_ORDER)
    require(all(low.series < high.series for low, high in pairwise(legs)), Cause.INVALID_ORDER)
    require(all(1 <= leg.ratio <= MOST_RATIO for leg in legs), Cause.INVALID_ORDER)
    require(gcd(*(leg.ratio for leg in legs)) == 1, Cause.INVALID_ORDER)
    require(0 < order.quantity < QUANTITY_BOUND, Cause.INVALID_ORDER)


def fillable(
    signed: SignedOrder, state: OrderState, other: Account, now: int, book: Account | None = None
) -> int:
    """Return how much of an order `other` could take [units], at least one.

    `book` is named where another order takes it: orders for `match` alone name the book.
    """
    order = signed.order
    check_form(order)
    require(now <= order.deadline, Cause.EXPIRED)
    require(state.least <= order.epoch <= state.present, Cause.CANCELLED)
    require(not state.is_cancelled, Cause.CANCELLED)
    remaining = order.quantity - state.filled
    require(remaining > 0, Cause.FILLED)
    require(other != order.maker, Cause.NOT_ALLOWED)
    require(order.taker is None or order.taker in (other, book), Cause.NOT_ALLOWED)
    require(signed.is_signed, Cause.NOT_SIGNED)
    return remaining


def check_quantity(order: ForwardOrder, quantity: int, remaining: int) -> None:
    """Refuse less than the maker wants to trade at once [units]."""
    require(quantity > 0, Cause.TOO_LITTLE)
    require(quantity >= min(order.minimum_quantity, remaining), Cause.TOO_LITTLE)


def meeting(one: tuple[Leg, ...], other: tuple[Leg, ...]) -> tuple[Leg, ...]:
    """Return the legs of two opposite orders half way, as the first one's maker trades them."""
    require(len(one) == len(other), Cause.INVALID_ORDER)
    met = []
    for mine, theirs in zip(one, other, strict=True):
        require((mine.series, mine.ratio) == (theirs.series, theirs.ratio), Cause.INVALID_ORDER)
        require(mine.is_buy != theirs.is_buy, Cause.INVALID_ORDER)
        bid, ask = (mine, theirs) if mine.is_buy else (theirs, mine)
        require(bid.price_ticks >= ask.price_ticks, Cause.INVALID_ORDER)
        met.append(mine.at((bid.price_ticks + ask.price_ticks) // 2))
    return tuple(met)
