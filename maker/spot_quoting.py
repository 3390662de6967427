# SPDX-License-Identifier: AGPL-3.0-only
"""What a maker offers on the spot market: prices around what a token is worth to it. Exact.

As on forwards, prices come from the index and the operator alone, and the skew is below the
half-width: two makers cannot lead each other on.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import ceil, floor

from hashrate.core.types import DayIndex
from hashrate.core.units import WAD
from hashrate.products.forwards.product import Product
from maker.curve import BPS, Outlook, forward
from maker.quoting import Policy

_THS_PER_PHS = 1_000


class Worth(Enum):
    """What a token is worth, and so in what its price is quoted.

    DAYS: so many days of expected hashprice; the price of a whole token.
    REMAINING_DAYS: expected hashprice for each day that remains of it, a strip.
    REMAINING_MONEY: what remains to be paid for it, a note.
    """

    DAYS = "days"
    REMAINING_DAYS = "remaining-days"
    REMAINING_MONEY = "remaining-money"

    @property
    def is_per_remaining(self) -> bool:
        """Return whether orders are priced by what remains."""
        return self is not Worth.DAYS


@dataclass(frozen=True, slots=True)
class Valuation:
    """How an operator values a token.

    Attributes:
        worth: by what.
        days: of hashprice that a token is worth, not beyond its series' end; of DAYS alone [days].
        share_bps: of that, after fees, outages and whatever may go wrong [1e-4].
    """

    worth: Worth
    days: int
    share_bps: int

    def price(
        self, outlook: Outlook, index_ticks: int, tick_value: int, left_days: int
    ) -> Fraction:
        """Return the price in the middle, before any lean [money base units per 1e18].

        Args:
            outlook: what is expected.
            index_ticks: hashprice of the newest final day [tick].
            tick_value: of the money [base units per tick, day and PH/s].
            left_days: how long the token still earns, at most [days].
        """
        share = Fraction(self.share_bps, BPS)
        if self.worth is Worth.REMAINING_MONEY:
            return share * WAD
        days = min(self.days, left_days) if self.worth is Worth.DAYS else left_days
        if days <= 0:
            return Fraction(0)
        first = outlook.newest + 1
        mean = forward(outlook, Product.HASHPRICE_SATS, index_ticks, (first, first + days))
        a_day = share * mean * tick_value / _THS_PER_PHS
        return a_day * days if self.worth is Worth.DAYS else a_day


@dataclass(frozen=True, slots=True)
class SpotStand:
    """Where a maker stands in a token; quantities are base units.

    Attributes:
        fair: what it is worth [money base units per 1e18].
        held: what the account has.
        target: what it means to have.
        size: of one order.
        limit: how far above or below the target it goes.
    """

    fair: Fraction
    held: int
    target: int
    size: int
    limit: int


@dataclass(frozen=True, slots=True)
class SpotQuote:
    """One side of a token: base units of it, and the money's for 1e18 of it."""

    is_buy: bool
    quantity: int
    price: int


def spot_quotes_of(policy: Policy, stand: SpotStand, width_bps: int) -> Sequence[SpotQuote]:
    """Return the sides of a token to offer: a bid, an ask, both or none.

    Args:
        policy: how to quote; its sizes and limits are of forwards.
        stand: the token.
        width_bps: half-width [1e-4].
    """
    # beyond its limits, after a deposit say, it leans no further than at them
    away = min(max(stand.held - stand.target, -stand.limit), stand.limit)
    middle = stand.fair * (1 - Fraction(policy.skew_bps * away, BPS * stand.limit))
    # rounded away from the middle: a part of a base unit is the maker's
    bid = floor(middle * (BPS - width_bps) / BPS)
    ask = ceil(middle * (BPS + width_bps) / BPS)
    buys = min(stand.size, stand.limit - away)
    sells = min(stand.size, stand.limit + away, stand.held)
    quotes = []
    if buys > 0 and bid > 0:
        quotes.append(SpotQuote(True, buys, bid))
    if sells > 0 and ask > 0:
        quotes.append(SpotQuote(False, sells, ask))
    return quotes


def end_of(newest: DayIndex, end_day: int) -> int:
    """Count the days that a series still earns after the newest final one [days]."""
    return max(0, end_day - newest - 1)
