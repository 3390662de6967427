# SPDX-License-Identifier: AGPL-3.0-only
"""Whether the forwards book would fill an order now: pure, from what was read of the chain.

Source: docs/forwards.md, sections 5 and 6.
"""

from collections.abc import Collection, Sequence
from itertools import pairwise

from hashrate.core.units import DAY_SECONDS
from hashrate.orders.order import Order
from hashrate.products.forwards.maths import leg_payment
from hashrate.products.forwards.terms import ForwardTerms
from relay.kind import Afforded, Reason, refuse

_REASONS = {
    "series: unknown": Reason.UNKNOWN_SERIES,
    "order: deadline is over": Reason.CLOSED,
    "order: other epoch": Reason.EPOCH,
    "order: nothing left": Reason.NOTHING_LEFT,
    "order: not signed": Reason.SIGNATURE,
    "order: peg too old": Reason.STALE_INDEX,
    "position: receiver takes none": Reason.RECEIVER,
}


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


def afford(
    order: Order,
    series: Sequence[ForwardTerms],
    prices: Sequence[int],
    remaining: int,
    held: Sequence[int],
    budget: int | None = None,
) -> Afforded:
    """Find how much of the rest of an order its maker can pay for, in whatever parts it is filled.

    A leg closes first what the maker holds on the other side. From the quantity at which one begins
    to open, a unit takes more; between two such quantities every unit takes the same, so what all
    of them take together is the most that any parts of the rest can. A unit that takes more than
    its part of `max_collateral` is refused by the book, and so is what comes after it.

    Args:
        order: it fits its series, see `require_terms`.
        series: terms of its legs' series.
        prices: of its legs now [tick].
        remaining: what is left of it [units].
        held: what is left of the positions it closes [contracts].
        budget: the money [base units]; None for any.
    """
    turns = sorted(
        {min(own // leg.ratio, remaining) for leg, own in zip(order.legs, held, strict=True)}
    )
    # a unit in which a leg both closes and opens stands alone
    edges = sorted(
        {0, remaining, *(min(turn + more, remaining) for turn in turns for more in (0, 1))}
    )
    units = cost = 0
    for start, end in pairwise(edges):
        net = 0
        for leg, terms, price, own in zip(order.legs, series, prices, held, strict=True):
            closed = min(max(own - start * leg.ratio, 0), leg.ratio)
            net += leg_payment(terms, price, leg.ratio, closed, is_buyer=leg.is_buy)
        if net * order.quantity > order.max_collateral:
            break
        part = end - start
        if net > 0:
            if budget is not None:
                # rounds down: the last unit is not covered in part
                part = min(part, max(0, budget - cost) // net)
            cost += net * part
        units += part
        if part < end - start:
            break
    closed_of = (min(own, units * leg.ratio) for leg, own in zip(order.legs, held, strict=True))
    return Afforded(units, cost, tuple(closed_of))


def last_second(order: Order, series: Sequence[ForwardTerms]) -> int:
    """Find the last second at which an order can be filled [unix s]."""
    ends = (t.end_day if order.may_trade_in_window else t.first_day for t in series)
    return min(order.deadline, min(ends) * DAY_SECONDS - 1)


def reason_of(refusal: str) -> Reason:
    """Return the word for a reason of book or vault."""
    if refusal in _REASONS:
        return _REASONS[refusal]
    return Reason.CLOSED if refusal.startswith("series: ") else Reason.BAD_TERMS
