# SPDX-License-Identifier: AGPL-3.0-only
"""Floors and caps that windows are listed with."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.types import DayIndex
from hashrate.products.forwards.bands import (
    Band,
    Style,
    band_of,
    expected_index,
    next_halving,
    shares_of,
)
from hashrate.products.forwards.product import Product

pytestmark = pytest.mark.unit

SATS, USD, DIFFICULTY = Product
WINDOW = (20_819, 20_850)  # January 2027, 31 days


@pytest.mark.parametrize(
    ("style", "product", "lead", "band"),
    [
        (Style.NARROW, SATS, 0, Band(21_000, 59_000)),
        (Style.NARROW, SATS, 92, Band(21_000, 59_000)),
        (Style.NARROW, SATS, 93, Band(12_000, 59_000)),
        (Style.NARROW, SATS, 184, Band(8_600, 59_000)),
        (Style.NARROW, USD, 30, Band(21_000, 78_000)),
        (Style.WIDE, USD, 30, Band(8_600, 120_000)),
        (Style.INSURANCE, SATS, 300, Band(8_600, 35_000)),
        (Style.NARROW, DIFFICULTY, 7, Band(21_000, 59_000)),
    ],
)
def test_band_of__index_of_43150__is_two_digits_outside_the_rule(
    style: Style, product: Product, lead: int, band: Band
) -> None:
    assert band_of(style, product, Fraction(43_150), lead) == band


@given(
    st.sampled_from(Style),
    st.sampled_from(Product),
    st.fractions(min_value=20, max_value=10**9),
    st.integers(0, 400),
)
def test_band_of__any_index__holds_what_the_rule_says_and_a_tenth_more_at_most(
    style: Style, product: Product, index: Fraction, lead: int
) -> None:
    band = band_of(style, product, index, lead)
    low, high = shares_of(style, product, lead)

    assert index * low * Fraction(9, 10) - 1 <= band.floor_ticks <= index * low
    assert index * high <= band.cap_ticks <= index * high * Fraction(11, 10) + 1


@pytest.mark.parametrize(
    ("product", "halving", "expected"),
    [
        (SATS, None, Fraction(1)),
        (SATS, WINDOW[1], Fraction(1)),
        (SATS, WINDOW[0] - 5, Fraction(1, 2)),
        (SATS, WINDOW[0], Fraction(1, 2)),
        (USD, WINDOW[0] + 21, Fraction(26, 31)),
        (DIFFICULTY, WINDOW[0], Fraction(1)),
    ],
)
def test_expected_index__known_halving__counts_by_days(
    product: Product, halving: int | None, expected: Fraction
) -> None:
    assert expected_index(Fraction(1), product, WINDOW, halving) == expected


@pytest.mark.parametrize(
    ("index", "is_near"), [(24_149, True), (24_150, False), (50_150, False), (50_151, True)]
)
def test_is_near_edge__within_15_percent__asks_for_new_strikes(index: int, is_near: bool) -> None:
    assert Band(21_000, 59_000).is_near_edge(index) == is_near


@pytest.mark.parametrize(
    ("last_height", "day"),
    [(1_049_999, 101), (1_049_998, 101), (1_049_855, 102), (1_050_000, 1_559)],
)
def test_next_halving__at_144_blocks_a_day__is_the_first_day_that_has_some(
    last_height: int, day: int
) -> None:
    assert next_halving(DayIndex(100), last_height, 210_000) == day
