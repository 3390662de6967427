# SPDX-License-Identifier: AGPL-3.0-only
"""Hashrate from wallet to wallet: what moves is what the page said, to the satoshi."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import pytest
from eth_account.signers.local import LocalAccount
from playwright.sync_api import Locator, Route, expect

from hashrate.evm.errors import RpcRefusedError
from testing.evm_contract import EvmContract
from tests.web.conftest import OpenVisit
from tests.web.shop import Shop
from tests.web.stall import ASK, BID, OFFERED_THS, Stall
from tests.web.test_looks import connected, examine
from tests.web.visit import Visit, origin_of, type_into
from tests.web.wallet import Wallet
from tests.web.world import BTC, DAY_SECONDS, WAD, World

pytestmark = pytest.mark.e2e

PART = "12.000000000000000001"  # a unit more than a round amount: costs are rounded
PART_THS = 12 * WAD + 1
MESSAGE_MS = 8_000  # for which a success that says no more is shown


@pytest.fixture
def stall(world: World, tmp_path: Path) -> Iterator[Stall]:
    """A market with a holder's offer."""
    stall = Stall(world, tmp_path)
    stall.quote(is_buy=False, price=ASK)
    stall.quote(is_buy=False, price=ASK + 10)
    yield stall
    stall.close()


@pytest.fixture
def buyer(world: World) -> Wallet:
    """The wallet of somebody with money who holds nothing yet."""
    world.give_bitcoin(world.stranger.address, BTC)
    return Wallet("Blue Wallet", [world.stranger], world.rpc)


def visit_shop(open_visit: OpenVisit, stall: Stall, wallet: Wallet, **more: str) -> Visit:
    """Go to the shop, connected."""
    deployment = stall.deployment() | more
    visit = open_visit(stall.world, [wallet], deployment=deployment)
    visit.own_origins.add(origin_of(stall.relay.url))
    visit.open("#/buy")
    visit.connect(wallet)
    return visit


def fill(visit: Visit, form: str, amount: str) -> Locator:
    """Type an amount into a form; give its button."""
    found = visit.see(form)
    type_into(found.get_by_role("textbox").first, amount)
    return found.locator("button[type=submit]")


def coins(base: int) -> str:
    """Return an amount of bitcoin as the page writes it."""
    return f"{base / BTC:.8f}".rstrip("0")


def hashrate_of(token: EvmContract, address: str) -> int:
    """Ask the chain what an account has [TH/s, 18 dec]."""
    return int(token.read("balanceOf", address))


def test_buy__best_offer_with_a_permit__pays_what_was_promised_to_the_satoshi(
    stall: Stall, open_visit: OpenVisit, world: World, buyer: Wallet
) -> None:
    before = world.bitcoin_of(stall.maker)
    visit = visit_shop(open_visit, stall, buyer)
    visit.expect_base_units(visit.see("spot-price"), ASK)
    visit.expect_base_units(visit.see("spot-left"), OFFERED_THS)
    holders = visit.see("from-holders")
    visit.expect_base_units(holders.get_by_test_id("best-ask-of-holders"), ASK)
    expect(holders.get_by_test_id("yield")).to_contain_text("%")
    button = fill(visit, "spot-buy-form", PART)
    promised = visit.base_units(visit.see("spot-cost"))

    button.click()

    visit.expect_state("confirmed")
    assert promised == ceil(Fraction(PART_THS * ASK, WAD)) == 4_141
    assert BTC - world.bitcoin_of(world.stranger) == promised
    assert world.bitcoin_of(stall.maker) - before == promised
    assert hashrate_of(world.fjord.token, world.stranger.address) == PART_THS
    assert stall.allowed(world.bitcoin, world.stranger) == 0
    assert len(buyer.asked("eth_signTypedData_v4")) == len(buyer.asked("eth_sendTransaction")) == 1
    visit.expect_base_units(visit.see("spot-left"), OFFERED_THS - PART_THS)
    visit.expect_base_units(visit.see("dealt-bought"), PART_THS)
    visit.expect_base_units(visit.see("dealt-paid"), promised)
    visit.expect_base_units(visit.see("spent"), promised)


def test_buy__two_sources__shows_the_issuers_price_beside_the_holders(
    stall: Stall, open_visit: OpenVisit, world: World, buyer: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, buyer, **Shop(world, 350, 350).deployment())

    offer = visit.see("offer")
    expect(offer).to_have_count(1)
    visit.expect_base_units(offer.get_by_test_id("price"), 350)
    visit.expect_base_units(offer.get_by_test_id("spot-price"), ASK)
    expect(offer.get_by_test_id("payback")).to_have_count(2)
    expect(offer.get_by_test_id("power-rule")).to_contain_text("owe nothing")
    expect(offer.get_by_test_id("default-history")).to_contain_text("were paid in full")


def test_sell__to_the_best_bid__brings_what_was_promised_to_the_satoshi(
    stall: Stall, open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    stall.quote(is_buy=True, price=BID)
    visit = visit_shop(open_visit, stall, wallet)
    card = visit.see("sell-card").filter(has_text="thFJORD")
    visit.expect_base_units(card.get_by_test_id("spot-bid"), BID)
    held, had = hashrate_of(world.fjord.token, world.holder.address), world.bitcoin_of(world.holder)
    button = fill(visit, "spot-sell-form", "7.5000000000000001")
    promised = visit.base_units(visit.see("spot-proceeds"))

    button.click()

    visit.expect_state("confirmed")
    sold = 7_500_000_000_000_000_100
    assert promised == floor(Fraction(sold * BID, WAD)) == 2_250
    assert world.bitcoin_of(world.holder) - had == promised
    assert held - hashrate_of(world.fjord.token, world.holder.address) == sold
    assert stall.allowed(world.fjord.token, world.holder) == 0
    assert len(wallet.asked("eth_sendTransaction")) == 1
    visit.expect_base_units(visit.see("dealt-received"), promised)


def test_sweep__up_to_a_worst_price__takes_several_in_one_transaction_at_their_own_prices(
    stall: Stall, open_visit: OpenVisit, world: World, buyer: Wallet
) -> None:
    dearer = stall.quote(is_buy=False, price=ASK + 20)
    before = world.bitcoin_of(stall.maker)
    visit = visit_shop(open_visit, stall, buyer)
    button = fill(visit, "spot-buy-form", "60")
    form = visit.see("spot-buy-form")
    expect(form).to_contain_text("Only 50 can be had up to this price")
    expect(button).to_be_disabled()
    type_into(form.get_by_label("Highest price"), coins(ASK + 19))
    expect(visit.see("spot-taking")).to_contain_text("From 2 orders")
    # ten of them at ten more: on average 346 and two thirds, up
    expect(visit.see("spot-taking")).to_contain_text("0.00000347")
    visit.expect_base_units(visit.see("spot-last"), ASK + 10)
    promised = visit.base_units(visit.see("spot-cost"))
    expect(visit.see("spot-approval")).to_contain_text(f"First exactly {coins(promised)} ")

    button.click()

    visit.expect_state("confirmed")
    expect(visit.see("shortfall")).to_have_count(0)
    assert promised == 50 * ASK + 10 * (ASK + 10)
    assert BTC - world.bitcoin_of(world.stranger) == promised
    assert world.bitcoin_of(stall.maker) - before == promised
    assert hashrate_of(world.fjord.token, world.stranger.address) == 60 * WAD
    assert stall.allowed(world.bitcoin, world.stranger) == 0
    assert len(buyer.asked("eth_sendTransaction")) == 2  # the approval, and all orders
    visit.expect_base_units(visit.see("spot-price"), ASK + 10)
    visit.expect_base_units(visit.see("spot-left"), 40 * WAD)
    visit.expect_base_units(visit.see("dealt-paid"), promised)
    assert dearer.order.price == ASK + 20
    expect(form.get_by_label("Highest price")).to_have_value("")  # the next one is another purchase


def test_sweep__worst_price_that_nothing_reaches__stays_to_be_seen_and_changed(
    stall: Stall, open_visit: OpenVisit, buyer: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, buyer)
    (first, _) = sorted(stall.listed(stall.maker), key=lambda each: each.order.price)
    fill(visit, "spot-buy-form", "5")
    form = visit.see("spot-buy-form")
    worst = form.get_by_label("Highest price")
    type_into(worst, coins(ASK + 5))

    stall.market.send("cancel", first.order.as_tuple(), sender=stall.maker.address)

    expect(form).to_contain_text("Only 0 can be had up to this price")
    type_into(worst, coins(ASK + 10))
    visit.expect_base_units(visit.see("spot-cost"), 5 * (ASK + 10))


def test_sweep__somebody_was_faster_with_one__takes_pays_and_tells_of_the_others_only(
    stall: Stall, open_visit: OpenVisit, world: World, buyer: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, buyer)
    (first, _) = sorted(stall.listed(stall.maker), key=lambda each: each.order.price)

    def be_faster() -> None:
        # the approval was signed before; the sweep is rehearsed after it
        buyer.before_send = lambda: None
        stall.market.send("cancel", first.order.as_tuple(), sender=stall.maker.address)

    fill(visit, "spot-buy-form", "60")
    form = visit.see("spot-buy-form")
    type_into(form.get_by_label("Highest price"), coins(ASK + 10))
    expect(visit.see("spot-taking")).to_contain_text("From 2 orders")
    buyer.before_send = be_faster
    form.locator("button[type=submit]").click()

    visit.expect_state("confirmed")
    assert BTC - world.bitcoin_of(world.stranger) == 10 * (ASK + 10)
    assert hashrate_of(world.fjord.token, world.stranger.address) == 10 * WAD
    told = "Traded 10 of the 60 wanted; 1 of 2 orders could no longer be filled."
    expect(visit.see("shortfall")).to_have_text(told)
    visit.page.wait_for_timeout(MESSAGE_MS + 500)  # it stays until somebody has read it
    expect(visit.see("shortfall")).to_be_visible()
    visit.button("Close").click()
    expect(visit.see("tx-state")).to_have_count(0)


def test_sell__down_to_a_worst_price__brings_what_was_promised_of_all_bids(
    stall: Stall, open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    for price, ths in ((BID, 4), (BID - 10, 5), (BID - 30, 6)):
        stall.quote(is_buy=True, price=price, quantity=ths * WAD)
    visit = visit_shop(open_visit, stall, wallet)
    had = world.bitcoin_of(world.holder)
    button = fill(visit, "spot-sell-form", "8.0000000000000001")
    type_into(visit.see("spot-sell-form").get_by_label("Lowest price"), coins(BID - 20))
    promised = visit.base_units(visit.see("spot-proceeds"))

    button.click()

    visit.expect_state("confirmed")
    rest = Fraction(4 * WAD + 100, WAD) * (BID - 10)
    assert promised == 4 * BID + floor(rest)
    assert world.bitcoin_of(world.holder) - had == promised
    assert stall.allowed(world.fjord.token, world.holder) == 0


def type_offer(visit: Visit) -> Locator:
    """Offer 20 TH/s to others, up to what is to be signed."""
    form = visit.see("sell-card").filter(has_text="thFJORD").get_by_test_id("spot-offer-form")
    for label, text in (("How much", "20"), ("Price of 1", "0.00000333")):
        type_into(form.get_by_label(label), text)
    form.locator("button[type=submit]").click()
    return form


def type_bid(visit: Visit, amount: str, price: str) -> Locator:
    """Fill the form of a bid in and ask what would be signed; give the form."""
    visit.see("spot-bid-own").locator("summary").click()
    form = visit.see("spot-bid-form")
    for label, text in (("How much", amount), ("Price of 1", price)):
        type_into(form.get_by_label(label), text)
    form.locator("button[type=submit]").click()
    return form


def test_bid__at_an_own_price__is_said_in_words_approved_filled_and_cancelled(
    stall: Stall, open_visit: OpenVisit, world: World, buyer: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, buyer)
    type_bid(visit, "20.000000000000000001", "0.00000333")
    expect(visit.see("spot-words")).to_contain_text("You bid to buy 20.000000000000000001 ")
    promised = visit.base_units(visit.see("spot-total"))
    assert promised == 20 * 333  # what the buyer signs rounds in its favour
    expect(visit.see("spot-approval")).to_contain_text(f"First exactly {coins(promised)} ")

    visit.see("spot-sign").click()

    visit.expect_state("confirmed")
    (signed,) = stall.listed(world.stranger)
    assert (signed.order.is_buy, signed.order.price) == (True, 333)
    assert stall.allowed(world.bitcoin, world.stranger) == promised
    stall.fill(signed, PART_THS, stall.maker)
    assert BTC - world.bitcoin_of(world.stranger) == floor(Fraction(PART_THS * 333, WAD))
    assert hashrate_of(world.fjord.token, world.stranger.address) == PART_THS
    expect(visit.see("spot-open")).to_contain_text("Buy 8")

    visit.see("spot-open").get_by_role("button").click()

    expect(visit.see("spot-open")).to_have_count(0)
    visit.wait_until(lambda: stall.listed(world.stranger) == [], "the relay heard of it")


def test_bid__dearer_than_what_one_has__is_not_signed(
    stall: Stall, open_visit: OpenVisit, buyer: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, buyer)
    form = type_bid(visit, "3", "0.5")

    expect(form.get_by_role("alert")).to_contain_text("too little")
    expect(visit.see("spot-words")).to_have_count(0)
    assert not buyer.asked("eth_signTypedData_v4")


def test_offer__at_an_own_price__is_said_in_words_listed_filled_and_cancelled(
    stall: Stall, open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, wallet)
    form = visit.see("sell-card").filter(has_text="thFJORD").get_by_test_id("spot-offer-form")
    for label, text in (("How much", "20"), ("Price of 1", "0.00000333"), ("Valid", "3")):
        type_into(form.get_by_label(label), text)
    form.locator("button[type=submit]").click()
    words = visit.see("spot-words")
    expect(words).to_contain_text("You offer to sell 20 ")
    expect(words).to_contain_text("0.00000333")
    assert visit.base_units(visit.see("spot-total")) == 20 * 333
    assert not wallet.asked("eth_signTypedData_v4")  # nothing is signed before it was read

    visit.see("spot-sign").click()

    visit.expect_state("confirmed")
    (signed,) = stall.listed(world.holder)
    assert signed.order.price == 333
    assert 2 * DAY_SECONDS < signed.order.deadline - world.anvil.now() <= 3 * DAY_SECONDS
    assert stall.allowed(world.fjord.token, world.holder) == 20 * WAD
    had = world.bitcoin_of(world.holder)
    stall.fill(signed, PART_THS, stall.maker)
    assert world.bitcoin_of(world.holder) - had == ceil(Fraction(PART_THS * 333, WAD)) == 3_997
    expect(visit.see("spot-open")).to_contain_text("7.999999999999999999")

    visit.see("spot-open").get_by_role("button").click()

    expect(visit.see("spot-open")).to_have_count(0)
    visit.wait_until(lambda: stall.listed(world.holder) == [], "the relay heard of it")


def test_offer__owner_says_no__lists_nothing_and_keeps_what_was_typed(
    stall: Stall, open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, wallet)
    wallet.refuses = {"eth_signTypedData_v4"}
    form = type_offer(visit)

    visit.see("spot-sign").click()

    visit.expect_state("failed")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "rejected")
    assert stall.listed(world.holder) == []
    expect(form.get_by_label("How much")).to_have_value("20")


def test_offer__relay_does_not_answer__says_that_what_is_signed_may_be_filled(
    stall: Stall, open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, wallet)
    type_offer(visit)

    def lose_the_answer(route: Route) -> None:
        route.fetch()
        route.fulfill(status=503)

    visit.page.route(f"{stall.relay.url}/orders", lose_the_answer)

    visit.see("spot-sign").click()

    visit.expect_state("failed")
    expect(visit.see("tx-state")).to_have_text("Order · Not certain")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "relay")
    expect(visit.see("tx-reason")).to_contain_text("can be filled all the same")
    expect(visit.see("spot-open")).to_contain_text("Sell 20 ")  # the relay has it, in fact
    visit.complaints.clear()  # of the answer that was lost


@pytest.mark.parametrize(
    ("lie", "truth"),
    [(f'"price":"{ASK}"', '"price":"1"'), ('"quantity":"5', '"quantity":"9')],
    ids=["price", "quantity"],
)
def test_relay__alters_an_order__offers_only_what_the_chain_bears_out(
    stall: Stall, open_visit: OpenVisit, buyer: Wallet, lie: str, truth: str
) -> None:
    visit = open_visit(stall.world, [buyer], deployment=stall.deployment())
    visit.own_origins.add(origin_of(stall.relay.url))

    def alter(route: Route) -> None:
        answer = route.fetch()
        route.fulfill(response=answer, body=answer.text().replace(lie, truth))

    visit.context.route(lambda url: "/orders?" in url, alter)
    visit.open("#/buy")
    visit.connect(buyer)

    if "price" in lie:  # the dearer one is still true
        visit.expect_base_units(visit.see("spot-price"), ASK + 10)
    else:
        expect(visit.page.get_by_text("Nothing is for sale right now.")).to_be_visible()
    visit.context.unroute_all(behavior="ignoreErrors")  # one may be under way


def test_offer__maker_moved_the_tokens_away__is_not_shown(
    stall: Stall, open_visit: OpenVisit, world: World, buyer: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, buyer)
    visit.expect_base_units(visit.see("spot-left"), OFFERED_THS)

    left = hashrate_of(world.fjord.token, stall.maker.address) - 7 * WAD
    world.fjord.token.send("transfer", world.keeper, left, sender=stall.maker.address)

    visit.expect_base_units(visit.see("spot-left"), 7 * WAD)


def test_buy__somebody_was_faster__says_so_and_costs_nothing(
    stall: Stall, open_visit: OpenVisit, world: World, buyer: Wallet
) -> None:
    (signed, _) = stall.listed(stall.maker)
    assert signed.order.price == ASK

    def be_faster() -> None:
        buyer.before_send = lambda: None
        stall.market.send("cancel", signed.order.as_tuple(), sender=stall.maker.address)

    visit = visit_shop(open_visit, stall, buyer)
    buyer.before_send = be_faster
    fill(visit, "spot-buy-form", PART).click()

    visit.expect_state("failed")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "order: nothing left")
    assert world.bitcoin_of(world.stranger) == BTC
    visit.expect_base_units(visit.see("spot-price"), ASK + 10)


def test_relay__does_not_answer__says_so_and_goes_on_selling_for_issuers(
    stall: Stall, open_visit: OpenVisit, world: World, buyer: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, buyer, **Shop(world).deployment())
    visit.allow_down()
    stall.relay.kill()
    visit.page.reload()

    expect(visit.see("spot-down")).to_be_visible()
    expect(visit.see("buy-form")).to_have_count(1)


# Blocks that are replaced by others


def replace_blocks_since(world: World, block: int) -> None:
    """Let the chain lose every block after one, with all that was in them."""
    world.anvil.do("anvil_reorg", int(world.rpc.block()["number"], 16) - block, [])


def test_reorganisation__offer_was_filled__waits_again_and_is_filled_and_cancelled_as_promised(
    stall: Stall, open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, wallet)
    type_offer(visit)
    promised = visit.base_units(visit.see("spot-total"))
    visit.see("spot-sign").click()
    visit.expect_state("confirmed")
    (signed,) = stall.listed(world.holder)
    money, hashrate = (
        world.bitcoin_of(world.holder),
        hashrate_of(world.fjord.token, world.holder.address),
    )
    signed_at = int(world.rpc.block()["number"], 16)
    stall.fill(signed, 20 * WAD, stall.maker)
    expect(visit.see("spot-open")).to_have_count(0)
    visit.expect_base_units(visit.see("dealt-received"), promised)

    replace_blocks_since(world, signed_at)

    expect(visit.see("spot-open")).to_contain_text("Sell 20 ")
    expect(visit.see("dealt-received")).to_have_count(0)  # of money that is gone
    assert world.bitcoin_of(world.holder) == money
    visit.wait_until(lambda: stall.listed(world.holder) != [], "the relay lists it again")
    stall.fill(signed, 15 * WAD, stall.maker)
    expect(visit.see("spot-open")).to_contain_text("Sell 5 ")
    visit.expect_base_units(visit.see("dealt-received"), 15 * 333)
    assert world.bitcoin_of(world.holder) - money == 15 * 333 == promised * 3 // 4
    assert hashrate - hashrate_of(world.fjord.token, world.holder.address) == 15 * WAD

    visit.see("spot-open").get_by_role("button").click()

    expect(visit.see("spot-open")).to_have_count(0)
    order = signed.order.as_tuple()
    with pytest.raises(RpcRefusedError, match="order: nothing left"):
        stall.market.read("check_order", order, signed.signature, stall.maker.address)


def asked_of_node(visit: Visit, method: str) -> int:
    """Count the requests of a kind that the node was asked."""
    return sum(f'"{method}"' in (each.post_data or "") for each in visit.rpc_calls())


def see_a_block(visit: Visit, world: World) -> None:
    """Mine a block and wait until the page must have seen it."""
    world.anvil.do("evm_mine")
    asked = asked_of_node(visit, "eth_getBlockByNumber")
    # one may have been under way, the next one is answered before the third is asked
    visit.wait_until(
        lambda: asked_of_node(visit, "eth_getBlockByNumber") >= asked + 3, "the newest block"
    )


def test_reorganisation__purchase_was_in_a_lost_block__is_told_and_offered_again(
    stall: Stall, open_visit: OpenVisit, world: World, buyer: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, buyer)
    before = int(world.rpc.block()["number"], 16)
    button = fill(visit, "spot-buy-form", "50")
    promised = visit.base_units(visit.see("spot-cost"))
    button.click()
    visit.expect_state("confirmed")
    visit.expect_base_units(visit.see("spot-price"), ASK + 10)
    visit.expect_base_units(visit.see("dealt-paid"), promised)
    receipts = asked_of_node(visit, "eth_getTransactionReceipt")
    see_a_block(visit, world)
    see_a_block(visit, world)
    assert asked_of_node(visit, "eth_getTransactionReceipt") == receipts  # each followed

    replace_blocks_since(world, before)

    visit.expect_state("failed")  # whether the message was still there or not
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "undone")
    expect(visit.see("tx-reason")).to_contain_text("not in it any more")
    visit.expect_base_units(visit.see("spot-price"), ASK)
    visit.expect_base_units(visit.see("spot-left"), OFFERED_THS)
    expect(visit.see("dealt-paid")).to_have_count(0)
    assert world.bitcoin_of(world.stranger) == BTC
    button = fill(visit, "spot-buy-form", "50")
    visit.expect_base_units(visit.see("spot-cost"), promised)
    button.click()
    visit.expect_base_units(visit.see("dealt-paid"), promised)
    assert BTC - world.bitcoin_of(world.stranger) == promised
    assert hashrate_of(world.fjord.token, world.stranger.address) == 50 * WAD


def test_reorganisation__of_two_purchases__tells_of_both(
    stall: Stall, open_visit: OpenVisit, world: World, buyer: Wallet
) -> None:
    visit = visit_shop(open_visit, stall, buyer)
    before = int(world.rpc.block()["number"], 16)
    # what is read out has to be there before its words
    expect(visit.page.get_by_role("region", name="Transaction")).to_have_count(1)
    for bought in (10, 30):
        fill(visit, "spot-buy-form", "10" if bought == 10 else "20").click()
        visit.expect_base_units(visit.see("dealt-bought"), bought * WAD)
        visit.expect_state("confirmed")

    replace_blocks_since(world, before)

    told = visit.see("tx-state")
    expect(told).to_have_count(2)
    for place in range(2):
        expect(told.nth(place)).to_have_attribute("data-state", "failed")
        expect(told.nth(place)).to_have_text("Purchase · Not certain")
    assert world.bitcoin_of(world.stranger) == BTC
    visit.button("Close").click()
    expect(told).to_have_count(0)


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_spot__both_themes_and_widths__has_no_axe_violation_and_fits(
    stall: Stall, open_visit: OpenVisit, world: World, wallet: Wallet, language: str
) -> None:
    stall.quote(is_buy=True, price=BID)
    stall.fill(stall.quote(is_buy=False, price=ASK - 5), 3 * WAD, buyer_of(world, stall))
    deployment = stall.deployment() | Shop(world).deployment()
    visit = open_visit(world, [wallet], language=language, deployment=deployment)
    visit.own_origins.add(origin_of(stall.relay.url))
    visit.open("#/buy")
    connected(visit, wallet)
    fill(visit, "spot-buy-form", "52.5")
    type_into(visit.see("spot-buy-form").get_by_role("textbox").nth(1), coins(ASK + 10))
    expect(visit.see("spot-last")).to_be_visible()
    fill(visit, "spot-sell-form", "1.25")
    visit.see("spot-bid-own").first.locator("summary").click()
    expect(visit.see("dealt-bought")).to_be_visible()
    found = examine(visit, f"spot-{language}")
    form = visit.see("sell-card").filter(has_text="thFJORD").get_by_test_id("spot-offer-form")
    type_into(form.get_by_role("textbox").nth(0), "20")
    type_into(form.get_by_role("textbox").nth(1), "0.00000333")
    form.locator("button[type=submit]").click()
    expect(visit.see("spot-words")).to_be_visible()

    assert found + examine(visit, f"spot-review-{language}") == []


def buyer_of(world: World, stall: Stall) -> LocalAccount:
    """Let the world's holder have money for the market."""
    world.give_bitcoin(world.holder.address, BTC)
    world.bitcoin.send("approve", stall.market.address, BTC, sender=world.holder.address)
    return world.holder


def test_result__two_days_after_the_purchase__is_what_the_chain_says(
    stall: Stall, open_visit: OpenVisit, world: World, buyer: Wallet
) -> None:
    world.bitcoin.send("approve", stall.market.address, BTC, sender=world.stranger.address)
    (signed, _) = stall.listed(stall.maker)
    stall.fill(signed, 10 * WAD, world.stranger)
    for day in (14, 15):
        world.move_to(day, 2)
        world.report_day(day - 1)
        for series in world.series:
            world.report_output(series, day - 1)
        world.move_to(day, 20)
        world.settle()
    earned = world.claimable(world.fjord, world.stranger)
    visit = visit_shop(open_visit, stall, buyer)

    visit.expect_base_units(visit.see("spent"), 10 * ASK)
    visit.expect_base_units(visit.see("earned-so-far"), earned)
    bps = earned * 10_000 // (10 * ASK)
    expect(visit.see("back-so-far")).to_contain_text(f"{bps / 100:g}")
    world.fjord.token.send("transfer", world.stranger.address, WAD, sender=world.holder.address)
    world.fjord.distributor.send("claim", world.stranger.address, sender=world.keeper)
    visit.page.reload()
    visit.expect_base_units(visit.see("earned-so-far"), earned)  # claimed or not
