# SPDX-License-Identifier: AGPL-3.0-only
"""Strips, notes and funds on the page: what arrives is what the page promised, to the satoshi."""

from collections.abc import Callable
from dataclasses import replace
from math import ceil
from pathlib import Path

import pytest
from eth_utils.address import to_checksum_address
from playwright.sync_api import expect

from reference.tranches import TrancheTerms
from testing import tranches
from testing.evm_contract import EvmContract
from testing.fund import create_fund
from testing.series import Label
from tests.web.conftest import OpenVisit
from tests.web.shelf import FACE, FJORD_WEIGHT, PRAIRIE_WEIGHT, Shelf
from tests.web.stall import Stall
from tests.web.visit import Visit, origin_of, type_into
from tests.web.wallet import Wallet
from tests.web.world import BTC, MAX_SETTLED_DAYS, WAD, Listing, Series, World

pytestmark = pytest.mark.e2e

SPLIT_THS = 1_000 * WAD
SHARES = 100 * WAD


@pytest.fixture
def shelf(world: World) -> Shelf:
    """What there is to use."""
    return Shelf(world)


@pytest.fixture
def visit(open_visit: OpenVisit, world: World, shelf: Shelf, wallet: Wallet) -> Visit:
    """A holder on the page of products, connected."""
    visit = open_visit(world, [wallet], deployment=shelf.deployment())
    visit.open("#/products")
    visit.connect(wallet)
    return visit


def pass_days(world: World) -> None:
    """Let two days pass and be settled."""
    for day in (14, 15):
        world.move_to(day, 2)
        world.report_day(day - 1)
        for series in world.series:
            world.report_output(series, day - 1)
        world.move_to(day, 20)
        world.settle()


def balance(token: EvmContract, world: World) -> int:
    """Ask the chain what the holder has [18 dec]."""
    return int(token.read("balanceOf", world.holder.address))


def test_strip__split_claim_and_merge__is_exact(
    visit: Visit, world: World, shelf: Shelf, wallet: Wallet
) -> None:
    card = visit.see("tranches").filter(has_text="-YT-")
    before = balance(world.fjord.token, world)
    form = card.get_by_test_id("split-form")
    type_into(form.get_by_role("textbox"), "1,000")
    expect(form.get_by_test_id("outcome")).to_contain_text("You get 1,000")
    form.get_by_role("button", name="Split").click()
    visit.expect_state("confirmed")
    assert before - balance(world.fjord.token, world) == SPLIT_THS
    assert balance(shelf.strip.senior, world) == balance(shelf.strip.junior, world) == SPLIT_THS
    assert len(wallet.asked("eth_sendTransaction")) == 2  # exactly so much is approved, then split

    pass_days(world)
    due = shelf.strip.tranches.read(
        "preview_claim", shelf.strip.senior.address, world.holder.address
    )[0]
    claimable = card.get_by_test_id("senior-claimable")
    visit.expect_base_units(claimable, due)
    money = world.bitcoin_of(world.holder)
    card.get_by_test_id("senior-claim").click()
    visit.expect_base_units(claimable, 0)
    assert world.bitcoin_of(world.holder) - money == due > 0
    visit.expect_base_units(card.get_by_test_id("junior-claimable"), 0)

    form = card.get_by_test_id("merge-form")
    type_into(form.get_by_role("textbox"), "1000")
    form.get_by_role("button", name="Merge").click()
    visit.expect_base_units(card.get_by_test_id("senior-balance"), 0)
    assert balance(world.fjord.token, world) == before


def test_note__face_met__frees_junior_and_pays_exactly_the_face(
    visit: Visit, world: World, shelf: Shelf
) -> None:
    card = visit.see("tranches").filter(has_text="-SR-")
    before = balance(world.fjord.token, world)
    form = card.get_by_test_id("split-form")
    type_into(form.get_by_role("textbox"), "1,000")
    form.get_by_role("button", name="Split").click()
    visit.expect_state("confirmed")
    visit.expect_base_units(card.get_by_test_id("remaining"), FACE)

    pass_days(world)

    expect(card).to_contain_text("face met")
    visit.expect_base_units(card.get_by_test_id("earned"), FACE)
    visit.expect_base_units(card.get_by_test_id("remaining"), 0)
    money = world.bitcoin_of(world.holder)
    promised = visit.base_units(card.get_by_test_id("senior-claimable"))
    card.get_by_test_id("senior-claim").click()
    visit.expect_base_units(card.get_by_test_id("senior-claimable"), 0)
    assert world.bitcoin_of(world.holder) - money == promised > 0
    form = card.get_by_test_id("redeem-form")
    type_into(form.get_by_role("textbox"), "1,000")
    visit.expect_base_units(form.get_by_test_id("cost"), 0)
    form.get_by_role("button", name="Redeem").click()
    visit.expect_base_units(card.get_by_test_id("junior-balance"), 0)
    assert balance(world.fjord.token, world) == before


def test_fund__create_claim_and_redeem__is_exact(
    visit: Visit, world: World, shelf: Shelf, wallet: Wallet
) -> None:
    wallet.can_batch = True
    card = visit.see("fund")
    tokens = [world.fjord.token, world.prairie.token]
    before = [balance(token, world) for token in tokens]
    form = card.get_by_test_id("create-form")
    type_into(form.get_by_role("textbox"), "100")
    expect(form.get_by_test_id("outcome")).to_contain_text("300 TH/s")
    form.get_by_role("button", name="Create").click()
    visit.expect_state("confirmed")
    spent = [had - balance(token, world) for had, token in zip(before, tokens, strict=True)]
    assert spent == [FJORD_WEIGHT * SHARES, PRAIRIE_WEIGHT * SHARES]
    assert balance(shelf.fund, world) == SHARES
    assert len(wallet.asked("wallet_sendCalls")) == 1  # both approvals and the creation

    pass_days(world)
    due = sum(shelf.fund.read("preview_claim", world.holder.address, place)[0] for place in (0, 1))
    expect(card.get_by_test_id("fund-claim")).to_be_enabled()
    money = world.bitcoin_of(world.holder)
    card.get_by_test_id("fund-claim").click()
    visit.expect_base_units(visit.see("received").locator("[data-base-units]"), due)
    expect(card.get_by_test_id("fund-claim")).to_be_disabled()
    assert world.bitcoin_of(world.holder) - money == due > 0

    form = card.get_by_test_id("redeem-shares-form")
    type_into(form.get_by_role("textbox"), "100")
    form.get_by_role("button", name="Redeem").click()
    visit.expect_base_units(card.get_by_test_id("shares"), 0)
    assert [balance(token, world) for token in tokens] == before


_TOUCHED_DAYS = 130  # two more than one call of the series walks


def touch_daily(world: World, series: Series, touch: Callable[[int], object]) -> None:
    """Let an account of the series be touched on more days than one call walks; settle them all."""
    for day in range(14, 14 + _TOUCHED_DAYS):
        world.move_to(day, 2)
        world.report_day(day - 1)
        world.report_output(series, day - 1)
        touch(day)
    world.move_to(14 + _TOUCHED_DAYS - 1, 20)
    for _ in range(ceil(_TOUCHED_DAYS / MAX_SETTLED_DAYS)):
        series.distributor.send("settle", MAX_SETTLED_DAYS, sender=world.keeper)


def test_strip_and_note__many_touched_days__are_collected_and_pay_what_was_promised(
    open_visit: OpenVisit, world: World, shelf: Shelf, wallet: Wallet
) -> None:
    # beyond the last touched day, and a face that nothing meets
    terms = TrancheTerms(world.first + 13, world.first + 13 + 2 * _TOUCHED_DAYS)
    fjord = world.fjord.distributor.address
    products = [
        tranches.create(world.chain, shelf.tranches, fjord, each, world.owner)
        for each in (terms, replace(terms, face=10**9, grace_days=10))
    ]
    for product in products:
        for holder in (world.holder, world.second_holder):
            world.fjord.token.send(
                "approve", product.tranches.address, 2**255, sender=holder.address
            )

    def split(day: int) -> None:
        # the holder's own SENIOR is touched once, the product's hashrate every day
        for product in products:
            owner, ths = (world.holder, SPLIT_THS) if day == 14 else (world.second_holder, WAD)
            product.tranches.send("split", ths, owner.address, owner.address, sender=owner.address)

    touch_daily(world, world.fjord, split)
    visit = open_visit(world, [wallet], deployment=shelf.deployment())
    visit.open("#/products")
    visit.connect(wallet)

    for product in products:
        card = visit.page.locator(f'[data-product="{product.tranches.address}"]')
        due, is_whole = world.fjord.distributor.read("preview_claim", product.tranches.address)
        assert not is_whole  # one call does not collect all
        claimable = card.get_by_test_id("senior-claimable")
        expect(card.get_by_test_id("behind")).to_be_visible()
        promised = visit.base_units(claimable)

        card.get_by_test_id("behind").get_by_role("button", name="Collect").click()

        expect(card.get_by_test_id("behind")).to_have_count(0)
        assert world.bitcoin.read("balanceOf", product.tranches.address) == due > 0
        visit.expect_base_units(claimable, promised)
        money = world.bitcoin_of(world.holder)
        card.get_by_test_id("senior-claim").click()
        visit.expect_base_units(claimable, 0)
        assert world.bitcoin_of(world.holder) - money == promised > 0


def test_fund__many_touched_days_in_a_coin_that_freezes__are_collected_claimed_and_withdrawn(
    open_visit: OpenVisit, world: World, shelf: Shelf, wallet: Wallet
) -> None:
    coin = world.chain.deploy("mocks/MockFreezingToken", 8, sender=world.owner)
    listing = Listing(Label("Hashrate Glacier", "thGLACIER", "Glacier, hydro power"))
    series = world.create_series(listing, coin)
    world.fund(series, 100 * BTC, BTC, coin)
    basket = {series.distributor.address: 1}
    fund = create_fund(world.chain, shelf.funds, basket, world.owner)
    series.token.send("approve", fund.address, 2**255, sender=world.holder.address)

    def create(day: int) -> None:
        if day == 14:  # attested once its first output is final
            world.move_to(day, 19)
            world.mint(series, world.holder, _TOUCHED_DAYS * WAD)
        fund.send("create", WAD, sender=world.holder.address)

    touch_daily(world, series, create)
    visit = open_visit(world, [wallet], deployment=shelf.deployment())
    visit.open("#/products")
    visit.connect(wallet)
    card = visit.see("fund").filter(has_text="thGLACIER")
    expect(card).to_contain_text("claim again")

    # more days than one call collects: anybody may do it before, and nobody has to
    card.get_by_test_id("behind").get_by_role("button", name="Collect").click()
    visit.expect_state("confirmed")
    assert fund.read("in_hand", series.distributor.address) > 0
    expect(card.get_by_test_id("behind")).to_have_count(0)

    # a coin that the account cannot receive waits for it
    coin.send("set_frozen", world.holder.address, True, sender=world.owner)
    first = visit.base_units(card.get_by_test_id("fund-claimable"))
    card.get_by_test_id("fund-claim").click()
    visit.expect_base_units(card.get_by_test_id("credit-amount"), first)
    assert coin.read("balanceOf", world.holder.address) == 0
    coin.send("set_frozen", world.holder.address, False, sender=world.owner)
    card.get_by_test_id("credit").get_by_role("button", name="Withdraw").click()
    expect(card.get_by_test_id("credit")).to_have_count(0)
    assert coin.read("balanceOf", world.holder.address) == first > 0

    # and what was more than one claim walks comes with the next
    rest = visit.base_units(card.get_by_test_id("fund-claimable"))
    card.get_by_test_id("fund-claim").click()
    visit.wait_until(
        lambda: coin.read("balanceOf", world.holder.address) == first + rest, "the second claim"
    )
    expect(card.get_by_test_id("fund-claim")).to_be_disabled()
    assert rest > 0


def test_fund_share__on_the_spot_market__is_bought_and_bid_for_at_what_was_said(
    open_visit: OpenVisit, world: World, shelf: Shelf, wallet: Wallet, tmp_path: Path
) -> None:
    stall = Stall(world, tmp_path, [shelf.fund.address])
    try:
        for token in (world.fjord.token, world.prairie.token):
            token.send("approve", shelf.fund.address, 2**255, sender=stall.maker.address)
        shelf.fund.send("create", 10 * WAD, sender=stall.maker.address)
        shelf.fund.send("approve", stall.market.address, 2**255, sender=stall.maker.address)
        share = to_checksum_address(shelf.fund.address)
        stall.quote(is_buy=False, price=2_000, token=share, quantity=10 * WAD)
        world.give_bitcoin(world.holder.address, BTC)
        had = world.bitcoin_of(world.holder)
        visit = open_visit(world, [wallet], deployment=shelf.deployment() | stall.deployment())
        visit.own_origins.add(origin_of(stall.relay.url))
        visit.open("#/products")
        visit.connect(wallet)
        trade = visit.see("fund").get_by_test_id("trade")
        trade.locator("summary").first.click()
        form = trade.get_by_test_id("spot-buy-form")
        type_into(form.get_by_role("textbox").first, "2.5")
        promised = visit.base_units(trade.get_by_test_id("spot-cost"))

        form.locator("button[type=submit]").click()

        visit.expect_state("confirmed")
        assert had - world.bitcoin_of(world.holder) == promised == 5_000
        assert balance(shelf.fund, world) == 5 * WAD // 2

        bid = trade.get_by_test_id("spot-bid-own")
        bid.locator("summary").click()
        for label, text in (("How much", "3"), ("Price of 1", "0.000018")):
            type_into(bid.get_by_label(label), text)
        bid.locator("button[type=submit]").click()
        visit.expect_base_units(visit.see("spot-total"), 5_400)
        visit.see("spot-sign").click()
        visit.wait_until(lambda: len(stall.listed(world.holder)) == 1, "the bid")
        (signed,) = stall.listed(world.holder)
        assert (signed.order.token, signed.order.price) == (share, 1_800)
        stall.fill(signed, 3 * WAD, stall.maker)
        assert had - world.bitcoin_of(world.holder) == promised + 5_400
    finally:
        stall.close()


def test_split__owner_says_no__keeps_everything(
    visit: Visit, world: World, shelf: Shelf, wallet: Wallet
) -> None:
    before = balance(world.fjord.token, world)
    wallet.refuses = {"eth_sendTransaction"}
    form = visit.see("tranches").filter(has_text="-YT-").get_by_test_id("split-form")
    type_into(form.get_by_role("textbox"), "1,000")
    form.get_by_role("button", name="Split").click()

    visit.expect_state("failed")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "rejected")
    assert balance(world.fjord.token, world) == before
    allowance = world.fjord.token.read(
        "allowance", world.holder.address, shelf.strip.tranches.address
    )
    assert allowance == 0
