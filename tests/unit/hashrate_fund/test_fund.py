# SPDX-License-Identifier: AGPL-3.0-only
"""Every sentence of docs/fund.md: the basket, shares, claims, credits."""

from typing import Any

import pytest

from testing.titanoboa import BoaChain
from tests.unit.chain import ZERO, actor, deployer, event, events, go_to_day, refused
from tests.unit.hashrate_fund.basket import Basket
from tests.unit.scene import NOON, START, TH, System

pytestmark = pytest.mark.unit

HOLDER, BUYER, STRANGER = actor("holder"), actor("buyer"), actor("keeper")
SHARE = 10**18


def test_fund__the_example__to_the_satoshi(basket: Basket) -> None:
    fund = basket.fund
    go_to_day(START, NOON)
    fund.create(10 * SHARE, sender=HOLDER)
    basket.live(1)
    assert basket.due(HOLDER) == (500, 750)
    basket.live(1)
    assert basket.claim(HOLDER) == (1_500, 2_250)
    go_to_day(START + 2, NOON + 7_200)

    fund.transfer(BUYER, 4 * SHARE, sender=HOLDER)
    basket.live(1)

    seconds = NOON + 7_200
    sold = [each * (86_400 - seconds) // 86_400 for each in (400, 600)]
    assert basket.claim(BUYER, STRANGER) == tuple(sold)
    assert basket.claim(HOLDER) == (1_000 - sold[0] - 1, 1_500 - sold[1])
    fund.redeem(4 * SHARE, sender=BUYER)
    assert [scene.token.balanceOf(BUYER) for scene in basket.scenes] == [8 * TH, 20 * TH]
    assert [scene.token.balanceOf(fund.address) for scene in basket.scenes] == [12 * TH, 30 * TH]


def test_create__brings_the_basket__mints_shares(basket: Basket) -> None:
    basket.fund.create(7, BUYER, sender=HOLDER)

    told = event(basket.fund, "FundShareCreated")
    assert (told.creator, told.receiver, told.amount) == (HOLDER, BUYER, 7)
    assert basket.fund.balanceOf(BUYER) == basket.fund.totalSupply() == 7
    assert [scene.token.balanceOf(basket.fund.address) for scene in basket.scenes] == [14, 35]


def test_create__refused__changes_nothing(basket: Basket) -> None:
    fund = basket.fund
    with refused("fund: nothing to create", basket.state):
        fund.create(0, sender=HOLDER)
    with refused("meter: balance too low", basket.state):
        fund.create(201 * SHARE, sender=HOLDER)
    with refused("erc20: insufficient allowance", basket.state):
        fund.create(SHARE, sender=BUYER)
    with refused("token: receiver cannot hold", basket.state):
        fund.create(SHARE, fund.address, sender=HOLDER)
    with refused("token: zero receiver", basket.state):
        fund.create(SHARE, ZERO, sender=HOLDER)
    with refused("meter: balance too low", basket.state):
        fund.redeem(1, sender=HOLDER)
    fund.create(SHARE, sender=HOLDER)
    with refused("token: receiver cannot hold", basket.state):
        fund.redeem(SHARE, basket.scenes[1].address, sender=HOLDER)
    with refused("erc20: insufficient allowance", basket.state):
        fund.transferFrom(HOLDER, BUYER, SHARE, sender=STRANGER)
    fund.approve(STRANGER, SHARE, sender=HOLDER)
    fund.transferFrom(HOLDER, BUYER, SHARE, sender=STRANGER)
    assert (fund.balanceOf(BUYER), fund.decimals()) == (SHARE, 18)


def test_claim__some_places__pays_these_alone(basket: Basket) -> None:
    fund = basket.fund
    go_to_day(START)
    fund.create(10 * SHARE, sender=HOLDER)
    basket.live(1)
    with refused("fund: no such series", basket.state):
        fund.claim(HOLDER, [2], sender=HOLDER)

    assert basket.ordered(fund.claim(HOLDER, [basket.places[1]], sender=HOLDER)) == (0, 1_500)

    told = event(fund, "FundRewardClaimed")
    assert (told.account, told.distributor) == (HOLDER, basket.scenes[1].address)
    assert (told.receiver, told.amount) == (HOLDER, 1_500)
    assert basket.claim(HOLDER) == (1_000, 0)
    with refused("fund: nothing to claim", basket.state):
        fund.claim(HOLDER, sender=HOLDER)


def test_claim__another_receiver_or_a_contract__is_for_the_account_itself(basket: Basket) -> None:
    pool = deployer("mocks/MockHolder").deploy()
    fund = basket.fund
    go_to_day(START)
    fund.create(2 * SHARE, sender=HOLDER)
    fund.transfer(pool.address, SHARE, sender=HOLDER)
    basket.live(1)
    with refused("fund: not your claim", basket.state):
        fund.claim(HOLDER, [], STRANGER, sender=STRANGER)
    with refused("fund: contract claims itself", basket.state):
        fund.claim(pool.address, sender=STRANGER)
    coin = basket.scenes[0].reward
    before = coin.balanceOf(HOLDER)

    assert sum(fund.claim(HOLDER, [], STRANGER, sender=HOLDER)) == 250
    pool.call(fund.address, fund.claim.prepare_calldata(), sender=STRANGER)

    assert (coin.balanceOf(HOLDER), coin.balanceOf(STRANGER)) == (before, 250)
    assert coin.balanceOf(pool.address) == 250


def test_claim__one_series_pays_nothing__the_other_does(basket: Basket) -> None:
    """F4, and money pulled for one series is never spent on another: both pay in one coin."""
    fund = basket.fund
    go_to_day(START)
    fund.create(10 * SHARE, sender=HOLDER)
    basket.live(1)
    fund.pull(basket.places[0], sender=STRANGER)
    assert fund.in_hand(basket.scenes[0].address) == 1_000
    with refused("fund: nothing collected", basket.state):
        fund.pull(basket.places[0], sender=STRANGER)
    basket.live(1, (True, False))

    assert basket.claim(HOLDER) == (2_000, 1_500)

    assert [fund.in_hand(scene.address) for scene in basket.scenes] == [0, 0]


def test_claim__coin_that_freezes_the_fund__passes_that_series_over(
    system: System, bitcoin: Any
) -> None:
    coin = deployer("mocks/MockFreezingToken").deploy(8)
    basket = Basket.open(system, bitcoin, coin)
    go_to_day(START)
    basket.fund.create(10 * SHARE, sender=HOLDER)
    basket.live(1)
    coin.set_frozen(basket.fund.address, True)

    assert basket.claim(HOLDER) == (1_000, 0)

    with refused("fund: nothing to claim", basket.state):
        basket.claim(HOLDER)
    coin.set_frozen(basket.fund.address, False)
    assert basket.claim(HOLDER) == (0, 1_500)


def test_claim__coin_that_freezes_the_holder__is_credited(system: System, bitcoin: Any) -> None:
    coin = deployer("mocks/MockFreezingToken").deploy(8)
    basket = Basket.open(system, bitcoin, coin)
    fund = basket.fund
    go_to_day(START)
    fund.create(10 * SHARE, sender=HOLDER)
    basket.live(1)
    coin.set_frozen(HOLDER, True)

    assert basket.claim(HOLDER) == (1_000, 1_500)

    assert event(fund, "Credited").amount == 1_500
    assert fund.credit_of(coin.address, HOLDER) == 1_500
    with refused("pass: transfer out failed"):
        fund.withdraw_credit(coin.address, sender=HOLDER)
    with refused("pass: nothing waits"):
        fund.withdraw_credit(bitcoin.address, sender=HOLDER)
    assert fund.withdraw_credit(coin.address, BUYER, sender=HOLDER) == 1_500
    assert coin.balanceOf(BUYER) == 1_500
    assert fund.credit_of(coin.address, HOLDER) == 0


def test_create_fund__any_basket__is_listed(basket: Basket) -> None:
    assert basket.factory.is_fund(basket.fund.address)
    assert basket.factory.fund_at(0) == basket.fund.address
    assert (basket.factory.fund_count(), basket.factory.count_of_creator(STRANGER)) == (1, 1)
    assert (basket.fund.name(), basket.fund.symbol()) == ("Nordic basket", "NORD")
    for place, scene in zip(basket.places, basket.scenes, strict=True):
        part = basket.fund.basket()[place]
        assert (part.distributor, part.token) == (scene.address, scene.token.address)
        assert part.reward_token == scene.reward.address
        assert part.weight in (2, 5)
    series = [part.distributor for part in basket.fund.basket()]
    again = basket.factory.create_fund(series, [1, 1], "A", "B", sender=BUYER)
    assert event(basket.factory, "FundCreated").fund == again
    assert not events(basket.factory, "FundShareCreated")


def test_create_fund__basket_that_makes_no_sense__reverts(basket: Basket) -> None:
    create = basket.factory.create_fund
    series = [part.distributor for part in basket.fund.basket()]
    with refused("fund: no basket"):
        create([], [], "A", "B", sender=STRANGER)
    with refused("fund: no basket"):
        create(series, [1], "A", "B", sender=STRANGER)
    with refused("fund: series not ascending"):
        create(series[::-1], [1, 1], "A", "B", sender=STRANGER)
    with refused("fund: series not ascending"):
        create([series[0], series[0]], [1, 1], "A", "B", sender=STRANGER)
    with refused("fund: unknown series"):
        create([basket.fund.address], [1], "A", "B", sender=STRANGER)
    with refused("fund: weight out of range"):
        create(series, [1, 0], "A", "B", sender=STRANGER)
    with refused("fund: weight out of range"):
        create(series, [2**32, 1], "A", "B", sender=STRANGER)


def test_factory__something_missing__reverts(system: System, genesis: None) -> None:
    code = system.registry.address
    with refused("fund: no registry"):
        BoaChain().deploy("fund/FundFactory", ZERO, code, sender=STRANGER)
    with refused("fund: no blueprint"):
        BoaChain().deploy("fund/FundFactory", code, ZERO, sender=STRANGER)
