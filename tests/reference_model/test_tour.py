# SPDX-License-Identifier: AGPL-3.0-only
"""Every bold number of docs/tour.md is what a real day comes to, by the library and the model."""

import datetime as dt
import re
from fractions import Fraction
from math import ceil
from pathlib import Path

import pytest

from hashrate.core.types import DayObservation
from hashrate.core.units import PER_PHS_DECIMALS, day_from_iso, decimal_text
from hashrate.history.dataset import DatasetSource
from reference import (
    DayPrices,
    DayReward,
    FactTable,
    FleetRegister,
    Output,
    Parties,
    SeriesModel,
    SeriesTerms,
)
from reference.day_reward import operating_fee, sats_per_work
from reference.units import DAY_SECONDS, HOUR_SECONDS, WAD, day_start

pytestmark = pytest.mark.unit

PAGE = (Path(__file__).parents[2] / "docs/tour.md").read_text(encoding="utf-8")
DAY = day_from_iso("2026-03-12")
PARTIES = Parties(zero="0x00", token="0x01", distributor="0x02", issuer="0x03", guardian="0x04")
SELLER, BUYER = "0x11", "0x12"
HELD_THS, DELIVERED_THS = 100_000 * WAD, 98_000 * WAD
FINAL_AT = day_start(DAY + 1) + 13 * HOUR_SECONDS  # posted an hour after the day, a window of 12 h
BOUGHT_AT = day_start(DAY) + 15 * HOUR_SECONDS
TERMS = SeriesTerms(
    start_day=DAY,
    pool_fee_bps=200,
    guaranteed_uptime_bps=9_500,
    efficiency_mj_per_th=15_000,
    power_price_micro_usd_per_kwh=25_000,
    service_sats_per_th_day_wad=WAD // 2,
    attestation_days=3,
)


@pytest.fixture
def seen(market_data_dir: Path) -> DayObservation:
    """Return the real day."""
    return DatasetSource(market_data_dir).observe(DAY)


def credited_sats(seen: DayObservation) -> int:
    """Return what a pool that pays the day's hashprice credits the fleet, net of its fee [sat]."""
    share = Fraction(10_000 - TERMS.pool_fee_bps, 10_000)
    return int(sats_per_work(seen.facts.hashprice_wad) * DELIVERED_THS * DAY_SECONDS * share)


def settled(seen: DayObservation) -> tuple[SeriesModel, DayReward]:
    """Return the series on the morning after, and the day's reward: funded, settled, unclaimed."""
    table = FactTable(first_day=DAY)
    for before in range(DAY - 9, DAY):
        table.set_output(PARTIES.token, before, Output(0, HELD_THS, day_start(DAY - 1)))
    series = SeriesModel(TERMS, table, PARTIES, FleetRegister(), 8, day_start(DAY - 3))
    series.mint(SELLER, HELD_THS, day_start(DAY) - HOUR_SECONDS)
    series.transfer(SELLER, BUYER, WAD, BOUGHT_AT)
    table.add_day(DayPrices(seen.facts.hashprice_wad, seen.btc_usd_e8), FINAL_AT)
    output = Output(credited_sats(seen), DELIVERED_THS, FINAL_AT)
    table.set_output(PARTIES.token, DAY, output)
    reward = series.reward_of(DAY, FINAL_AT)
    assert reward is not None
    series.fund(reward.reward)
    assert len(series.settle(1, FINAL_AT)) == 1
    return series, reward


def numbers(seen: DayObservation) -> list[str]:
    """Return the numbers of the tour in its order, as it writes them."""
    facts, hashprice = seen.facts, Fraction(seen.facts.hashprice_wad, WAD)
    prices = DayPrices(facts.hashprice_wad, seen.btc_usd_e8)
    series, reward = settled(seen)
    gross_seconds = ceil(DAY_SECONDS / hashprice)
    net_seconds = ceil(Fraction(DAY_SECONDS * HELD_THS // WAD, reward.reward))
    first_at = dt.datetime.fromtimestamp(BOUGHT_AT + net_seconds, dt.UTC)
    work = series.meter.ths(BUYER, DAY)
    entitled = series.exact_entitlement(BUYER)
    _, paid = series.claim(BUYER, BUYER)
    assert operating_fee(reward.work, prices, TERMS, 8) == reward.fee
    return [
        f"{facts.last_height - facts.first_height + 1}",
        f"{facts.first_height:,}",
        f"{facts.last_height:,}",
        f"{facts.subsidy_sats:,}",
        f"{facts.fees_sats:,}",
        decimal_text(facts.hashprice_wad, 18),
        f"{facts.hashprice_wad // 10**PER_PHS_DECIMALS:,}",
        f"{gross_seconds:,}",
        f"{facts.day}",
        f"{facts.hashprice_wad}",
        f"{facts.difficulty_wad}",
        f"{seen.btc_usd_e8}",
        f"{credited_sats(seen):,}",
        f"{HELD_THS * DAY_SECONDS // WAD:,}",
        f"{reward.work // WAD:,}",
        f"{reward.gross:,}",
        f"{reward.fee:,}",
        f"{reward.reward:,}",
        f"{work // WAD:,}",
        decimal_text(int(entitled * 10**4), 4),
        f"{net_seconds:,}",
        f"{first_at:%H:%M:%S}",
        f"{paid}",
    ]


def test_tour__bold_numbers__are_those_of_the_real_day(seen: DayObservation) -> None:
    assert re.findall(r"\*\*([^*]+)\*\*", PAGE) == numbers(seen)
