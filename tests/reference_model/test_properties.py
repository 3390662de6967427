# SPDX-License-Identifier: AGPL-3.0-only
"""Random histories of a series: the invariants, and how its rates relate to exact fractions."""

from dataclasses import dataclass
from math import floor

import pytest
from hypothesis import given, note
from hypothesis import strategies as st

from reference import SeriesTerms, SettledDay
from reference import invariants as inv
from reference.ledger import Ledger
from reference.units import DAY_SECONDS, Q128, day_start

from .builders import FLEET_THS, GRACE_SECONDS, HOLDER, START, Scene, final_time, scene

pytestmark = pytest.mark.unit

ACCOUNTS = [HOLDER, "0x12", "0x13", "0x14"]


@dataclass(frozen=True)
class Trade:
    """A share of the giver's balance that changes hands at a second of the day."""

    second: int
    giver: str
    taker: str
    share: int


@dataclass(frozen=True)
class DayOfHistory:
    """What happens on one day: trades, the report, money in, claims after settlement."""

    trades: list[Trade]
    credited: int
    delivered: int
    reported: bool
    funding: int
    claimers: list[str]


TRADES = st.builds(
    Trade,
    st.integers(0, DAY_SECONDS - 1),
    st.sampled_from(ACCOUNTS),
    st.sampled_from(ACCOUNTS),
    st.integers(0, 7),
)
DAYS = st.builds(
    DayOfHistory,
    st.lists(TRADES, max_size=4),
    st.integers(0, 70_000),
    st.integers(0, 2 * FLEET_THS),
    st.booleans(),
    st.integers(0, 90_000),
    st.lists(st.sampled_from(ACCOUNTS), max_size=2),
)
HISTORIES = st.lists(DAYS, min_size=1, max_size=10)


def trade(world: Scene, day: int, plan: DayOfHistory) -> None:
    """Make a day's trades in order of time."""
    for each in sorted(plan.trades, key=lambda known: known.second):
        amount = world.series.meter.balance(each.giver) * each.share // 7
        world.series.transfer(each.giver, each.taker, amount, day_start(day) + each.second)


def play(history: list[DayOfHistory], claiming: bool) -> tuple[Scene, int]:
    """Play a history; with `claiming` its claims are made, else none. Return it and its end."""
    terms = SeriesTerms(
        start_day=START, attestation_days=1, output_deadline_seconds=DAY_SECONDS, pool_fee_bps=150
    )
    world = scene(terms, bond=40_000)
    now = day_start(START)
    for step, plan in enumerate(history):
        day = START + step
        trade(world, day, plan)
        world.report_prices()
        if plan.reported:
            world.report_output(day, plan.credited, plan.delivered, final_time(day))
        now = final_time(day) + (GRACE_SECONDS if step == len(history) - 1 else 0)
        before = list(world.series.ledger.days)
        world.series.settle(3, now)
        world.series.fund(plan.funding)
        inv.check_days_grew(before, world.series.ledger.days)
        for claimer in plan.claimers if claiming else []:
            world.series.claim(claimer, claimer)
    return world, now


@given(HISTORIES)
def test_invariants__any_history__hold(history: list[DayOfHistory]) -> None:
    world, now = play(history, claiming=True)
    ledger = world.series.ledger
    note(f"{ledger.days}")

    inv.check_series(world.series, now)
    money_in = sum(plan.funding for plan in history) + 40_000
    assert ledger.liabilities + ledger.claimed == money_in
    assert ledger.promised == ledger.paid + ledger.repaid + ledger.arrears


@given(HISTORIES)
def test_claims__any_schedule__pay_the_same(history: list[DayOfHistory]) -> None:
    often, _ = play(history, claiming=True)
    once, _ = play(history, claiming=False)

    for world in (often, once):
        for account in ACCOUNTS:
            world.series.claim(account, account)

    inv.check_same_claims(often.series.claimed, once.series.claimed)


@given(HISTORIES)
def test_entitlement__any_history__exceeds_the_exact_share_by_less_than_a_unit(
    history: list[DayOfHistory],
) -> None:
    world, _ = play(history, claiming=False)

    for account in ACCOUNTS:
        exact = world.series.exact_entitlement(account)
        by_rates = world.series.entitled_q128(account)
        assert exact * Q128 <= by_rates < (exact + 1) * Q128
        if exact.denominator == 1:
            assert world.series.entitled_base_units(account) == exact


@given(
    st.lists(
        st.tuples(st.integers(1, 2**94 * DAY_SECONDS), st.integers(0, 2**60), st.integers(0, 9)),
        min_size=1,
        max_size=300,
    ),
    st.integers(1, 97),
)
def test_entitled_q128__any_split_of_many_days__stays_below_one_unit_more(
    days: list[tuple[int, int, int]], divisor: int
) -> None:
    ledger = Ledger(start_day=0)
    for day, (total, reward, ninths) in enumerate(days):
        bounded = min(reward, total // 2**16)
        ledger.days.append(SettledDay(day, total, bounded, paid=bounded * ninths // 9))
    ledger.escrow = ledger.arrears // 2
    ledger.repay()

    one = ledger.entitled_q128(lambda day: days[day][0] // divisor)
    rest = ledger.entitled_q128(lambda day: days[day][0] - days[day][0] // divisor)

    inv.check_indexed(ledger.funded, [0, 0], [one, rest], 0)
    assert one // Q128 + rest // Q128 <= ledger.funded
    exact = ledger.exact_entitlement(lambda day: days[day][0] // divisor)
    assert floor(exact) <= one // Q128 <= floor(exact) + 1


@given(st.lists(st.integers(0, 60), min_size=1, max_size=9), st.integers(0, 200))
def test_repaid_level__any_repayment__pays_like_the_clamped_prefix(
    owed: list[int], escrow: int
) -> None:
    ledger = Ledger(start_day=0, escrow=escrow)
    for day, short in enumerate(owed):
        ledger.days.append(SettledDay(day, total=7 * 2**20 + day, reward=short, paid=0))
    ledger.repay()
    level = ledger.repaid_level()

    clamped = [min(ledger.short_prefix(day), level) for day in range(len(owed) + 1)]
    steps = [right - left for left, right in zip(clamped, clamped[1:], strict=False)]

    assert steps == [settled.repaid_rate for settled in ledger.days]


def test_entitled__whole_day_of_a_whole_share__is_exact_every_time() -> None:
    world = scene()
    world.series.transfer(HOLDER, ACCOUNTS[1], FLEET_THS // 8, day_start(START))
    world.series.fund(50_000 * 400)
    days = [world.report(50_000, FLEET_THS) for _ in range(400)]
    world.settle(days[-1])

    assert world.series.entitled_base_units(ACCOUNTS[1]) == 400 * 6_250
    assert world.series.entitled_base_units(HOLDER) == 400 * 43_750
