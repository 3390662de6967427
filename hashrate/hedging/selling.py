# SPDX-License-Identifier: AGPL-3.0-only
"""Months sold to whoever bids for them, and what stays locked until they are paid. Exact."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from hashrate.core.types import DayIndex
from hashrate.hedging.errors import HedgeError
from hashrate.hedging.plan import Fleet
from hashrate.products.forwards.codes import Contract
from hashrate.products.forwards.maths import require_in_band, seller_collateral
from hashrate.products.forwards.terms import ForwardTerms

DAYS_PER_YEAR = 365
RELEASE_DAYS = 1  # [days] an ordinary last day is final half a day after it was posted


@dataclass(frozen=True, slots=True)
class Bid:
    """Somebody who buys.

    Attributes:
        price_ticks: at which [tick].
        quantity: how many [contracts]; None for any number, where a price is only assumed.
    """

    price_ticks: int
    quantity: int | None


@dataclass(frozen=True, slots=True)
class MonthBids:
    """A month and its bids, the best first.

    Attributes:
        contract: its code.
        terms: of its series.
        bids: all prices lie between floor and cap.
    """

    contract: Contract
    terms: ForwardTerms
    bids: tuple[Bid, ...]

    def __post_init__(self) -> None:
        """Refuse bids that nobody can trade at.

        Raises:
            PriceError: a price lies outside floor and cap.
        """
        for bid in self.bids:
            require_in_band(self.terms, bid.price_ticks)

    def sell(self, quantity: int) -> "Sale":
        """Sell to the best bids, one after the other, as many as there are bids for."""
        fills, left = [], quantity
        for bid in self.bids:
            part = left if bid.quantity is None else min(left, bid.quantity)
            if part:
                fills.append(Fill(bid.price_ticks, part))
            left -= part
        return Sale(self.contract, self.terms, quantity, tuple(fills))


@dataclass(frozen=True, slots=True)
class Fill:
    """Contracts sold at one price [tick]."""

    price_ticks: int
    quantity: int


@dataclass(frozen=True, slots=True)
class Sale:
    """A month sold.

    Attributes:
        contract: its code.
        terms: of the series.
        wanted: to be sold [contracts].
        fills: what was sold, at falling prices.
    """

    contract: Contract
    terms: ForwardTerms
    wanted: int
    fills: tuple[Fill, ...]

    @property
    def quantity(self) -> int:
        """Return how many were sold [contracts], whole PH/s."""
        return sum(fill.quantity for fill in self.fills)

    @property
    def mean_price(self) -> Fraction | None:
        """Return the mean price [tick]; None if nothing was sold."""
        if not self.fills:
            return None
        total = sum(fill.price_ticks * fill.quantity for fill in self.fills)
        return Fraction(total, self.quantity)

    @property
    def locked(self) -> int:
        """Return the margin locked until the month is settled [base units]: all it can lose."""
        return sum(
            fill.quantity * seller_collateral(self.terms, fill.price_ticks) for fill in self.fills
        )

    @property
    def released_day(self) -> DayIndex:
        """Return the day on which the margin comes back if nothing is late."""
        return DayIndex(self.terms.end_day + RELEASE_DAYS)


@dataclass(frozen=True, slots=True)
class Capital:
    """What locked money costs.

    Attributes:
        rate: simple interest a year, 0.08 for 8 %.
        since: the day on which it is locked.
    """

    rate: Fraction
    since: DayIndex

    def cost(self, sale: Sale) -> Fraction:
        """Return what locking a sale's margin costs until it is released [base units]."""
        return sale.locked * self.rate * (sale.released_day - self.since) / DAYS_PER_YEAR


def contracts_of(fleet: Fleet, share: Fraction) -> int:
    """Return how many contracts carry a share of a fleet's revenue, rounded down: no more is sold.

    Raises:
        HedgeError: less than one.
    """
    quantity = int(fleet.exposure_phs * share)
    if quantity < 1:
        raise HedgeError("less than 1 PH/s to sell: a contract is 1 PH/s")
    return quantity


def sell(months: Sequence[MonthBids], quantity: int) -> list[Sale]:
    """Sell so many contracts of each month."""
    return [month.sell(quantity) for month in months]
