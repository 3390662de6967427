# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.settle` where the output is missing, late or in doubt."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.chain import actor, event, go_to, refused, wait
from tests.unit.reporting import SHORT
from tests.unit.scene import FLEET, START, TERMS, Scene, System

pytestmark = pytest.mark.unit

REWARD = 50_000
DEADLINE = TERMS.output_deadline_seconds
WITH_POOL_FEE = replace(TERMS, pool_fee_bps=200)


def test_settle__output_missing__waits_up_to_the_deadline(running: Scene) -> None:
    running.fund(10 * REWARD)
    day = running.report_prices()
    go_to(running.final_at(day) + DEADLINE)

    with refused("dist: output not final", running.state):
        running.settle()

    wait(1)
    assert running.settle() == 1
    settled = event(running.distributor, "DaySettled")
    assert (settled.day, settled.is_deemed, settled.reward) == (day, True, REWARD)
    assert settled.paid_work == settled.held_work


def test_settle__deemed__pays_hashprice_less_pool_fee(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, WITH_POOL_FEE)
    scene.fund(10 * REWARD)
    day = scene.report_prices()
    go_to(scene.final_at(day) + DEADLINE + 1)

    scene.settle()

    assert event(scene.distributor, "DaySettled").reward == 49_000


def test_settle__deemed__charges_the_fee_on_all_work(system: System, bitcoin: Any) -> None:
    powered = replace(TERMS, service_sats_per_th_day_wad=10**19)
    scene = system.begin_series(bitcoin, powered)
    scene.fund(10 * REWARD)
    day = scene.report_prices()
    go_to(scene.final_at(day) + DEADLINE + 1)

    scene.settle()

    settled = event(scene.distributor, "DaySettled")
    assert (settled.fee, settled.reward) == (10_000, 40_000)


@pytest.mark.parametrize(("late", "is_deemed"), [(0, False), (1, True)], ids=["in time", "late"])
def test_settle__output_final_at_the_deadline__counts_and_a_second_later_does_not(
    running: Scene, late: int, is_deemed: bool
) -> None:
    running.fund(10 * REWARD)
    day = running.report_prices()
    go_to(running.final_at(day) + DEADLINE - SHORT + late)
    running.reporting.post_output(running.address, day, 48_500, FLEET * 97 // 100)
    wait(SHORT)

    assert running.settle() == 1

    settled = event(running.distributor, "DaySettled")
    assert settled.is_deemed == is_deemed
    assert settled.reward == (REWARD if is_deemed else 48_500)


def test_settle__late_output__gives_the_same_answer_whenever_asked(running: Scene) -> None:
    """A late output is ignored while it is pending and after it is final alike."""
    running.fund(10 * REWARD)
    day = running.report_prices()
    go_to(running.final_at(day) + DEADLINE - SHORT + 1)
    running.reporting.post_output(running.address, day, 1, FLEET)
    wait(SHORT - 1)

    with refused("dist: output not final", running.state):
        running.settle()
    wait(1)
    early = running.distributor.preview_day()
    wait(100 * SHORT)

    assert running.distributor.preview_day() == early
    assert running.settle() == 1
    assert event(running.distributor, "DaySettled").is_deemed


def test_settle__output_pending_past_the_deadline__settles_deemed(running: Scene) -> None:
    running.fund(10 * REWARD)
    day = running.report_prices()
    go_to(running.final_at(day) + DEADLINE)
    running.reporting.post_output(running.address, day, 1, FLEET)
    wait(1)

    assert running.settle() == 1
    assert event(running.distributor, "DaySettled").is_deemed


def test_settle__output_vetoed__settles_deemed_after_the_deadline(running: Scene) -> None:
    running.fund(10 * REWARD)
    day = running.report(1, wait=False)
    running.reporting.oracle.veto_output(running.address, day, sender=actor("guardian"))
    running.await_final(day)

    with refused("dist: output not final", running.state):
        running.settle()

    wait(DEADLINE + 1)
    assert running.settle() == 1
    assert event(running.distributor, "DaySettled").reward == REWARD


def test_settle__output_replaced__uses_the_new_one(running: Scene) -> None:
    running.fund(10 * REWARD)
    day = running.report(1, wait=False)
    running.reporting.replace_output(running.address, day, 48_500, FLEET * 97 // 100)
    running.await_final(day)

    assert running.settle() == 1
    assert event(running.distributor, "DaySettled").reward == 48_500


def test_settle__deadline_runs_from_the_days_finality__not_from_its_end(running: Scene) -> None:
    """A day posted a month late gives the output its whole time all the same."""
    running.fund(10 * REWARD)
    wait(30 * 86_400)
    day = running.report_prices()
    go_to(running.final_at(day) + DEADLINE)

    with refused("dist: output not final", running.state):
        running.settle()


def test_settle__output_reported_before_its_day__settles_when_both_are_final(
    running: Scene,
) -> None:
    running.fund(10 * REWARD)
    go_to((START + 1) * 86_400)
    running.reporting.post_output(running.address, START, REWARD, FLEET)
    wait(SHORT)

    with refused("dist: day not final", running.state):
        running.settle()

    running.report_prices()
    assert running.settle() == 1
    assert not event(running.distributor, "DaySettled").is_deemed


def test_settle__deemed_in_grace_without_money__waits(system: System, bitcoin: Any) -> None:
    long_grace = replace(TERMS, grace_seconds=DEADLINE + 10)
    scene = system.begin_series(bitcoin, long_grace)
    day = scene.report_prices()
    go_to(scene.final_at(day) + DEADLINE + 1)

    with refused("dist: awaiting funds", scene.state):
        scene.settle()

    wait(9)
    assert scene.settle() == 1
    assert scene.distributor.ledger().arrears == REWARD
