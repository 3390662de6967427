# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.fund`: escrow grows by what arrives, and repays arrears first."""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.chain import actor, deployer, event, events, refused
from tests.unit.scene import START, TERMS, Scene, System

pytestmark = pytest.mark.unit

REWARD = 50_000  # 1,000 TH/s at 50 satoshi
NO_GRACE = replace(TERMS, grace_seconds=0)


def test_fund__plain__moves_tokens_into_escrow(running: Scene) -> None:
    before = running.reward.balanceOf(running.issuer)

    running.fund(777)

    funded = event(running.distributor, "EscrowFunded")
    assert (funded.payer, funded.amount) == (running.issuer, 777)
    ledger = running.distributor.ledger()
    assert (ledger.escrow, ledger.paid, ledger.bond) == (777, 0, 0)
    assert running.inside() == 777
    assert running.reward.balanceOf(running.issuer) == before - 777


def test_fund__by_a_stranger__counts_for_the_series(running: Scene) -> None:
    stranger = actor("stranger")
    running.reward.mint(stranger, 10)
    running.reward.approve(running.address, 10, sender=stranger)

    running.distributor.fund(10, sender=stranger)

    assert event(running.distributor, "EscrowFunded").payer == stranger
    assert running.distributor.ledger().escrow == 10
    assert running.reward.balanceOf(stranger) == 0


def test_fund__with_arrears__repays_them_first(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, NO_GRACE)
    day = scene.report_at_hashprice()
    scene.settle()
    assert scene.distributor.ledger().arrears == REWARD

    scene.fund(REWARD + 5)

    repaid = event(scene.distributor, "ArrearsRepaid")
    assert (repaid.day, repaid.amount) == (day, REWARD)
    ledger = scene.distributor.ledger()
    assert (ledger.promised, ledger.paid, ledger.repaid) == (REWARD, 0, REWARD)
    assert (ledger.arrears, ledger.escrow) == (0, 5)
    assert scene.distributor.progress().repaid_shortfalls == 1
    short = scene.distributor.short_days(0)
    assert (short.day, short.owed, short.repaid) == (day, REWARD, REWARD)


def test_fund__less_than_the_arrears__repays_a_part(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, NO_GRACE)
    scene.report_at_hashprice()
    scene.settle()

    scene.fund(1)

    ledger = scene.distributor.ledger()
    assert (ledger.arrears, ledger.repaid, ledger.escrow) == (REWARD - 1, 1, 0)
    assert scene.distributor.progress().repaid_shortfalls == 0


def test_fund__more_short_days_than_one_call_repays__keeps_the_rest_in_escrow(
    system: System, bitcoin: Any
) -> None:
    scene = system.begin_series(bitcoin, NO_GRACE)
    scene.fall_silent()
    assert scene.settle(64) + scene.settle(2) == 66

    scene.fund(66 * REWARD)

    repaid = events(scene.distributor, "ArrearsRepaid")
    assert [(each.day, each.amount) for each in repaid] == [
        (day, REWARD) for day in range(START, START + 64)
    ]
    ledger = scene.distributor.ledger()
    assert (ledger.repaid, ledger.arrears, ledger.escrow) == (64 * REWARD, 2 * REWARD, 2 * REWARD)


def test_fund__nothing_arrives__reverts(running: Scene) -> None:
    with refused("dist: nothing received", running.state):
        running.fund(0)


def test_fund__more_than_an_escrow_holds__reverts(running: Scene) -> None:
    running.reward.mint(running.issuer, 2**128)
    running.fund(2**127)

    with refused("dist: amount too large", running.state):
        running.fund(2**127)

    running.fund(2**127 - 1)
    assert running.distributor.ledger().escrow == 2**128 - 1


def test_fund__without_allowance__reverts(running: Scene) -> None:
    stranger = actor("stranger")
    running.reward.mint(stranger, 10)

    with refused("erc20: insufficient allowance", running.state):
        running.distributor.fund(10, sender=stranger)


def test_fund__closed__reverts(listed: Scene) -> None:
    listed.distributor.close(sender=listed.issuer)

    with refused("dist: series closed", listed.state):
        listed.fund(1)


def test_fund__token_answers_false__reverts(system: System) -> None:
    token = deployer("mocks/MockFalseToken").deploy(8)
    scene = system.list_series(token)
    token.set_refusing(True)

    with refused("dist: transfer in failed", scene.state):
        scene.fund(1)

    token.set_refusing(False)
    scene.fund(1)
    assert scene.distributor.ledger().escrow == 1


def test_fund__token_takes_a_fee__counts_what_arrived(system: System) -> None:
    token = deployer("mocks/MockFeeToken").deploy(8)
    scene = system.list_series(token)

    scene.fund(1_000)

    assert event(scene.distributor, "EscrowFunded").amount == 990
    assert scene.distributor.ledger().escrow == 990
    assert scene.inside() == 990


def test_fund__token_returns_nothing__counts(system: System) -> None:
    token = deployer("mocks/MockNoReturnToken").deploy(8)
    scene = system.list_series(token)

    scene.fund(1_000)

    assert scene.distributor.ledger().escrow == scene.inside() == 1_000


def test_fund__donation_before__is_not_counted(running: Scene) -> None:
    running.reward.mint(running.address, 5_000)

    running.fund(1)

    assert running.distributor.ledger().escrow == 1
    assert running.inside() == 5_001
