# SPDX-License-Identifier: AGPL-3.0-only
"""Wallets come and go: found, connected, on the wrong network, switched, disconnected."""

import re

import pytest
from playwright.sync_api import expect

from testing.anvil import CHAIN_ID
from tests.web.conftest import OpenVisit
from tests.web.visit import Visit
from tests.web.wallet import Wallet
from tests.web.world import DAY_SECONDS, World

pytestmark = pytest.mark.e2e


def test_connect__holder__shows_what_the_chain_says(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)

    for series in world.series:
        card = visit.card(series)
        balance = series.token.read("balanceOf", world.holder.address)
        visit.expect_base_units(card.get_by_test_id("balance"), balance)
        claimable = world.claimable(series, world.holder)
        visit.expect_base_units(card.get_by_test_id("claimable"), claimable)
        assert claimable > 0
    assert not wallet.asked("eth_sendTransaction")


def test_connect__time_passes__work_of_today_stands_still_until_something_moves(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)
    work = visit.card(world.fjord).get_by_test_id("ths-today")
    balance = world.fjord.token.read("balanceOf", world.holder.address)
    visit.expect_base_units(work, balance * DAY_SECONDS)
    expect(work).to_have_text("58.765 PH/s × 24 h")

    world.anvil.warp(world.anvil.now() + 3_600)
    visit.page.wait_for_timeout(3_000)

    visit.expect_base_units(work, balance * DAY_SECONDS)
    world.fjord.token.send("transfer", world.stranger.address, balance, sender=world.holder.address)
    day = world.anvil.now() // DAY_SECONDS
    left = world.fjord.token.read("ths_on", world.holder.address, day)
    assert 0 < left < balance * DAY_SECONDS
    visit.expect_base_units(work, left)


def test_connect__owner_says_no__stays_readable(visit: Visit, wallet: Wallet) -> None:
    wallet.refuses = {"eth_requestAccounts", "wallet_requestPermissions"}

    visit.button("Connect wallet").click()
    visit.see("wallet-option").click()

    expect(visit.page.get_by_text("The wallet did not connect.")).to_be_visible()
    visit.page.keyboard.press("Escape")
    expect(visit.see("series-card")).to_have_count(2)


def test_connect__two_wallets__uses_the_chosen_one(open_visit: OpenVisit, world: World) -> None:
    red = Wallet("Red Wallet", [world.holder], world.rpc)
    blue = Wallet("Blue Wallet", [world.second_holder], world.rpc)
    visit = open_visit(world, [red, blue])
    visit.open()

    visit.button("Connect wallet").click()
    expect(visit.see("wallet-option")).to_have_text(["Red Wallet", "Blue Wallet"])
    visit.see("wallet-option").filter(has_text="Blue").click()

    balance = world.fjord.token.read("balanceOf", world.second_holder.address)
    visit.expect_base_units(visit.card(world.fjord).get_by_test_id("balance"), balance)
    before = world.bitcoin_of(world.second_holder)
    promised = visit.claim(world.fjord)
    assert world.bitcoin_of(world.second_holder) - before == promised
    assert not red.asked("eth_requestAccounts")
    assert not red.asked("eth_sendTransaction")


def test_connect__page_loaded_again__remembers_the_wallet(visit: Visit, wallet: Wallet) -> None:
    visit.connect(wallet)

    visit.page.reload()

    expect(visit.account_button(wallet)).to_be_visible()
    assert len(wallet.asked("eth_requestAccounts")) <= 1


def test_disconnect__on_the_page__forgets_the_account(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)

    visit.account_button(wallet).click()
    visit.button("Disconnect").click()

    expect(visit.button("Connect wallet")).to_be_visible()
    expect(visit.see("balance")).to_have_count(0)
    expect(visit.see("series-card")).to_have_count(2)


def test_disconnect__in_the_wallet__forgets_the_account(visit: Visit, wallet: Wallet) -> None:
    visit.connect(wallet)

    wallet.disconnect(visit.page)

    expect(visit.button("Connect wallet")).to_be_visible()
    expect(visit.see("balance")).to_have_count(0)


def test_switch_account__in_the_wallet__shows_the_other_account(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)

    wallet.switch_account(world.second_holder, visit.page)

    card = visit.card(world.fjord)
    balance = world.fjord.token.read("balanceOf", world.second_holder.address)
    visit.expect_base_units(card.get_by_test_id("balance"), balance)
    claimable = world.claimable(world.fjord, world.second_holder)
    visit.expect_base_units(card.get_by_test_id("claimable"), claimable)
    before = world.bitcoin_of(world.second_holder)
    assert visit.claim(world.fjord) == claimable
    assert world.bitcoin_of(world.second_holder) - before == claimable


def test_wrong_network__wallet_knows_the_chain__switches(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    wallet.chain_id = 1
    visit.connect(wallet)
    expect(visit.see("network-warning")).to_be_visible()
    expect(visit.card(world.fjord).get_by_test_id("claim-button")).to_be_disabled()

    visit.button(re.compile("^Switch to")).click()

    expect(visit.see("network-warning")).to_have_count(0)
    assert wallet.chain_id == CHAIN_ID
    assert not wallet.asked("wallet_addEthereumChain")
    before = world.bitcoin_of(world.holder)
    promised = visit.claim(world.fjord)
    assert world.bitcoin_of(world.holder) - before == promised


def test_wrong_network__wallet_does_not_know_the_chain__adds_it(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    wallet.chain_id, wallet.known_chains = 1, {1}
    visit.connect(wallet)

    visit.button(re.compile("^Switch to")).click()

    expect(visit.see("network-warning")).to_have_count(0)
    ((added,),) = wallet.asked("wallet_addEthereumChain")
    assert int(added["chainId"], 16) == CHAIN_ID
    assert added["rpcUrls"] == [world.anvil.url]
    assert added["nativeCurrency"] == {"name": "Ether", "symbol": "ETH", "decimals": 18}
    assert wallet.chain_id == CHAIN_ID


def test_wrong_network__owner_refuses_the_switch__keeps_warning(
    visit: Visit, wallet: Wallet
) -> None:
    wallet.chain_id = 1
    wallet.refuses = {"wallet_switchEthereumChain"}
    visit.connect(wallet)

    visit.button(re.compile("^Switch to")).click()

    expect(visit.see("network-warning")).to_contain_text("You declined in the wallet.")
    assert wallet.chain_id == 1


def test_wrong_network__changed_in_the_wallet__warns_and_recovers(
    visit: Visit, wallet: Wallet
) -> None:
    visit.connect(wallet)

    wallet.switch_chain(1, visit.page)
    expect(visit.see("network-warning")).to_be_visible()
    wallet.switch_chain(CHAIN_ID, visit.page)

    expect(visit.see("network-warning")).to_have_count(0)
