# SPDX-License-Identifier: AGPL-3.0-only
"""A whole hedge: from a fleet, its prices and its months to outcomes, cash and the least share."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from hashrate.core.types import DayIndex
from hashrate.core.units import iso_from_day
from hashrate.hedging.errors import HedgeError
from hashrate.hedging.ladder import Step, cash_ladder
from hashrate.hedging.outcome import Day, Outcome, work_out
from hashrate.hedging.plan import Fleet, Spot, require_consecutive
from hashrate.hedging.scenarios import replay, what_if
from hashrate.hedging.selling import Capital, MonthBids, Sale, contracts_of, sell
from hashrate.hedging.sizing import least_quantity, worst_of
from hashrate.products.forwards.product import Product


@dataclass(frozen=True, slots=True)
class HedgePlan:
    """All that a hedge is worked out from.

    Attributes:
        fleet: the miner.
        spot: prices now.
        months: to be sold, one after the other, with who bids for them.
        share: of what the fleet earns, 0 to 1.
        capital: what locked money costs, and since when.
        fees: share of fees in today's hashprice, 0 to 1.
        debt_usd_per_month: to be paid from the margin [USD].
        days: real days to be played again; none for the stories alone.
    """

    fleet: Fleet
    spot: Spot
    months: tuple[MonthBids, ...]
    share: Fraction
    capital: Capital
    fees: Fraction
    debt_usd_per_month: Fraction
    days: Mapping[DayIndex, Day]

    @property
    def product(self) -> Product:
        """Return the product sold."""
        return self.months[0].contract.product

    @property
    def debt_usd(self) -> Fraction:
        """Return the debt service of all months [USD]."""
        return self.debt_usd_per_month * len(self.months)


@dataclass(frozen=True, slots=True)
class Hedge:
    """A hedge worked out.

    Attributes:
        plan: what it was worked out from.
        quantity: that was to be sold of each month [contracts].
        sales: what was sold.
        stories: four simple ones.
        history: past start months; none without data.
        ladder: cash of the worst of all.
        least: contracts that keep the worst above the debt; None if none do, or there is no debt.
    """

    plan: HedgePlan
    quantity: int
    sales: tuple[Sale, ...]
    stories: tuple[Outcome, ...]
    history: tuple[Outcome, ...]
    ladder: tuple[Step, ...]
    least: int | None

    @property
    def worst(self) -> Outcome:
        """Return the outcome with the least hedged margin."""
        return worst_of([*self.stories, *self.history])

    @property
    def missing(self) -> dict[str, int]:
        """Return how many contracts of each month nobody bids for, by its code."""
        return {
            str(sale.contract): sale.wanted - sale.quantity
            for sale in self.sales
            if sale.quantity < sale.wanted
        }


def work_out_hedge(plan: HedgePlan) -> Hedge:
    """Work a hedge out.

    Raises:
        HedgeError: less than one contract, months with a gap or already begun, or no past month.
    """
    require_consecutive([month.contract for month in plan.months])
    _require_ahead(plan.months, plan.capital)
    quantity = contracts_of(plan.fleet, plan.share)
    terms = [month.terms for month in plan.months]
    sales = sell(plan.months, quantity)
    stories = what_if(plan.fleet, terms, plan.spot, plan.fees)
    history = replay(plan.fleet, terms, plan.spot, plan.days) if plan.days else []
    outcomes = [work_out(course, sales, plan.capital) for course in stories + history]
    least = None
    if plan.debt_usd_per_month:
        most = contracts_of(plan.fleet, Fraction(1))
        courses = stories + history
        least = least_quantity(courses, plan.months, plan.capital, plan.debt_usd, most)
    ladder = cash_ladder(worst_of(outcomes), plan.spot, plan.capital, plan.debt_usd_per_month)
    return Hedge(
        plan,
        quantity,
        tuple(sales),
        tuple(outcomes[: len(stories)]),
        tuple(outcomes[len(stories) :]),
        tuple(ladder),
        least,
    )


def _require_ahead(months: Sequence[MonthBids], capital: Capital) -> None:
    first = months[0]
    if capital.since >= first.terms.first_day:
        raise HedgeError(
            f"{first.contract} has begun on {iso_from_day(capital.since)}: a hedge is made before"
        )
