# SPDX-License-Identifier: AGPL-3.0-only
"""What people stumble over: warnings in sight, room between things, addresses at hand."""

import pytest
from playwright.sync_api import Locator, expect

from tests.web.conftest import OpenVisit
from tests.web.shelf import Shelf
from tests.web.shop import Shop
from tests.web.visit import PHONE, Visit
from tests.web.wallet import Wallet
from tests.web.world import World

pytestmark = pytest.mark.e2e

ROOM_PX = 8


def box(locator: Locator) -> dict[str, float]:
    """Measure where something is [CSS px]."""
    found = locator.bounding_box()
    assert found is not None
    return dict(found)


@pytest.mark.parametrize("path", ["", "#/hashprice", "#/risks"])
def test_practice_chain__on_every_page__is_said_before_anything_else(
    open_visit: OpenVisit, world: World, path: str
) -> None:
    visit = open_visit(world, size=PHONE)
    visit.open(path)
    warning = visit.see("practice")

    expect(warning).to_contain_text("nothing here is worth money")
    heading = visit.page.locator("main h1, main h2").first
    expect(heading).to_be_visible()
    assert box(warning)["y"] + box(warning)["height"] <= box(heading)["y"]
    assert box(warning)["y"] < PHONE[1] / 2  # without scrolling


def test_settings__save__has_room_to_its_field(visit: Visit) -> None:
    visit.page.locator("header .tools button").nth(2).click()
    form = visit.page.get_by_role("dialog").locator("form")

    hint, button = box(form.locator("small")), box(form.locator("button[type=submit]"))
    assert button["y"] - (hint["y"] + hint["height"]) >= ROOM_PX


def test_token__added__is_told_to_the_wallet_as_the_chain_names_it(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.connect(wallet)
    visit.open(f"#/series/{world.fjord.distributor.address}")

    visit.page.locator("details", has=visit.see("add-token")).locator("summary").click()
    visit.see("add-token").click()

    visit.wait_until(lambda: wallet.asked("wallet_watchAsset"), "the wallet is asked")
    ((asset),) = wallet.asked("wallet_watchAsset")
    token = {"address": world.fjord.token.address, "symbol": "thFJORD", "decimals": 18}
    assert asset == {"type": "ERC20", "options": token}
    assert not wallet.asked("eth_sendTransaction")


def test_own_address__copied__is_the_whole_of_it(
    visit: Visit, world: World, wallet: Wallet
) -> None:
    visit.context.grant_permissions(["clipboard-read", "clipboard-write"])
    visit.connect(wallet)
    visit.account_button(wallet).click()
    dialog = visit.page.get_by_role("dialog")
    expect(dialog).to_contain_text(world.holder.address)

    dialog.get_by_role("button", name="Copy the address").click()

    expect(dialog.get_by_role("button", name="Copied")).to_be_visible()
    assert visit.page.evaluate("navigator.clipboard.readText()") == world.holder.address


def test_card__of_a_series__says_its_site_and_terms_once(visit: Visit, world: World) -> None:
    text = visit.card(world.fjord).inner_text()

    for once in ("Fjord, hydro power", "0.025", "J/TH", "Term"):
        assert text.count(once) <= 1, once
    assert text.count("Fjord, hydro power") == 1


@pytest.mark.parametrize("path", ["#/buy", "#/products"])
@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_terms__pressed__say_what_they_mean_where_they_stand(
    open_visit: OpenVisit, world: World, path: str, language: str
) -> None:
    deployment = Shop(world).deployment() | Shelf(world).deployment()
    visit = open_visit(world, language=language, deployment=deployment)
    visit.open(path)
    terms = visit.page.locator("button.term")
    expect(terms).not_to_have_count(0)

    for place in range(terms.count()):
        terms.nth(place).click()
        expect(terms.nth(place)).to_have_attribute("aria-expanded", "true")
        meaning = visit.page.locator("button.term[aria-expanded=true] + .meaning")
        assert len(meaning.first.inner_text()) > 5
        terms.nth(place).click()
        expect(meaning).to_have_count(0)
