# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.post_bond`: money for the days the escrow cannot pay."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.chain import actor, deployer, event, refused
from tests.unit.scene import TERMS, Scene, System

pytestmark = pytest.mark.unit

REWARD = 50_000
NO_GRACE = replace(TERMS, grace_seconds=0)


def drawn_series(system: System, bitcoin: Any, bond: int) -> Scene:
    """Return a series whose first day took its reward from the bond as far as it went."""
    scene = system.begin_series(bitcoin, NO_GRACE, bond)
    scene.report_at_hashprice()
    scene.settle()
    return scene


def test_post_bond__plain__adds_to_the_bond(listed: Scene) -> None:
    listed.post_bond(1_000)
    listed.post_bond(234)

    posted = event(listed.distributor, "BondPosted")
    assert (posted.payer, posted.amount) == (listed.issuer, 234)
    ledger = listed.distributor.ledger()
    assert (ledger.bond, ledger.bond_drawn, ledger.escrow) == (1_234, 0, 0)
    assert listed.inside() == 1_234


def test_post_bond__by_a_stranger__adds_to_the_bond(listed: Scene) -> None:
    stranger = actor("stranger")
    listed.reward.mint(stranger, 10)
    listed.reward.approve(listed.address, 10, sender=stranger)

    listed.distributor.post_bond(10, sender=stranger)

    assert event(listed.distributor, "BondPosted").payer == stranger
    assert listed.distributor.ledger().bond == 10


@pytest.mark.parametrize(
    ("posted", "left"), [(REWARD - 1, 1), (REWARD, 0), (REWARD + 1, 0)], ids=["less", "all", "more"]
)
def test_post_bond__after_a_draw__refills_it(
    system: System, bitcoin: Any, posted: int, left: int
) -> None:
    scene = drawn_series(system, bitcoin, bond=80_000)
    assert scene.distributor.ledger().bond_drawn == REWARD

    scene.post_bond(posted)

    ledger = scene.distributor.ledger()
    assert (ledger.bond, ledger.bond_drawn) == (80_000 - REWARD + posted, left)


def test_post_bond__with_arrears__reverts(system: System, bitcoin: Any) -> None:
    scene = drawn_series(system, bitcoin, bond=REWARD - 1)
    assert scene.distributor.ledger().arrears == 1

    with refused("dist: arrears come first", scene.state):
        scene.post_bond(1_000)

    scene.fund(1)
    scene.post_bond(1_000)
    assert scene.distributor.ledger().bond == 1_000


def test_post_bond__nothing_arrives__reverts(listed: Scene) -> None:
    with refused("dist: nothing received", listed.state):
        listed.post_bond(0)


def test_post_bond__closed__reverts(listed: Scene) -> None:
    listed.distributor.close(sender=listed.issuer)

    with refused("dist: series closed", listed.state):
        listed.post_bond(1)


def test_post_bond__token_answers_false__reverts(system: System) -> None:
    token = deployer("mocks/MockFalseToken").deploy(8)
    scene = system.list_series(token)
    token.set_refusing(True)

    with refused("dist: transfer in failed", scene.state):
        scene.post_bond(1)


def test_post_bond__token_takes_a_fee__counts_what_arrived(system: System) -> None:
    token = deployer("mocks/MockFeeToken").deploy(8)
    scene = system.list_series(token)

    scene.post_bond(1_000)

    assert scene.distributor.ledger().bond == scene.inside() == 990
