# SPDX-License-Identifier: AGPL-3.0-only
"""`day_reward` equals the reference in exact fractions, and never reverts within its bounds."""

from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import DayPrices, Output, SeriesTerms, day_reward, is_unprofitable
from reference.units import DAY_SECONDS
from testing.series import terms_tuple
from tests.modules.module import internals, numbers
from tests.unit.scene import START

pytestmark = pytest.mark.modules

MAX_WORK = 2**94 * DAY_SECONDS
MAX_PRICE = 2**56 - 1
TERMS = st.builds(
    SeriesTerms,
    start_day=st.just(START),
    pool_fee_bps=numbers(0, 5_000),
    guaranteed_uptime_bps=numbers(0, 10_000),
    efficiency_mj_per_th=numbers(0, 10**7),
    power_price_micro_usd_per_kwh=numbers(0, 10**7),
    service_sats_per_th_day_wad=numbers(0, 2**100 - 1),
)
PRICES = st.builds(
    DayPrices, hashprice_wad=numbers(1, 2**112 - 1), btc_usd_e8=numbers(1, MAX_PRICE)
)
OUTPUTS = st.builds(
    Output,
    credited_sats=numbers(0, 2**64 - 1),
    delivered_ths=numbers(0, 2**96 - 1),
    final_at=st.just(0),
)
WORKS = numbers(1, MAX_WORK)
DECIMALS = st.integers(8, 18)


@pytest.fixture(scope="module")
def module(genesis: None) -> Any:
    """The module's internal functions."""
    return internals("series/day_reward")


@given(terms=TERMS, prices=PRICES, output=OUTPUTS, held=WORKS, decimals=DECIMALS)
def test_reported__any_day__equals_the_reference(
    module: Any, terms: SeriesTerms, prices: DayPrices, output: Output, held: int, decimals: int
) -> None:
    base = 10 ** (decimals - 8)
    facts = (
        prices.hashprice_wad,
        prices.btc_usd_e8,
        0,
        output.credited_sats,
        output.delivered_ths,
        0,
    )
    expected = day_reward(terms, prices, output, held, decimals)

    reward = module._reported(terms_tuple(terms), facts, held, base)

    assert tuple(reward) == (expected.work, expected.fee, expected.reward)


@given(terms=TERMS, prices=PRICES, held=WORKS, decimals=DECIMALS)
def test_deemed__any_day__equals_the_reference(
    module: Any, terms: SeriesTerms, prices: DayPrices, held: int, decimals: int
) -> None:
    base = 10 ** (decimals - 8)
    expected = day_reward(terms, prices, None, held, decimals)

    facts = (prices.hashprice_wad, prices.btc_usd_e8, 0, 0, 0, 0)
    reward = module._deemed(terms_tuple(terms), facts, held, held, base)

    assert tuple(reward) == (expected.work, expected.fee, expected.reward)


@given(terms=TERMS, prices=PRICES)
def test_is_unprofitable__any_market__equals_the_reference(
    module: Any, terms: SeriesTerms, prices: DayPrices
) -> None:
    judged = module._is_unprofitable(terms_tuple(terms), prices.hashprice_wad, prices.btc_usd_e8)

    assert judged == is_unprofitable(terms, prices)


@given(terms=TERMS, price=numbers(1, MAX_PRICE), data=st.data())
def test_is_unprofitable__next_to_break_even__is_exact(
    module: Any, terms: SeriesTerms, price: int, data: st.DataObject
) -> None:
    """At the hashprice that just pays, and one unit of 1e-18 satoshi above it."""
    joules = Fraction(terms.efficiency_mj_per_th, 1_000) * DAY_SECONDS
    usd = joules / 3_600_000 * Fraction(terms.power_price_micro_usd_per_kwh, 10**6)
    sats = usd / Fraction(price, 10**8) * 10**8
    cost = sats * 10**18 + terms.service_sats_per_th_day_wad
    break_even = int(cost / (1 - Fraction(terms.pool_fee_bps, 10_000)))
    hashprice = min(max(1, break_even + data.draw(st.integers(-1, 1))), 2**112 - 1)

    judged = module._is_unprofitable(terms_tuple(terms), hashprice, price)

    assert judged == is_unprofitable(terms, DayPrices(hashprice, price))


@given(gross=numbers(0, 2**160), terms=TERMS, price=numbers(1, MAX_PRICE), held=WORKS)
def test_net__any_amounts__lies_between_nothing_and_the_cap(
    module: Any, gross: int, terms: SeriesTerms, price: int, held: int
) -> None:
    fee = module._fee(terms_tuple(terms), price, held, 1)

    net = module._net(terms_tuple(terms), price, gross, held, held, 1)

    assert tuple(net) == (held, fee, min(max(0, gross - fee), held // 2**16))


@given(terms=TERMS, gross=numbers(0, 2**160), held=WORKS)
def test_net__without_a_price__takes_no_fee(
    module: Any, terms: SeriesTerms, gross: int, held: int
) -> None:
    """Only after a silence without any final day, when there is no reward either."""
    net = module._net(terms_tuple(terms), 0, gross, held, held, 1)

    assert tuple(net) == (held, 0, min(gross, held // 2**16))


@given(
    terms=TERMS,
    prices=PRICES,
    credited=numbers(1, 2**64 - 1),
    held=WORKS,
    delivered=numbers(1, 2**96 - 1),
    fewer=st.integers(1, 1_000),
)
def test_reported__hashrate_understated__costs_a_quarter_more_than_the_market_at_most(
    module: Any,
    terms: SeriesTerms,
    prices: DayPrices,
    credited: int,
    held: int,
    delivered: int,
    fewer: int,
) -> None:
    """Reported a thousand times too low, it cannot multiply what is guaranteed."""
    sent = terms_tuple(terms)
    facts = (prices.hashprice_wad, prices.btc_usd_e8, 0, credited, max(delivered // fewer, 1), 0)

    reward = module._reported(sent, facts, held, 1)

    net_rate = Fraction(prices.hashprice_wad * (10_000 - terms.pool_fee_bps), 10_000)
    topped = Fraction(5, 4) * net_rate * reward.work / (DAY_SECONDS * 10**36)
    mined = 4 * Fraction(prices.hashprice_wad) * reward.work / (DAY_SECONDS * 10**36)
    is_mined = reward.work <= min(held, DAY_SECONDS * facts[4])
    assert reward.net <= (mined if is_mined else topped)
