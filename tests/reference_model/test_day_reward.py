# SPDX-License-Identifier: AGPL-3.0-only
"""A day's reward, each value worked out by hand."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import DayPrices, Output, SeriesTerms, day_reward, is_unprofitable
from reference.day_reward import believed_work
from reference.units import DAY_SECONDS

from .builders import FLEET_THS, POWERED, PRICES, START, TH

pytestmark = pytest.mark.unit

FREE = SeriesTerms(start_day=START)
PASS_THROUGH = replace(FREE, guaranteed_uptime_bps=0)
FULL = FLEET_THS * DAY_SECONDS  # the whole supply, all day


def output(credited_sats: int, delivered_ths: int) -> Output:
    return Output(credited_sats, delivered_ths, final_at=0)


def test_day_reward__fleet_ran_as_sold__returns_what_was_credited() -> None:
    result = day_reward(FREE, PRICES, output(50_000, FLEET_THS), FULL, 8)

    assert result.work == FULL
    assert (result.gross, result.fee, result.reward) == (50_000, 0, 50_000)
    assert not result.deemed


@pytest.mark.parametrize(("decimals", "unit"), [(8, 1), (12, 10**4), (18, 10**10)])
def test_day_reward__decimals__returns_exact_satoshi(decimals: int, unit: int) -> None:
    result = day_reward(POWERED, PRICES, output(50_000, FLEET_THS), FULL, decimals)

    assert result.gross == 50_000 * unit
    assert result.fee == (24_000 + 1_000) * unit
    assert result.reward == 25_000 * unit


def test_day_reward__fleet_larger_than_supply__returns_the_supplys_share() -> None:
    result = day_reward(FREE, PRICES, output(200_000, 4 * FLEET_THS), FULL, 8)

    assert result.reward == 50_000


def test_day_reward__credited_more_than_the_index__returns_it_all() -> None:
    result = day_reward(FREE, PRICES, output(70_000, FLEET_THS), FULL, 8)

    assert result.reward == 70_000


def test_day_reward__credited_a_hundredfold__returns_four_times_the_index() -> None:
    result = day_reward(FREE, PRICES, output(5_000_000, FLEET_THS), FULL, 8)

    assert result.reward == 4 * 50_000


@pytest.mark.parametrize("fewer", [1, 2, 16, 1_000])
def test_day_reward__delivered_reported_too_low__costs_a_quarter_at_most(fewer: int) -> None:
    """The credit of the whole fleet, its hashrate divided: the guarantee is not multiplied."""
    result = day_reward(FREE, PRICES, output(50_000, FLEET_THS // fewer), FULL, 8)

    assert result.reward == (50_000 if fewer == 1 else 50_000 * 95 // 100 * 5 // 4)


def test_day_reward__own_rate_below_the_index__tops_up_at_that_rate() -> None:
    terms = replace(FREE, pool_fee_bps=200)

    result = day_reward(terms, PRICES, output(24_250, FLEET_THS // 2), FULL, 8)

    # half the fleet earned 48.5 a TH/s, 97 % of the index: so does the guarantee
    assert (result.work, result.reward) == (FULL * 95 // 100, 950 * 485 // 10)


def test_day_reward__topping_up_costs_more_than_it_brings__returns_what_was_mined() -> None:
    """A quarter of the fleet at four times the index leaves more than the guarantee would."""
    poor = replace(PRICES, hashprice_wad=21 * 10**18)

    result = day_reward(POWERED, poor, output(21_000, FLEET_THS // 4), FULL, 8)

    assert (result.work, result.fee) == (FULL // 4, 25 * 250)
    assert result.reward == 21_000 - 25 * 250 > 950 * (21 * 5 // 4 - 25)


def test_day_reward__neither_leaves_anything__returns_zero_on_what_was_mined() -> None:
    poor = replace(PRICES, hashprice_wad=10 * 10**18)

    result = day_reward(POWERED, poor, output(5_000, FLEET_THS // 2), FULL, 8)

    assert (result.work, result.fee, result.reward) == (FULL // 2, 12_500, 0)


def test_day_reward__half_ran_without_guarantee__returns_half() -> None:
    result = day_reward(PASS_THROUGH, PRICES, output(25_000, FLEET_THS // 2), FULL, 8)

    assert (result.work, result.reward) == (FULL // 2, 25_000)


def test_day_reward__half_ran_with_guarantee__returns_the_guarantee() -> None:
    result = day_reward(FREE, PRICES, output(25_000, FLEET_THS // 2), FULL, 8)

    assert (result.work, result.reward) == (FULL * 95 // 100, 47_500)


def test_day_reward__half_ran_with_fees__charges_the_work_of_the_guarantee() -> None:
    result = day_reward(POWERED, PRICES, output(25_000, FLEET_THS // 2), FULL, 8)

    assert result.fee == 950 * 25
    assert result.reward == 950 * 25


def test_day_reward__nothing_ran_with_guarantee__returns_index_on_the_guarantee() -> None:
    terms = replace(FREE, pool_fee_bps=200)

    result = day_reward(terms, PRICES, output(0, 0), FULL, 8)

    assert result.reward == 950 * 49


def test_day_reward__nothing_ran_without_guarantee__returns_zero() -> None:
    result = day_reward(PASS_THROUGH, PRICES, output(0, 0), FULL, 8)

    assert (result.work, result.reward) == (0, 0)


def test_day_reward__hashrate_over_reported__dilutes_nobody() -> None:
    result = day_reward(PASS_THROUGH, PRICES, output(50_000, 1_000 * FLEET_THS), FULL, 8)

    # 50,000 satoshi pay for at most 1,020.4 TH/s at 98 % of 50, so the supply gets 98 %
    assert result.work == FULL
    assert result.reward == 49_000


def test_believed_work__over_reported__rounds_down() -> None:
    prices = replace(PRICES, hashprice_wad=3 * 10**18)

    believed = believed_work(prices, output(10, FLEET_THS), FREE)

    assert believed == 10 * 10_000 * DAY_SECONDS * 10**18 // (9_800 * 3)
    assert believed * 9_800 * 3 < 10 * 10_000 * DAY_SECONDS * 10**18


@pytest.mark.parametrize(("credited", "reward"), [(49_000, 49_000), (48_999, 48_999)])
def test_day_reward__at_the_tolerance__pays_the_credit(credited: int, reward: int) -> None:
    result = day_reward(PASS_THROUGH, PRICES, output(credited, FLEET_THS), FULL, 8)

    assert result.reward == reward
    assert (result.work == FULL) == (credited == 49_000)


def test_day_reward__deemed__returns_index_less_pool_fee_on_all_work() -> None:
    terms = replace(POWERED, pool_fee_bps=200)

    result = day_reward(terms, PRICES, None, FULL, 8)

    assert result.deemed
    assert result.work == FULL
    assert (result.gross, result.fee, result.reward) == (49_000, 25_000, 24_000)


def test_day_reward__fee_over_gross__returns_zero() -> None:
    poor = replace(PRICES, hashprice_wad=20 * 10**18)

    result = day_reward(POWERED, poor, output(20_000, FLEET_THS), FULL, 8)

    assert (result.gross, result.fee, result.reward) == (20_000, 25_000, 0)


def test_day_reward__no_supply__returns_zero() -> None:
    assert day_reward(POWERED, PRICES, None, 0, 8).reward == 0


def test_operating_fee__one_second_of_one_ths__rounds_up_twice() -> None:
    result = day_reward(POWERED, PRICES, None, TH, 8)

    assert result.fee == 2


@pytest.mark.parametrize(("work_seconds", "fee"), [(DAY_SECONDS, 25), (DAY_SECONDS + 1, 27)])
def test_operating_fee__one_second_more_than_exact__rounds_each_part_up(
    work_seconds: int, fee: int
) -> None:
    assert day_reward(POWERED, PRICES, None, work_seconds * TH, 8).fee == fee


def test_day_reward__hashprice_absurd__returns_at_most_a_rate_that_fits() -> None:
    absurd = replace(PRICES, hashprice_wad=2**112 - 1)

    result = day_reward(FREE, absurd, None, FULL, 18)

    assert result.reward == FULL // 2**16 < result.gross


@pytest.mark.parametrize(("above", "hopeless"), [(-1, True), (0, True), (1, False)])
def test_is_unprofitable__around_cost__returns_exactly(above: int, hopeless: bool) -> None:
    prices = replace(PRICES, hashprice_wad=25 * 10**18 + above)

    assert is_unprofitable(POWERED, prices) is hopeless


def test_is_unprofitable__pool_fee__returns_after_the_fee() -> None:
    terms = replace(POWERED, pool_fee_bps=5_000)

    assert is_unprofitable(terms, replace(PRICES, hashprice_wad=50 * 10**18))
    assert not is_unprofitable(terms, replace(PRICES, hashprice_wad=50 * 10**18 + 1))


@given(
    st.integers(0, 2**64 - 1),
    st.integers(0, 2**96 - 1),
    st.integers(1, 2**94 * DAY_SECONDS),
    st.integers(1, 2**112 - 1),
    st.integers(0, 5_000),
    st.integers(0, 10_000),
    st.sampled_from([8, 11, 18]),
)
def test_day_reward__any_output__equals_the_integer_formulas(
    credited: int, delivered: int, total: int, hashprice: int, fee: int, uptime: int, decimals: int
) -> None:
    terms = replace(POWERED, pool_fee_bps=fee, guaranteed_uptime_bps=uptime)
    prices = DayPrices(hashprice, PRICES.btc_usd_e8)
    base = 10 ** (decimals - 8)
    least = (10_000 - fee - 200) * hashprice
    believed = min(DAY_SECONDS * delivered, credited * 10_000 * DAY_SECONDS * 10**36 // least)
    per_day = DAY_SECONDS * 10**36
    mined, guaranteed = min(total, believed), uptime * total // 10_000
    net_hashprice = hashprice * (10_000 - fee) * base

    def after_fee(gross: int, work: int) -> tuple[int, int, int, int]:
        power_numerator = work * 20_000 * 50_000 * 10**decimals * 10**8
        power_denominator = 10**18 * 10**3 * 10**6 * 3_600_000 * prices.btc_usd_e8
        charged = -(-power_numerator // power_denominator)
        charged += -(-work * 10**18 * base // per_day)
        return min(max(0, gross - charged), total // 2**16), work, gross, charged

    if believed:
        earned = credited * base * mined // believed, 4 * hashprice * base * mined // per_day
        expected = after_fee(min(earned), mined)
        if guaranteed > mined:
            topped = (
                credited * base * guaranteed // believed,
                5 * net_hashprice * guaranteed // (4 * 10_000 * per_day),
            )
            # the first of equals
            expected = max(expected, after_fee(min(topped), guaranteed), key=lambda each: each[0])
    else:
        expected = after_fee(net_hashprice * guaranteed // (10_000 * per_day), guaranteed)

    result = day_reward(terms, prices, output(credited, delivered), total, decimals)

    assert (result.reward, result.work, result.gross, result.fee) == expected
