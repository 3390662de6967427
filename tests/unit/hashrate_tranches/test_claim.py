# SPDX-License-Identifier: AGPL-3.0-only
"""`claim`, `pull`, `remaining`: who may, who is paid, and what there is."""

from dataclasses import replace
from typing import Any

import pytest

from reference.tranches import TrancheTerms
from tests.unit.chain import ZERO, actor, deployer, events, go_to, go_to_day, now, refused
from tests.unit.hashrate_tranches.stage import NOTE, START, STRIP, TH, Stage
from tests.unit.scene import NOON, System

pytestmark = pytest.mark.unit

HOLDER, BUYER, STRANGER = actor("holder"), actor("buyer"), actor("keeper")


def test_claim__by_a_stranger__pays_the_account(strip: Stage) -> None:
    strip.start()
    strip.live(1)

    assert strip.product.claim(strip.senior.address, BUYER, sender=STRANGER) == 5_000

    told = events(strip.product, "RewardClaimed")[-1]  # after that of the series
    assert (told.account, told.receiver, told.amount) == (BUYER, BUYER, 5_000)
    assert strip.money(BUYER) == 5_000
    with refused("tranches: nothing to claim", strip.state):
        strip.claim(strip.senior, BUYER)


def test_claim__to_another_receiver__is_for_the_account_itself(strip: Stage) -> None:
    strip.start()
    strip.live(1)
    token = strip.senior.address
    with refused("tranches: not your claim", strip.state):
        strip.product.claim(token, BUYER, STRANGER, sender=STRANGER)

    strip.product.claim(token, BUYER, STRANGER, sender=BUYER)

    assert (strip.money(BUYER), strip.money(STRANGER)) == (0, 5_000)


def test_claim__for_a_contract__is_for_itself(strip: Stage) -> None:
    """A strip in a liquidity pool: a stranger's claim could be skimmed."""
    pool = deployer("mocks/MockHolder").deploy()
    go_to_day(START)
    strip.split(senior_to=pool.address)
    strip.live(1)
    with refused("tranches: contract claims itself", strip.state):
        strip.product.claim(strip.senior.address, pool.address, sender=STRANGER)

    data = strip.product.claim.prepare_calldata(strip.senior.address)
    pool.call(strip.product.address, data, sender=STRANGER)

    assert strip.money(pool.address) == 5_000


def test_claim__another_token__reverts(strip: Stage) -> None:
    with refused("tranches: not a tranche"):
        strip.product.claim(strip.scene.token.address, HOLDER, sender=HOLDER)
    with refused("tranches: not senior"):
        strip.product.remaining(strip.junior.address)
    with refused("tranches: not senior"):
        strip.junior.remaining()


def test_claim__for_nobody__reverts(strip: Stage) -> None:
    strip.start()
    strip.live(1)
    with refused("tranches: nothing to claim"):
        strip.product.claim(strip.senior.address, ZERO, sender=STRANGER)


def test_pull__nothing_there__reverts(strip: Stage) -> None:
    strip.start()
    with refused("tranches: nothing collected"):
        strip.product.pull(sender=STRANGER)
    strip.live(1)

    strip.product.pull(sender=STRANGER)

    assert strip.product.in_hand(strip.scene.address) == 5_000
    assert strip.claim(strip.senior, BUYER) == 5_000
    assert strip.product.in_hand(strip.scene.address) == 0


def test_series__claim_for_the_product_by_a_stranger__reverts(strip: Stage) -> None:
    """It would arrive when it does not count."""
    strip.start()
    strip.live(1)
    with refused("dist: contract claims itself"):
        strip.scene.claim(strip.product.address)


def test_claim__blocked_account__claims_to_another(system: System, genesis: None) -> None:
    coin = deployer("mocks/MockBlocklistToken").deploy(8)
    stage = Stage.begin(system, coin, STRIP)
    stage.start()
    stage.live(1)
    coin.block(BUYER, True, False)
    token = stage.senior.address
    with refused("tranches: transfer out failed", stage.state):
        stage.product.claim(token, BUYER, sender=STRANGER)

    assert stage.product.claim(token, BUYER, STRANGER, sender=BUYER) == 5_000


def test_remaining__note__falls_to_zero(note: Stage) -> None:
    assert tuple(note.senior.remaining()) == (121, START)  # rounds up
    note.start()
    note.live(1)
    assert tuple(note.senior.remaining()) == (71, START + 1)
    note.live(2)
    assert tuple(note.senior.remaining()) == (0, START + 3)


def test_remaining__start_not_settled_yet__is_the_face(system: System, bitcoin: Any) -> None:
    stage = Stage.begin(system, bitcoin, replace(NOTE, start_day=START + 1))
    assert tuple(stage.senior.remaining()) == (120, START)


def test_remaining__unmet_note__is_what_junior_owes(short_note: Stage) -> None:
    short_note.start()
    short_note.live(2)
    assert tuple(short_note.senior.remaining()) == (21, START + 2)
    assert short_note.product.cost_of(TH) == 21
    short_note.go_to_void()
    assert tuple(short_note.senior.remaining()) == (0, START + 2)


def test_remaining__strip__is_what_is_to_come_of_its_days(strip: Stage) -> None:
    assert tuple(strip.senior.remaining()) == (2 * TH, START)
    go_to_day(START + 1, NOON)
    assert tuple(strip.senior.remaining()) == (TH // 2, START)
    go_to_day(START + 3)
    assert tuple(strip.senior.remaining()) == (0, START)


def test_claim__more_than_four_collections__pull_first(system: System, bitcoin: Any) -> None:
    """Each day the holding is touched: a claim collects 512 days of it and then asks for `pull`."""
    stage = Stage.begin(system, bitcoin, TrancheTerms(START, START + 600))
    stage.start(TH)
    stage.senior.transfer(STRANGER, TH, sender=BUYER)
    for day in range(1, 520):
        go_to_day(START + day)
        stage.product.split(1, HOLDER, HOLDER, sender=HOLDER)
    stage.scene.fall_silent()
    stage.scene.fund(10**9)
    go_to(now() + stage.scene.terms.grace_seconds)
    while stage.scene.distributor.progress().next_day < START + 600:
        stage.scene.settle()
    due = stage.due(stage.senior, STRANGER)
    with refused("tranches: claim holding first"):
        stage.claim(stage.senior, STRANGER)

    stage.product.pull(sender=STRANGER)

    assert stage.claim(stage.senior, STRANGER) == due > 0
