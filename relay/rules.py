# SPDX-License-Identifier: AGPL-3.0-only
"""Whether the book would fill an order now: pure, from what was read of the chain.

Source: docs/forwards.md, sections 5 and 6.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from hashrate.core.units import DAY_SECONDS
from hashrate.orders.order import Order
from hashrate.products.forwards.maths import leg_payment
from hashrate.products.forwards.terms import ForwardTerms
from relay.errors import OrderRefusedError


class Reason(StrEnum):
    """Why an order is not listed, or no longer."""

    UNKNOWN_SERIES = "unknown_series"
    UNKNOWN_INDEX = "unknown_index"
    BAD_TERMS = "bad_terms"
    SIGNATURE = "signature"
    STALE_INDEX = "stale_index"
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
    "order: peg too old": Reason.STALE_INDEX,
}


@dataclass(frozen=True, slots=True)
class OrderFacts:
    """What a chain says of one order, all at one block.

    Attributes:
        remaining: what is left of it by the book's own check [units]; zero if it refuses.
        refusal: the book's reason; None if it does not refuse.
        balance: of the maker [base units].
        allowance: what the vault may take from the maker, with the order's permit if that
            still works [base units].
        held: the maker's positions that the order would close, for each leg [contracts].
        prices: of its legs now; empty where the book refuses to say [tick].
    """

    remaining: int
    refusal: str | None
    balance: int
    allowance: int
    held: tuple[int, ...]
    prices: tuple[int, ...]


def refuse(reason: Reason, message: str) -> OrderRefusedError:
    """Make the error that says why an order is not listed."""
    return OrderRefusedError(reason, message)


def require_terms(
    order: Order, series: Sequence[ForwardTerms | None], indices: Collection[str]
) -> list[ForwardTerms]:
    """Check an order against its series, which never change.

    Args:
        order: an order.
        series: terms of its legs' series; None for one that does not exist.
        indices: whose series are listed here.

    Raises:
        OrderRefusedError: a series does not exist, or the order does not fit its terms.
    """
    known: list[ForwardTerms] = []
    for leg, terms in zip(order.legs, series, strict=True):
        if terms is None:
            raise refuse(Reason.UNKNOWN_SERIES, f"series {leg.series} does not exist")
        if terms.index not in indices:
            raise refuse(Reason.UNKNOWN_INDEX, f"series {leg.series} settles on another index")
        peg = order.peg
        prices = [leg.price_ticks] if peg is None else [peg.low_ticks, peg.high_ticks]
        if not all(terms.floor_ticks <= price <= terms.cap_ticks for price in prices):
            raise refuse(
                Reason.BAD_TERMS,
                f"a price is not within {terms.floor_ticks} to {terms.cap_ticks} ticks",
            )
        known.append(terms)
    if len({terms.token for terms in known}) > 1:
        raise refuse(Reason.BAD_TERMS, "the series settle in different tokens")
    return known


def cost_left(
    order: Order,
    series: Sequence[ForwardTerms],
    prices: Sequence[int],
    remaining: int,
    held: Sequence[int],
) -> tuple[int, int]:
    """Find what the rest of an order may take from its maker, in whatever parts it is filled.

    A leg closes first what the maker holds on the other side. From the quantity at which one begins
    to open, a unit takes more; between two such quantities every unit takes the same, so what all
    of them take together is the most that any parts of the rest can.

    Returns:
        In all, and the most that a single unit takes [base units].
    """
    turns = sorted(
        {min(own // leg.ratio, remaining) for leg, own in zip(order.legs, held, strict=True)}
    )
    # a unit in which a leg both closes and opens stands alone
    edges = sorted(
        {0, remaining, *(min(turn + more, remaining) for turn in turns for more in (0, 1))}
    )
    total = dearest = 0
    for start, end in pairwise(edges):
        net = 0
        for leg, terms, price, own in zip(order.legs, series, prices, held, strict=True):
            closed = min(max(own - start * leg.ratio, 0), leg.ratio)
            net += leg_payment(terms, price, leg.ratio, closed, is_buyer=leg.is_buy)
        total += max(0, net) * (end - start)
        dearest = max(dearest, net)
    return total, dearest


def last_second(order: Order, series: Sequence[ForwardTerms]) -> int:
    """Find the last second at which an order can be filled [unix s]."""
    ends = (t.end_day if order.may_trade_in_window else t.first_day for t in series)
    return min(order.deadline, min(ends) * DAY_SECONDS - 1)


def remaining_of(order: Order, series: Sequence[ForwardTerms], facts: OrderFacts) -> int:
    """Find how many units of an order can be filled now.

    Args:
        order: it fits its series, see `require_terms`.
        series: terms of its legs' series.
        facts: what the chain says.

    Raises:
        OrderRefusedError: none, and why.
    """
    if facts.refusal is not None:
        raise refuse(_reason_of(facts.refusal), f"the book says: {facts.refusal}")
    needed, dearest = cost_left(order, series, facts.prices, facts.remaining, facts.held)
    if dearest * order.quantity > order.max_collateral:
        message = f"one unit takes {dearest}, more than its part of max_collateral"
        raise refuse(Reason.UNFUNDED, message)
    for what, amount in (("balance", facts.balance), ("allowance", facts.allowance)):
        if amount < needed:
            raise refuse(Reason.UNFUNDED, f"it may cost {needed}, the maker's {what} is {amount}")
    return facts.remaining


def _reason_of(refusal: str) -> Reason:
    if refusal in _REASONS:
        return _REASONS[refusal]
    return Reason.CLOSED if refusal.startswith("series: ") else Reason.BAD_TERMS
