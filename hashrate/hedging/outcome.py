# SPDX-License-Identifier: AGPL-3.0-only
"""What a fleet earns over a window, with and without its forwards. Exact, nothing is rounded.

A day is what the oracle would report of it: hashprice and price as integers. The forwards settle by
the vault's own formula; satoshi are valued at the close of the last day of their month, the cost of
locking them as well.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hashrate.core.types import UsdE8, Wad
from hashrate.core.units import SATS_PER_BTC, USD_E8, usd_wad_per_ths_day
from hashrate.hedging.plan import WAD_PER_SAT_PHS, Fleet, usd_of_base_units
from hashrate.hedging.selling import Capital, Sale
from hashrate.products.forwards.maths import payouts
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import ForwardTerms

_USD_PER_DAY = WAD_PER_SAT_PHS * SATS_PER_BTC * USD_E8


@dataclass(frozen=True, slots=True)
class Day:
    """A day: hashprice [sat per TH/s per day, 1e18] and closing price [USD per BTC, 1e8]."""

    hashprice_wad: Wad
    btc_usd_e8: UsdE8

    @property
    def usd_per_phs(self) -> Fraction:
        """Return what 1 PH/s mines in it, before any fee [USD]."""
        return Fraction(self.hashprice_wad * self.btc_usd_e8, _USD_PER_DAY)


@dataclass(frozen=True, slots=True)
class MonthCourse:
    """What a month brings, whatever was sold.

    Attributes:
        mined_usd: revenue after the pool's fee, sold at each day's close [USD].
        power_usd: cost of energy [USD].
        fixed_usd: costs that run on [USD].
        days_at_rest: on which mining was not worth it.
        close_usd_e8: price of its last day [USD per BTC, 1e8].
        short_payout: what one SHORT of it pays [base units].
    """

    mined_usd: Fraction
    power_usd: Fraction
    fixed_usd: Fraction
    days_at_rest: int
    close_usd_e8: UsdE8
    short_payout: int

    @property
    def margin_usd(self) -> Fraction:
        """Return what is left without forwards [USD]."""
        return self.mined_usd - self.power_usd - self.fixed_usd


@dataclass(frozen=True, slots=True)
class Course:
    """What a window brings, whatever was sold.

    Attributes:
        name: of the scenario, or of the month history begins with.
        mean_sats: mean hashprice [sat per PH/s per day].
        months: one after the other.
    """

    name: str
    mean_sats: Fraction
    months: tuple[MonthCourse, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a window and of what was sold of it.

    Attributes:
        course: of the window.
        sales: one a month.
        forwards: gain of the contracts of each month, negative for a loss [base units].
        forwards_usd: all of them [USD].
        capital_usd: what locking their margin cost [USD].
    """

    course: Course
    sales: tuple[Sale, ...]
    forwards: tuple[int, ...]
    forwards_usd: Fraction
    capital_usd: Fraction

    @property
    def name(self) -> str:
        """Return the name of its course."""
        return self.course.name

    @property
    def mean_sats(self) -> Fraction:
        """Return the mean hashprice [sat per PH/s per day]."""
        return self.course.mean_sats

    @property
    def last_usd_e8(self) -> UsdE8:
        """Return the price of the last day [USD per BTC, 1e8]."""
        return self.course.months[-1].close_usd_e8

    @property
    def mined_usd(self) -> Fraction:
        """Return the revenue after the pool's fee [USD]."""
        return sum((month.mined_usd for month in self.course.months), Fraction(0))

    @property
    def power_usd(self) -> Fraction:
        """Return the cost of energy [USD]."""
        return sum((month.power_usd for month in self.course.months), Fraction(0))

    @property
    def fixed_usd(self) -> Fraction:
        """Return the costs that run on [USD]."""
        return sum((month.fixed_usd for month in self.course.months), Fraction(0))

    @property
    def days_at_rest(self) -> int:
        """Return on how many days mining was not worth it."""
        return sum(month.days_at_rest for month in self.course.months)

    @property
    def unhedged_usd(self) -> Fraction:
        """Return the margin without forwards [USD]."""
        return sum((month.margin_usd for month in self.course.months), Fraction(0))

    @property
    def hedged_usd(self) -> Fraction:
        """Return the margin with them, the cost of what they lock taken off [USD]."""
        return self.unhedged_usd + self.forwards_usd - self.capital_usd


def course_of(
    name: str, fleet: Fleet, months: Sequence[ForwardTerms], days: Sequence[Day]
) -> Course:
    """Let days pass over a fleet.

    Args:
        name: of the scenario.
        fleet: the miner.
        months: whose contracts are looked at, one after the other.
        days: every day of these months, in order.
    """
    courses, begin = [], 0
    for terms in months:
        courses.append(_month(fleet, terms, days[begin : begin + terms.days]))
        begin += terms.days
    mean = Fraction(sum(day.hashprice_wad for day in days), len(days) * WAD_PER_SAT_PHS)
    return Course(name, mean, tuple(courses))


def work_out(course: Course, sales: Sequence[Sale], capital: Capital) -> Outcome:
    """Settle what was sold of a course's months."""
    gains, gains_usd, capital_usd = [], Fraction(0), Fraction(0)
    for month, sale in zip(course.months, sales, strict=True):
        product, close = sale.contract.product, month.close_usd_e8
        gain = sale.quantity * month.short_payout - sale.locked
        gains.append(gain)
        gains_usd += usd_of_base_units(product, Fraction(gain), close)
        capital_usd += usd_of_base_units(product, capital.cost(sale), close)
    return Outcome(course, tuple(sales), tuple(gains), gains_usd, capital_usd)


def _month(fleet: Fleet, terms: ForwardTerms, days: Sequence[Day]) -> MonthCourse:
    values = [day.usd_per_phs for day in days]
    mining = [value for value in values if fleet.mines_at(value)]
    return MonthCourse(
        mined_usd=sum(mining, Fraction(0)) * fleet.exposure_phs,
        power_usd=fleet.power_usd_per_day * len(mining),
        fixed_usd=fleet.fixed_usd_per_month,
        days_at_rest=len(days) - len(mining),
        close_usd_e8=days[-1].btc_usd_e8,
        short_payout=payouts(terms, _sum(terms.product, days)).short,
    )


def _sum(product: Product, days: Sequence[Day]) -> int:
    """Sum a product's metric over days as the oracle does [1e18 fixed point]."""
    if product is Product.HASHPRICE_SATS:
        return sum(int(day.hashprice_wad) for day in days)
    return sum(int(usd_wad_per_ths_day(day.hashprice_wad, day.btc_usd_e8)) for day in days)
