# SPDX-License-Identifier: AGPL-3.0-only
"""A strip sold at the end of a day was paid for all of it, and the seller kept the day's reward.

What remained of a strip was counted in whole days, today included. The meter pays by the second: a
standing bid for each remaining day bought a day that was the seller's already, once every midnight.
"""

from typing import Any

import pytest

from testing.spot import sign_spot, spot_tuple
from tests.unit.chain import account, actor, deployer, go_to_day, now, refused
from tests.unit.hashrate_tranches.stage import MAX, START, STRIP, TH, Stage
from tests.unit.scene import NOON, System
from tests.unit.stall import Stall

pytestmark = pytest.mark.unit

MAKER, HOLDER = actor("maker"), actor("holder")
DAY_PRICE = 40  # [base units] bid for a TH/s and day that remains; it earns 50


@pytest.fixture
def stage(system: System, bitcoin: Any) -> Stage:
    """A strip of two days of which the holder has all SENIOR, as its term begins."""
    stage = Stage.begin(system, bitcoin, STRIP)
    go_to_day(START)
    stage.split(senior_to=HOLDER)
    return stage


def sell(stage: Stage, quantity: int) -> int:
    """Sell SENIOR to a standing bid by what remains; return what it paid."""
    stall = Stall(deployer("market/SpotMarket").deploy(), stage.senior, None, stage.scene.reward)
    market = stall.market.address
    stage.welcome(MAKER)
    stage.scene.reward.approve(market, MAX, sender=MAKER)
    stage.senior.approve(market, MAX, sender=HOLDER)
    bid = stall.order(is_buy=True, is_per_remaining=True, price=DAY_PRICE, deadline=now() + 1)
    signature = sign_spot(1, str(market), bid, account("maker").key)
    before = stage.money(HOLDER)
    stall.market.fill(spot_tuple(bid), signature, (quantity, 0, MAX, 0), sender=HOLDER)
    return stage.money(HOLDER) - before


def test_bid_by_what_remains__half_of_the_last_day_over__pays_the_other_half(stage: Stage) -> None:
    go_to_day(START + 1, NOON)

    assert sell(stage, 10 * TH) == 10 * DAY_PRICE // 2

    stage.live(2)
    assert stage.due(stage.senior, MAKER) == 10 * 50 // 2


def test_bid_by_what_remains__last_second__buys_nothing(stage: Stage) -> None:
    go_to_day(START + 2, -1)

    with refused("order: costs nothing"):
        sell(stage, 10 * TH)


def test_remaining__before_and_after_the_term__is_all_and_nothing(stage: Stage) -> None:
    assert stage.senior.remaining()[0] == 2 * TH
    go_to_day(START, 1)
    assert stage.senior.remaining()[0] == 2 * TH - -(-TH // 86_400)
    go_to_day(START + 2)
    assert stage.senior.remaining()[0] == 0
