# SPDX-License-Identifier: AGPL-3.0-only
"""Eleven years of real Bitcoin days, from a folder outside of the repository.

Without the folder these tests are skipped; see `market_data_dir`.
"""

import csv
import json
import time
from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from hashrate.bitcoin.days import complete_days, median_time_past
from hashrate.bitcoin.difficulty import bits_from_target, target_from_bits
from hashrate.bitcoin.hashprice import day_facts, hashprice, segments_from_blocks
from hashrate.bitcoin.subsidy import subsidy_at
from hashrate.core.types import (
    Block,
    BlockHeight,
    CompactBits,
    DayObservation,
    Sats,
    Segment,
    UnixSeconds,
)
from hashrate.core.units import day_from_iso
from hashrate.history.dataset import DatasetSource

pytestmark = pytest.mark.unit

Row = dict[str, str]
Day = tuple[Row, DayObservation]

SATS = 10**8
DAY_HASHES = 86_400 * 10**12  # of a TH/s
# 300 multiples of 2016 lie in the days' heights; three of them are a day's first block, and leave
# it one difficulty (2015-08-22, 2019-03-24, 2024-03-01).
TWO_DIFFICULTIES = 297
ONE_DIFFICULTY = 3_802


def read_csv(path: Path) -> list[Row]:
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


@pytest.fixture(scope="module")
def real_days(market_data_dir: Path) -> list[Day]:
    """Every row of the daily file beside what the source makes of it."""
    source = DatasetSource(market_data_dir)
    rows = read_csv(market_data_dir / "btc_daily.csv")
    return [(row, source.observe(day_from_iso(row["date"]))) for row in rows]


@pytest.fixture(scope="module")
def golden_days(market_data_dir: Path) -> list[dict[str, Any]]:
    vectors: list[dict[str, Any]] = json.loads(
        (market_data_dir / "golden_vectors.json").read_text(encoding="utf-8")
    )
    assert len(vectors) == 16
    return vectors


@pytest.fixture(scope="module")
def april_2024(market_data_dir: Path) -> list[Row]:
    """The contiguous headers around the halving of 2024: blocks 839838 to 840140."""
    rows = read_csv(market_data_dir / "header_times_2024_04.csv")
    return [row for row in rows if int(row["height"]) <= 840_140]


def relative_error(value: Fraction, reference: Fraction) -> Fraction:
    return abs(value - reference) / reference


def printed(value: Fraction, decimals: int) -> Fraction:
    """Round half to even to a number of decimals, as the vectors were printed."""
    return Fraction(round(value * 10**decimals), 10**decimals)


def day_hashprice(seen: DayObservation) -> Fraction:
    """Take the facts' hashprice [sats per TH/s per day]; the floor costs less than 1e-18."""
    return Fraction(seen.facts.hashprice_wad, 10**18)


# ---------------------------------------------------------------- golden vectors


def golden_segments(vector: dict[str, Any], fees_sats: Fraction) -> Iterator[Segment]:
    """Build a vector's segments, with fees spread evenly over the blocks, as its note says."""
    for part in vector["segments"]:
        first, last = BlockHeight(part["from_height"]), BlockHeight(part["to_height"])
        share = fees_sats * (last - first + 1) / vector["blocks"]
        yield Segment(first, last, CompactBits(int(part["bits"], 16)), share)


def test_hashprice__golden_vector__equals_every_printed_digit(
    golden_days: list[dict[str, Any]],
) -> None:
    # "Exact" here: the vectors' fees are not whole satoshi on four days, so the fraction is taken
    # before any floor; rounded to the digits printed, it must be the very same decimal.
    for vector in golden_days:
        expect = vector["expect"]
        segments = list(golden_segments(vector, Fraction(vector["fees_btc"]) * SATS))

        per_phs = hashprice(segments) * 1_000

        in_usd = per_phs * Fraction(vector["price_usd_close"]) / SATS
        realised = per_phs * vector["blocks"] / 144
        assert printed(per_phs, 6) == Fraction(expect["hashprice_sat_per_PHs_day"]), vector["date"]
        assert printed(in_usd, 4) == Fraction(expect["hashprice_usd_per_PHs_day"]), vector["date"]
        assert printed(realised, 6) == Fraction(expect["realised_sat_per_PHs_day"]), vector["date"]


def test_observe__golden_day__is_the_vectors_facts_at_whole_satoshi(
    golden_days: list[dict[str, Any]], market_data_dir: Path
) -> None:
    source = DatasetSource(market_data_dir)
    for vector in golden_days:
        day = day_from_iso(vector["date"])
        whole_sats = int(Fraction(vector["fees_btc"]) * SATS)

        facts = day_facts(day, list(golden_segments(vector, Fraction(whole_sats))))

        assert source.observe(day).facts == facts, vector["date"]
        assert facts.subsidy_sats == Fraction(vector["issuance_btc"]) * SATS
        assert (facts.first_height, facts.last_height) == (
            vector["height_first"],
            vector["height_last"],
        )
        for part in vector["segments"]:
            assert subsidy_at(part["from_height"]) == part["subsidy_sat"]
            assert subsidy_at(part["to_height"]) == part["subsidy_sat"]


@pytest.mark.parametrize(
    ("date", "btc_per_phs_day"),
    [("2026-01-12", "0.00043143"), ("2025-11-03", "0.00040596"), ("2024-04-20", "0.0028887659")],
)
def test_observe__check_point__equals_published_digits(
    market_data_dir: Path, date: str, btc_per_phs_day: str
) -> None:
    seen = DatasetSource(market_data_dir).observe(day_from_iso(date))

    decimals = len(btc_per_phs_day.partition(".")[2])
    assert printed(day_hashprice(seen) * 1_000 / SATS, decimals) == Fraction(btc_per_phs_day)


# ---------------------------------------------------------------- all days


def test_observe__every_real_day__agrees_with_the_reference_column(real_days: list[Day]) -> None:
    # 1e-9 covers both roundings: the column is printed to 1e-6 of at least 36,000 (3e-11), and the
    # fees lose less than one satoshi of at least 3.6e10 a day (3e-11).
    assert len(real_days) == 4_099
    for row, seen in real_days:
        reference = Fraction(row["hashprice_sat_per_PHs_day"])
        error = relative_error(day_hashprice(seen) * 1_000, reference)
        assert error < Fraction(1, 10**9), row["date"]


def test_observe__days_of_one_difficulty__agree_with_an_independent_formula(
    real_days: list[Day], market_data_dir: Path
) -> None:
    epochs = read_csv(market_data_dir / "difficulty_epochs.csv")
    checked = 0
    for row, seen in real_days:
        if row["n_difficulties"] != "1":
            continue
        # revenue / (blocks x difficulty x 2^32), from the full target and not from bits
        target = int(epochs[int(row["height_first"]) // 2016]["target_hex"], 16)
        reward = (Fraction(row["IssTotNtv"]) + Fraction(row["FeeTotNtv"])) * SATS
        expected = DAY_HASHES * reward * target / (int(row["BlkCnt"]) * (0xFFFF << 240))
        assert relative_error(day_hashprice(seen), expected) < Fraction(1, 10**9), row["date"]
        checked += 1
    assert checked == ONE_DIFFICULTY


def test_observe__days_of_one_difficulty__agree_with_coin_metrics(real_days: list[Day]) -> None:
    # Coin Metrics' HashRate carries about 8 digits: the largest error measured is 7.2e-9.
    days = [(row, seen) for row, seen in real_days if row["n_difficulties"] == "1"]
    assert len(days) == ONE_DIFFICULTY
    for row, seen in days:
        reward = (Fraction(row["IssTotNtv"]) + Fraction(row["FeeTotNtv"])) * SATS
        expected = reward / Fraction(row["HashRate_THs"])
        assert relative_error(day_hashprice(seen), expected) < Fraction(8, 10**9), row["date"]


def test_observe__retarget_days__differ_from_coin_metrics_as_means_do(real_days: list[Day]) -> None:
    # Revenue over hashrate is a ratio of means, hashprice a mean of ratios. With the same reward in
    # each block the second is larger (Jensen), by up to 1.63 % (2021-07-03); put the mean
    # difficulty of our own facts into the first, and nothing is left to explain.
    days = [(row, seen) for row, seen in real_days if row["n_difficulties"] == "2"]
    assert len(days) == TWO_DIFFICULTIES
    for row, seen in days:
        reward = (Fraction(row["IssTotNtv"]) + Fraction(row["FeeTotNtv"])) * SATS
        ratio_of_means = reward / Fraction(row["HashRate_THs"])
        by_mean_difficulty = (
            DAY_HASHES * reward * 10**18 / (seen.facts.blocks * seen.facts.difficulty_wad * 2**32)
        )
        gap = 1 - by_mean_difficulty / day_hashprice(seen)
        assert relative_error(by_mean_difficulty, ratio_of_means) < Fraction(8, 10**9), row["date"]
        assert 0 < gap < Fraction(164, 10_000), row["date"]


def test_observe__every_real_day__keeps_the_contracts_rules(real_days: list[Day]) -> None:
    # docs/rules.md 1.2: contiguous heights, difficulty only moving at multiples of 2016 and never
    # past x4, and hashprice consistent with the day's totals.
    for (_, before), (row, seen) in pairwise(real_days):
        facts, last = seen.facts, before.facts
        assert facts.first_height == last.last_height + 1
        if all(height % 2016 for height in range(last.first_height, facts.last_height + 1)):
            assert facts.difficulty_wad == last.difficulty_wad
        assert last.difficulty_wad < 4 * facts.difficulty_wad < 16 * last.difficulty_wad
        reward = facts.subsidy_sats + facts.fees_sats
        divisor = facts.blocks * facts.difficulty_wad * 2**32
        consistent = reward * DAY_HASHES * 10**36 // divisor
        retargets = any(h % 2016 == 0 for h in range(facts.first_height, facts.last_height + 1))
        tolerance = Fraction(3, 100) if retargets else Fraction(1, 10**6)
        assert abs(facts.hashprice_wad - consistent) <= tolerance * consistent, row["date"]


def test_observe__eleven_years__takes_less_than_ten_seconds(market_data_dir: Path) -> None:
    began = time.process_time()

    source = DatasetSource(market_data_dir)
    for row in read_csv(market_data_dir / "btc_daily.csv"):
        source.observe(day_from_iso(row["date"]))

    assert time.process_time() - began < 10


# ---------------------------------------------------------------- epochs and headers


def test_target_from_bits__every_real_epoch__expands_to_its_target(market_data_dir: Path) -> None:
    epochs = read_csv(market_data_dir / "difficulty_epochs.csv")

    targets = [target_from_bits(CompactBits(int(row["bits_hex"], 16))) for row in epochs]

    assert [f"{target:064x}" for target in targets] == [row["target_hex"] for row in epochs]
    assert [f"{bits_from_target(t):08x}" for t in targets] == [row["bits_hex"] for row in epochs]


def test_median_time_past__real_headers__equals_recorded_mediantime(april_2024: list[Row]) -> None:
    times = [UnixSeconds(int(row["time"])) for row in april_2024]
    assert any(after < before for before, after in pairwise(times))  # real times do go back

    checked = 0
    for i, row in enumerate(april_2024):
        if row["mediantime"]:
            assert median_time_past(times[: i + 1]) == int(row["mediantime"]), row["height"]
            checked += 1
    assert checked == len(april_2024) - 10


def test_complete_days__real_headers__cuts_where_mediantime_passes_midnight(
    april_2024: list[Row], golden_days: list[dict[str, Any]]
) -> None:
    golden = {vector["date"]: vector for vector in golden_days}
    blocks = [
        Block(
            BlockHeight(int(row["height"])),
            UnixSeconds(int(row["time"])),
            UnixSeconds(int(row["mediantime"])),
            CompactBits(int(row["bits_hex"], 16)),
            Sats(0),
        )
        for row in april_2024
        if row["mediantime"]
    ]

    days = dict(complete_days(blocks))

    # by header time the day would begin at 839999, with a block of the old subsidy
    for date, first, last in (("2024-04-19", 839_853, 840_003), ("2024-04-20", 840_004, 840_133)):
        segments = segments_from_blocks(days[day_from_iso(date)])
        assert (segments[0].first_height, segments[-1].last_height) == (first, last)
        fees = Fraction(golden[date]["fees_btc"]) * SATS
        (segment,) = segments
        paid = Segment(segment.first_height, segment.last_height, segment.bits, fees)
        expected = Fraction(golden[date]["expect"]["hashprice_sat_per_PHs_day"])
        assert printed(hashprice([paid]) * 1_000, 6) == expected
