# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.claim`: who may claim for whom, and what is paid."""

from dataclasses import replace
from typing import Any

import boa
import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import actor, deployer, event, go_to_day, refused
from tests.unit.scene import FLEET, START, TERMS, TH, Scene, System

pytestmark = pytest.mark.unit

REWARD = 50_000
HOLDER, BUYER, STRANGER = actor("holder"), actor("buyer"), actor("stranger")


@pytest.fixture
def paid(running: Scene) -> Scene:
    """A series whose holder has earned one day."""
    running.fund(10 * REWARD)
    running.report_at_hashprice()
    running.settle()
    return running


def earn_through(scene: Scene, contract: str) -> None:
    """Let a contract hold the whole fleet on the series' second day, settled."""
    go_to_day(START + 1)
    scene.transfer(HOLDER, contract, FLEET)
    scene.fund(10 * REWARD)
    scene.report_at_hashprice()
    scene.report_at_hashprice()
    assert scene.settle() == 2


@pytest.fixture
def with_holder(running: Scene) -> tuple[Scene, Any]:
    """A series one of whose days was earned by a contract that can make calls."""
    contract = deployer("mocks/MockHolder").deploy()
    earn_through(running, contract.address)
    return running, contract


@pytest.fixture
def with_vault(running: Scene) -> tuple[Scene, Any]:
    """A series one of whose days was earned by a contract that cannot claim."""
    contract = deployer("mocks/MockVault").deploy()
    earn_through(running, contract.address)
    return running, contract


def test_claim__for_oneself__pays(paid: Scene) -> None:
    before = paid.inside()

    assert paid.distributor.claim(sender=HOLDER) == REWARD

    claimed = event(paid.distributor, "RewardClaimed")
    assert claimed[1:] == (HOLDER, HOLDER, REWARD)
    assert paid.reward.balanceOf(HOLDER) == REWARD
    assert paid.inside() == before - REWARD
    ledger = paid.distributor.ledger()
    assert (ledger.claimed, ledger.paid, ledger.escrow) == (REWARD, REWARD, 9 * REWARD)


def test_claim__by_a_stranger__pays_the_account(paid: Scene) -> None:
    assert paid.claim(HOLDER, caller=STRANGER) == REWARD

    assert paid.reward.balanceOf(HOLDER) == REWARD
    assert paid.reward.balanceOf(STRANGER) == 0


def test_claim__twice__reverts(paid: Scene) -> None:
    paid.claim(HOLDER)

    with refused("dist: nothing to claim", paid.state):
        paid.claim(HOLDER)


@pytest.mark.parametrize("who", [BUYER, STRANGER])
def test_claim__never_held__reverts(paid: Scene, who: str) -> None:
    with refused("dist: nothing to claim", paid.state):
        paid.claim(who)


def test_claim__before_the_start__reverts(running: Scene) -> None:
    with refused("dist: nothing to claim", running.state):
        running.claim(HOLDER)


def test_claim__day_not_settled__reverts(running: Scene) -> None:
    running.fund(REWARD)
    running.report_at_hashprice()

    with refused("dist: nothing to claim", running.state):
        running.claim(HOLDER)


def test_claim__zero_reward_day__reverts(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, replace(TERMS, service_sats_per_th_day_wad=10**20))
    scene.report_at_hashprice()
    scene.settle()

    with refused("dist: nothing to claim", scene.state):
        scene.claim(HOLDER)


def test_claim__held_before_the_start_only__reverts(running: Scene) -> None:
    go_to_day(START)
    running.transfer(HOLDER, BUYER, FLEET)
    running.fund(REWARD)
    running.report_at_hashprice()
    running.settle()

    with refused("dist: nothing to claim", running.state):
        running.claim(HOLDER)
    assert running.claim(BUYER) == REWARD


def test_claim__daily_or_at_the_end__pays_the_same(running: Scene) -> None:
    """1,000 satoshi over three uneven holders: fractions are carried, not dropped."""
    running.fund(10**6)
    go_to_day(START)
    running.transfer(HOLDER, BUYER, FLEET // 3)
    running.transfer(HOLDER, STRANGER, FLEET // 7)
    holders = (HOLDER, BUYER, STRANGER)
    with boa.env.anchor():
        daily = dict.fromkeys(holders, 0)
        for _ in range(6):
            running.report(1_000, hashprice_wad=10**18)
            running.settle()
            for who in holders:
                daily[who] += running.claim(who)
    for _ in range(6):
        running.report(1_000, hashprice_wad=10**18)
    assert running.settle() == 6

    at_the_end = {who: running.claim(who) for who in holders}

    assert at_the_end == daily
    paid = running.distributor.ledger().paid
    assert paid - len(holders) < sum(daily.values()) <= paid


def test_claim__less_than_a_unit__waits_until_it_is_one(system: System, bitcoin: Any) -> None:
    """A holder of a 400th of 100 satoshi a day is paid one satoshi every fourth day."""
    scene = system.begin_series(bitcoin)
    scene.fund(10**6)
    go_to_day(START)
    scene.transfer(HOLDER, BUYER, FLEET // 400)
    paid = []
    for _ in range(8):
        scene.report(100, hashprice_wad=10**17)
        scene.settle()
        amount, is_whole = scene.distributor.preview_claim(BUYER)
        assert is_whole
        if amount:
            scene.claim(BUYER)
        else:
            with refused("dist: nothing to claim", scene.state):
                scene.claim(BUYER)
        paid.append(amount)

    assert paid == [0, 0, 0, 1, 0, 0, 0, 1]


def test_claim__balances_of_one_unit__get_their_share_and_no_more(system: System) -> None:
    """Supply is 1e-18 TH/s beside 1e-18 TH/s: each gets half of what the two earn."""
    token = deployer("mocks/MockBitcoin").deploy(18)
    scene = system.begin_series(token, holder_ths=2)
    scene.fund(10**6)
    go_to_day(START)
    scene.transfer(HOLDER, BUYER, 1)
    scene.report(2**63, 2, hashprice_wad=2**111)
    scene.settle()

    reward = scene.distributor.ledger().paid

    assert reward == 2 * DAY_SECONDS // 2**16 == 2
    assert scene.claim(HOLDER) == scene.claim(BUYER) == reward // 2


def test_claim__dust_beside_a_fleet__gets_nothing_and_costs_nothing(running: Scene) -> None:
    go_to_day(START)
    running.transfer(HOLDER, BUYER, 1)
    running.fund(10 * REWARD)
    running.report_at_hashprice()
    running.settle()

    with refused("dist: nothing to claim", running.state):
        running.claim(BUYER)
    assert running.claim(HOLDER) == REWARD


def test_claim__closed__still_pays(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, replace(TERMS, end_day=START + 1))
    scene.fund(3 * REWARD)
    scene.report_at_hashprice()
    scene.settle()
    scene.distributor.close()
    assert scene.inside() == REWARD

    assert scene.claim(HOLDER) == REWARD
    assert scene.inside() == 0


def test_claim__for_a_contract_by_a_stranger__reverts(with_vault: tuple[Scene, Any]) -> None:
    scene, vault = with_vault

    with refused("dist: contract claims itself", scene.state):
        scene.claim(vault.address)

    assert tuple(scene.distributor.preview_claim(vault.address)) == (REWARD, True)


def test_claim__contract_for_itself__pays_it(with_holder: tuple[Scene, Any]) -> None:
    scene, holder = with_holder
    data = scene.distributor.claim.prepare_calldata()

    holder.call(scene.address, data)

    assert scene.reward.balanceOf(holder.address) == REWARD
    assert scene.distributor.ledger().claimed == REWARD


def test_claim__contract_opted_in__anyone_may_pay_it(with_holder: tuple[Scene, Any]) -> None:
    scene, holder = with_holder
    holder.call(scene.address, scene.distributor.set_open_claims.prepare_calldata(True))

    assert scene.claim(holder.address, caller=STRANGER) == REWARD

    assert scene.reward.balanceOf(holder.address) == REWARD


def test_claim__contract_opted_out_again__reverts(with_holder: tuple[Scene, Any]) -> None:
    scene, holder = with_holder
    for is_open in (True, False):
        holder.call(scene.address, scene.distributor.set_open_claims.prepare_calldata(is_open))

    with refused("dist: contract claims itself", scene.state):
        scene.claim(holder.address)


def test_claim__contract_with_a_payout_address__anyone_may_pay_there(
    with_holder: tuple[Scene, Any],
) -> None:
    scene, holder = with_holder
    data = scene.distributor.set_payout_address.prepare_calldata(actor("cold wallet"))
    holder.call(scene.address, data)

    assert scene.claim(holder.address, caller=STRANGER) == REWARD

    claimed = event(scene.distributor, "RewardClaimed")
    assert claimed[1:] == (holder.address, actor("cold wallet"), REWARD)
    assert scene.reward.balanceOf(actor("cold wallet")) == REWARD
    assert scene.reward.balanceOf(holder.address) == 0


def test_claim__contract_paid_at_its_own_address__is_not_open_to_others(
    with_holder: tuple[Scene, Any],
) -> None:
    """Its own address undoes the choice; it does not open the account."""
    scene, holder = with_holder
    data = scene.distributor.set_payout_address.prepare_calldata(holder.address)
    holder.call(scene.address, data)

    with refused("dist: contract claims itself", scene.state):
        scene.claim(holder.address)


def test_claim__payout_address__receives(paid: Scene) -> None:
    paid.distributor.set_payout_address(actor("cold wallet"), sender=HOLDER)

    paid.claim(HOLDER)

    assert event(paid.distributor, "RewardClaimed").receiver == actor("cold wallet")
    assert paid.reward.balanceOf(actor("cold wallet")) == REWARD
    assert paid.reward.balanceOf(HOLDER) == 0


def test_claim__of_the_receivers_own__is_not_touched(paid: Scene) -> None:
    """Being somebody's payout address gives no right over, and takes nothing from, one's own."""
    paid.distributor.set_payout_address(BUYER, sender=HOLDER)

    with refused("dist: nothing to claim", paid.state):
        paid.claim(BUYER)


def test_claim__token_answers_false__reverts_and_stays_claimable(system: System) -> None:
    token = deployer("mocks/MockFalseToken").deploy(8)
    scene = system.begin_series(token)
    scene.fund(REWARD)
    scene.report_at_hashprice()
    scene.settle()
    token.set_refusing(True)

    with refused("dist: transfer out failed", scene.state):
        scene.claim(HOLDER)

    token.set_refusing(False)
    assert scene.claim(HOLDER) == REWARD


@pytest.mark.parametrize("mock", ["MockBitcoin", "MockNoReturnToken", "MockReentrantToken"])
@pytest.mark.parametrize("decimals", [8, 18])
def test_claim__other_reward_tokens__pay(system: System, mock: str, decimals: int) -> None:
    base = 10 ** (decimals - 8)
    token = deployer(f"mocks/{mock}").deploy(decimals)
    scene = system.begin_series(token)
    scene.fund(REWARD * base)
    scene.report_at_hashprice()
    scene.settle()

    assert scene.claim(HOLDER) == REWARD * base
    assert token.balanceOf(HOLDER) == REWARD * base


def test_claim__billion_of_supply__is_exact(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, holder_ths=10**9 * TH)
    scene.fund(50 * 10**9)
    go_to_day(START)
    scene.transfer(HOLDER, BUYER, TH)
    scene.report(50 * 10**9, 10**9 * TH)
    scene.settle()

    assert scene.claim(BUYER) == 50
    assert scene.claim(HOLDER) == 50 * (10**9 - 1)
    assert scene.inside() == 0
