# SPDX-License-Identifier: AGPL-3.0-only
"""Attacks that fail: a coin that calls back in the middle of a product's claim or redemption.

What the product does is behind its lock. Tranche tokens have none: they can move in the middle, and
nobody gains by it, since they move by the second and claims are of days that are over.
"""

from collections.abc import Callable
from typing import Any

import boa
import pytest

from tests.unit.chain import actor, deployer, go_to_day
from tests.unit.hashrate_fund.basket import Basket
from tests.unit.hashrate_tranches.stage import MAX, SHORT_NOTE, STRIP, TH, Stage
from tests.unit.scene import START, System

pytestmark = pytest.mark.unit

HOLDER, BUYER, STRANGER = actor("holder"), actor("buyer"), actor("keeper")
Call = Callable[[Stage], bytes]

CALLS: dict[str, Call] = {
    "merge": lambda stage: stage.product.merge.prepare_calldata(TH),
    "claim": lambda stage: stage.product.claim.prepare_calldata(stage.senior.address),
    "claim for the one who claims": lambda stage: stage.product.claim.prepare_calldata(
        stage.senior.address, BUYER
    ),
    "pull": lambda stage: stage.product.pull.prepare_calldata(),
    "find_cut": lambda stage: stage.product.find_cut.prepare_calldata(),
}


def reentrant(system: System, terms: Any) -> tuple[Any, Stage]:
    """Return a coin that calls back, and a product of which it has ten of each tranche."""
    coin = deployer("mocks/MockReentrantToken").deploy(8)
    stage = Stage.begin(system, coin, terms)
    stage.start()
    stage.senior.transfer(coin.address, 10 * TH, sender=BUYER)
    stage.junior.transfer(coin.address, 10 * TH, sender=HOLDER)
    stage.live(2)
    return coin, stage


@pytest.mark.parametrize("name", CALLS)
def test_tranches__called_back_while_paying__refuses(
    system: System, genesis: None, name: str
) -> None:
    coin, stage = reentrant(system, SHORT_NOTE)
    product, data = stage.product, CALLS[name](stage)
    with boa.env.anchor():  # outside of the lock the coin may do it
        boa.env.raw_call(product.address, data=data, sender=coin.address)
    coin.prepare(product.address, data)

    assert stage.claim(stage.senior, BUYER) == 9_000
    assert (coin.calls(), coin.has_succeeded()) == (2, False)

    coin.prepare(product.address, data)
    assert product.redeem_junior(10 * TH, MAX, sender=HOLDER) == 201
    assert (coin.calls(), coin.has_succeeded()) == (1, False)
    assert tuple(product.pool()) == (201, 0)


def test_tranche_token__moved_in_the_middle_of_a_claim__gains_nothing(
    system: System, genesis: None
) -> None:
    coin, stage = reentrant(system, STRIP)
    senior = stage.senior
    coin.prepare(senior.address, senior.transfer.prepare_calldata(STRANGER, 5 * TH))

    assert stage.claim(senior, coin.address) == 1_000

    assert coin.has_succeeded()
    assert senior.balanceOf(STRANGER) == 10 * TH  # moved by both payments
    assert (stage.due(senior, coin.address), stage.due(senior, STRANGER)) == (0, 0)
    assert stage.due(senior, BUYER) == stage.claim(senior, BUYER) == 9_000


def test_fund__called_back_while_paying__refuses(system: System, bitcoin: Any) -> None:
    coin = deployer("mocks/MockReentrantToken").deploy(8)
    basket = Basket.open(system, bitcoin, coin)
    fund = basket.fund
    go_to_day(START)
    fund.create(10 * 10**18, coin.address, sender=HOLDER)
    fund.transfer(HOLDER, 5 * 10**18, sender=coin.address)
    basket.live(1)
    for data in (
        fund.transfer.prepare_calldata(STRANGER, 1),
        fund.redeem.prepare_calldata(1),
        fund.claim.prepare_calldata(),
        fund.claim.prepare_calldata(HOLDER),
        fund.pull.prepare_calldata(basket.places[0]),
    ):
        with boa.env.anchor():
            boa.env.raw_call(fund.address, data=data, sender=coin.address)
        with boa.env.anchor():
            coin.prepare(fund.address, data)
            assert basket.claim(HOLDER) == (500, 750)
            assert (coin.calls(), coin.has_succeeded()) == (2, False)
