# SPDX-License-Identifier: AGPL-3.0-only
"""The shop: a visitor buys from an issuer, pays what the page promised, and knows its rights."""

from fractions import Fraction
from math import ceil

import pytest
from playwright.sync_api import Locator, expect

from testing.evm_contract import EvmContract
from testing.series import Label
from tests.web.conftest import OpenVisit
from tests.web.shop import DELIVERY_DAYS, FOR_SALE_THS, PRICE, Shop
from tests.web.visit import Visit, type_into
from tests.web.wallet import Wallet
from tests.web.world import BTC, WAD, Listing, Series, World

pytestmark = pytest.mark.e2e

BOUGHT = "1,000.000000000000000001"  # one unit more than a round amount: its cost rounds up
BOUGHT_THS = 1_000 * WAD + 1
COST = 345_001


@pytest.fixture
def shop(world: World) -> Shop:
    """A shop, and a stranger with money."""
    shop = Shop(world)
    world.give_bitcoin(world.stranger.address, BTC)
    return shop


@pytest.fixture
def buyer(world: World) -> Wallet:
    """The wallet of somebody who holds nothing yet."""
    return Wallet("Blue Wallet", [world.stranger], world.rpc)


@pytest.fixture
def visit(open_visit: OpenVisit, world: World, shop: Shop, buyer: Wallet) -> Visit:
    """A visitor in the shop, connected."""
    visit = open_visit(world, [buyer], deployment=shop.deployment())
    visit.open("#/buy")
    visit.connect(buyer)
    return visit


def fill(visit: Visit, amount: str) -> Locator:
    """Type an amount into the only offer; give the button."""
    form = visit.see("buy-form")
    type_into(form.get_by_role("textbox"), amount)
    return form.get_by_role("button", name="Buy")


def hashrate_of(token: EvmContract, wallet: Wallet) -> int:
    """Ask the chain what a wallet has [TH/s, 18 dec]."""
    return int(token.read("balanceOf", wallet.accounts[0].address))


def test_buy__with_a_permit__pays_what_was_promised_to_the_satoshi(
    visit: Visit, world: World, shop: Shop, buyer: Wallet
) -> None:
    before = world.bitcoin_of(world.stranger)
    button = fill(visit, BOUGHT)
    promised = visit.base_units(visit.see("cost"))

    button.click()

    visit.expect_state("confirmed")
    assert promised == ceil(Fraction(BOUGHT_THS * PRICE, WAD)) == COST
    assert before - world.bitcoin_of(world.stranger) == promised
    assert hashrate_of(world.fjord.token, buyer) == BOUGHT_THS
    assert world.bitcoin.read("allowance", world.stranger.address, shop.offering.address) == 0
    assert len(buyer.asked("eth_signTypedData_v4")) == 1
    assert len(buyer.asked("eth_sendTransaction")) == 1
    visit.expect_base_units(visit.see("paid"), promised)
    visit.expect_base_units(visit.see("bought-ths"), BOUGHT_THS)
    visit.expect_base_units(visit.see("left"), FOR_SALE_THS - BOUGHT_THS)


def test_buy__wallet_can_batch__takes_one_signature(
    visit: Visit, world: World, buyer: Wallet
) -> None:
    buyer.can_batch = True

    fill(visit, BOUGHT).click()

    visit.expect_state("confirmed")
    assert hashrate_of(world.fjord.token, buyer) == BOUGHT_THS
    assert world.bitcoin_of(world.stranger) == BTC - COST
    assert len(buyer.asked("wallet_sendCalls")) == 1
    assert not buyer.asked("eth_signTypedData_v4")


def test_buy__falling_price__never_costs_more_than_was_shown(
    open_visit: OpenVisit, world: World, buyer: Wallet
) -> None:
    world.give_bitcoin(world.stranger.address, BTC)
    shop = Shop(world, low=PRICE // 2, high=PRICE)
    visit = open_visit(world, [buyer], deployment=shop.deployment())
    visit.open("#/buy")
    visit.connect(buyer)
    button = fill(visit, "1000")
    expect(visit.see("buy-form")).to_contain_text("You pay at most")
    promised = visit.base_units(visit.see("cost"))

    button.click()

    visit.expect_state("confirmed")
    paid = BTC - world.bitcoin_of(world.stranger)
    assert 0 < paid <= promised
    visit.expect_base_units(visit.see("paid"), paid)


def test_buy__owner_says_no__costs_nothing_and_can_be_repeated(
    visit: Visit, world: World, buyer: Wallet
) -> None:
    buyer.refuses = {"eth_signTypedData_v4"}
    button = fill(visit, BOUGHT)

    button.click()

    visit.expect_state("failed")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "rejected")
    assert world.bitcoin_of(world.stranger) == BTC
    buyer.refuses = set()
    fill(visit, BOUGHT).click()
    visit.expect_state("confirmed")
    assert world.bitcoin_of(world.stranger) == BTC - COST


def test_buy__wallet_on_another_network__cannot_be_asked(
    open_visit: OpenVisit, world: World, shop: Shop, buyer: Wallet
) -> None:
    buyer.chain_id = 1
    visit = open_visit(world, [buyer], deployment=shop.deployment())
    visit.open("#/buy")
    visit.connect(buyer)

    expect(visit.see("network-warning")).to_be_visible()
    expect(fill(visit, BOUGHT)).to_be_disabled()


def test_buy__somebody_bought_the_rest_meanwhile__says_so_and_costs_nothing(
    visit: Visit, world: World, shop: Shop, buyer: Wallet
) -> None:
    world.give_bitcoin(world.keeper, BTC)
    world.bitcoin.send("approve", shop.offering.address, BTC, sender=world.keeper)

    def buy_all() -> None:
        buyer.before_send = lambda: None
        shop.offering.send("buy", 1, FOR_SALE_THS, 1, BTC, sender=world.keeper)

    buyer.before_send = buy_all
    fill(visit, BOUGHT).click()

    visit.expect_state("failed")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "offering: not enough left")
    assert world.bitcoin_of(world.stranger) == BTC
    expect(visit.see("over")).to_have_attribute("data-closed", "sold")
    expect(visit.see("offer")).to_have_count(0)


@pytest.mark.parametrize(
    ("typed", "words"),
    [("5000.1", "Only 5,000 TH/s are left."), ("x", "not an amount"), ("0", "More than nothing")],
)
def test_buy__amount_that_cannot_be_had__says_why(visit: Visit, typed: str, words: str) -> None:
    button = fill(visit, typed)

    expect(button).to_be_disabled()
    expect(visit.see("buy-form").get_by_role("alert")).to_contain_text(words)


def test_offer__before_the_button__says_price_yield_payback_and_rights(visit: Visit) -> None:
    offer = visit.see("offer")

    visit.expect_base_units(offer.get_by_test_id("price"), PRICE)
    expect(offer.get_by_test_id("refund-rule")).to_contain_text("not the token's")
    expect(offer.get_by_test_id("refund-rule")).to_contain_text("does not hold if the series ends")
    expect(offer).to_contain_text(f"over {DELIVERY_DAYS} days of delivery")
    expect(offer.get_by_test_id("yield")).to_contain_text("%")
    slow = int(offer.get_by_test_id("payback").get_attribute("data-days") or "")
    growth = visit.see("assumptions").get_by_role("textbox").first
    type_into(growth, "-1")
    quick = offer.get_by_test_id("payback")
    expect(quick).not_to_have_attribute("data-days", str(slow))
    assert 0 < int(quick.get_attribute("data-days") or "") < slow
    type_into(growth, "30")
    expect(quick).to_have_attribute("data-days", "never")
    expect(offer.locator(".overrun").first).to_contain_text("you owe nothing")
    type_into(growth, "ten")
    expect(visit.see("assumptions").get_by_role("alert")).to_be_visible()
    expect(quick).to_have_count(0)


def test_refund__series_in_default__gives_back_what_was_not_delivered(
    open_visit: OpenVisit, world: World, shop: Shop, buyer: Wallet
) -> None:
    moor = world.create_series(Listing(Label("Hashrate Moor", "thMOOR", "Moor"), 25_000, 0, 0))
    world.report_output(moor, 12)
    world.move_to(14, 10)
    world.report_day(13)
    shop.open_round(moor, FOR_SALE_THS, PRICE, PRICE)
    visit = open_visit(world, [buyer], deployment=shop.deployment())
    visit.open("#/buy")
    visit.connect(buyer)
    form = visit.see("offer").filter(has_text="thMOOR").get_by_test_id("buy-form")
    type_into(form.get_by_role("textbox"), BOUGHT)
    form.get_by_role("button", name="Buy").click()
    visit.expect_state("confirmed")
    stop_paying(world, moor)
    promised = visit.base_units(visit.see("refund"))
    before = world.bitcoin_of(world.stranger)

    visit.see("hand-back").click()

    visit.expect_state("confirmed")
    assert world.bitcoin_of(world.stranger) - before == promised == COST
    assert hashrate_of(moor.token, buyer) == 0
    expect(visit.see("bought")).to_have_count(0)


def stop_paying(world: World, series: Series) -> None:
    """Let an issuer leave two days short for so long that buyers may hand hashrate back."""
    for day in (14, 15):
        world.move_to(day + 1, 2)
        world.report_day(day)
        world.report_output(series, day)
    world.move_to(19, 2)
    series.distributor.send("settle", 64, sender=world.keeper)
    world.move_to(55, 2)
