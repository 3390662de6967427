# SPDX-License-Identifier: AGPL-3.0-only
"""The meter by hand and against one number a second."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import Cause, MeterModel, ModelRevert
from reference.units import DAY_SECONDS, HOUR_SECONDS, day_of, day_start

pytestmark = pytest.mark.unit

HOLDER, BUYER, TOKEN = "0x11", "0x12", "0x01"
DAY = 100
NOON = day_start(DAY) + 12 * HOUR_SECONDS


def test_ths__held_whole_days__returns_balance_times_day() -> None:
    meter = MeterModel()
    meter.mint(HOLDER, 7, NOON)

    assert meter.ths(HOLDER, DAY) == 7 * DAY_SECONDS // 2
    assert meter.ths(HOLDER, DAY + 1) == 7 * DAY_SECONDS
    assert meter.ths(HOLDER, DAY + 5_000) == 7 * DAY_SECONDS
    assert meter.ths(HOLDER, DAY - 1) == 0
    assert meter.supply_ths(DAY) == meter.ths(HOLDER, DAY)


def test_ths__sold_at_six_in_the_evening__returns_a_quarter_to_the_buyer() -> None:
    meter = MeterModel()
    meter.mint(HOLDER, 8, day_start(DAY))
    meter.transfer(HOLDER, BUYER, 8, day_start(DAY) + 18 * HOUR_SECONDS)

    assert meter.ths(BUYER, DAY) * 4 == meter.supply_ths(DAY)
    assert meter.ths(HOLDER, DAY) == 3 * meter.ths(BUYER, DAY)
    assert meter.ths(HOLDER, DAY + 1) == 0


def test_ths__given_now__returns_work_so_far() -> None:
    meter = MeterModel()
    meter.mint(HOLDER, 3, day_start(DAY))

    assert meter.ths(HOLDER, DAY, now=NOON) == 3 * DAY_SECONDS // 2
    assert meter.ths(HOLDER, DAY + 1, now=NOON) == 0


def test_ths__unknown_account__returns_zero() -> None:
    assert MeterModel().ths(HOLDER, DAY) == 0
    assert MeterModel().balance(HOLDER) == 0


def test_transfer__round_trip_in_one_second__updates_nothing() -> None:
    meter = MeterModel()
    meter.mint(HOLDER, 5, day_start(DAY))
    meter.transfer(HOLDER, BUYER, 5, NOON)
    meter.transfer(BUYER, HOLDER, 5, NOON)

    assert meter.ths(BUYER, DAY) == 0
    assert meter.ths(HOLDER, DAY) == 5 * DAY_SECONDS


def test_transfer__zero_or_to_oneself__touches_nothing() -> None:
    meter = MeterModel()
    meter.mint(HOLDER, 5, day_start(DAY))
    meter.transfer(HOLDER, HOLDER, 5, NOON + DAY_SECONDS)
    meter.transfer(HOLDER, BUYER, 0, NOON + DAY_SECONDS)

    assert meter.touched_days(HOLDER) == [DAY]
    assert meter.touched_days(BUYER) == []
    assert meter.balance(HOLDER) == 5


@pytest.mark.parametrize("amount", [0, 1])
def test_transfer__to_the_token__reverts(amount: int) -> None:
    meter = MeterModel(frozenset({TOKEN}))
    meter.mint(HOLDER, 5, NOON)

    with pytest.raises(ModelRevert) as refused:
        meter.transfer(HOLDER, TOKEN, amount, NOON)

    assert refused.value.cause is Cause.INVALID_ADDRESS


def test_burn__more_than_held__reverts() -> None:
    meter = MeterModel()
    meter.mint(HOLDER, 5, NOON)

    with pytest.raises(ModelRevert) as refused:
        meter.burn(HOLDER, 6, NOON)

    assert refused.value.cause is Cause.INSUFFICIENT_BALANCE
    assert meter.supply == 5


def test_burn__at_noon__updates_supply_work() -> None:
    meter = MeterModel()
    meter.mint(HOLDER, 4, day_start(DAY))
    meter.burn(HOLDER, 4, NOON)

    assert meter.supply_ths(DAY) == 2 * DAY_SECONDS
    assert meter.supply_ths(DAY + 1) == 0


def test_set__clock_going_back__raises() -> None:
    meter = MeterModel()
    meter.mint(HOLDER, 4, NOON)

    with pytest.raises(ValueError, match="clock"):
        meter.burn(HOLDER, 1, NOON - 1)


STEPS = st.lists(
    st.tuples(st.integers(0, 2 * HOUR_SECONDS), st.integers(0, 9)), min_size=1, max_size=12
)


@given(STEPS)
def test_ths__any_history__equals_one_addend_a_second(steps: list[tuple[int, int]]) -> None:
    meter = MeterModel()
    meter.mint(HOLDER, 9, day_start(DAY))
    by_second: dict[int, int] = {}
    second = day_start(DAY)
    for pause, share in steps:
        held = meter.balance(HOLDER)
        for _ in range(pause):
            by_second[day_of(second)] = by_second.get(day_of(second), 0) + held
            second += 1
        giver, taker = (HOLDER, BUYER) if share <= held else (BUYER, HOLDER)
        meter.transfer(giver, taker, min(share, meter.balance(giver)), second)

    for day in (DAY, DAY + 1):
        assert meter.ths(HOLDER, day, now=second) == by_second.get(day, 0)
        works = meter.ths(HOLDER, day) + meter.ths(BUYER, day)
        assert works == meter.supply_ths(day) == 9 * DAY_SECONDS
