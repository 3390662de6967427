# SPDX-License-Identifier: AGPL-3.0-only
"""Loans on the page: borrowed by selling a note, repaid by hashrate or not, measured by history."""

from collections.abc import Iterator
from fractions import Fraction
from math import ceil, floor
from pathlib import Path

import pytest
from eth_utils.address import to_checksum_address
from playwright.sync_api import Locator, expect

from reference.day_reward import DayPrices, day_reward
from reference.tranches import TrancheTerms
from testing import tranches
from testing.evm_contract import EvmContract
from testing.tranches import Product
from tests.web.conftest import OpenVisit
from tests.web.shelf import FACE, Shelf
from tests.web.stall import Stall
from tests.web.test_looks import connected, examine
from tests.web.visit import Visit, origin_of, type_into
from tests.web.wallet import Wallet
from tests.web.world import BTC, DAY_SECONDS, HOUR_SECONDS, WAD, World

pytestmark = pytest.mark.e2e

LENT_THS = 1_000 * WAD
LARGE_FACE = 10**6  # [base units per TH/s] more than two days bring
GRACE_DAYS = 10
AUCTION_HOURS = 60  # half of the five days
PAST_DAYS = 60
TERM_DAYS = 12


@pytest.fixture
def shelf(world: World) -> Shelf:
    """Products to borrow with."""
    return Shelf(world)


@pytest.fixture
def stall(world: World, shelf: Shelf, tmp_path: Path) -> Iterator[Stall]:
    """A market that lists the note."""
    stall = Stall(world, tmp_path, [shelf.note.senior.address])
    yield stall
    stall.close()


def balance(token: EvmContract, address: str) -> int:
    """Ask the chain what an account has [18 dec]."""
    return int(token.read("balanceOf", address))


def card_of(visit: Visit, product: Product[EvmContract]) -> Locator:
    """Find the card of a product."""
    return visit.page.locator(f'[data-product="{product.tranches.address}" i]')


def use(card: Locator, form: str, amount: str) -> None:
    """Type an amount into a form and press its button."""
    found = card.get_by_test_id(form)
    type_into(found.get_by_role("textbox").first, amount)
    found.locator("button[type=submit]").click()


def pass_day(world: World, day: int, *, is_settled: bool = True) -> None:
    """Report a day on the next one, and settle it."""
    world.move_to(day + 1, 2)
    world.report_day(day)
    for series in world.series:
        world.report_output(series, day)
    world.move_to(day + 1, 20)
    if is_settled:
        world.settle()


def test_borrow__by_splitting_and_selling_a_note__is_met_and_frees_the_tokens(
    stall: Stall, open_visit: OpenVisit, world: World, shelf: Shelf, wallet: Wallet
) -> None:
    visit = open_visit(world, [wallet], deployment=shelf.deployment() | stall.deployment())
    visit.own_origins.add(origin_of(stall.relay.url))
    visit.open("#/products")
    visit.connect(wallet)
    card = visit.see("tranches").filter(has_text="-SR-")
    held = balance(world.fjord.token, world.holder.address)
    use(card, "split-form", "1,000")
    visit.expect_state("confirmed")
    trade = card.get_by_test_id("trade").first
    trade.locator("summary").first.click()
    form = trade.get_by_test_id("spot-offer-form")
    type_into(form.get_by_label("How much"), "1000")
    type_into(form.get_by_label("Price"), "98")
    form.locator("button[type=submit]").click()
    expect(visit.see("spot-words")).to_contain_text("98 % of what is still to come")
    promised = visit.base_units(visit.see("spot-total"))
    to_come = shelf.note.tranches.read("remaining", shelf.note.senior.address)[0]
    assert promised == ceil(Fraction(1_000 * to_come * 98, 100)) >= 1_000 * FACE * 98 // 100

    visit.see("spot-sign").click()

    visit.expect_state("confirmed")
    (signed,) = stall.listed(world.holder)
    had = world.bitcoin_of(world.holder)
    stall.fill(signed, LENT_THS, stall.maker)
    assert world.bitcoin_of(world.holder) - had == promised  # the loan
    assert balance(shelf.note.senior, stall.maker.address) == LENT_THS
    for day in (13, 14):
        pass_day(world, day)
    expect(card).to_contain_text("face met")
    use(card, "redeem-form", "1,000")
    visit.expect_base_units(card.get_by_test_id("junior-balance"), 0)
    assert balance(world.fjord.token, world.holder.address) == held
    due = shelf.note.tranches.read("preview_claim", shelf.note.senior.address, stall.maker.address)[
        0
    ]
    assert 0 < due <= 1_000 * FACE  # the lender's


def test_unmet__noted_bought_and_redeemed__pays_what_the_page_said(
    open_visit: OpenVisit, world: World, shelf: Shelf
) -> None:
    note = split_for_two(world, shelf)
    for day in (13, 14):
        pass_day(world, day)
    world.give_bitcoin(world.holder.address, 4 * BTC)
    wallet = Wallet("Red Wallet", [world.holder], world.rpc)
    visit = open_visit(world, [wallet], deployment=shelf.deployment())
    visit.open("#/products")
    visit.connect(wallet)
    card = card_of(visit, note)
    card.get_by_test_id("note-outcome").click()
    visit.expect_state("confirmed")
    first, void = note.tranches.read("auction_days")
    assert (first, void) == (world.first + 15 + 1 + GRACE_DAYS, first + 5)

    world.anvil.warp(first * DAY_SECONDS + AUCTION_HOURS * HOUR_SECONDS)

    form = card.get_by_test_id("buy-junior-form")
    type_into(form.get_by_role("textbox"), "1000")
    expect(form.get_by_role("alert")).to_contain_text("costs more than you have")
    type_into(form.get_by_role("textbox"), "300")
    cost = visit.base_units(form.get_by_test_id("auction-cost"))
    assert cost == note.tranches.read("cost_of", 300 * WAD)
    part = visit.base_units(form.get_by_test_id("auction-part"))
    money, tokens = world.bitcoin_of(world.holder), balance(world.fjord.token, world.holder.address)
    form.locator("button[type=submit]").click()
    visit.expect_state("confirmed")
    assert money - world.bitcoin_of(world.holder) == cost
    got = balance(world.fjord.token, world.holder.address) - tokens
    assert 150 * WAD <= part <= got < 151 * WAD

    world.anvil.warp(void * DAY_SECONDS + HOUR_SECONDS)

    form = card.get_by_test_id("redeem-senior-form")
    type_into(form.get_by_role("textbox"), "1000")
    cash = visit.base_units(form.get_by_test_id("senior-cash"))
    back = visit.base_units(form.get_by_test_id("senior-tokens"))
    money, tokens = world.bitcoin_of(world.holder), balance(world.fjord.token, world.holder.address)
    form.locator("button[type=submit]").click()
    visit.expect_base_units(card.get_by_test_id("senior-balance"), 0)
    assert world.bitcoin_of(world.holder) - money == cash == cost // 2
    assert balance(world.fjord.token, world.holder.address) - tokens == back == 850 * WAD


def split_for_two(world: World, shelf: Shelf) -> Product[EvmContract]:
    """Make a note of two days that cannot be met; both holders split 1,000 TH/s."""
    start = world.first + 13
    terms = TrancheTerms(start, start + 2, LARGE_FACE, GRACE_DAYS)
    fjord = world.fjord
    note = tranches.create(
        world.chain, shelf.tranches, fjord.distributor.address, terms, world.owner
    )
    for holder in (world.holder.address, world.second_holder.address):
        fjord.token.send("approve", note.tranches.address, LENT_THS, sender=holder)
        note.tranches.send("split", LENT_THS, holder, holder, sender=holder)
    return note


def test_past__sixty_days__says_how_often_history_repaid_such_a_loan(
    open_visit: OpenVisit, world: World, shelf: Shelf
) -> None:
    for day in range(13, PAST_DAYS):
        world.move_to(day + 1, 2)
        world.report_day(day)
    start = world.first + PAST_DAYS + 1
    earned = [earnings(world, day) for day in range(PAST_DAYS)]
    trailing = sum(earned[-30:])
    starts = range(30, PAST_DAYS - TERM_DAYS + 1)
    # of a size that half of the starts earn
    sizes = sorted(
        Fraction(sum(earned[start : start + TERM_DAYS]), sum(earned[start - 30 : start]))
        for start in starts
    )
    face = floor(sizes[len(sizes) // 2] * trailing / 10**6)
    met = [
        start
        for start in starts
        if sum(earned[start : start + TERM_DAYS]) * trailing
        >= face * 10**6 * sum(earned[start - 30 : start])
    ]
    assert 0 < len(met) < len(starts)
    terms = TrancheTerms(start, start + TERM_DAYS, face, GRACE_DAYS)
    prairie = world.prairie.distributor.address
    note = tranches.create(world.chain, shelf.tranches, prairie, terms, world.owner)
    visit = open_visit(world, deployment=shelf.deployment())
    visit.open("#/products")

    past = card_of(visit, note).get_by_test_id("loan-past")
    expect(past).to_have_attribute("data-starts", str(len(starts)))
    expect(past).to_have_attribute("data-met", str(len(met)))
    expect(past).to_contain_text(f"of {len(starts)} starts")
    expect(past).to_contain_text("0.04 USD/kWh")
    other = card_of(visit, shelf.note).get_by_test_id("loan-past")
    expect(other).to_contain_text("not yet enough days")  # it began before there were 30


def test_issuer_borrows__on_its_own_series__shows_a_warning_and_no_rate(
    open_visit: OpenVisit, world: World, shelf: Shelf
) -> None:
    world.fjord.distributor.send("mint", world.issuer, LENT_THS, sender=world.issuer)
    note = shelf.note.tranches
    world.fjord.token.send("approve", note.address, LENT_THS, sender=world.issuer)
    note.send("split", LENT_THS, world.issuer, world.issuer, sender=world.issuer)
    visit = open_visit(world, deployment=shelf.deployment())
    visit.open("#/products")

    card = visit.see("tranches").filter(has_text="-SR-")
    expect(card.get_by_test_id("issuers-loan")).to_contain_text("nothing but its bond")
    expect(card.get_by_test_id("loan-past")).to_have_count(0)


def test_create__strip_note_and_fund__exist_on_chain_as_typed(
    open_visit: OpenVisit, world: World, shelf: Shelf, wallet: Wallet
) -> None:
    visit = open_visit(world, [wallet], deployment=shelf.deployment())
    visit.open("#/products")
    visit.connect(wallet)
    visit.page.get_by_text("Create a strip, a note or a fund").click()
    form = visit.see("new-tranches-form")
    form.get_by_role("combobox").first.select_option(world.prairie.distributor.address)
    type_into(form.get_by_label("Term in days"), "40")
    form.locator("button[type=submit]").click()
    visit.expect_state("confirmed")
    assert newest(world, shelf)[:4] == expected_terms(world, 40, 2**256 - 1)
    form.get_by_role("checkbox").check()
    type_into(form.get_by_label("Face of 1 TH/s"), "0.00001500")
    form.locator("button[type=submit]").click()
    expect(visit.see("tranches")).to_have_count(4)
    assert newest(world, shelf) == (*expected_terms(world, 40, 1_500), GRACE_DAYS)

    fund = visit.see("new-fund-form")
    type_into(fund.get_by_label("Name"), "My basket")
    type_into(fund.get_by_label("Symbol"), "MINE")
    type_into(fund.get_by_label("thPRAIRIE"), "7")
    fund.locator("button[type=submit]").click()
    expect(visit.see("fund")).to_have_count(2)
    made = world.chain.at("fund/HashrateFund", shelf.funds.read("fund_at", 1))
    assert (made.read("name"), made.read("symbol")) == ("My basket", "MINE")
    ((distributor, _, _, weight),) = made.read("basket")
    assert (to_checksum_address(distributor), weight) == (world.prairie.distributor.address, 7)


def newest(world: World, shelf: Shelf) -> tuple[str | int, ...]:
    """Read the terms of the product that was created last."""
    count = shelf.tranches.read("product_count")
    address = shelf.tranches.read("product_at", count - 1)
    distributor, *terms = world.chain.at("tranches/HashrateTranches", address).read("terms")
    return (to_checksum_address(distributor), *terms)


def expected_terms(world: World, days: int, face: int) -> tuple[str | int, ...]:
    """Terms of a product of Prairie that begins today."""
    today = world.anvil.now() // DAY_SECONDS
    return (world.prairie.distributor.address, today, today + days, face)


def earnings(world: World, day: int) -> int:
    """Work out with the reference what a million TH/s of Prairie earned on a day [base units]."""
    series = world.prairie
    facts = world.oracle.read("settlement_facts", series.distributor.address, world.first + day)
    prices = DayPrices(facts[0], facts[1])
    return day_reward(series.terms, prices, None, 10**6 * WAD * DAY_SECONDS, 8).reward


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_loans__both_themes_and_widths__has_no_axe_violation_and_fits(
    stall: Stall, open_visit: OpenVisit, world: World, shelf: Shelf, language: str
) -> None:
    note = split_for_two(world, shelf)
    for day in (13, 14):
        pass_day(world, day)
    note.tranches.send("find_cut", sender=world.keeper)
    first, _ = note.tranches.read("auction_days")
    world.anvil.warp(first * DAY_SECONDS + AUCTION_HOURS * HOUR_SECONDS)
    wallet = Wallet("Red Wallet", [world.holder], world.rpc)
    deployment = shelf.deployment() | stall.deployment()
    visit = open_visit(world, [wallet], language=language, deployment=deployment)
    visit.own_origins.add(origin_of(stall.relay.url))
    visit.open("#/products")
    connected(visit, wallet)
    form = card_of(visit, note).get_by_test_id("buy-junior-form")
    type_into(form.get_by_role("textbox"), "300")
    card_of(visit, note).get_by_test_id("trade").first.locator("summary").first.click()
    visit.page.locator("main > details > summary").click()
    visit.see("new-tranches-form").get_by_role("checkbox").check()
    expect(visit.see("new-fund-form")).to_be_visible()

    assert examine(visit, f"loans-{language}") == []
