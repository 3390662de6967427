# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.close`: what is left goes to the issuer, and claims go on for ever."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.chain import actor, deployer, event, events, go_to_day, now, refused
from tests.unit.scene import DAY_SECONDS, FLEET, NOON, START, TERMS, Scene, System

pytestmark = pytest.mark.unit

REWARD = 50_000
HOLDER, STRANGER = actor("holder"), actor("stranger")
ONE_DAY = replace(TERMS, end_day=START + 1, grace_seconds=0)


def close(scene: Scene, caller: str = STRANGER) -> None:
    """Close, as a stranger by default."""
    scene.distributor.close(sender=caller)


@pytest.fixture
def ended(system: System, bitcoin: Any) -> Scene:
    """A series whose only day is over, reported and not settled; bond and escrow cover it."""
    scene = system.begin_series(bitcoin, ONE_DAY, bond=7_000)
    scene.fund(REWARD + 300)
    scene.report_at_hashprice()
    return scene


def test_close__ended_and_settled__returns_escrow_and_bond(ended: Scene) -> None:
    ended.settle()
    before = ended.reward.balanceOf(ended.issuer)

    close(ended)

    closed = event(ended.distributor, "SeriesClosed")
    assert closed[1:] == (ended.issuer, 7_300)
    assert events(ended.distributor, "EndDayUpdated") == []
    assert ended.reward.balanceOf(ended.issuer) == before + 7_300
    ledger = ended.distributor.ledger()
    assert (ledger.escrow, ledger.bond, ledger.paid) == (0, 0, REWARD)
    assert ended.distributor.is_closed()
    assert ended.inside() == REWARD
    assert ended.claim(HOLDER) == REWARD


def test_close__days_not_settled__reverts(ended: Scene) -> None:
    with refused("dist: days not settled", ended.state):
        close(ended)


def test_close__end_day_not_reached__reverts_for_strangers(running: Scene) -> None:
    with refused("ownable: caller is not the owner", running.state):
        close(running)


def test_close__arrears__reverts_until_repaid(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, ONE_DAY)
    scene.fund(REWARD - 1)
    scene.report_at_hashprice()
    scene.settle()

    with refused("dist: arrears not repaid", scene.state):
        close(scene)

    scene.fund(1)
    close(scene)
    assert event(scene.distributor, "SeriesClosed").amount == 0
    assert scene.inside() == REWARD


def test_close__twice__reverts(ended: Scene) -> None:
    ended.settle()
    close(ended)

    with refused("dist: series closed", ended.state):
        close(ended)


def test_close__owner_changed__pays_the_new_one(ended: Scene) -> None:
    ended.settle()
    heir = actor("heir")
    ended.distributor.transfer_ownership(heir, sender=ended.issuer)
    ended.distributor.accept_ownership(sender=heir)

    close(ended)

    assert event(ended.distributor, "SeriesClosed").receiver == heir
    assert ended.reward.balanceOf(heir) == 7_300


def test_close__donation__stays_inside(ended: Scene) -> None:
    ended.settle()
    ended.reward.mint(ended.address, 99)

    close(ended)

    assert ended.inside() == REWARD + 99


def test_close__nothing_left__sends_nothing(listed: Scene) -> None:
    close(listed, listed.issuer)

    assert event(listed.distributor, "SeriesClosed").amount == 0
    assert listed.distributor.is_closed()


def test_close__never_minted__ends_today(listed: Scene) -> None:
    listed.post_bond(10)

    close(listed, listed.issuer)

    ended = event(listed.distributor, "EndDayUpdated")
    assert ended[1:] == (TERMS.end_day, now() // DAY_SECONDS)
    assert event(listed.distributor, "SeriesClosed").amount == 10


def test_close__hashrate_is_held__reverts(running: Scene) -> None:
    running.token.burn(FLEET - 1, sender=HOLDER)
    go_to_day(START)

    with refused("dist: hashrate is held", running.state):
        close(running, running.issuer)


def test_close__hashrate_was_held_today__reverts_until_tomorrow(running: Scene) -> None:
    running.fund(10 * REWARD)
    go_to_day(START, 1)
    running.token.burn(FLEET, sender=HOLDER)

    with refused("dist: hashrate was held today", running.state):
        close(running, running.issuer)

    running.report_at_hashprice()
    running.settle()
    close(running, running.issuer)
    assert running.distributor.progress().end_day == START + 1


def test_close__bought_back_at_midnight__closes_the_same_day(running: Scene) -> None:
    running.fund(10 * REWARD)
    running.report_at_hashprice()
    go_to_day(START + 2)
    running.token.burn(FLEET, sender=HOLDER)
    running.report_at_hashprice()
    assert running.settle() == 2

    close(running, running.issuer)

    assert event(running.distributor, "SeriesClosed").amount == 8 * REWARD
    assert running.claim(HOLDER) == 2 * REWARD


def test_close__bought_back_and_days_not_settled__reverts(running: Scene) -> None:
    go_to_day(START, NOON)
    running.token.burn(FLEET, sender=HOLDER)
    go_to_day(START + 1)

    with refused("dist: days not settled", running.state):
        close(running, running.issuer)


def test_close__bought_back_and_sold_again__reverts(running: Scene) -> None:
    """Supply zero is asked for now, not at some time."""
    go_to_day(START - 1, NOON + 10)
    running.token.burn(FLEET, sender=HOLDER)
    running.mint(actor("buyer"), 1)
    go_to_day(START)

    with refused("dist: hashrate is held", running.state):
        close(running, running.issuer)


def test_close__token_answers_false__reverts(system: System) -> None:
    token = deployer("mocks/MockFalseToken").deploy(8)
    scene = system.list_series(token)
    scene.fund(5)
    token.set_refusing(True)

    with refused("dist: transfer out failed", scene.state):
        close(scene, scene.issuer)
