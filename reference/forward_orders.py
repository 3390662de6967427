# SPDX-License-Identifier: AGPL-3.0-only
"""What a maker signs, and when it can be filled (forwards.md §4)."""

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise

from .errors import Cause, require
from .forward_terms import ForwardTerms
from .units import Account

MOST_MONTHS = 12


@dataclass(frozen=True)
class ForwardOrder:
    """An order, its fields in the order in which they are signed.

    price_ticks: [tick]; quantity, minimum_quantity: [contracts]; max_collateral: [base units];
    deadline: [unix s].
    """

    maker: Account
    taker: Account | None
    is_buy: bool
    price_ticks: int
    quantity: int
    minimum_quantity: int
    max_collateral: int
    deadline: int
    may_trade_in_window: bool
    epoch: int
    salt: int
    series: tuple[int, ...]

    def collateral(self, terms: ForwardTerms) -> int:
        """Return what the maker pays for one contract of a month [base units]."""
        if self.is_buy:
            return terms.buyer_collateral(self.price_ticks)
        return terms.seller_collateral(self.price_ticks)


@dataclass(frozen=True)
class SignedOrder:
    """An order with what matters of its signature: whether the maker gave it."""

    order: ForwardOrder
    is_signed: bool = True


@dataclass(frozen=True)
class Take:
    """One order to fill; quantity, minimum_quantity: [contracts]."""

    signed: SignedOrder
    quantity: int
    minimum_quantity: int = 0


@dataclass(frozen=True)
class OrderState:
    """What has become of an order: filled [contracts], cancelled, and its maker's epoch."""

    filled: int
    is_cancelled: bool
    epoch: int


def check_months(order: ForwardOrder, listed: Mapping[int, ForwardTerms], now: int) -> None:
    """Refuse months that cannot be traded together, at this price, or any longer."""
    require(1 <= len(order.series) <= MOST_MONTHS, Cause.INVALID_ORDER)
    require(all(low < high for low, high in pairwise(order.series)), Cause.INVALID_ORDER)
    require(all(series in listed for series in order.series), Cause.NO_SUCH_SERIES)
    months = [listed[series] for series in order.series]
    require(len({terms.token for terms in months}) == 1, Cause.INVALID_ORDER)
    for terms in months:
        in_range = terms.floor_ticks <= order.price_ticks <= terms.cap_ticks
        require(in_range, Cause.INVALID_ORDER)
        require(not terms.is_over(now), Cause.ENDED)
        require(order.may_trade_in_window or not terms.has_begun(now), Cause.WINDOW_OPEN)
    require(order.quantity > 0, Cause.INVALID_ORDER)
    whole = order.quantity * sum(order.collateral(terms) for terms in months)
    require(whole <= order.max_collateral, Cause.TOO_MUCH_COLLATERAL)


def fillable(
    signed: SignedOrder,
    state: OrderState,
    listed: Mapping[int, ForwardTerms],
    other: Account,
    now: int,
) -> int:
    """Return how much of an order `other` could take [contracts], at least one."""
    order = signed.order
    check_months(order, listed, now)
    require(now <= order.deadline, Cause.EXPIRED)
    require(order.epoch == state.epoch, Cause.CANCELLED)
    require(not state.is_cancelled, Cause.CANCELLED)
    remaining = order.quantity - state.filled
    require(remaining > 0, Cause.FILLED)
    require(other != order.maker, Cause.NOT_ALLOWED)
    require(order.taker in (None, other), Cause.NOT_ALLOWED)
    require(signed.is_signed, Cause.NOT_SIGNED)
    return remaining


def check_quantity(order: ForwardOrder, quantity: int, remaining: int) -> None:
    """Refuse less than the maker wants to trade at once [contracts]."""
    require(quantity > 0, Cause.TOO_LITTLE)
    require(quantity >= min(order.minimum_quantity, remaining), Cause.TOO_LITTLE)
