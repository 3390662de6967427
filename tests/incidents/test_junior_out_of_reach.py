# SPDX-License-Identifier: AGPL-3.0-only
"""Attacks that fail: JUNIOR taken from nobody, and JUNIOR put where no token can follow it.

The meter keeps the supply under the zero address. Whoever could have JUNIOR of the zero address
burned would take it out of the supply twice and out of no balance, and SENIOR's part of the pool
would be counted wrong. And JUNIOR at an address that the series' token refuses can neither be
redeemed nor bought: it must not keep SENIOR from what is forfeited.
"""

from typing import Any

import pytest

from tests.unit.chain import ZERO, actor, refused
from tests.unit.hashrate_tranches.stage import MAX, SHORT_NOTE, TH, Stage
from tests.unit.scene import System

pytestmark = pytest.mark.unit

HOLDER, BUYER, STRANGER = actor("holder"), actor("buyer"), actor("keeper")


@pytest.fixture
def unmet(system: System, bitcoin: Any) -> Stage:
    """A note whose term is over, 20 satoshi short."""
    stage = Stage.begin(system, bitcoin, SHORT_NOTE)
    stage.start()
    stage.live(2)
    stage.welcome(STRANGER)
    return stage


@pytest.mark.parametrize("amount", [0, TH, 50 * TH])
def test_junior_of_nobody__redeemed_or_bought__reverts(unmet: Stage, amount: int) -> None:
    with refused("token: zero receiver", unmet.state):
        unmet.product.redeem_junior_for(ZERO, amount, MAX, sender=STRANGER)
    unmet.go_to_auction(86_400)
    with refused("token: zero receiver", unmet.state):
        unmet.product.buy_junior(ZERO, amount, 0, sender=STRANGER)
    no_approval = "erc20: approve from the zero address"
    with refused("erc20: insufficient allowance" if amount else no_approval, unmet.state):
        unmet.junior.redeem(amount, STRANGER, ZERO, sender=STRANGER)


@pytest.mark.parametrize("place", ["token", "distributor"])
def test_junior_where_no_token_can_go__falls_to_senior(unmet: Stage, place: str) -> None:
    nowhere = str(getattr(unmet.scene, place).address)
    unmet.junior.transfer(nowhere, 60 * TH, sender=HOLDER)
    unmet.product.redeem_junior(40 * TH, MAX, sender=HOLDER)
    unmet.go_to_auction(86_400)
    with refused("token: receiver cannot hold", unmet.state):
        unmet.product.buy_junior(nowhere, TH, 0, sender=STRANGER)
    with refused("token: receiver cannot hold", unmet.state):
        unmet.product.redeem_junior_for(nowhere, TH, MAX, sender=STRANGER)
    with refused("tranches: junior can still pay", unmet.state):
        unmet.product.redeem_senior(100 * TH, sender=BUYER)
    unmet.go_to_void()

    assert tuple(unmet.product.redeem_senior(100 * TH, sender=BUYER)) == (801, 60 * TH)

    assert unmet.tokens(unmet.product.address) == 0
