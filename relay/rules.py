# SPDX-License-Identifier: AGPL-3.0-only
"""Whether the engine would fill an order now: pure, from what was read of the chain.

Source: docs/forwards.md, sections 1 and 4.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from hashrate.core.units import DAY_SECONDS
from hashrate.orders.order import Order
from hashrate.products.forwards.maths import collateral
from hashrate.products.forwards.terms import ForwardTerms
from relay.errors import OrderRefusedError


class Reason(StrEnum):
    """Why an order is not listed, or no longer."""

    UNKNOWN_SERIES = "unknown_series"
    BAD_TERMS = "bad_terms"
    SIGNATURE = "signature"
    CLOSED = "closed"
    EPOCH = "epoch"
    NOTHING_LEFT = "nothing_left"
    UNFUNDED = "unfunded"


_REASONS = {
    "series: unknown": Reason.UNKNOWN_SERIES,
    "order: deadline is over": Reason.CLOSED,
    "order: other epoch": Reason.EPOCH,
    "order: nothing left": Reason.NOTHING_LEFT,
    "order: not signed": Reason.SIGNATURE,
}


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What a chain says of one order, all at one block.

    Attributes:
        remaining: what is left of it by the engine's own check [contracts]; zero if it refuses.
        refusal: the engine's reason; None if it does not refuse.
        balance: of the maker [base units].
        allowance: what the engine may take from the maker, with the order's permit if that
            still works [base units].
        held: the maker's positions that the order would close, for each month [contracts].
    """

    remaining: int
    refusal: str | None
    balance: int
    allowance: int
    held: tuple[int, ...]


def refuse(reason: Reason, message: str) -> OrderRefusedError:
    """Make the error that says why an order is not listed."""
    return OrderRefusedError(reason, message)


def require_terms(order: Order, series: Sequence[ForwardTerms | None]) -> list[ForwardTerms]:
    """Check an order against its series, which never change.

    Raises:
        OrderRefusedError: a series does not exist, or the order does not fit its terms.
    """
    known: list[ForwardTerms] = []
    for number, terms in zip(order.series, series, strict=True):
        if terms is None:
            raise refuse(Reason.UNKNOWN_SERIES, f"series {number} does not exist")
        if not terms.floor_ticks <= order.price_ticks <= terms.cap_ticks:
            raise refuse(
                Reason.BAD_TERMS,
                f"the price is not within {terms.floor_ticks} to {terms.cap_ticks} ticks",
            )
        known.append(terms)
    if len({terms.token for terms in known}) > 1:
        raise refuse(Reason.BAD_TERMS, "the series settle in different tokens")
    if full_cost(order, known) > order.max_collateral:
        raise refuse(Reason.BAD_TERMS, "max_collateral is less than the whole order costs")
    return known


def full_cost(order: Order, series: Sequence[ForwardTerms]) -> int:
    """Find what the whole order costs its maker who holds nothing [base units]."""
    return order.quantity * sum(_collateral(order, series))


def cost_left(
    order: Order, series: Sequence[ForwardTerms], remaining: int, held: Sequence[int]
) -> int:
    """Find what the rest of an order may take from its maker at the most [base units].

    Contracts that close a position are not paid for. What closing them pays back is left out: it
    arrives with the trade, and the engine may take the rest in a trade before.
    """
    costs = _collateral(order, series)
    return sum(cost * max(0, remaining - own) for cost, own in zip(costs, held, strict=True))


def last_second(order: Order, series: Sequence[ForwardTerms]) -> int:
    """Find the last second at which an order can be filled [unix s]."""
    ends = (t.end_day if order.may_trade_in_window else t.first_day for t in series)
    return min(order.deadline, min(ends) * DAY_SECONDS - 1)


def remaining_of(order: Order, series: Sequence[ForwardTerms], facts: OrderFacts) -> int:
    """Find how many contracts of an order can be filled now.

    Args:
        order: it fits its series, see `require_terms`.
        series: its terms, one for each month.
        facts: what the chain says.

    Raises:
        OrderRefusedError: none, and why.
    """
    if facts.refusal is not None:
        raise refuse(_reason_of(facts.refusal), f"the engine says: {facts.refusal}")
    needed = cost_left(order, series, facts.remaining, facts.held)
    for what, amount in (("balance", facts.balance), ("allowance", facts.allowance)):
        if amount < needed:
            raise refuse(Reason.UNFUNDED, f"it may cost {needed}, the maker's {what} is {amount}")
    return facts.remaining


def _reason_of(refusal: str) -> Reason:
    if refusal in _REASONS:
        return _REASONS[refusal]
    return Reason.CLOSED if refusal.startswith("series: ") else Reason.BAD_TERMS


def _collateral(order: Order, series: Sequence[ForwardTerms]) -> list[int]:
    return [collateral(terms, order.price_ticks, is_buyer=order.is_buy) for terms in series]
