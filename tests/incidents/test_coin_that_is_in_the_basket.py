# SPDX-License-Identifier: AGPL-3.0-only
"""An attack that fails (C27): a series that pays its rewards in the token of another series.

A fund of both holds that token twice: as its basket, and as a reward not passed on yet. Money that
is counted by balance would hand one out as the other.
"""

from typing import Any

import pytest

from testing.fund import create_fund, deploy_factory
from testing.series import FLEET_ID
from testing.titanoboa import BoaChain
from tests.unit.chain import DEPLOYER, actor, go_to_day
from tests.unit.hashrate_fund.basket import OTHER_FLEET
from tests.unit.scene import FLEET, NOON, START, TERMS, TH, System

pytestmark = pytest.mark.unit

HOLDER, STRANGER = actor("holder"), actor("keeper")
BASE_PER_SAT = 10**10  # the token has 18 decimals
SHARES = 10 * 10**18


class Hashrate:
    """A hashrate token in the place of a coin: its issuer has been given some, none is minted."""

    def __init__(self, token: Any) -> None:
        self.token = token
        self.address = token.address
        self.approve = token.approve
        self.balanceOf = token.balanceOf

    def mint(self, receiver: str, amount: int) -> None:
        """Mint nothing."""


def test_fund__of_a_token_and_a_series_that_pays_in_it__keeps_them_apart(
    system: System, bitcoin: Any
) -> None:
    one = system.list_series(bitcoin, TERMS, fleet_id=FLEET_ID)
    other = system.list_series(Hashrate(one.token), TERMS, fleet_id=OTHER_FLEET)
    go_to_day(START - 1)
    for scene in (one, other):
        scene.attest(START - 2)
    go_to_day(START - 1, NOON)
    for scene in (one, other):
        scene.mint(HOLDER, FLEET)
    one.transfer(HOLDER, other.issuer, 100 * TH)
    factory = deploy_factory(BoaChain(), system.registry.address, DEPLOYER)
    fund = create_fund(BoaChain(), factory, {one.address: 2, other.address: 5}, STRANGER).inside
    for scene in (one, other):
        scene.token.approve(fund.address, 2**256 - 1, sender=HOLDER)
    places = [part.distributor for part in fund.basket()]
    go_to_day(START)
    fund.create(SHARES, sender=HOLDER)
    for _ in range(2):
        day = one.report_prices(wait=False)
        for scene, per_sat in ((one, 1), (other, BASE_PER_SAT)):
            scene.reporting.post_output(scene.address, day, 50_000, FLEET)
            scene.fund(50_000 * per_sat)
        one.await_final(day)
        assert (one.settle(), other.settle()) == (1, 1)
    reward = 2 * 50 * 50 * BASE_PER_SAT
    fund.pull(places.index(other.address), sender=STRANGER)
    assert fund.in_hand(other.address) == reward
    assert one.token.balanceOf(fund.address) == 20 * TH + reward
    before = [scene.token.balanceOf(HOLDER) for scene in (one, other)]

    fund.redeem(SHARES, sender=HOLDER)

    after = [scene.token.balanceOf(HOLDER) for scene in (one, other)]
    assert [now - then for now, then in zip(after, before, strict=True)] == [20 * TH, 50 * TH]
    assert one.token.balanceOf(fund.address) == reward
    paid = fund.claim(HOLDER, sender=STRANGER)
    assert paid[places.index(one.address)] == 2 * 20 * 50
    assert paid[places.index(other.address)] == reward
    assert one.token.balanceOf(fund.address) == 0
