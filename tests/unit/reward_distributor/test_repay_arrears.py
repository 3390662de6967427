# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.repay_arrears`: goes on where one call of `fund` stopped."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.chain import actor, events, refused
from tests.unit.scene import START, TERMS, Scene, System

pytestmark = pytest.mark.unit

REWARD = 50_000
SHORT_DAYS = 130
TERMS_130 = replace(TERMS, grace_seconds=0, end_day=START + SHORT_DAYS)


@pytest.fixture
def owing(system: System, bitcoin: Any) -> Scene:
    """A series that has ended and owes every one of its 130 days."""
    scene = system.begin_series(bitcoin, TERMS_130)
    scene.fall_silent()
    assert sum(scene.settle() for _ in range(3)) == SHORT_DAYS
    return scene


def repay(scene: Scene) -> list[tuple[int, int]]:
    """Repay as a stranger; return (day, amount) of each repayment."""
    scene.distributor.repay_arrears(sender=actor("stranger"))
    return [(each.day, each.amount) for each in events(scene.distributor, "ArrearsRepaid")]


def test_repay_arrears__more_than_one_call__takes_64_days_each(owing: Scene) -> None:
    owing.fund(SHORT_DAYS * REWARD)

    second = repay(owing)
    third = repay(owing)

    assert second == [(START + index, REWARD) for index in range(64, 128)]
    assert third == [(START + index, REWARD) for index in range(128, 130)]
    ledger = owing.distributor.ledger()
    assert (ledger.repaid, ledger.arrears, ledger.escrow) == (SHORT_DAYS * REWARD, 0, 0)
    assert owing.distributor.progress().repaid_shortfalls == SHORT_DAYS
    assert owing.claim(actor("holder")) == SHORT_DAYS * REWARD


def test_repay_arrears__day_repaid_in_parts__goes_on_with_it(owing: Scene) -> None:
    owing.fund(64 * REWARD + 1)  # 64 days in this call, one unit is left

    assert repay(owing) == [(START + 64, 1)]

    assert tuple(owing.distributor.short_days(64))[2:] == (REWARD, 1)
    owing.fund(2)
    assert tuple(owing.distributor.short_days(64))[2:] == (REWARD, 3)
    owing.fund(REWARD - 3)
    assert tuple(owing.distributor.short_days(64))[2:] == (REWARD, REWARD)
    assert owing.distributor.progress().repaid_shortfalls == 65


def test_repay_arrears__level__is_that_of_the_last_day_made_whole(owing: Scene) -> None:
    """Between whole days the level lies between theirs, and it never falls."""
    levels = [owing.distributor.repaid_level()]
    for _ in range(4):
        owing.fund(REWARD // 2)
        levels.append(owing.distributor.repaid_level())

    half, whole = levels[1], levels[2]
    assert levels[0] == 0
    assert half == -(-(REWARD // 2 * 2**128) // (10**21 * 86_400))
    assert whole == -(-(REWARD * 2**128) // (10**21 * 86_400))
    assert levels[3:] == [whole + half, 2 * whole]


def test_repay_arrears__no_escrow__reverts(owing: Scene) -> None:
    with refused("dist: nothing to repay", owing.state):
        owing.distributor.repay_arrears()


def test_repay_arrears__nothing_owed__reverts(running: Scene) -> None:
    running.fund(1)

    with refused("dist: nothing to repay", running.state):
        running.distributor.repay_arrears()
