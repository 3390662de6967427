# SPDX-License-Identifier: AGPL-3.0-only
"""Which day settles when, from which money, worked out by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest

from reference import Cause, ModelRevert, SeriesTerms
from reference.invariants import check_series
from reference.units import HOUR_SECONDS, day_start

from .builders import (
    BUYER,
    FLEET_THS,
    GRACE_SECONDS,
    HOLDER,
    OUTPUT_DEADLINE_SECONDS,
    POWERED,
    START,
    TH,
    Scene,
    final_time,
    scene,
)

pytestmark = pytest.mark.unit

FULL_DAY_SATS = 50_000


def test_settle__one_day_one_holder__pays_all() -> None:
    world = scene()
    world.series.fund(FULL_DAY_SATS)
    day = world.report(FULL_DAY_SATS, FLEET_THS)

    assert world.settle(day) == 1

    assert world.series.claimable(HOLDER) == FULL_DAY_SATS
    assert world.series.ledger.escrow == 0
    assert world.series.ledger.funded == world.series.ledger.promised == FULL_DAY_SATS
    check_series(world.series, final_time(day))


def test_settle__two_holders__pays_by_hashrate() -> None:
    world = scene()
    world.series.transfer(HOLDER, BUYER, FLEET_THS // 4, day_start(START))
    world.series.fund(FULL_DAY_SATS)
    day = world.report(FULL_DAY_SATS, FLEET_THS)

    world.settle(day)

    assert world.series.claimable(HOLDER) == 37_500
    assert world.series.claimable(BUYER) == 12_500


def test_settle__six_hour_holder__pays_a_quarter() -> None:
    world = scene()
    world.series.transfer(HOLDER, BUYER, FLEET_THS, day_start(START) + 18 * HOUR_SECONDS)
    world.series.fund(2 * FULL_DAY_SATS)
    world.report(FULL_DAY_SATS, FLEET_THS)
    day = world.report(FULL_DAY_SATS, FLEET_THS)

    assert world.settle(day) == 2

    assert world.series.claimable(HOLDER) == 37_500
    assert world.series.claimable(BUYER) == 12_500 + 50_000


def test_settle__three_equal_holders__pays_the_floor_to_each() -> None:
    world = scene(holder_ths=900 * TH)
    for buyer in (BUYER, "0x14"):
        world.series.transfer(HOLDER, buyer, 300 * TH, day_start(START))
    world.series.fund(100_000)
    day = world.report(FULL_DAY_SATS + 1, FLEET_THS)

    world.settle(day)

    assert world.series.ledger.funded == 45_000
    world.report(50_000, FLEET_THS)
    world.settle(day + 1)
    assert [world.series.claimable(account) for account in (HOLDER, BUYER, "0x14")] == [30_000] * 3


def test_settle__indivisible_reward__keeps_fractions() -> None:
    world = scene(SeriesTerms(start_day=START, attestation_days=1, guaranteed_uptime_bps=0))
    world.series.transfer(HOLDER, BUYER, FLEET_THS // 3, day_start(START))
    world.series.fund(100_000)
    day = world.report(49_999, FLEET_THS)

    world.settle(day)

    exact = world.series.exact_entitlement(BUYER)
    assert exact == Fraction(49_999 * (FLEET_THS // 3), FLEET_THS)
    assert world.series.entitled_base_units(BUYER) == 16_666
    check_series(world.series, final_time(day))


def test_settle__before_final__settles_nothing() -> None:
    world = scene()
    world.series.fund(FULL_DAY_SATS)
    day = world.report(FULL_DAY_SATS, FLEET_THS)

    assert world.series.settle(10, final_time(day) - 1) == []
    assert len(world.series.settle(10, final_time(day))) == 1


def test_settle__no_supply__needs_no_report() -> None:
    world = scene(holder_ths=0)

    assert world.series.settle(10, day_start(START + 1) - 1) == []
    assert len(world.series.settle(10, day_start(START + 3))) == 3
    assert world.series.ledger.promised == 0


def test_settle__limit__settles_no_more_days() -> None:
    world = scene()
    world.series.fund(10 * FULL_DAY_SATS)
    last = [world.report(FULL_DAY_SATS, FLEET_THS) for _ in range(5)][-1]

    assert world.settle(last, max_days=2) == 2
    assert world.series.ledger.next_day == START + 2


def test_settle__escrow_short_within_grace__waits() -> None:
    world = scene(bond=FULL_DAY_SATS)
    world.series.fund(FULL_DAY_SATS - 1)
    day = world.report(FULL_DAY_SATS, FLEET_THS)

    assert world.series.settle(10, final_time(day) + GRACE_SECONDS - 1) == []
    assert world.series.ledger.bond == FULL_DAY_SATS


def test_settle__escrow_short_after_grace__draws_the_bond() -> None:
    world = scene(bond=FULL_DAY_SATS)
    world.series.fund(20_000)
    day = world.report(FULL_DAY_SATS, FLEET_THS)

    world.series.settle(10, final_time(day) + GRACE_SECONDS)

    ledger = world.series.ledger
    assert (ledger.escrow, ledger.bond, ledger.bond_drawn) == (0, 20_000, 30_000)
    assert (ledger.paid, ledger.arrears) == (FULL_DAY_SATS, 0)
    assert world.series.claimable(HOLDER) == FULL_DAY_SATS


def short_day() -> tuple[Scene, int]:
    """One day of 50,000 of which 10,000 came from escrow and 15,000 from the bond."""
    world = scene(bond=15_000)
    world.series.fund(10_000)
    day = world.report(FULL_DAY_SATS, FLEET_THS)
    world.series.settle(10, final_time(day) + GRACE_SECONDS)
    return world, day


def test_settle__escrow_and_bond_short__leaves_arrears() -> None:
    world, _ = short_day()

    ledger = world.series.ledger
    assert (ledger.promised, ledger.paid, ledger.arrears) == (50_000, 25_000, 25_000)
    assert (ledger.escrow, ledger.bond, ledger.bond_drawn) == (0, 0, 15_000)
    assert world.series.claimable(HOLDER) == 25_000


def test_fund__after_a_sale__repays_the_holder_of_the_short_day() -> None:
    world, day = short_day()
    world.series.transfer(HOLDER, BUYER, FLEET_THS, day_start(day + 1))

    assert world.series.fund(10_000) == 10_000
    assert world.series.claimable(HOLDER) == 35_000
    assert world.series.fund(100_000) == 15_000

    assert world.series.claimable(HOLDER) == FULL_DAY_SATS
    assert world.series.claimable(BUYER) == 0
    assert world.series.ledger.escrow == 85_000
    assert world.series.ledger.repaid == 25_000
    check_series(world.series, final_time(day) + GRACE_SECONDS)


def test_fund__two_short_days__repays_the_older_first() -> None:
    world, day = short_day()
    world.series.transfer(HOLDER, BUYER, FLEET_THS, day_start(day + 1))
    world.report(FULL_DAY_SATS, FLEET_THS)
    now = final_time(day + 1) + GRACE_SECONDS
    world.series.settle(10, now)
    assert world.series.ledger.arrears == 75_000

    world.series.fund(25_001)

    assert world.series.claimable(HOLDER) == FULL_DAY_SATS
    assert world.series.claimable(BUYER) == 1
    check_series(world.series, now)


def test_repaid_level__part_then_whole__equals_the_clamped_prefix() -> None:
    world, day = short_day()
    ledger = world.series.ledger

    world.series.fund(1)
    assert 0 < ledger.repaid_level() < ledger.short_prefix(day + 1)
    world.series.fund(24_999)

    assert ledger.repaid_level() == ledger.short_prefix(day + 1)


def test_fund__more_than_64_short_days__leaves_the_rest_to_repay_arrears() -> None:
    world = scene()
    days = [world.report(FULL_DAY_SATS, FLEET_THS) for _ in range(70)]
    now = final_time(days[-1]) + GRACE_SECONDS
    world.series.settle(100, now)
    world.report(FULL_DAY_SATS, FLEET_THS)

    assert world.series.fund(70 * FULL_DAY_SATS + 7) == 64 * FULL_DAY_SATS
    assert world.series.ledger.escrow == 6 * FULL_DAY_SATS + 7
    assert world.series.repay_arrears() == 6 * FULL_DAY_SATS
    assert world.series.ledger.escrow == 7


def test_settle__escrow_and_arrears_left_after_repaying__settles_nothing() -> None:
    world = scene()
    days = [world.report(FULL_DAY_SATS, FLEET_THS) for _ in range(130)]
    world.series.settle(200, final_time(days[-1]) + GRACE_SECONDS)
    day = world.report(0, 0)
    world.series.fund(130 * FULL_DAY_SATS + 47_500)

    assert world.settle(day) == 0
    assert world.series.ledger.arrears == 2 * FULL_DAY_SATS
    assert world.settle(day) == 1
    assert world.series.ledger.arrears == world.series.ledger.escrow == 0


def test_post_bond__arrears__reverts() -> None:
    world, _ = short_day()

    with pytest.raises(ModelRevert) as refused:
        world.series.post_bond(1)

    assert refused.value.cause is Cause.ARREARS


def test_post_bond__after_a_draw__refills_what_was_drawn() -> None:
    world, _ = short_day()
    world.series.fund(25_000)

    world.series.post_bond(14_999)
    assert world.series.ledger.bond_drawn == 1
    world.series.post_bond(10)

    assert world.series.ledger.bond_drawn == 0
    assert world.series.ledger.bond == 15_009


def test_settle__no_output__waits_past_the_deadline_then_deems() -> None:
    world = scene(replace(POWERED, attestation_days=1))
    world.series.fund(FULL_DAY_SATS)
    day = world.report_prices()
    deadline = final_time(day) + OUTPUT_DEADLINE_SECONDS

    assert world.series.settle(10, deadline) == []
    settled = world.series.settle(10, deadline + 1)

    assert [each.deemed for each in settled] == [True]
    assert settled[0].reward == 25_000


@pytest.mark.parametrize(("late", "reward"), [(0, 25_000), (1, 50_000)])
def test_settle__output_final_at_or_after_the_deadline__counts_or_not(
    late: int, reward: int
) -> None:
    terms = SeriesTerms(start_day=START, attestation_days=1, guaranteed_uptime_bps=0)
    world = scene(terms)
    world.series.fund(FULL_DAY_SATS)
    day = world.report_prices()
    deadline = final_time(day) + OUTPUT_DEADLINE_SECONDS
    world.report_output(day, 25_000, FLEET_THS // 2, deadline + late)

    settled = world.series.settle(10, deadline + 1)

    assert [each.reward for each in settled] == [reward]


def test_settle__output_final_before_the_day__waits_for_the_day() -> None:
    world = scene()
    world.series.fund(FULL_DAY_SATS)
    day = world.report_prices()
    world.report_output(day, FULL_DAY_SATS, FLEET_THS, final_time(day) - 3_600)

    assert world.series.settle(10, final_time(day) - 1) == []
    assert len(world.series.settle(10, final_time(day))) == 1


def test_claim__again__pays_nothing_more() -> None:
    world = scene()
    world.series.fund(FULL_DAY_SATS)
    world.settle(world.report(FULL_DAY_SATS, FLEET_THS))

    assert world.series.claim(HOLDER, HOLDER) == (HOLDER, FULL_DAY_SATS)
    assert world.series.claim(HOLDER, HOLDER) == (HOLDER, 0)
    assert world.series.ledger.unclaimed == 0


def test_claim__walk_cut_short__leaves_the_rest() -> None:
    world = scene()
    world.series.fund(FULL_DAY_SATS)
    world.settle(world.report(FULL_DAY_SATS, FLEET_THS))

    world.series.claim(HOLDER, HOLDER, observed=20_000)

    assert world.series.claimable(HOLDER) == 30_000
    with pytest.raises(AssertionError, match="claimed 30001 of 30000"):
        world.series.claim(HOLDER, HOLDER, observed=30_001)
