# SPDX-License-Identifier: AGPL-3.0-only
"""Eleven years of real days through the model of the oracle: none is refused."""

import csv
from collections import Counter
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from reference import DayFacts, Membership, Network, OracleModel, Roles
from reference.day_rules import (
    USUAL_DIFFICULTY,
    USUAL_HASHPRICE,
    USUAL_PRICE,
    PricedDay,
    expected_hashprice_wad,
    is_usual,
)

from .reports import GUARDIAN, OWNER, REPORTERS, THRESHOLD, agreed, posting_time

pytestmark = pytest.mark.unit

SATS = 10**8


def read_day(row: dict[str, str]) -> PricedDay:
    """Return a day of the table; its hashprice is per PH/s."""
    facts = DayFacts(
        (date.fromisoformat(row["date"]) - date(1970, 1, 1)).days,
        int(row["height_first"]),
        int(row["height_last"]),
        int(Decimal(row["subsidy_sum_by_height"]) * SATS),
        int(Decimal(row["FeeTotNtv"]) * SATS),
        int(Decimal(row["hashprice_sat_per_PHs_day"]) * 10**15),
        int(Decimal(row["DiffMean"]) * 10**18),
    )
    return PricedDay(facts, int(Decimal(row["PriceUSD"]) * SATS))


@pytest.fixture(scope="module")
def real_days(market_data_dir: Path) -> list[PricedDay]:
    """Return every day of the table that has a price."""
    with (market_data_dir / "btc_daily.csv").open() as table:
        return [read_day(row) for row in csv.DictReader(table) if row["PriceUSD"]]


def network_from(days: list[PricedDay]) -> Network:
    return Network(days[0].facts.day, days[0].facts.first_height)


def test_post_day__every_real_day__is_accepted(real_days: list[PricedDay]) -> None:
    membership = Membership(REPORTERS, THRESHOLD)
    oracle = OracleModel(network_from(real_days), membership, Roles(OWNER, GUARDIAN))

    for priced in real_days:
        now = posting_time(priced.facts.day)
        oracle.post_day(priced.facts, agreed(priced.btc_usd_e8), 0, 1, now)

    windows = Counter(posted.window for posted in oracle.days)
    assert len(oracle.days) == len(real_days) > 4_000
    assert windows.most_common(1)[0][1] > len(real_days) * 95 // 100, windows


def test_is_usual__every_real_step__stays_within_the_bounds_of_one_day(
    real_days: list[PricedDay],
) -> None:
    for before, after in zip(real_days, real_days[1:], strict=False):
        steps = [
            (after.facts.hashprice_wad, before.facts.hashprice_wad, USUAL_HASHPRICE),
            (after.btc_usd_e8, before.btc_usd_e8, USUAL_PRICE),
            (after.facts.difficulty_wad, before.facts.difficulty_wad, USUAL_DIFFICULTY),
        ]
        for value, reference, (least, most) in steps:
            assert least * reference <= value <= most * reference, after


def test_is_usual__real_day_with_its_hashprice_raised_by_four_percent__returns_false(
    real_days: list[PricedDay],
) -> None:
    network = network_from(real_days)
    for before, after in zip(real_days[:400], real_days[1:401], strict=True):
        raised = expected_hashprice_wad(after.facts, network) * 104 // 100
        facts = replace(after.facts, hashprice_wad=raised)
        assert not is_usual(PricedDay(facts, after.btc_usd_e8), before, network)
