# SPDX-License-Identifier: AGPL-3.0-only
"""The pictures of docs/guides, taken of the page as it is; what a guide names is on the page.

Pictures are written to `web/screenshots/guides/`. With `GUIDE_PICTURES=1` they are put into the
docs, small enough for the repository.
"""

import io
import os
from pathlib import Path

import pytest
from PIL import Image
from playwright.sync_api import Locator, expect

from commands.shell.provenance import ROOT
from tests.web.conftest import OpenVisit
from tests.web.desk import Desk
from tests.web.shop import Shop
from tests.web.test_looks import PICTURES, connected
from tests.web.visit import Visit, origin_of, type_into
from tests.web.wallet import Wallet
from tests.web.world import BTC, World

pytestmark = pytest.mark.e2e

IN_DOCS = ROOT / "docs/guides/pictures"
LANGUAGES = {"en": "en", "zh-Hant": "zh-TW"}
SIZE = (820, 1000)
MAX_BYTES = 100_000
QUALITY = 60
FEWEST_COLOURS = 50


def keep(part: Locator, name: str) -> None:
    """Write a picture of a part of the page; the docs have one of that name."""
    png = part.screenshot(animations="disabled")
    picture = Image.open(io.BytesIO(png)).convert("RGB")
    folders = [PICTURES / "guides"] + [IN_DOCS] * bool(os.environ.get("GUIDE_PICTURES"))
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        picture.save(folder / f"{name}.webp", quality=QUALITY, method=6)
    colours = picture.getcolors(maxcolors=2**24)
    assert colours is not None and len(colours) > FEWEST_COLOURS  # something is to be seen
    assert (PICTURES / "guides" / f"{name}.webp").stat().st_size < MAX_BYTES
    assert (IN_DOCS / f"{name}.webp").is_file(), "run this test with GUIDE_PICTURES=1"


def visit_in(
    open_visit: OpenVisit, world: World, wallet: Wallet, language: str, deployment: dict[str, str]
) -> Visit:
    """Open the page at the guides' size."""
    return open_visit(
        world, [wallet], size=SIZE, language=LANGUAGES[language], deployment=deployment
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_holder__card_with_a_holding__is_as_in_the_guide(
    open_visit: OpenVisit, world: World, wallet: Wallet, language: str
) -> None:
    visit = visit_in(open_visit, world, wallet, language, {})
    visit.open()
    connected(visit, wallet)
    card = visit.card(world.fjord)
    expect(card.get_by_test_id("claim-button")).to_be_enabled()
    expect(card.get_by_test_id("net-now")).to_be_visible()

    keep(card, f"holder-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_buyer__offer_with_an_amount__is_as_in_the_guide(
    open_visit: OpenVisit, world: World, wallet: Wallet, language: str
) -> None:
    world.give_bitcoin(world.holder.address, BTC)
    visit = visit_in(open_visit, world, wallet, language, Shop(world).deployment())
    visit.open("#/buy")
    connected(visit, wallet)
    type_into(visit.see("buy-form").get_by_role("textbox"), "100")
    for name in ("cost", "payback", "net-now"):
        expect(visit.see(name)).to_be_visible()

    keep(visit.see("offer"), f"buyer-{language}")


@pytest.mark.parametrize("language", LANGUAGES)
def test_trader__month_with_a_ticket__is_as_in_the_guide(
    open_visit: OpenVisit, world: World, wallet: Wallet, language: str, tmp_path: Path
) -> None:
    world.give_bitcoin(world.holder.address, BTC)
    desk = Desk(world, tmp_path)
    try:
        visit = visit_in(open_visit, world, wallet, language, desk.deployment())
        visit.own_origins.add(origin_of(desk.relay.url))
        visit.open("#/market")
        connected(visit, wallet)
        visit.see("contract").first.get_by_role("link").first.click()
        expect(visit.see("ladder")).to_be_visible()
        visit.see("ask").first.get_by_role("button").first.click()
        expect(visit.see("ticket")).to_be_visible()

        keep(visit.page.locator("main"), f"trader-{language}")
    finally:
        desk.close()
