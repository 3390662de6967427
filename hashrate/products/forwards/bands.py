# SPDX-License-Identifier: AGPL-3.0-only
"""Floors and caps that standard windows are listed with: round numbers around the index of the day.

Source: docs/market.md, "Floors and caps". Fractions of the index, rounded outwards to two digits.
"""

from dataclasses import dataclass
from enum import Enum
from fractions import Fraction
from math import ceil, floor

from hashrate.core.types import DayIndex
from hashrate.products.forwards.product import Product

INDEX_DAYS = 7  # the index at listing is the mean of so many newest final days
_NEAR_DAYS, _MIDDLE_DAYS = 92, 183
_DIGITS = 2
_EDGE = Fraction(15, 100)


class Style(Enum):
    """What a band is for."""

    NARROW = "narrow"
    WIDE = "wide"
    INSURANCE = "insurance"


@dataclass(frozen=True, slots=True)
class Band:
    """Floor and cap [tick]."""

    floor_ticks: int
    cap_ticks: int

    def is_near_edge(self, index_ticks: int) -> bool:
        """Return whether the index has come within 15 % of an edge: time for new strikes."""
        is_low = index_ticks < self.floor_ticks * (1 + _EDGE)
        return is_low or index_ticks > self.cap_ticks * (1 - _EDGE)


def shares_of(style: Style, product: Product, lead_days: int) -> tuple[Fraction, Fraction]:
    """Return floor and cap as shares of the index.

    Args:
        style: what the band is for.
        product: of the series.
        lead_days: from the listing to the first day of the window [days].
    """
    if style is Style.WIDE:
        return Fraction(1, 5), Fraction(13, 5)
    if style is Style.INSURANCE:
        return Fraction(1, 5), Fraction(4, 5)
    low = Fraction(1, 5)
    if lead_days <= _NEAR_DAYS:
        low = Fraction(1, 2)
    elif lead_days <= _MIDDLE_DAYS:
        low = Fraction(3, 10)
    return low, Fraction(9, 5) if product.is_in_dollars else Fraction(27, 20)


def expected_index(
    index: Fraction, product: Product, window: tuple[int, int], halving_day: int | None
) -> Fraction:
    """Count a known halving: of its days on, hashprice is half.

    Args:
        index: at listing.
        product: difficulty knows no halving.
        window: first and end day [day].
        halving_day: the first day with the halved subsidy, later than the listing; None for none.
    """
    if product is Product.DIFFICULTY or halving_day is None:
        return index
    first, end = window
    halved = max(0, end - max(first, halving_day))
    return index * (1 - Fraction(halved, 2 * (end - first)))


def band_of(style: Style, product: Product, expected: Fraction, lead_days: int) -> Band:
    """Make the band a window is listed with.

    Args:
        style: what it is for.
        product: of the series.
        expected: index at listing, a known halving counted [tick].
        lead_days: from the listing to the first day [days].
    """
    low, high = shares_of(style, product, lead_days)
    return Band(_rounded(expected * low, up=False), _rounded(expected * high, up=True))


def next_halving(newest: DayIndex, last_height: int, halving_blocks: int) -> DayIndex:
    """Estimate the first day with the next halved subsidy, at 144 blocks a day.

    Args:
        newest: the newest day known [day].
        last_height: of its last block.
        halving_blocks: between halvings [blocks].
    """
    blocks = -(last_height + 1) % halving_blocks
    return DayIndex(newest + 1 + blocks // 144)


def _rounded(value: Fraction, *, up: bool) -> int:
    """Round to two digits, outwards: a band holds what the rule says, and a little more."""
    whole = int(value)
    step: int = 10 ** max(0, len(str(whole)) - _DIGITS)
    return (ceil(value / step) if up else floor(value / step)) * step
