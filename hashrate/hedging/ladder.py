# SPDX-License-Identifier: AGPL-3.0-only
"""When money leaves and when it comes back. Exact; satoshi are valued at the price of their day.

Mined coins are sold day by day and counted at the end of their month; power, fixed costs and debt
are due on the first day after it; a month's collateral and its gain come back once its last day is
final.
"""

from dataclasses import dataclass
from fractions import Fraction

from hashrate.core.types import DayIndex
from hashrate.hedging.outcome import Outcome
from hashrate.hedging.plan import Spot, usd_of_base_units
from hashrate.hedging.selling import Capital


@dataclass(frozen=True, slots=True)
class Step:
    """One movement of cash.

    Attributes:
        day: UTC day.
        what: in words.
        usd: what comes in, negative for what goes out [USD].
        cash_usd: all movements so far [USD].
    """

    day: DayIndex
    what: str
    usd: Fraction
    cash_usd: Fraction


def cash_ladder(outcome: Outcome, spot: Spot, capital: Capital, debt_usd: Fraction) -> list[Step]:
    """List the movements of a window in the order of their days.

    Args:
        outcome: of the window.
        spot: prices at which collateral is locked.
        capital: since when.
        debt_usd: service of each month [USD].
    """
    moves: list[tuple[DayIndex, str, Fraction]] = []
    for sale, month in zip(outcome.sales, outcome.course.months, strict=True):
        product, name, end = sale.contract.product, sale.contract.window, sale.terms.end_day
        locked = usd_of_base_units(product, Fraction(sale.locked), spot.btc_usd_e8)
        paid = sale.quantity * month.short_payout
        released = usd_of_base_units(product, Fraction(paid), month.close_usd_e8)
        moves += [
            (capital.since, f"{name} locked", -locked),
            (end, f"{name} mined", month.mined_usd),
            (end, f"{name} power bill due", -month.power_usd),
            (end, f"{name} fixed costs due", -month.fixed_usd),
            (end, f"{name} debt service due", -debt_usd),
            (sale.released_day, f"{name} released", released),
        ]
    steps, cash = [], Fraction(0)
    for day, what, usd in sorted(moves, key=lambda move: move[0]):
        if usd:
            cash += usd
            steps.append(Step(day, what, usd, cash))
    return steps


def lowest(steps: list[Step]) -> Step:
    """Return the step with the least cash: what has to be there before the hedge begins."""
    return min(steps, key=lambda step: step.cash_usd)
