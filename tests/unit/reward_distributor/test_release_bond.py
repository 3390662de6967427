# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.release_bond`: what neither today nor an unsettled day needs of the bond."""

from dataclasses import replace
from typing import Any

import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import actor, event, go_to, go_to_day, refused
from tests.unit.scene import FLEET, NOON, START, TERMS, TH, Scene, System

pytestmark = pytest.mark.unit

HOLDER = actor("holder")
BOND_PER_TH = 20
BONDED = replace(TERMS, bond_per_th=BOND_PER_TH)
NEEDED = FLEET // TH * BOND_PER_TH
REWARD = 50_000


@pytest.fixture
def bonded(system: System, bitcoin: Any) -> Scene:
    """A series with 700 base units more bond than its supply needs, at noon before its start."""
    return system.begin_series(bitcoin, BONDED, bond=NEEDED + 700)


def release(scene: Scene) -> int:
    """Release as the issuer; return what came."""
    before = scene.reward.balanceOf(scene.issuer)
    scene.distributor.release_bond(sender=scene.issuer)
    return int(scene.reward.balanceOf(scene.issuer) - before)


def test_release_bond__more_than_needed__pays_the_rest(bonded: Scene) -> None:
    assert release(bonded) == 700

    released = event(bonded.distributor, "BondReleased")
    assert (released.receiver, released.amount) == (bonded.issuer, 700)
    assert bonded.distributor.ledger().bond == NEEDED == bonded.inside()


def test_release_bond__again__has_nothing_to_release(bonded: Scene) -> None:
    release(bonded)

    with refused("dist: nothing to release", bonded.state):
        bonded.distributor.release_bond(sender=bonded.issuer)


def test_release_bond__by_another__reverts(bonded: Scene) -> None:
    with refused("ownable: caller is not the owner", bonded.state):
        bonded.distributor.release_bond(sender=actor("keeper"))


def test_release_bond__all_but_a_speck_burned__keeps_a_unit_for_the_speck(bonded: Scene) -> None:
    """One holder's 1e-18 TH/s does not lock the bond; what it needs rounds up."""
    bonded.token.burn(FLEET - 1, sender=HOLDER)
    go_to_day(START)

    assert release(bonded) == NEEDED + 700 - 1


def test_release_bond__burned_today__keeps_what_today_held(bonded: Scene) -> None:
    go_to_day(START, NOON)
    bonded.token.burn(FLEET, sender=HOLDER)

    assert release(bonded) == NEEDED // 2 + 700


def test_release_bond__day_not_settled__keeps_what_it_held(bonded: Scene) -> None:
    go_to_day(START + 1, 1)
    bonded.token.burn(FLEET, sender=HOLDER)
    go_to_day(START + 2)

    assert release(bonded) == 700

    bonded.fund(2 * REWARD)
    bonded.report_at_hashprice()
    bonded.settle()
    # of the second day one second was held: 1,000 x 20 / 86,400 base units, rounded up
    assert release(bonded) == NEEDED - 1


def test_release_bond__day_due_and_not_settled__reverts(bonded: Scene) -> None:
    day = bonded.report_at_hashprice()
    due_at = bonded.distributor.due_at(day)
    go_to(due_at)
    with refused("dist: settle first", bonded.state):
        bonded.distributor.release_bond(sender=bonded.issuer)

    bonded.fund(REWARD)
    bonded.settle()

    assert release(bonded) == 700


def test_release_bond__day_due_in_a_second__is_allowed(bonded: Scene) -> None:
    day = bonded.report_at_hashprice()
    go_to(bonded.distributor.due_at(day) - 1)

    assert release(bonded) == 700


@pytest.mark.parametrize("days", [64, 65])
def test_release_bond__days_not_settled__are_looked_at_up_to_64(bonded: Scene, days: int) -> None:
    go_to_day(START + days)

    if days == 64:
        assert release(bonded) == 700
    else:
        with refused("dist: settle first", bonded.state):
            bonded.distributor.release_bond(sender=bonded.issuer)


def test_release_bond__with_arrears_or_a_drawn_bond__reverts(system: System, bitcoin: Any) -> None:
    terms = replace(BONDED, grace_seconds=0)
    scene = system.begin_series(bitcoin, terms, bond=NEEDED)
    scene.report_at_hashprice()
    scene.settle()
    with refused("dist: arrears not repaid yet", scene.state):
        scene.distributor.release_bond(sender=scene.issuer)

    scene.fund(REWARD - NEEDED)
    with refused("dist: bond not refilled", scene.state):
        scene.distributor.release_bond(sender=scene.issuer)

    scene.post_bond(NEEDED + 3)
    assert release(scene) == 3


def test_release_bond__closed__reverts(system: System, bitcoin: Any) -> None:
    scene = system.list_series(bitcoin, BONDED)
    scene.distributor.close(sender=scene.issuer)

    with refused("dist: series closed", scene.state):
        scene.distributor.release_bond(sender=scene.issuer)


def test_due_at__by_an_output__leaves_a_day_of_notice(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, replace(TERMS, grace_seconds=DAY_SECONDS))
    day = scene.report_prices()
    assert scene.distributor.due_at(day + 1) == 0
    assert scene.distributor.due_at(day) == scene.final_at(day) + DAY_SECONDS
    go_to(scene.final_at(day) + 5 * DAY_SECONDS)
    scene.reporting.post_output(scene.address, day, REWARD, FLEET)

    final_at = scene.reporting.oracle.output_record(scene.address, day).final_at
    assert scene.distributor.due_at(day) == final_at + DAY_SECONDS
    go_to(final_at + DAY_SECONDS - 1)
    with refused("dist: awaiting funds", scene.state):
        scene.settle()

    go_to(final_at + DAY_SECONDS)
    assert scene.settle() == 1


def test_due_at__output_too_late__is_the_deemed_days(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, TERMS)
    day = scene.report_prices()
    go_to(scene.final_at(day) + TERMS.output_deadline_seconds)
    scene.reporting.post_output(scene.address, day, REWARD, FLEET)

    assert scene.distributor.due_at(day) == scene.final_at(day) + TERMS.grace_seconds
