# SPDX-License-Identifier: AGPL-3.0-only
"""What somebody typed is theirs: a new read and a refused signature leave it where it is."""

import pytest
from playwright.sync_api import Locator, expect

from tests.web.conftest import OpenVisit
from tests.web.shelf import Shelf
from tests.web.shop import Shop
from tests.web.visit import Visit, type_into
from tests.web.wallet import Wallet
from tests.web.world import BTC, World

pytestmark = pytest.mark.e2e

AMOUNT = "12.5"


def box(visit: Visit, form: str, place: int = 0) -> Locator:
    """Find a field of the first form of a name."""
    return visit.see(form).first.get_by_role("textbox").nth(place)


def send(visit: Visit, form: str) -> None:
    """Press the button of the first form of a name."""
    visit.see(form).first.locator("button[type=submit]").click()


def open_forms(visit: Visit) -> None:
    """Open what a holder can do besides claiming."""
    visit.page.locator("details.after > summary").click()


def test_shop__typed_before_connecting__is_still_there(
    open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    world.give_bitcoin(world.holder.address, BTC)
    visit = open_visit(world, [wallet], deployment=Shop(world).deployment())
    visit.open("#/buy")
    type_into(box(visit, "buy-form"), AMOUNT)

    visit.connect(wallet)

    expect(visit.see("buy-form")).to_contain_text("You have 1 ")
    expect(box(visit, "buy-form")).to_have_value(AMOUNT)


def test_products__account_changes__keeps_what_was_typed(
    open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    visit = open_visit(world, [wallet], deployment=Shelf(world).deployment())
    visit.open("#/products")
    visit.connect(wallet)
    for form in ("split-form", "create-form"):
        type_into(box(visit, form), AMOUNT)

    wallet.switch_account(world.second_holder, visit.page)

    expect(visit.see("split-form").first).to_contain_text("21,234.000000000000000568")
    for form in ("split-form", "create-form"):
        expect(box(visit, form)).to_have_value(AMOUNT)


def test_series__account_changes__keeps_what_was_typed(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)
    visit.open(f"#/series/{world.fjord.distributor.address}")
    open_forms(visit)
    typed = {
        ("payout-form", 0): world.stranger.address,
        ("transfer-form", 0): world.stranger.address,
        ("transfer-form", 1): AMOUNT,
        ("permit-form", 0): world.stranger.address,
        ("permit-form", 1): AMOUNT,
        ("permit-form", 2): "7",
    }
    for (form, place), text in typed.items():
        type_into(box(visit, form, place), text)

    wallet.switch_account(world.second_holder, visit.page)

    expect(visit.see("transfer-form")).to_contain_text("21,234.000000000000000568")
    open_forms(visit)  # it is another account's, and comes closed
    for (form, place), text in typed.items():
        expect(box(visit, form, place)).to_have_value(text)


def test_shop__account_changes_while_somebody_types__keeps_field_and_caret(
    open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    for place, holder in enumerate((world.holder, world.second_holder)):
        world.give_bitcoin(holder.address, (1 + place) * BTC)
    visit = open_visit(world, [wallet], deployment=Shop(world).deployment())
    visit.open("#/buy")
    visit.connect(wallet)
    field = box(visit, "buy-form")
    expect(visit.see("buy-form")).to_contain_text("You have 1 ")
    type_into(field, "125")
    field.press("ArrowLeft")

    wallet.switch_account(world.second_holder, visit.page)

    expect(visit.see("buy-form")).to_contain_text("You have 2 ")
    expect(field).to_be_focused()
    visit.page.keyboard.type("0.")
    expect(field).to_have_value("120.5")


def test_shop__account_changes_after_somebody_left_the_field__takes_no_focus(
    open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    world.give_bitcoin(world.second_holder.address, BTC)
    visit = open_visit(world, [wallet], deployment=Shop(world).deployment())
    visit.open("#/buy")
    visit.connect(wallet)
    type_into(box(visit, "buy-form"), AMOUNT)
    settings = visit.button("Settings")
    settings.focus()

    wallet.switch_account(world.second_holder, visit.page)

    expect(visit.see("buy-form")).to_contain_text("You have 1 ")
    expect(settings).to_be_focused()


def test_shop__owner_says_no__keeps_the_amount_until_it_is_bought(
    open_visit: OpenVisit, world: World, wallet: Wallet
) -> None:
    world.give_bitcoin(world.holder.address, BTC)
    visit = open_visit(world, [wallet], deployment=Shop(world).deployment())
    visit.open("#/buy")
    visit.connect(wallet)
    wallet.refuses = {"eth_signTypedData_v4"}
    type_into(box(visit, "buy-form"), AMOUNT)

    send(visit, "buy-form")

    visit.expect_state("failed")
    expect(box(visit, "buy-form")).to_have_value(AMOUNT)
    wallet.refuses = set()
    send(visit, "buy-form")
    visit.expect_state("confirmed")
    expect(box(visit, "buy-form")).to_have_value("")


@pytest.mark.parametrize("form", ["split-form", "create-form"])
def test_products__owner_says_no__keeps_the_amount_until_it_is_done(
    open_visit: OpenVisit, world: World, wallet: Wallet, form: str
) -> None:
    visit = open_visit(world, [wallet], deployment=Shelf(world).deployment())
    visit.open("#/products")
    visit.connect(wallet)
    wallet.refuses = {"eth_sendTransaction"}
    type_into(box(visit, form), AMOUNT)

    send(visit, form)

    visit.expect_state("failed")
    expect(box(visit, form)).to_have_value(AMOUNT)
    wallet.refuses = set()
    send(visit, form)
    visit.expect_state("confirmed")
    expect(box(visit, form)).to_have_value("")


def test_transfer__owner_says_no__keeps_address_and_amount(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)
    visit.open(f"#/series/{world.fjord.distributor.address}")
    open_forms(visit)
    wallet.refuses = {"eth_sendTransaction"}
    type_into(box(visit, "transfer-form", 0), world.stranger.address)
    type_into(box(visit, "transfer-form", 1), AMOUNT)
    send(visit, "transfer-form")

    visit.see("review-confirm").click()

    visit.expect_state("failed")
    expect(box(visit, "transfer-form", 0)).to_have_value(world.stranger.address)
    expect(box(visit, "transfer-form", 1)).to_have_value(AMOUNT)
