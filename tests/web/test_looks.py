# SPDX-License-Identifier: AGPL-3.0-only
"""Every view in both languages, both themes, at phone and desktop width: axe, layout, pictures.

The pictures are for a person to look at; the run writes them to `web/screenshots/`, but not in CI,
where nobody is.
"""

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from axe_playwright_python.base import AXE_SCRIPT, AxeResults
from playwright.sync_api import expect

from commands.shell.provenance import ROOT
from testing.series import Label
from tests.conftest import IN_CI
from tests.web.conftest import OpenVisit
from tests.web.shelf import Shelf
from tests.web.shop import Shop
from tests.web.visit import DESKTOP, PHONE, Visit, type_into
from tests.web.wallet import Wallet
from tests.web.world import Listing, World

pytestmark = pytest.mark.e2e

PICTURES = ROOT / "web/screenshots"
_COLOUR_RULES = ["color-contrast", "link-in-text-block"]
# what it finds right is long to write down, and nobody reads it
_AXE = """async (options) => {
  const { violations } = await axe.run({ resultTypes: ["violations"], ...options });
  return { violations };
}"""
Show = Callable[[Visit, World, Wallet], None]


def connected(visit: Visit, wallet: Wallet) -> None:
    """Connect in any language: the button is the last one of the header."""
    visit.page.locator("header button.wallet").click()
    visit.see("wallet-option").first.click()
    expect(visit.page.locator("header button.wallet")).to_contain_text("0x")


def show_overview(visit: Visit, world: World, wallet: Wallet) -> None:
    """The first view, nobody connected."""
    visit.open()
    expect(visit.see("series-card")).to_have_count(2)


def show_wallets(visit: Visit, world: World, wallet: Wallet) -> None:
    """The choice of wallets."""
    show_overview(visit, world, wallet)
    visit.page.locator("header button.wallet").click()
    expect(visit.see("wallet-option")).to_have_count(1)


def show_without_wallet(visit: Visit, world: World, wallet: Wallet) -> None:
    """Ways on where no wallet is in the browser."""
    show_wallets(visit, world, wallet)
    visit.page.get_by_role("dialog").locator("summary").click()
    expect(visit.see("qr").locator("path")).to_have_attribute("d", re.compile("^M"))


def show_watching(visit: Visit, world: World, wallet: Wallet) -> None:
    """An account that is only looked at."""
    show_without_wallet(visit, world, wallet)
    type_into(visit.see("watch-form").get_by_role("textbox"), world.holder.address)
    visit.see("watch-form").get_by_role("button").click()
    expect(visit.see("claimable")).to_have_count(2)


def show_holder(visit: Visit, world: World, wallet: Wallet) -> None:
    """The first view of a holder."""
    show_overview(visit, world, wallet)
    connected(visit, wallet)
    expect(visit.see("claimable")).to_have_count(2)


def show_elsewhere(visit: Visit, world: World, wallet: Wallet) -> None:
    """A holder whose rewards of one series go to another account."""
    world.fjord.distributor.send(
        "set_payout_address", world.stranger.address, sender=world.holder.address
    )
    show_holder(visit, world, wallet)
    expect(visit.see("elsewhere")).to_be_visible()


def show_short(visit: Visit, world: World, wallet: Wallet) -> None:
    """A series whose issuer let days go short, on its card."""
    poor = world.create_series(Listing(Label("Hashrate Moor", "thMOOR", "Moor"), 110_000, 0, 0))
    world.report_output(poor, 12)
    world.move_to(14, 10)
    world.report_day(13)
    world.mint(poor, world.holder, 1_000 * 10**18)
    for day in (14, 15):
        world.move_to(day + 1, 2)
        world.report_day(day)
        world.report_output(poor, day)
    world.move_to(19, 2)
    poor.distributor.send("settle", 64, sender=world.keeper)
    visit.open()
    connected(visit, wallet)
    expect(visit.see("claimable")).to_have_count(3)


def show_claimed(visit: Visit, world: World, wallet: Wallet) -> None:
    """A claim that was confirmed."""
    show_holder(visit, world, wallet)
    visit.see("claim-button").first.click()
    visit.expect_state("confirmed")


def show_refused(visit: Visit, world: World, wallet: Wallet) -> None:
    """A claim that was refused, with the reason."""
    show_holder(visit, world, wallet)
    wallet.before_send = lambda: world.fjord.distributor.send(
        "claim", world.holder.address, sender=world.keeper
    )
    visit.card(world.fjord).get_by_test_id("claim-button").click()
    visit.expect_state("failed")
    expect(visit.see("tx-reason").locator("p")).to_have_count(2)


def show_wrong_network(visit: Visit, world: World, wallet: Wallet) -> None:
    """A wallet on another network."""
    wallet.chain_id = 1
    show_holder(visit, world, wallet)
    expect(visit.see("network-warning")).to_be_visible()


def show_stale(visit: Visit, world: World, wallet: Wallet) -> None:
    """An oracle that has been silent for a week."""
    world.move_to(20, 12)
    show_overview(visit, world, wallet)
    expect(visit.see("stale-warning")).to_be_visible()


def show_node_down(visit: Visit, world: World, wallet: Wallet) -> None:
    """A node that stopped answering."""
    show_holder(visit, world, wallet)
    visit.cut_off()
    expect(visit.see("rpc-down")).to_be_visible()


def show_settings(visit: Visit, world: World, wallet: Wallet) -> None:
    """The settings."""
    show_overview(visit, world, wallet)
    visit.page.locator("header .tools button").nth(2).click()
    expect(visit.page.get_by_role("dialog")).to_be_visible()


def show_series(visit: Visit, world: World, wallet: Wallet) -> None:
    """A series with its days and the holder's forms."""
    show_holder(visit, world, wallet)
    visit.open(f"#/series/{world.fjord.distributor.address}")
    visit.page.locator("details summary").first.click()
    expect(visit.see("payout-form")).to_be_visible()
    expect(visit.see("day-row")).not_to_have_count(0)


def show_review(visit: Visit, world: World, wallet: Wallet) -> None:
    """A transfer before it is sent."""
    show_series(visit, world, wallet)
    fields = visit.see("transfer-form").get_by_role("textbox")
    type_into(fields.nth(0), world.stranger.address)
    type_into(fields.nth(1), "1,234.5")
    visit.see("transfer-form").locator("button[type=submit]").click()
    expect(visit.see("review-to")).to_be_visible()


def show_account(visit: Visit, world: World, wallet: Wallet) -> None:
    """The days and claims of the account in all series."""
    show_claimed(visit, world, wallet)
    visit.open("#/mine")
    expect(visit.see("csv-export")).to_be_visible()


def show_risks(visit: Visit, world: World, wallet: Wallet) -> None:
    """What can go wrong."""
    visit.open("#/risks")
    expect(visit.page.locator("main li")).to_have_count(10)


def show_day(visit: Visit, world: World, wallet: Wallet) -> None:
    """One day of a series, worked out."""
    day = world.first + 9
    visit.open(f"#/series/{world.fjord.distributor.address}/day/{day}")
    expect(visit.page.locator('main a[href*="#/tx/0x"]')).not_to_have_count(0)


def show_history(visit: Visit, world: World, wallet: Wallet) -> None:
    """The holder's days and claims."""
    show_claimed(visit, world, wallet)
    visit.open(f"#/series/{world.fjord.distributor.address}/mine")
    expect(visit.see("csv-export")).to_be_visible()


def show_transaction(visit: Visit, world: World, wallet: Wallet) -> None:
    """A transaction."""
    show_claimed(visit, world, wallet)
    visit.page.locator(".activity a").first.click()
    expect(visit.page.locator("main h1")).to_be_visible()
    expect(visit.page.locator("main")).to_contain_text("0x")


def show_hashprice(visit: Visit, world: World, wallet: Wallet) -> None:
    """The chart of the hashprice."""
    visit.open("#/hashprice")
    expect(visit.page.locator("main svg").first).to_be_visible()


def show_formulas(visit: Visit, world: World, wallet: Wallet) -> None:
    """The formulas."""
    visit.open("#/formulas")
    expect(visit.page.locator("main h1")).to_be_visible()


def show_shop(visit: Visit, world: World, wallet: Wallet) -> None:
    """An offer, an amount typed, and what the account bought before."""
    world.bitcoin.send("approve", visit.deployment["offering"], 10**8, sender=world.holder.address)
    world.give_bitcoin(world.holder.address, 10**8)
    offering = world.chain.at("market/HashrateOffering", visit.deployment["offering"])
    offering.send("buy", 1, 10**21, 1, 10**8, sender=world.holder.address)
    visit.open("#/buy")
    connected(visit, wallet)
    type_into(visit.see("buy-form").first.get_by_role("textbox"), "1,234.5")
    expect(visit.see("cost")).to_be_visible()
    expect(visit.see("payback").first).to_be_visible()
    expect(visit.see("bought")).to_be_visible()


def show_products(visit: Visit, world: World, wallet: Wallet) -> None:
    """Strips, notes and funds of a holder."""
    visit.open("#/products")
    connected(visit, wallet)
    for name in ("split-form", "create-form"):
        type_into(visit.see(name).first.get_by_role("textbox"), "12")
    expect(visit.see("outcome")).to_have_count(2)


VIEWS: list[Show] = [
    show_overview,
    show_wallets,
    show_without_wallet,
    show_watching,
    show_holder,
    show_elsewhere,
    show_short,
    show_claimed,
    show_refused,
    show_wrong_network,
    show_stale,
    show_node_down,
    show_settings,
    show_series,
    show_review,
    show_day,
    show_history,
    show_account,
    show_risks,
    show_transaction,
    show_hashprice,
    show_formulas,
    show_shop,
    show_products,
]


# contracts that a view needs beside the world's
SHELVES: dict[Show, Callable[[World], dict[str, str]]] = {
    show_shop: lambda world: Shop(world).deployment(),
    show_products: lambda world: Shelf(world).deployment(),
}


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("show", VIEWS, ids=[view.__name__.removeprefix("show_") for view in VIEWS])
def test_view__both_themes_and_widths__has_no_axe_violation_and_fits(
    open_visit: OpenVisit, world: World, wallet: Wallet, show: Show, language: str
) -> None:
    deployment = SHELVES.get(show, lambda _: {})(world)
    visit = open_visit(world, [wallet], language=language, deployment=deployment)
    show(visit, world, wallet)
    name = show.__name__.removeprefix("show_").replace("_", "-")
    assert examine(visit, f"{name}-{language}") == []


def examine(visit: Visit, name: str) -> list[str]:
    """Take pictures at both widths and in both themes; list what axe finds and what is too wide.

    A theme changes colours only: in the second one axe looks at nothing else.
    """
    found = []
    visit.page.evaluate(AXE_SCRIPT)
    for label, size in (("desktop", DESKTOP), ("phone", PHONE)):
        visit.page.set_viewport_size({"width": size[0], "height": size[1]})
        for theme, options in (("light", {}), ("dark", {"runOnly": _COLOUR_RULES})):
            visit.page.emulate_media(color_scheme="dark" if theme == "dark" else "light")
            if not IN_CI:
                take_picture(visit, PICTURES / f"{name}-{label}-{theme}.png")
            results = AxeResults(visit.page.evaluate(_AXE, options))
            if results.violations_count:
                found.append(f"{label} {theme}: {results.generate_report()}")
            if visit.overflow() > 0:
                found.append(f"{label} {theme}: {visit.overflow()} px wider than the window")
    return found


def take_picture(visit: Visit, path: Path) -> None:
    """Write what is to be seen to a file."""
    path.parent.mkdir(exist_ok=True)
    visit.page.screenshot(path=path, full_page=True, animations="disabled")
