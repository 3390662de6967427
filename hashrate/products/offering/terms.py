# SPDX-License-Identifier: AGPL-3.0-only
"""Terms of a round, as a seller writes them and as the contract takes them.

Source: docs/offering.md, sections 1 and 2.
"""

from dataclasses import dataclass
from enum import IntEnum

from eth_typing import ChecksumAddress

from hashrate.core.amounts import parse_bitcoin, parse_dollars
from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS
from hashrate.products.offering.errors import OfferingTermsError

_LEAST_SAT_DECIMALS = 8
_MOST_DECIMALS = 18
_MOST_DAYS = 2**16 - 1


class Pricing(IntEnum):
    """How a price is found, as the contract numbers it."""

    FALLING = 1
    SATOSHI = 2
    USD = 4

    @property
    def words(self) -> str:
        """Describe it."""
        return {1: "falling in time", 2: "days of hashprice in satoshi", 4: "days of hashprice"}[
            self.value
        ]


@dataclass(frozen=True, slots=True)
class OfferingTerms:
    """What a round is opened with; prices in base units of the money per TH/s.

    Attributes:
        series: distributor of the series, checksummed.
        money: settlement token, checksummed.
        amount_ths: for sale [TH/s, 18 dec].
        closes_at: nothing is sold from then on [unix s].
        delivery_days: days over which the money is released.
        refunds_early_end: whether days that the series ends too early to deliver are refunded.
        pricing: how the price is found.
        price_days: days of hashprice; 0 for a falling price.
        low_price, high_price: bounds; equal for a fixed price.
    """

    series: ChecksumAddress
    money: ChecksumAddress
    amount_ths: int
    closes_at: int
    delivery_days: int
    refunds_early_end: bool
    pricing: Pricing
    price_days: int
    low_price: int
    high_price: int

    @property
    def first_day(self) -> DayIndex:
        """Return the first day whose delivery counts: the one after the round closes."""
        return DayIndex(self.closes_at // DAY_SECONDS + 1)

    @property
    def end_day(self) -> DayIndex:
        """Return the first day that no longer counts."""
        return DayIndex(self.first_day + self.delivery_days)

    def as_tuple(self) -> tuple[str, str, int, int, int, bool, int, int, int, int]:
        """Return the contract's `Terms` struct."""
        return (
            self.series,
            self.money,
            self.amount_ths,
            self.closes_at,
            self.delivery_days,
            self.refunds_early_end,
            int(self.pricing),
            self.price_days,
            self.low_price,
            self.high_price,
        )


def require_sense(terms: OfferingTerms, now: int, decimals: int) -> None:
    """Refuse what no offering takes, whatever its series.

    Args:
        terms: the terms.
        now: the chain's time [unix s].
        decimals: of the money.

    Raises:
        OfferingTermsError: the contract would refuse them.
    """
    if terms.amount_ths <= 0:
        raise OfferingTermsError("nothing is for sale")
    if terms.closes_at <= now:
        raise OfferingTermsError("the round closes in the past")
    if not 0 < terms.delivery_days <= _MOST_DAYS or terms.price_days > _MOST_DAYS:
        raise OfferingTermsError(f"days are from 1 to {_MOST_DAYS}")
    if not 0 < terms.low_price <= terms.high_price:
        raise OfferingTermsError("the low price is above the high one")
    if (terms.price_days == 0) != (terms.pricing is Pricing.FALLING):
        raise OfferingTermsError("a falling price has no days of hashprice, and others have some")
    least = _LEAST_SAT_DECIMALS if terms.pricing is Pricing.SATOSHI else 0
    if not least <= decimals <= _MOST_DECIMALS:
        raise OfferingTermsError(f"the money's {decimals} decimals do not suit this price")


def parse_price(text: str, decimals: int) -> int:
    """Read a price of a TH/s, such as 6500sat, 0.000065btc or 6.50usd [base units].

    Raises:
        AmountError: no such amount.
    """
    is_in_dollars = text.strip().lower().endswith("usd")
    return parse_dollars(text, decimals) if is_in_dollars else parse_bitcoin(text, decimals)
