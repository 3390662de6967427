# SPDX-License-Identifier: AGPL-3.0-only
"""Claims: what arrives is what the page promised, to the satoshi; what fails says why."""

import pytest
from playwright.sync_api import expect

from tests.web.visit import Visit
from tests.web.wallet import Wallet
from tests.web.world import World

pytestmark = pytest.mark.e2e

EMPTY = "dist: nothing to claim"


def test_claim__one_series__pays_what_was_promised_to_the_satoshi(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)
    before = world.bitcoin_of(world.holder)
    due = world.claimable(world.fjord, world.holder)

    promised = visit.claim(world.fjord)

    assert promised == due > 0
    assert world.bitcoin_of(world.holder) - before == promised
    received = visit.page.locator(".received [data-base-units]")
    visit.expect_base_units(received, promised)
    visit.expect_base_units(visit.card(world.fjord).get_by_test_id("claimable"), 0)
    expect(visit.card(world.fjord).get_by_test_id("claim-button")).to_be_disabled()
    assert len(wallet.asked("eth_sendTransaction")) == 1


def test_claim__day_after_day__pays_each_day_exactly(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)
    card = visit.card(world.fjord).get_by_test_id("claimable")
    for day in (14, 15):
        before = world.bitcoin_of(world.holder)
        visit.expect_base_units(card, world.claimable(world.fjord, world.holder))
        assert world.bitcoin_of(world.holder) - before == 0
        promised = visit.claim(world.fjord)
        assert world.bitcoin_of(world.holder) - before == promised > 0
        world.move_to(day, 2)
        world.report_day(day - 1)
        world.report_output(world.fjord, day - 1)
        world.move_to(day, 20)
        world.settle()

    visit.expect_base_units(card, world.claimable(world.fjord, world.holder))
    assert world.claimable(world.fjord, world.holder) > 0


def test_claim__owner_says_no__says_so_and_can_be_repeated(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)
    before = world.bitcoin_of(world.holder)
    wallet.refuses = {"eth_sendTransaction"}

    visit.card(world.fjord).get_by_test_id("claim-button").click()

    visit.expect_state("failed")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "rejected")
    expect(visit.see("tx-reason")).to_contain_text("Nothing was sent. Try again when you like.")
    assert world.bitcoin_of(world.holder) == before
    wallet.refuses = set()
    promised = visit.claim(world.fjord)
    assert world.bitcoin_of(world.holder) - before == promised


@pytest.mark.parametrize("asks_for_gas", [True, False], ids=["before_sending", "in_a_block"])
def test_claim__somebody_was_faster__shows_the_reason_and_what_to_do(
    visit: Visit, world: World, wallet: Wallet, asks_for_gas: bool
) -> None:
    visit.connect(wallet)
    before = world.bitcoin_of(world.holder)
    promised = visit.base_units(visit.card(world.fjord).get_by_test_id("claimable"))
    wallet.asks_for_gas = asks_for_gas
    # anyone may claim for an account without code; the money goes to the account all the same
    wallet.before_send = lambda: world.fjord.distributor.send(
        "claim", world.holder.address, sender=world.keeper
    )

    visit.card(world.fjord).get_by_test_id("claim-button").click()

    visit.expect_state("failed")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", EMPTY)
    expect(visit.see("tx-reason")).to_contain_text(f"The contract says “{EMPTY}”")
    expect(visit.see("tx-reason")).to_contain_text("What to do:")
    expect(visit.see("tx-reason")).to_contain_text("wait for the next settled or repaid day")
    assert world.bitcoin_of(world.holder) - before == promised
    visit.expect_base_units(visit.card(world.fjord).get_by_test_id("claimable"), 0)


def test_claim__nothing_to_pay_gas_with__says_so(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)
    world.anvil.give(world.holder.address, 0)

    visit.card(world.fjord).get_by_test_id("claim-button").click()

    visit.expect_state("failed")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "gas")


def test_claim_all__wallet_can_batch__claims_both_with_one_signature(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    wallet.can_batch = True
    visit.connect(wallet)
    before = world.bitcoin_of(world.holder)
    promised = visit.base_units(visit.see("total-claimable"))

    visit.see("claim-all-button").click()

    visit.expect_state("confirmed")
    assert world.bitcoin_of(world.holder) - before == promised > 0
    ((batch,),) = wallet.asked("wallet_sendCalls")
    targets = [call["to"].lower() for call in batch["calls"]]
    assert sorted(targets) == sorted(each.distributor.address.lower() for each in world.series)
    assert not wallet.asked("eth_sendTransaction")


def test_claim_all__wallet_cannot_batch__claims_one_after_the_other(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)
    before = world.bitcoin_of(world.holder)
    promised = visit.base_units(visit.see("total-claimable"))

    visit.see("claim-all-button").click()

    visit.expect_state("confirmed")
    visit.wait_until(
        lambda: world.bitcoin_of(world.holder) - before == promised, "both claims arrive"
    )
    assert len(wallet.asked("eth_sendTransaction")) == 2
    assert not wallet.asked("wallet_sendCalls")


def test_claim_all__second_one_refused__keeps_the_first(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)
    before = world.bitcoin_of(world.holder)
    due = [world.claimable(series, world.holder) for series in world.series]

    def refuse_the_next() -> None:
        wallet.refuses = {"eth_sendTransaction"}

    wallet.before_send = refuse_the_next
    visit.see("claim-all-button").click()

    visit.expect_state("failed")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "rejected")
    assert world.bitcoin_of(world.holder) - before in due
