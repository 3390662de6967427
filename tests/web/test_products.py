# SPDX-License-Identifier: AGPL-3.0-only
"""Strips, notes and funds on the page: what arrives is what the page promised, to the satoshi."""

import pytest
from playwright.sync_api import expect

from testing.evm_contract import EvmContract
from tests.web.conftest import OpenVisit
from tests.web.shelf import FACE, FJORD_WEIGHT, PRAIRIE_WEIGHT, Shelf
from tests.web.visit import Visit
from tests.web.wallet import Wallet
from tests.web.world import WAD, World

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
    form.get_by_role("textbox").fill("1,000")
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
    form.get_by_role("textbox").fill("1000")
    form.get_by_role("button", name="Merge").click()
    visit.expect_base_units(card.get_by_test_id("senior-balance"), 0)
    assert balance(world.fjord.token, world) == before


def test_note__face_met__frees_junior_and_pays_exactly_the_face(
    visit: Visit, world: World, shelf: Shelf
) -> None:
    card = visit.see("tranches").filter(has_text="-SR-")
    before = balance(world.fjord.token, world)
    form = card.get_by_test_id("split-form")
    form.get_by_role("textbox").fill("1,000")
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
    form.get_by_role("textbox").fill("1,000")
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
    form.get_by_role("textbox").fill("100")
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
    expect(card.get_by_test_id("fund-claim")).to_be_disabled()
    visit.expect_base_units(visit.see("received").locator("[data-base-units]"), due)
    assert world.bitcoin_of(world.holder) - money == due > 0

    form = card.get_by_test_id("redeem-shares-form")
    form.get_by_role("textbox").fill("100")
    form.get_by_role("button", name="Redeem").click()
    visit.expect_base_units(card.get_by_test_id("shares"), 0)
    assert [balance(token, world) for token in tokens] == before


def test_split__owner_says_no__keeps_everything(
    visit: Visit, world: World, shelf: Shelf, wallet: Wallet
) -> None:
    before = balance(world.fjord.token, world)
    wallet.refuses = {"eth_sendTransaction"}
    form = visit.see("tranches").filter(has_text="-YT-").get_by_test_id("split-form")
    form.get_by_role("textbox").fill("1,000")
    form.get_by_role("button", name="Split").click()

    visit.expect_state("failed")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "rejected")
    assert balance(world.fjord.token, world) == before
    allowance = world.fjord.token.read(
        "allowance", world.holder.address, shelf.strip.tranches.address
    )
    assert allowance == 0
