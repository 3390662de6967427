# SPDX-License-Identifier: AGPL-3.0-only
"""A phone: no wallet in its browser, little room, a thumb that must reach every button."""

import re

import pytest
from playwright.sync_api import expect

from tests.web.conftest import OpenVisit
from tests.web.visit import PHONE, Visit, type_into
from tests.web.wallet import Wallet
from tests.web.world import World

pytestmark = pytest.mark.e2e

WIDE = (1440, 900)
FIRST_CARDS = 7
# buttons on the screen that something else would take the finger from
COVERED = """() => [...document.querySelectorAll("main button:not([disabled])")]
  .filter((button) => {
    const { left, top, width, height } = button.getBoundingClientRect();
    const [x, y] = [left + width / 2, top + height / 2];
    if (x < 0 || y < 0 || x >= innerWidth || y >= innerHeight || width === 0) return false;
    return !button.contains(document.elementFromPoint(x, y));
  })
  .map((button) => button.textContent)"""


@pytest.fixture
def bare(open_visit: OpenVisit, world: World) -> Visit:
    """A tab of a phone's browser that knows no wallet."""
    visit = open_visit(world, size=PHONE)
    visit.open()
    expect(visit.see("series-card")).to_have_count(2)
    visit.button("Connect wallet").click()
    return visit


@pytest.fixture
def phone(open_visit: OpenVisit, world: World, wallet: Wallet) -> Visit:
    """A tab of a wallet's browser on a phone."""
    visit = open_visit(world, [wallet], size=PHONE)
    visit.open()
    visit.connect(wallet)
    return visit


def test_no_wallet__links__open_this_page_in_wallets(bare: Visit) -> None:
    dialog = bare.page.get_by_role("dialog")
    host = bare.url.removeprefix("http://")
    escaped = bare.url.replace(":", "%3A").replace("/", "%2F")

    links = {
        "MetaMask": f"https://link.metamask.io/dapp/{host}",
        "imToken": f"imtokenv2://navigate/DappView?url={escaped}",
        "Trust Wallet": f"https://link.trustwallet.com/open_url?coin_id=60&url={escaped}",
    }
    for name, link in links.items():
        expect(dialog.get_by_role("link", name=name)).to_have_attribute("href", link)
    expect(bare.see("qr").locator("path")).to_have_attribute("d", re.compile("^M"))
    expect(bare.see("qr")).to_have_attribute("aria-label", f"QR code of {bare.url}")


def test_no_wallet__page_address__can_be_copied(bare: Visit) -> None:
    bare.context.grant_permissions(["clipboard-read", "clipboard-write"])

    bare.button("Copy the page's address").click()

    expect(bare.button("Copied")).to_be_visible()
    assert bare.page.evaluate("navigator.clipboard.readText()") == bare.url


def test_view_only__an_address__shows_its_money_and_sends_nothing(
    bare: Visit, world: World
) -> None:
    type_into(bare.see("watch-form").get_by_role("textbox"), "nobody")
    bare.button("Look").click()
    expect(bare.see("watch-form").get_by_role("alert")).to_be_visible()
    type_into(bare.see("watch-form").get_by_role("textbox"), world.holder.address.lower())
    bare.button("Look").click()

    card = bare.card(world.fjord)
    claimable = world.claimable(world.fjord, world.holder)
    bare.expect_base_units(card.get_by_test_id("claimable"), claimable)
    expect(card.get_by_test_id("claim-button")).to_be_disabled()
    expect(bare.see("claim-all-button")).to_be_disabled()
    expect(bare.see("network-warning")).to_have_count(0)
    bare.page.reload()
    expect(bare.button(re.compile("View only"))).to_be_visible()
    bare.button(re.compile("View only")).click()
    bare.button("Stop looking").click()
    expect(bare.see("balance")).to_have_count(0)


def test_confirmed__on_a_phone__covers_no_button_and_leaves(phone: Visit, world: World) -> None:
    phone.claim(world.prairie)
    panel = phone.page.locator(".activity.done")
    expect(panel).to_be_visible()

    button = phone.card(world.fjord).get_by_test_id("claim-button")
    under = button.bounding_box(), panel.bounding_box()
    assert under[0] is not None
    assert under[1] is not None
    phone.page.mouse.wheel(0, under[0]["y"] - under[1]["y"] - 10)
    phone.page.wait_for_timeout(300)

    assert phone.page.evaluate(COVERED) == []
    expect(panel).to_have_count(0)


def test_days__on_a_phone__are_cards_with_net_first(phone: Visit, world: World) -> None:
    phone.open(f"#/series/{world.fjord.distributor.address}")

    rows = phone.see("day-row")
    expect(rows).to_have_count(FIRST_CARDS)
    expect(phone.page.locator("main table")).to_have_count(0)
    newest = rows.first
    assert newest.evaluate("row => row.querySelector('.number').closest('[data-column]') !== null")
    for word in ("Net", "Gross", "Electricity", "Fees", "Paid", "Owed", "Delivered", "Signed by"):
        expect(newest).to_contain_text(word)
    phone.page.get_by_role("main").get_by_role("button", name="Show more").click()
    expect(rows).to_have_count(11)
    assert phone.overflow() <= 0


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_days__on_a_wide_screen__lose_no_column(
    open_visit: OpenVisit, world: World, language: str
) -> None:
    visit = open_visit(world, size=WIDE, language=language)
    visit.open(f"#/series/{world.fjord.distributor.address}")

    expect(visit.see("day-row")).not_to_have_count(0)
    table = visit.page.locator(".scroller").first
    assert table.evaluate("box => box.scrollWidth - box.clientWidth") <= 0


def test_days__end_at_another_hour__say_so(phone: Visit, world: World) -> None:
    phone.open(f"#/series/{world.fjord.distributor.address}")

    expect(phone.see("zone")).to_have_text("Days are UTC: one ends at 08:00 on your clock.")
