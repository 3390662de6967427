# SPDX-License-Identifier: AGPL-3.0-only
"""The least a miner has to sell so that the worst case still pays its debts. Exact.

A course's margin is concave in the number sold: each contract more is sold at a price no better
than the one before and pays the same. So is the worst of all courses; two bisections find the least
number, whatever the prices.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from hashrate.hedging.outcome import Course, Outcome, work_out
from hashrate.hedging.selling import Capital, MonthBids, sell


def worst_of(outcomes: Sequence[Outcome]) -> Outcome:
    """Return the outcome with the least hedged margin, the first of equals."""
    return min(outcomes, key=lambda outcome: outcome.hedged_usd)


def least_quantity(
    courses: Sequence[Course],
    months: Sequence[MonthBids],
    capital: Capital,
    debt_usd: Fraction,
    most: int,
) -> int | None:
    """Find the least number of contracts a month that keeps every course at or above a debt.

    Args:
        courses: what may come.
        months: and who bids for them.
        capital: what locked money costs.
        debt_usd: service of all months together [USD].
        most: that may be sold [contracts].

    Returns:
        [contracts], rounded up to whole ones; None if no number does.
    """

    def worst(quantity: int) -> Fraction:
        sales = sell(months, quantity)
        return worst_of([work_out(each, sales, capital) for each in courses]).hedged_usd

    best = _first(most, lambda quantity: worst(quantity + 1) <= worst(quantity))
    if worst(best) < debt_usd:
        return None
    return _first(best, lambda quantity: worst(quantity) >= debt_usd)


def _first(most: int, holds: Callable[[int], bool]) -> int:
    """Find the first of 0 to `most` from which on a claim holds; `most` if it never does before."""
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if holds(middle):
            high = middle
        else:
            low = middle + 1
    return low
