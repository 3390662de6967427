# SPDX-License-Identifier: AGPL-3.0-only
"""`reward_index`: rates round up by less than a base unit for all holders together, for ever."""

from fractions import Fraction
from itertools import accumulate
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.units import DAY_SECONDS, Q128, ceil_div
from tests.modules.module import numbers
from tests.unit.chain import actor, deployer
from tests.unit.reporting import FIRST_DAY

pytestmark = pytest.mark.modules

START = FIRST_DAY
MAX_WORK = 2**94 * DAY_SECONDS


@st.composite
def settled_days(draw: st.DrawFn) -> tuple[int, int, int]:
    """Draw a day's work and its reward, as large as the cap allows, split in paid and owed."""
    work = draw(numbers(1, MAX_WORK))
    reward = draw(numbers(0, work >> 16))
    paid = draw(numbers(0, reward))
    return work, paid, reward - paid


@pytest.fixture(scope="module")
def index(genesis: None) -> Any:
    """An index without a day."""
    return deployer("series/reward_index").deploy(START)


@given(work=numbers(1, MAX_WORK), data=st.data())
def test_rate__any_day__pays_it_whole_and_less_than_a_unit_of_2_to_minus_128_more(
    index: Any, work: int, data: st.DataObject
) -> None:
    amount = data.draw(numbers(0, work >> 16))

    rate = index.internal._rate(amount, work)

    assert rate <= 2**112
    assert amount * Q128 <= work * rate < amount * Q128 + work
    # a life of 2**15 days adds less than one base unit to what all holders together may claim
    assert Fraction(work, Q128) * 2**15 < 1


@given(value=numbers(0, 2**255), low=numbers(0, 2**255), more=numbers(0, 2**254))
def test_clamp__any_numbers__lies_between(index: Any, value: int, low: int, more: int) -> None:
    assert index.internal._clamp(value, low, low + more) == sorted((low, value, low + more))[1]


@given(days=st.lists(settled_days(), min_size=1, max_size=12))
def test_record__any_days__makes_both_prefix_sums(
    index: Any, days: list[tuple[int, int, int]]
) -> None:
    for offset, (work, paid, owed) in enumerate(days):
        is_short = index.internal._record(START + offset, work, paid, owed)
        assert is_short == (owed != 0)

    paid_rates = [ceil_div(paid * Q128, work) for work, paid, _ in days]
    owed_rates = [ceil_div(owed * Q128, work) for work, _, owed in days]
    for rates, is_arrears in ((paid_rates, False), (owed_rates, True)):
        sums = list(accumulate(rates))
        assert index.internal._after(START - 1, is_arrears) == 0
        for offset, after in enumerate(sums):
            before = after - rates[offset]
            assert index.internal._after(START + offset, is_arrears) == after
            assert index.internal._around(START + offset, is_arrears) == (before, after)


@given(
    days=st.lists(settled_days().filter(lambda each: each[2] > 0), min_size=1, max_size=8),
    parts=st.lists(st.integers(1, 100), min_size=1, max_size=8),
)
def test_repay__in_any_parts__raises_the_level_through_the_oldest_days_first(
    index: Any, days: list[tuple[int, int, int]], parts: list[int]
) -> None:
    for offset, (work, paid, owed) in enumerate(days):
        index.internal._record(START + offset, work, paid, owed)
    left = [owed for _, _, owed in days]
    whole, level = 0, 0
    for part in parts:
        amount = sum(left) * part // 100
        spent, whole = index.internal._repay(amount, whole, len(days))
        assert spent == min(amount, sum(left))
        for offset, owed in enumerate(left):
            taken = min(spent, owed)
            left[offset] -= taken
            spent -= taken
        repaid = [owed - rest for (_, _, owed), rest in zip(days, left, strict=True)]
        levels = [
            ceil_div(amount * Q128, work) for amount, (work, _, _) in zip(repaid, days, strict=True)
        ]
        assert index.repaid_level() == sum(levels) >= level
        level = index.repaid_level()
        assert whole == sum(rest == 0 for rest in left)
        assert [index.short_days(place).repaid for place in range(len(days))] == repaid


def test_record__widest_rate_for_2_to_the_15_days__fits_the_prefix(index: Any) -> None:
    """The prefix has 127 bits: 2**15 - 1 days at 2**112 are within it."""
    widest = index.internal._rate(2**80, 2**96)

    assert widest == 2**112
    assert (2**15 - 1) * widest < 2**127


def test_store__widest_claim__is_read_back(index: Any) -> None:
    holder = actor("holder")
    claim = (2**128 - 1, (2**32 - 1, 2**15 - 1), (2**32 - 2, 2**15 - 2), 2**127 - 1, True)

    index.internal._store(holder, claim)

    index.internal._record(START, 1, 0, 1)  # a short day: there are levels to read
    stored = index.internal._claim_of(holder, START + 1)
    assert (stored.fraction, tuple(stored.paid), tuple(stored.arrears)) == claim[:3]
    assert (stored.level, stored.has_instructions) == claim[3:]
    assert index.internal._claim_of(holder, START).level == 0
    assert tuple(index.internal._claim_of(actor("another"), START + 1).paid) == (0, 0)
