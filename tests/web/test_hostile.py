# SPDX-License-Identifier: AGPL-3.0-only
"""Texts and numbers that anybody may write on chain show as text and break nothing."""

import pytest
from playwright.sync_api import expect

from testing.series import Label
from tests.web.conftest import OpenVisit
from tests.web.visit import DESKTOP, LANGUAGES, PHONE, Visit
from tests.web.wallet import Wallet
from tests.web.world import DAY_SECONDS, Listing, Series, World

pytestmark = pytest.mark.e2e

TURN_AROUND = "\u202e"
MARKUP = Listing(
    Label(
        name="<img src=/x onerror=globalThis.attacked=1>",
        symbol="</bdi><b>X",
        site='"><script>globalThis.attacked=1</script>{{7*7}}',
    ),
    guaranteed_uptime_bps=10_000,
    bond_per_th=0,
)
ENDLESS = Listing(Label(name="W" * 50, symbol="M" * 16, site="W" * 64), bond_per_th=0)
BACKWARDS = Listing(
    Label(
        name=f"{TURN_AROUND}evil شعلة הצפנה\u2066",
        symbol="שלום\u200b\u0007",
        site=f"\u202b{'א' * 20}{TURN_AROUND}",
    ),
    bond_per_th=0,
)
MOST_SUPPLY = 2**94
ATTACK = """globalThis.attacked
  ?? document.querySelector('main img, main script, main b, main svg[onload]')?.outerHTML"""


@pytest.fixture
def hostile(world: World) -> list[Series]:
    """Series of three attackers, one paid in a token that lies; all with the widest numbers."""
    liar = world.chain.deploy("testing/contracts/HostileBitcoin.vy", sender=world.owner)
    series = [
        world.create_series(MARKUP, liar),
        world.create_series(ENDLESS),
        world.create_series(BACKWARDS),
    ]
    for each in series:
        world.post_output(each, 12, 2**64 - 1, 2**96 - 1)
    world.move_to(14, 10)
    world.report_day(13)
    for each in series:
        world.mint(each, world.holder, MOST_SUPPLY)
        each.token.send("approve", world.stranger.address, 2**256 - 1, sender=world.holder.address)
    world.move_to(15, 2)
    world.report_day(14)
    for each in series:
        world.post_output(each, 14, 2**64 - 1, 2**96 - 1)
    world.anvil.warp(world.anvil.now() + 3 * DAY_SECONDS)
    for each in series:
        each.distributor.send("settle", 1, sender=world.keeper)
        assert each.distributor.read("ledger")[3] > 10**11  # thousands of BTC in arrears
    return series


def expect_unharmed(visit: Visit) -> None:
    """Nothing ran, nothing became an element, no text turns another one around."""
    assert visit.page.evaluate(ATTACK) is None
    text = visit.page.get_by_role("main").inner_text()
    assert not {TURN_AROUND, "\u202b", "\u2066", "\u200b", "\u0007"} & set(text)
    assert "49" not in visit.page.locator(".chain-text").all_inner_texts()
    for width in (PHONE, DESKTOP):
        visit.page.set_viewport_size({"width": width[0], "height": width[1]})
        assert visit.overflow() <= 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_overview__hostile_series__shows_texts_as_texts(
    open_visit: OpenVisit, world: World, wallet: Wallet, hostile: list[Series], language: str
) -> None:
    visit = open_visit(world, [wallet], language=language)
    visit.open()
    visit.page.locator("header button.wallet").click()
    visit.see("wallet-option").click()

    expect(visit.see("series-card")).to_have_count(2 + len(hostile))
    for series in hostile:
        card = visit.page.locator(f'[data-series="{series.distributor.address}"]')
        visit.expect_base_units(card.get_by_test_id("balance"), MOST_SUPPLY)
    expect(visit.page.get_by_text(MARKUP.label.name).first).to_be_visible()
    expect(visit.page.get_by_text(MARKUP.label.site).first).to_be_visible()
    expect_unharmed(visit)


@pytest.mark.parametrize("place", [0, 1, 2], ids=["markup", "endless", "backwards"])
def test_series_and_day__hostile_series__show_texts_as_texts(
    open_visit: OpenVisit, world: World, wallet: Wallet, hostile: list[Series], place: int
) -> None:
    visit = open_visit(world, [wallet])
    visit.open()
    visit.connect(wallet)
    address = hostile[place].distributor.address
    visit.open(f"#/series/{address}")
    expect(visit.see("day-row")).not_to_have_count(0)
    visit.page.locator("details summary").first.click()
    expect(visit.see("payout-form")).to_be_visible()
    expect_unharmed(visit)

    visit.open(f"#/series/{address}/day/{world.first + 14}")
    expect(visit.page.locator('main a[href*="#/tx/0x"]')).not_to_have_count(0)
    expect_unharmed(visit)

    visit.open(f"#/series/{address}/mine")
    expect(visit.see("csv-export")).to_be_visible()
    expect_unharmed(visit)


def test_connect__hostile_wallet__shows_its_name_as_text(
    open_visit: OpenVisit, world: World
) -> None:
    wallet = Wallet("<img src=/x onerror=attacked=1>", [world.holder], world.rpc)
    wallet.icon = "https://tracker.example/icon.png"
    visit = open_visit(world, [wallet])
    visit.open()

    visit.connect(wallet)

    visit.account_button(wallet).click()
    expect(visit.page.get_by_role("dialog")).to_contain_text(wallet.name)
    assert visit.page.evaluate(ATTACK) is None


@pytest.mark.parametrize(
    "route",
    [
        "#/series/0x0000000000000000000000000000000000000001",
        "#/series/<script>attacked=1</script>",
        "#/tx/0x" + "ab" * 32,
        "#/nowhere/%00/../..",
        "#/series/javascript:attacked=1/day/99999999999999",
    ],
)
def test_address_bar__of_a_stranger__shows_something_harmless(
    open_visit: OpenVisit, world: World, route: str
) -> None:
    visit = open_visit(world)
    visit.open(route)

    expect(visit.page.locator("main h1, main h2").first).to_be_visible()
    assert visit.page.evaluate(ATTACK) is None
