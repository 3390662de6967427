# SPDX-License-Identifier: AGPL-3.0-only
"""What a series of forwards pays, worked out by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.errors import ModelRevert
from reference.forward_settlement import (
    GRACE_SECONDS,
    ForwardDay,
    Settlement,
    deadline_of,
    is_due,
    settlement,
)
from reference.forward_terms import ForwardTerms, Metric
from reference.units import DAY_SECONDS, day_start

from .forward_builders import FIRST_DAY, PAIR, START, TERMS, day

pytestmark = pytest.mark.unit

BEFORE = [day(number, 100) for number in range(FIRST_DAY, START)]
DEADLINE = deadline_of(TERMS)


def window(*ticks: int) -> list[ForwardDay]:
    return [*BEFORE, *(day(START + place, value) for place, value in enumerate(ticks))]


def settled(days: list[ForwardDay], terms: ForwardTerms = TERMS) -> Settlement:
    return settlement(terms, days, deadline_of(terms))


@pytest.mark.parametrize(
    ("ticks", "long_payout"),
    [
        ((100, 100, 100, 100), 200),
        ((60, 70, 80, 91), 101),
        ((50, 50, 50, 50), 0),
        ((49, 50, 50, 50), 0),
        ((0, 0, 0, 0), 0),
        ((150, 150, 150, 150), PAIR),
        ((151, 150, 150, 150), PAIR),
        ((900, 900, 900, 900), PAIR),
        ((0, 200, 0, 200), 200),  # the sum is clamped, not the days
    ],
)
def test_settlement__days_in_the_window__pays_their_sum(
    ticks: tuple[int, ...], long_payout: int
) -> None:
    assert settled(window(*ticks)) == Settlement(long_payout, PAIR - long_payout, 0)


@pytest.mark.parametrize("metric", Metric)
def test_settlement__one_unit_short_of_a_tick__rounds_down_once(metric: Metric) -> None:
    terms = replace(TERMS, metric=metric)
    days = window(100, 100, 100, 100)
    field = {
        Metric.HASHPRICE_SATS: "hashprice_wad",
        Metric.HASHPRICE_USD: "usd_wad",
        Metric.DIFFICULTY: "difficulty_wad",
    }[metric]
    days[-1] = replace(days[-1], **{field: days[-1].value_wad(metric) - 1})

    assert settled(days, terms) == Settlement(199, 201, 0)


def test_settlement__fractions_of_each_day__are_added_before_the_floor() -> None:
    days = window(100, 100, 100, 100)
    days[-4:] = [
        replace(each, hashprice_wad=each.hashprice_wad + 10**15 // 4) for each in days[-4:]
    ]

    assert settled(days).long_payout == 201


def test_settlement__tick_value__multiplies_before_the_floor() -> None:
    days = window(100, 100, 100, 100)
    days[-1] = replace(days[-1], hashprice_wad=days[-1].hashprice_wad + 10**15 // 3)

    assert settled(days, replace(TERMS, tick_value=10)).long_payout == 2_003


def test_is_due__last_day_final_or_deadline__is_true_from_that_second() -> None:
    days = window(100, 100, 100, 100)
    final = days[-1].final_at

    assert not is_due(TERMS, days, final - 1)
    assert is_due(TERMS, days, final)
    assert not is_due(TERMS, days[:-1], DEADLINE - 1)
    assert is_due(TERMS, days[:-1], DEADLINE)
    with pytest.raises(ModelRevert):
        settlement(TERMS, days, final - 1)


def test_settlement__last_days_missing__count_as_the_mean_of_the_last_seven() -> None:
    days = window(107, 121)  # five days of 100 before them: the mean is 728 / 7 = 104

    assert settled(days) == Settlement(107 + 121 + 2 * 104 - 200, PAIR - 236, 2)


def test_settlement__mean_with_a_fraction__is_multiplied_before_the_floor() -> None:
    days = window(101, 102)  # mean 703 / 7: two of it are 200 6/7

    assert settled(days).long_payout == 101 + 102 + 200 - 200


def test_settlement__silent_since_before_the_window__is_the_mean_alone() -> None:
    days = BEFORE[:-2]
    days[-1] = day(days[-1].day, 114)

    assert settled(days) == Settlement(4 * 102 - 200, PAIR - 208, 4)


@pytest.mark.parametrize(("late", "missing"), [(0, 0), (1, 1)])
def test_settlement__last_day_final_at_the_deadline__counts_to_the_second(
    late: int, missing: int
) -> None:
    days = [*window(100, 100, 100), day(START + 3, 140, DEADLINE + late)]

    assert settlement(TERMS, days, DEADLINE + DAY_SECONDS).missing_days == missing


@given(
    ticks=st.lists(st.integers(0, 300), min_size=4, max_size=4),
    delays=st.lists(st.integers(0, GRACE_SECONDS + DAY_SECONDS), min_size=4, max_size=4),
    wait=st.integers(0, 400 * DAY_SECONDS),
)
def test_settlement__asked_at_any_time__is_the_same(
    ticks: list[int], delays: list[int], wait: int
) -> None:
    final, days = 0, list(BEFORE)
    for place, value in enumerate(ticks):
        final = max(final, day_start(START + place + 1) + delays[place])
        days.append(day(START + place, value, final))
    due = min(DEADLINE, final)

    first = settlement(TERMS, days, due)

    assert settlement(TERMS, days, due + wait) == first
    assert first.long_payout + first.short_payout == PAIR
    assert min(first.long_payout, first.short_payout) >= 0
