# SPDX-License-Identifier: AGPL-3.0-only
"""What a face means: divided by hand, compared with a plain walk, and with real days."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.types import DayIndex, UsdE8, Wad
from hashrate.core.units import WAD, day_from_iso
from hashrate.history import open_source
from hashrate.products.tranches.errors import QuoteError
from hashrate.products.tranches.quote import (
    TRAILING_DAYS,
    Costs,
    Income,
    flow_of,
    history,
    listed_face,
    price_of,
    repeated,
)
from reference import DayPrices, SeriesTerms, day_reward

pytestmark = pytest.mark.unit

FIRST = DayIndex(20_000)
INCOMES = st.lists(st.integers(0, 60 * WAD), min_size=32, max_size=80)
SHARES = st.integers(1, 150).map(lambda percent: Fraction(percent, 100))


@given(
    hashprice=st.integers(0, 10**23),
    price=st.integers(10**8, 10**15),
    mj=st.integers(0, 10**5),
    power=st.integers(0, 10**6),
    fee=st.integers(0, 3_000),
)
def test_net_of__any_day__is_the_reward_of_a_day_without_an_output_report(
    hashprice: int, price: int, mj: int, power: int, fee: int
) -> None:
    """The model pays whole base units; with 2^64 TH/s one of them is below 1e-18 satoshi a TH/s."""
    ths, decimals = 2**64, 8
    terms = SeriesTerms(
        start_day=0,
        efficiency_mj_per_th=mj,
        power_price_micro_usd_per_kwh=power,
        service_sats_per_th_day_wad=WAD // 2,
        pool_fee_bps=fee,
    )

    ours = Costs(mj, power, WAD // 2, fee).net_of(Wad(hashprice), UsdE8(price))
    model = day_reward(terms, DayPrices(hashprice, price), None, ths * WAD * 86_400, decimals)

    # two roundings of 1e-18 satoshi here, three of a satoshi over all TH/s there
    assert abs(ours * ths - model.reward * WAD) <= 2 * ths + 3 * WAD


def test_flow__a_face__is_paid_first() -> None:
    flow = flow_of(120, [50, 50, 50, 50])

    assert flow.senior == [50, 50, 20, 0]
    assert flow.junior == [0, 0, 30, 50]
    assert (flow.paid, flow.shortfall, flow.met_after) == (120, 0, 3)


def test_flow__a_face_that_is_not_met__leaves_a_shortfall() -> None:
    flow = flow_of(120, [50, 0, 50])

    assert (flow.paid, flow.shortfall, flow.met_after) == (100, 20, None)
    assert flow.junior == [0, 0, 0]


def test_price__by_hand__is_simple_interest() -> None:
    flow = flow_of(100, [60, 60])

    assert price_of(flow, Fraction(0)) == 100
    # 36.5 % a year is a thousandth a day
    assert price_of(flow, Fraction(365, 1_000)) == 60 / Fraction(1_001, 1_000) + 40 / Fraction(
        1_002, 1_000
    )


def test_listed_face__in_tens_of_satoshi__rounds_down() -> None:
    assert listed_face(41 * WAD + WAD // 2, 91, Fraction(50, 100)) == 1_880  # 1,888.25
    assert listed_face(WAD, 10, Fraction(1)) == 10
    with pytest.raises(QuoteError, match="less than ten satoshi"):
        listed_face(WAD - 1, 10, Fraction(1))


@given(values=INCOMES, days=st.integers(1, 20), share=SHARES)
def test_history__any_past__is_that_of_a_plain_walk(
    values: list[int], days: int, share: Fraction
) -> None:
    income = Income(FIRST, values)
    starts = range(TRAILING_DAYS, len(values) - days + 1)
    wanted = {}
    for start in starts:
        trailing = sum(values[start - TRAILING_DAYS : start]) // TRAILING_DAYS
        face = int(trailing * days * share)
        if face:
            wanted[FIRST + start] = flow_of(face, values[start : start + days])

    if not wanted:
        with pytest.raises(QuoteError, match="no past start"):
            history(income, DayIndex(0), days, share)
        return
    record = history(income, DayIndex(0), days, share)

    found = {past.start: (past.face, past.paid, past.met_after) for past in record.pasts}
    assert found == {
        start: (flow.face, flow.paid, flow.met_after) for start, flow in wanted.items()
    }
    assert record.idle == len(starts) - len(wanted)
    assert record.met == sum(flow.shortfall == 0 for flow in wanted.values())
    assert record.worst.paid_share == min(
        Fraction(flow.paid, flow.face) for flow in wanted.values()
    )


def test_record__quantiles__count_what_was_never_met_as_last() -> None:
    """Half of the starts meet the face on the second day, half never."""
    values = [10] * 30 + [10, 0] * 20
    record = history(Income(FIRST, values), DayIndex(0), 2, Fraction(1, 2))

    assert {past.met_after for past in record.pasts} == {1, 2}
    short = history(Income(FIRST, [10] * 30 + [10] * 2 + [0] * 2), DayIndex(0), 2, Fraction(1))
    assert [past.met_after for past in short.pasts] == [2, None, None]
    assert short.met_by(Fraction(1, 3)) == 2
    assert short.met_by(Fraction(1, 2)) is None
    assert short.worst.start == FIRST + 32
    assert short.worst.days_short is None
    assert short.pasts[1].days_short == 2  # of 18 satoshi 9 are short, and 5 a day come in


def test_repeated__a_past_start__moves_from_the_income_of_today() -> None:
    income = Income(FIRST, [10] * 30 + [10, 5, 20])
    record = history(income, DayIndex(0), 3, Fraction(1, 2))

    flow = repeated(record.pasts[0], income, 3, 60, trailing=40)

    assert flow.senior == [40, 20, 0]
    assert flow.junior == [0, 0, 80]


def test_income__days_that_are_not_known__are_refused() -> None:
    income = Income(FIRST, [1] * 40)

    assert income.trailing(FIRST + 40) == 1
    for day in (FIRST + 29, FIRST + 41):
        with pytest.raises(QuoteError, match="are not all known"):
            income.trailing(day)


def test_history__real_days__is_what_the_listing_conventions_say(market_data_dir: Path) -> None:
    """Half of what a TH/s of 20 J/TH at 5 cents earns, since 2019: docs/market.md has the rows."""
    source = open_source(f"dataset:{market_data_dir}")
    first, last = day_from_iso("2018-11-01"), day_from_iso("2026-03-22")
    seen = (source.observe(DayIndex(day)) for day in range(first, last + 1))
    costs = Costs(20_000, 50_000)
    income = Income(
        first, [costs.net_of(each.facts.hashprice_wad, each.btc_usd_e8) for each in seen]
    )
    rows = []
    for days in (91, 180, 365):
        for percent in (30, 50, 70):
            record = history(income, day_from_iso("2019-01-01"), days, Fraction(percent, 100))
            met = 1_000 * record.met // len(record.pasts)
            rows.append((days, percent, met, record.met_by(Fraction(1, 2))))
    # tenths of a percent of the starts that met it, cut off; the day by which half of them had
    assert rows == [
        (91, 30, 1000, 30),
        (91, 50, 981, 50),
        (91, 70, 946, 70),
        (180, 30, 1000, 59),
        (180, 50, 962, 101),
        (180, 70, 782, 146),
        (365, 30, 996, 126),
        (365, 50, 886, 226),
        (365, 70, 476, None),
    ]
    worst = history(income, day_from_iso("2019-01-01"), 180, Fraction(1, 2)).worst
    assert worst.start == day_from_iso("2024-04-22")
    assert (int(1_000 * worst.paid_share), worst.days_short) == (621, 126)
