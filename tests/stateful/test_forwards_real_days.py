# SPDX-License-Identifier: AGPL-3.0-only
"""Six months of real days around the halving of 2024, settled on the chain to the unit.

Days come from a folder outside of the repository; without it the tests are skipped, see
`market_data_dir`. The halving lies in April, and fees made the day after it (2024-04-20) the
dearest of all.
"""

import csv
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from math import floor
from pathlib import Path

import pytest

from hashrate.core.types import DayObservation
from hashrate.core.units import day_from_iso
from hashrate.history.dataset import DatasetSource
from reference import DayFacts, Network, SeriesTerms
from reference.forward_terms import ForwardTerms, Metric
from reference.units import HOUR_SECONDS, day_start
from testing.forwards_system import deploy_forwards_system
from testing.system import Setup
from tests.stateful.forwards_checks import (
    check_coins,
    check_money,
    check_positions,
    check_results,
)
from tests.stateful.forwards_lockstep import ForwardsLockstep

pytestmark = pytest.mark.stateful

FIRST, OPENING, END = (day_from_iso(day) for day in ("2024-01-20", "2024-01-30", "2024-08-01"))
MONTHS = range(2, 8)
SATS, USD, DIFFICULTY = Metric
# floor and cap [tick], tick value, decimals of the coin
CONDITIONS = {
    SATS: (50_000, 180_000, 1, 8),
    USD: (5_000, 9_000, 10**4, 6),
    DIFFICULTY: (60_000, 120_000, 10**9, 18),
}
# mean of each month from February to July, as the contract pays it, floored to a tick
MEANS = {
    SATS: [169_791, 160_602, 143_815, 79_575, 83_424, 79_466],
    USD: [8_430, 10_870, 9_514, 5_193, 5_511, 4_988],
    DIFFICULTY: [78_302, 81_889, 85_687, 84_835, 83_819, 81_333],
}


@dataclass(frozen=True)
class RealMonths:
    """A chain on which the days of six months were posted, each an hour after its end."""

    lockstep: ForwardsLockstep
    days: dict[int, DayObservation]
    series: dict[tuple[Metric, int], int]


def window_of(month: int) -> tuple[int, int]:
    """Return first day and end day of a month of 2024."""
    first, end = (day_from_iso(f"2024-{number:02}-01") for number in (month, month + 1))
    return first, end


@pytest.fixture(scope="module")
def months(market_data_dir: Path) -> RealMonths:
    """Series of all metrics and months, created in January; everything posted and final."""
    source = DatasetSource(market_data_dir)
    days = {day: source.observe(day) for day in map(type(FIRST), range(FIRST, END))}
    network = Network(FIRST, days[FIRST].facts.first_height)
    setup = Setup(SeriesTerms(start_day=FIRST), network, day_start(FIRST))
    lockstep = ForwardsLockstep(deploy_forwards_system(setup), setup, lambda _: None)
    series: dict[tuple[Metric, int], int] = {}
    for day, seen in days.items():
        lockstep.wait_until(day_start(day + 1) + HOUR_SECONDS)
        if day == OPENING:
            series = create(lockstep)
        facts = DayFacts(*seen.facts.as_tuple())
        assert lockstep.report_day(facts, [seen.btc_usd_e8] * 2), day
    lockstep.wait_until(lockstep.oracle_model.days[-1].final_at)
    return RealMonths(lockstep, days, series)


def create(lockstep: ForwardsLockstep) -> dict[tuple[Metric, int], int]:
    """Create a series for each metric and month, with a pair of three contracts in each."""
    buyer, seller, *_ = lockstep.system.traders
    series = {}
    for metric, (floor_ticks, cap_ticks, tick_value, decimals) in CONDITIONS.items():
        for month in MONTHS:
            token = lockstep.system.coins[decimals].address
            terms = ForwardTerms(
                lockstep.system.oracle.address,
                metric,
                *window_of(month),
                floor_ticks,
                cap_ticks,
                tick_value,
                token,
            )
            created = lockstep.create_series(terms)
            assert created is not None
            assert lockstep.mint_pair(buyer, created, 3, (buyer, seller))
            series[metric, month] = created
    return series


def ticks_of(metric: Metric, seen: DayObservation) -> Fraction:
    """Return a day's value in ticks, from what was observed."""
    hashprice = seen.facts.hashprice_wad  # [satoshi per TH/s per day, 1e18]
    if metric is SATS:
        return Fraction(hashprice * 1_000, 10**18)
    if metric is USD:
        usd_wad = hashprice * seen.btc_usd_e8 // 10**16
        return Fraction(usd_wad * 1_000 * 100, 10**18)
    return Fraction(seen.facts.difficulty_wad, 10**18 * 10**9)


@pytest.mark.parametrize("month", MONTHS)
@pytest.mark.parametrize("metric", Metric)
def test_settle__real_month__pays_the_sum_of_its_days_to_the_unit(
    months: RealMonths, metric: Metric, month: int
) -> None:
    lockstep, series = months.lockstep, months.series[metric, month]
    floor_ticks, cap_ticks, tick_value, _ = CONDITIONS[metric]
    window = range(*window_of(month))
    ticks = sum((ticks_of(metric, months.days[day]) for day in window), Fraction(0))
    least, most = (len(window) * bound * tick_value for bound in (floor_ticks, cap_ticks))
    long_payout = min(max(floor(ticks * tick_value), least), most) - least
    buyer, seller, *_ = lockstep.system.traders

    with lockstep.chain.undone():
        twin = lockstep.copy(print)
        assert twin.settle(series)
        check_positions(twin, [series])
        check_results(twin, [series])
        check_money(twin)
        paid = [twin.redeem(who, series, who) for who in (buyer, seller)]
        check_coins(twin)

    assert paid == [3 * long_payout, 3 * (most - least - long_payout)]
    assert floor(ticks / len(window)) == MEANS[metric][month - 2]


def test_settle__real_months__cover_floor_cap_and_between(months: RealMonths) -> None:
    outcomes = [
        months.lockstep.system.vault.read("outcome_of", series) for series in months.series.values()
    ]

    assert all(is_due and missing == 0 for is_due, _, _, _, missing in outcomes)
    assert any(long_payout == 0 for _, _, long_payout, _, _ in outcomes)
    assert any(short_payout == 0 for _, _, _, short_payout, _ in outcomes)
    assert any(long_payout and short_payout for _, _, long_payout, short_payout, _ in outcomes)


def test_ticks__real_month__agree_with_the_published_column(
    months: RealMonths, market_data_dir: Path
) -> None:
    # the column is printed to 1e-6 of at least 36,000 and whole satoshi of fees are lost: 1e-9
    with (market_data_dir / "btc_daily.csv").open(encoding="utf-8", newline="") as table:
        rows = {day_from_iso(row["date"]): row for row in csv.DictReader(table)}
    for month in MONTHS:
        window = range(*window_of(month))
        published = sum(Fraction(Decimal(rows[day]["hashprice_sat_per_PHs_day"])) for day in window)
        ours = sum(ticks_of(SATS, months.days[day]) for day in window)
        assert abs(ours - published) < published / 10**9, date(2024, month, 1)
