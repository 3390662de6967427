# SPDX-License-Identifier: AGPL-3.0-only
"""Units: exact conversions and their floors."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.errors import NumberFormatError
from hashrate.core.types import UsdE8, Wad
from hashrate.core.units import (
    day_from_iso,
    day_from_time,
    day_start,
    decimal_text,
    fraction_from_decimal_text,
    iso_from_day,
    sats_from_btc,
    usd_e8_from_usd,
    usd_wad_per_ths_day,
)

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "day"),
    [("1970-01-01", 0), ("1970-01-02", 1), ("2009-01-03", 14_247), ("2024-04-20", 19_833)],
)
def test_day_from_iso__calendar_day__returns_unix_day(text: str, day: int) -> None:
    assert day_from_iso(text) == day
    assert iso_from_day(day_from_iso(text)) == text


@pytest.mark.parametrize(
    "text", ["2024-4-20", "20240420", "2024-04-31", "2024-W16-6", "", "yesterday", "２０２４-04-20"]
)
def test_day_from_iso__anything_else__raises(text: str) -> None:
    with pytest.raises(NumberFormatError, match="is not a day"):
        day_from_iso(text)


def test_day_from_time__around_midnight__changes_at_midnight() -> None:
    assert day_from_time(1_713_571_199) == 19_832
    assert day_from_time(1_713_571_200) == 19_833
    assert day_start(day_from_iso("2024-04-20")) == 1_713_571_200


@pytest.mark.parametrize(
    ("btc", "sats"),
    [
        ("0", 0),
        ("50", 5_000_000_000),
        ("0.00000001", 1),
        ("0.000000019", 1),  # a fraction of a satoshi is dropped
        ("1e-8", 1),
        ("20999999.9769", 2_099_999_997_690_000),
        ("3.00000000999999999999999999999999999999", 300_000_000),  # beyond 28 digits
    ],
)
def test_sats_from_btc__exact_decimal__returns_floor(btc: str, sats: int) -> None:
    assert sats_from_btc(btc) == sats


@pytest.mark.parametrize("text", ["", "abc", "-1", "-0", "nan", "inf", "1,5", "0x10", "1/2"])
def test_fraction_from_decimal_text__no_amount__raises(text: str) -> None:
    with pytest.raises(NumberFormatError, match="decimal number"):
        fraction_from_decimal_text(text)


@pytest.mark.parametrize("text", ["1e999999999", "1e-999999999", "1e61", "0e99"])
def test_fraction_from_decimal_text__absurd_exponent__raises(text: str) -> None:
    with pytest.raises(NumberFormatError, match="out of range"):
        fraction_from_decimal_text(text)


@given(st.integers(0, 10**45), st.integers(0, 25))
def test_decimal_text__any_fixed_point__reads_back_exactly(value: int, decimals: int) -> None:
    text = decimal_text(value, decimals)

    assert fraction_from_decimal_text(text) == Fraction(value, 10**decimals)
    assert len(text.partition(".")[2]) == decimals


def test_usd_e8_from_usd__more_than_eight_decimals__returns_floor() -> None:
    assert usd_e8_from_usd("64907.9928366452") == 6_490_799_283_664


def test_usd_wad_per_ths_day__fractional_product__returns_floor() -> None:
    # 1 sat + 1e-18 sat at 1 USD/BTC is 1e-8 USD and a bit: the bit is cut off
    assert usd_wad_per_ths_day(Wad(10**18 + 1), UsdE8(10**8)) == 10**10
    assert usd_wad_per_ths_day(Wad(10**18), UsdE8(10**8 - 1)) == 9_999_999_900
