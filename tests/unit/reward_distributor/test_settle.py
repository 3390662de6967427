# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.settle`: when a day settles, and whose money pays it."""

from dataclasses import replace
from typing import Any

import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import actor, event, events, go_to, go_to_day, refused, wait
from tests.unit.reporting import posting_time
from tests.unit.scene import FLEET, START, TERMS, TH, Scene, System

pytestmark = pytest.mark.unit

REWARD = 50_000  # 1,000 TH/s at 50 satoshi
GRACE = TERMS.grace_seconds
WORK = FLEET * DAY_SECONDS
SHORT_TERMS = replace(TERMS, grace_seconds=0)
ONE_DAY = replace(TERMS, end_day=START + 1)


def test_settle__escrow_is_enough__pays_from_escrow(running: Scene) -> None:
    day = running.report_at_hashprice()
    running.fund(REWARD)

    assert running.settle() == 1

    settled = event(running.distributor, "DaySettled")
    assert settled[1:] == (day, False, WORK, WORK, 0, REWARD, REWARD)
    ledger = running.distributor.ledger()
    assert (ledger.promised, ledger.paid, ledger.escrow, ledger.arrears) == (REWARD, REWARD, 0, 0)
    assert running.distributor.progress().next_day == START + 1
    assert running.inside() == REWARD


def test_settle__day_not_over__reverts(running: Scene) -> None:
    go_to_day(START, DAY_SECONDS - 1)

    with refused("dist: day not over", running.state):
        running.settle()


def test_settle__day_not_reported__reverts(running: Scene) -> None:
    go_to_day(START + 1)

    with refused("dist: day not final", running.state):
        running.settle()


def test_settle__day_pending__reverts_until_the_second_it_is_final(running: Scene) -> None:
    running.fund(REWARD)
    day = running.report(REWARD, wait=False)
    go_to(running.final_at(day) - 1)

    with refused("dist: day not final", running.state):
        running.settle()

    wait(1)
    assert running.settle() == 1


def test_settle__day_vetoed__reverts(running: Scene) -> None:
    day = running.report(REWARD, wait=False)
    running.reporting.oracle.veto_day(day, sender=actor("guardian"))
    wait(DAY_SECONDS)

    with refused("dist: day not final", running.state):
        running.settle()


def test_settle__output_pending__reverts_until_the_second_it_is_final(running: Scene) -> None:
    running.fund(REWARD)
    day = running.report_prices()
    running.reporting.post_output(running.address, day, REWARD, FLEET)
    final_at = running.reporting.oracle.output_record(running.address, day).final_at
    go_to(final_at - 1)

    with refused("dist: output not final", running.state):
        running.settle()

    wait(1)
    assert running.settle() == 1


@pytest.mark.parametrize("missing", [1, REWARD], ids=["one unit", "all"])
def test_settle__escrow_too_low_in_grace__waits(running: Scene, missing: int) -> None:
    day = running.report_at_hashprice()
    if missing < REWARD:
        running.fund(REWARD - missing)
    go_to(running.final_at(day) + GRACE - 1)

    with refused("dist: awaiting funds", running.state):
        running.settle()

    running.fund(missing)
    assert running.settle() == 1
    assert running.distributor.ledger().paid == REWARD


def test_settle__grace_over__draws_the_bond(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, TERMS, bond=REWARD + 7)
    day = scene.report_at_hashprice()
    scene.fund(30_000)
    go_to(scene.final_at(day) + GRACE)

    assert scene.settle() == 1

    drawn = event(scene.distributor, "BondDrawn")
    assert (drawn.day, drawn.amount) == (day, 20_000)
    assert event(scene.distributor, "DaySettled").paid == REWARD
    ledger = scene.distributor.ledger()
    assert (ledger.escrow, ledger.bond, ledger.bond_drawn) == (0, 30_007, 20_000)
    assert (ledger.promised, ledger.paid, ledger.arrears) == (REWARD, REWARD, 0)
    assert scene.inside() == REWARD + 7 + 30_000
    assert scene.distributor.progress().shortfalls == 0


def test_settle__escrow_and_bond_short__writes_arrears(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, SHORT_TERMS, bond=20_000)
    day = scene.report_at_hashprice()
    scene.fund(25_000)

    assert scene.settle() == 1

    assert event(scene.distributor, "BondDrawn").amount == 20_000
    assert event(scene.distributor, "DaySettled")[-2:] == (REWARD, 45_000)
    ledger = scene.distributor.ledger()
    assert tuple(ledger) == (REWARD, 45_000, 0, 5_000, 0, 0, 0, 20_000)
    progress = scene.distributor.progress()
    assert (progress.shortfalls, progress.repaid_shortfalls) == (1, 0)
    assert tuple(scene.distributor.short_days(0)) == (day, WORK, 5_000, 0)


def test_settle__no_money_at_all__writes_the_whole_day_as_arrears(
    system: System, bitcoin: Any
) -> None:
    scene = system.begin_series(bitcoin, SHORT_TERMS)
    scene.report_at_hashprice()

    scene.settle()

    assert events(scene.distributor, "BondDrawn") == []
    assert tuple(scene.distributor.ledger()) == (REWARD, 0, 0, REWARD, 0, 0, 0, 0)


def test_settle__many_days__stops_at_the_first_that_waits(running: Scene) -> None:
    running.fund(10 * REWARD)
    for _ in range(3):
        running.report_at_hashprice()
    running.report(REWARD, wait=False)

    assert running.settle(64) == 3

    settled = events(running.distributor, "DaySettled")
    assert [each.day for each in settled] == [START, START + 1, START + 2]
    assert running.distributor.ledger().escrow == 7 * REWARD


def test_settle__fewer_days_asked__settles_so_many(running: Scene) -> None:
    running.fund(10 * REWARD)
    for _ in range(3):
        running.report_at_hashprice()

    assert running.distributor.settle(sender=actor("keeper")) == 1
    assert running.settle(2) == 2


def test_settle__no_days_asked__does_nothing(running: Scene) -> None:
    running.fund(REWARD)
    running.report_at_hashprice()
    before = running.state()

    assert running.settle(0) == 0

    assert running.state() == before


def test_settle__more_days_asked_than_one_call_settles__settles_64(listed: Scene) -> None:
    go_to_day(START + 100)

    assert listed.settle(2**256 - 1) == 64

    assert listed.settle(65) == 36


def test_settle__nobody_held__settles_without_a_report(listed: Scene) -> None:
    go_to_day(START + 1)

    assert listed.settle() == 1

    assert event(listed.distributor, "DaySettled")[1:] == (START, False, 0, 0, 0, 0, 0)
    assert listed.distributor.ledger().promised == 0


def test_settle__all_burned_at_midnight__skips_the_day_after(running: Scene) -> None:
    running.fund(REWARD)
    go_to_day(START + 1)
    running.token.burn(FLEET, sender=actor("holder"))
    running.report_at_hashprice()
    go_to_day(START + 4)

    assert running.settle() == 4

    held = [each.held_work for each in events(running.distributor, "DaySettled")]
    assert held == [WORK, 0, 0, 0]
    assert running.claim(actor("holder")) == REWARD


def test_settle__held_for_one_second__pays_that_second(running: Scene) -> None:
    go_to_day(START + 1, 1)
    running.token.burn(FLEET, sender=actor("holder"))
    running.fund(10 * REWARD)
    running.report_at_hashprice()
    running.report_at_hashprice()

    assert running.settle() == 2

    last = events(running.distributor, "DaySettled")[1]
    assert (last.held_work, last.reward) == (FLEET, REWARD // DAY_SECONDS)


def test_settle__end_reached__reverts(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, ONE_DAY)
    scene.fund(10 * REWARD)
    scene.report_at_hashprice()
    scene.report_at_hashprice()
    assert scene.settle() == 1

    with refused("dist: series ended", scene.state):
        scene.settle()


def test_settle__arrears_and_fresh_escrow__repays_before_it_pays(
    system: System, bitcoin: Any
) -> None:
    scene = system.begin_series(bitcoin, replace(TERMS, grace_seconds=DAY_SECONDS))
    first = scene.report_at_hashprice()
    wait(2 * DAY_SECONDS)
    scene.settle()
    second = scene.report_at_hashprice()
    scene.fund(REWARD + 10_000)

    with refused("dist: awaiting funds", scene.state):
        scene.settle()

    go_to(scene.final_at(second) + DAY_SECONDS)
    assert scene.settle() == 1
    ledger = scene.distributor.ledger()
    assert (ledger.paid, ledger.repaid, ledger.arrears) == (10_000, REWARD, 40_000)
    assert scene.distributor.short_days(0).day == first
    assert scene.distributor.short_days(1).day == second


def test_settle__more_short_days_than_one_call_repays__repays_and_settles_nothing(
    system: System, bitcoin: Any
) -> None:
    scene = system.begin_series(bitcoin, replace(SHORT_TERMS, end_day=START + 130))
    scene.fall_silent()
    assert scene.settle(64) + scene.settle(64) + scene.settle(1) == 129
    scene.fund(200 * REWARD)  # repays 64 days itself

    assert scene.settle() == 0

    assert len(events(scene.distributor, "ArrearsRepaid")) == 64
    assert events(scene.distributor, "DaySettled") == []
    ledger = scene.distributor.ledger()
    assert (ledger.repaid, ledger.arrears, ledger.escrow) == (128 * REWARD, REWARD, 72 * REWARD)

    assert scene.settle() == 1
    ledger = scene.distributor.ledger()
    assert (ledger.repaid, ledger.paid, ledger.escrow) == (129 * REWARD, REWARD, 70 * REWARD)


def test_settle__only_repaid__does_not_revert(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, replace(SHORT_TERMS, end_day=START + 65))
    scene.fall_silent()
    assert scene.settle(64) + scene.settle(64) == 65
    scene.fund(65 * REWARD)

    assert scene.settle() == 0

    assert len(events(scene.distributor, "ArrearsRepaid")) == 1
    assert scene.distributor.ledger().arrears == 0


def test_settle__donation__is_not_used(running: Scene) -> None:
    running.reward.mint(running.address, 10 * REWARD)
    running.report_at_hashprice()

    with refused("dist: awaiting funds", running.state):
        running.settle()


def test_settle__reward_not_positive__settles_at_zero(system: System, bitcoin: Any) -> None:
    costly = replace(TERMS, service_sats_per_th_day_wad=60 * 10**18)
    scene = system.begin_series(bitcoin, costly)
    scene.report_at_hashprice()

    assert scene.settle() == 1

    settled = event(scene.distributor, "DaySettled")
    assert (settled.fee, settled.reward, settled.paid) == (60_000, 0, 0)
    assert scene.distributor.progress().shortfalls == 0


def test_settle__several_days_late__uses_each_days_own_finality(
    system: System, bitcoin: Any
) -> None:
    """A day's grace runs from its own finality, so an old day draws and a fresh one waits."""
    scene = system.begin_series(bitcoin, TERMS, bond=10 * REWARD)
    old = scene.report_at_hashprice()
    go_to(posting_time(old + 3))
    for _ in range(3):
        scene.report_at_hashprice()

    assert scene.settle() == 1

    assert event(scene.distributor, "DaySettled").day == old
    assert scene.distributor.ledger().bond_drawn == REWARD


def test_settle__holder_sold_at_noon__pays_both_for_their_half(running: Scene) -> None:
    go_to_day(START, DAY_SECONDS // 2)
    running.transfer(actor("holder"), actor("buyer"), FLEET)
    running.fund(REWARD)
    running.report_at_hashprice()
    running.settle()

    assert running.claim(actor("holder")) == REWARD // 2
    assert running.claim(actor("buyer")) == REWARD // 2


def test_settle__supply_of_one_unit__settles(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, TERMS, holder_ths=1)
    scene.report(0, delivered=TH)

    assert scene.settle() == 1

    assert event(scene.distributor, "DaySettled").held_work == DAY_SECONDS
