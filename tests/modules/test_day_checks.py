# SPDX-License-Identifier: AGPL-3.0-only
"""`day_checks` against exact fractions, total within the widths it has checked."""

from fractions import Fraction
from math import ceil
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from reference import day_rules
from tests.modules.module import internals, numbers
from tests.unit.reporting import FIRST_DAY

pytestmark = pytest.mark.modules

HEIGHTS = numbers(1, 2**31 - 1)
DIFFICULTIES = numbers(1, 2**120 - 1)
HASHPRICES = numbers(1, 2**112 - 1)
FEES = numbers(0, 2**51 - 1)
BLOCKS = st.integers(0, 2_100)
SLACK = Fraction(1, 2**14)


@pytest.fixture(scope="module")
def module(genesis: None) -> Any:
    """The module's internal functions."""
    return internals("oracle/day_checks")


@given(first=HEIGHTS, blocks=BLOCKS | HEIGHTS, halving=numbers(1, 2**31 - 1))
def test_subsidy_sats__any_heights_and_eras__equals_the_schedule(
    module: Any, first: int, blocks: int, halving: int
) -> None:
    last = min(first + blocks - 1, 2**31 - 1)

    assert module._subsidy_sats(first, last, halving) == day_rules.subsidy_of(first, last, halving)


@given(era=st.integers(0, 40), halving=st.integers(1, 300), before=BLOCKS, after=BLOCKS)
def test_subsidy_sats__around_a_halving__equals_the_schedule(
    module: Any, era: int, halving: int, before: int, after: int
) -> None:
    first, last = max(era * halving - before, 1), era * halving + after

    assert module._subsidy_sats(first, last, halving) == day_rules.subsidy_of(first, last, halving)


@given(first=HEIGHTS, blocks=BLOCKS)
def test_has_retarget__any_heights__equals_a_count(module: Any, first: int, blocks: int) -> None:
    last = first + blocks - 1

    assert module._has_retarget(first, last) == any(
        height % 2016 == 0 for height in range(first, last + 1)
    )


@given(value=numbers(0, 2**239), base=numbers(0, 2**239), off=st.integers(-1, 1), data=st.data())
def test_is_within__any_numbers__is_exact(
    module: Any, value: int, base: int, off: int, data: st.DataObject
) -> None:
    low, high = data.draw(st.sampled_from([(40, 250), (58, 150), (70, 140)]))
    near = [value, base * low // 100 + off, base * high // 100 + off]
    tried = min(max(data.draw(st.sampled_from(near)), 0), 2**239)

    inside = Fraction(low, 100) * base <= tried <= Fraction(high, 100) * base
    assert module._is_within(tried, base, low, high) == inside


@given(value=numbers(0, 2**239), base=numbers(0, 2**239), off=st.integers(-1, 1), data=st.data())
def test_is_within_a_twentieth__any_numbers__is_exact(
    module: Any, value: int, base: int, off: int, data: st.DataObject
) -> None:
    near = [value, base * 105 // 100 + off, base * 100 // 105 + off]
    tried = min(max(data.draw(st.sampled_from(near)), 0), 2**239)

    inside = base / Fraction("1.05") <= tried <= base * Fraction("1.05")
    assert module._is_within_a_twentieth(tried, base) == inside


def ended_at(height: int) -> tuple[int, ...]:
    """Return the record of a day of which only the height matters."""
    return (0, 0, 0, 0, 0, height, 0)


@given(old=DIFFICULTIES, data=st.data(), first=HEIGHTS, blocks=st.integers(1, 400))
def test_can_change__any_step__is_exact(
    module: Any, old: int, data: st.DataObject, first: int, blocks: int
) -> None:
    up = int(old * 4 * (1 + SLACK))
    down = ceil(old / (4 * (1 + SLACK)))
    near = st.sampled_from([old, up, down]).flatmap(lambda at: st.integers(at - 1, at + 1))
    new = data.draw(near | DIFFICULTIES)
    assume(0 < new < 2**120 and new != old)
    came_back = data.draw(st.integers(0, 3))  # blocks below the day before
    last, before = first + 144 - came_back * 48, first
    height = max(last, first) + blocks

    has_retarget = any(each % 2016 == 0 for each in range(before + 1, height + 1))
    may_change = has_retarget or last <= before
    is_small = 1 / (4 * (1 + SLACK)) <= Fraction(new, old) <= 4 * (1 + SLACK)
    assert module._can_change(new, old, height, ended_at(last), ended_at(before)) == (
        may_change and is_small
    )


@given(
    first=HEIGHTS,
    blocks=st.integers(1, 2_100) | HEIGHTS,
    fees=FEES,
    difficulty=DIFFICULTIES,
    hashprice=HASHPRICES,
    unit=st.sampled_from([1, 10**12, 10**15]),
    data=st.data(),
)
def test_is_consistent__any_facts__is_exact_and_never_reverts(
    module: Any,
    first: int,
    blocks: int,
    fees: int,
    difficulty: int,
    hashprice: int,
    unit: int,
    data: st.DataObject,
) -> None:
    """Also where the hashprice lies next to either edge of its tolerance."""
    last = min(first + blocks - 1, 2**31 - 1)
    subsidy = day_rules.subsidy_of(first, last, 210_000)
    facts = day_rules.DayFacts(FIRST_DAY, first, last, subsidy, fees, hashprice, difficulty)
    network = day_rules.Network(FIRST_DAY, first, 210_000, unit)
    expected = day_rules.expected_hashprice_wad(facts, network)
    tolerance = Fraction(3, 100) if facts.has_retarget else Fraction(1, 10**6)
    edges = [expected, int(expected * (1 + tolerance)), int(expected * (1 - tolerance))]
    tried = data.draw(st.sampled_from(edges)) + data.draw(st.integers(-1, 1))
    tried = hashprice if data.draw(st.booleans()) else tried
    assume(0 < tried < 2**112)

    sent = (FIRST_DAY, first, last, subsidy, fees, tried, difficulty)

    assert module._is_consistent(sent, unit) == (abs(tried - expected) <= tolerance * expected)
