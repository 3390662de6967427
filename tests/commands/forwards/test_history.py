# SPDX-License-Identifier: AGPL-3.0-only
"""Past months, settled from real days."""

import csv
from fractions import Fraction
from pathlib import Path

import pytest

from commands.forwards.history import (
    parse_band,
    row_of,
    settle_months,
    sums_of,
)
from hashrate.history.dataset import DatasetSource
from hashrate.products.forwards.errors import PriceError
from hashrate.products.forwards.maths import Payouts
from hashrate.products.forwards.months import Month, parse_months
from hashrate.products.forwards.product import Product

pytestmark = pytest.mark.unit

MAY24 = Month(2024, 5)


@pytest.fixture(scope="module")
def source(market_data_dir: Path) -> DatasetSource:
    """Real days."""
    return DatasetSource(market_data_dir)


def test_sums_of__real_months__are_the_files_daily_columns_added_up(
    source: DatasetSource, market_data_dir: Path
) -> None:
    # The columns are printed to 1e-6 satoshi and 1e-4 dollar (from an unfloored price), the sums
    # floor each day: 31 days differ by less than 1e-4 satoshi and a cent.
    with (market_data_dir / "btc_daily.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    for month in parse_months("2024-02:2024-07"):
        part = [row for row in rows if row["date"].startswith(f"{month.year}-{month.month:02}")]
        sums = sums_of(source, month)

        assert len(part) == month.days
        sats = sum(Fraction(row["hashprice_sat_per_PHs_day"]) for row in part)
        dollars = sum(Fraction(row["hashprice_usd_per_PHs_day"]) for row in part)
        assert abs(Fraction(sums[Product.HASHPRICE_SATS], 10**15) - sats) < Fraction(1, 10**4)
        assert abs(Fraction(sums[Product.HASHPRICE_USD], 10**15) - dollars) < Fraction(1, 100)
        difficulty = sum(Fraction(row["DiffMean"]) for row in part)
        relative = abs(Fraction(sums[Product.DIFFICULTY], 10**18) - difficulty) / difficulty
        assert relative < Fraction(1, 10**12)


def test_settle_months__may_2024__pays_the_sum_above_the_floor(source: DatasetSource) -> None:
    bands = {Product.HASHPRICE_SATS: (50_000, 300_000)}

    hps, hpu, dif = settle_months(source, [MAY24], bands)

    assert hps.gross == 2_466_838
    assert hps.pays == Payouts(2_466_838 - 31 * 50_000, 31 * 300_000 - 2_466_838)
    assert row_of(hps) == ("HPS 2024-05", "31", "79,575.448", "2,466,838", "916,838", "6,833,162")
    assert hpu.pays is None and dif.pays is None
    assert row_of(hpu)[4:] == ("", "")


def test_settle_months__beyond_the_band__is_clamped(source: DatasetSource) -> None:
    bands = {
        Product.HASHPRICE_SATS: (80_000, 90_000),
        Product.HASHPRICE_USD: (10_00, 50_00),
    }

    hps, hpu, _ = settle_months(source, [MAY24], bands)

    assert hps.pays == Payouts(0, 31 * 10_000)
    assert hpu.pays == Payouts(31 * 40_00 * 10**4, 0)


def test_parse_band__floor_and_cap__are_ticks() -> None:
    assert parse_band("HPS=50000sat:300000sat") == (Product.HASHPRICE_SATS, (50_000, 300_000))
    assert parse_band("hpu=$20:$200.5") == (Product.HASHPRICE_USD, (2_000, 20_050))


@pytest.mark.parametrize(
    "text", ["HPS", "HPS=50000sat", "HPX=1sat:2sat", "HPS=2sat:2sat", "HPS=$1:$2"]
)
def test_parse_band__no_band__is_refused(text: str) -> None:
    with pytest.raises(PriceError):
        parse_band(text)
