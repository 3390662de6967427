# SPDX-License-Identifier: AGPL-3.0-only
"""Every view of the terminal in both languages, both themes and widths: axe, layout, pictures."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import expect

from hashrate.orders.order import Leg
from reference.forward_terms import Metric
from tests.web.conftest import OpenVisit
from tests.web.desk import Desk
from tests.web.test_looks import connected, examine
from tests.web.visit import Visit, origin_of, type_into
from tests.web.wallet import Wallet
from tests.web.world import BTC, World, play_two_weeks

pytestmark = pytest.mark.e2e

_KINDS = 5


@pytest.fixture(scope="module")
def desk(anvil_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """Four windows, a book with depth on both sides, trades, and a trader with positions."""
    world = World()
    try:
        play_two_weeks(world)
        desk = Desk(world, tmp_path_factory.mktemp("desk"))
        trader = world.stranger
        world.give_bitcoin(trader.address, BTC)
        world.bitcoin.send("approve", desk.vault.address, BTC, sender=trader.address)
        for place in (1, 2):
            later = desk.list_window(place)
            desk.quote(is_buy=True, price=15_500 - 500 * place, window=later)
            signed = desk.quote(is_buy=False, price=17_500 - 500 * place, window=later)
            desk.fill(signed, 3 * place, trader)
        desk.list_window(1, Metric.DIFFICULTY)
        for step in range(1, 12):
            price = 18_000 + 100 * step
            signed = desk.quote(is_buy=False, price=price, quantity=60 - 4 * step)
            desk.quote(is_buy=True, price=16_000 - 100 * step, quantity=20 + 5 * step)
            desk.anvil.warp(desk.anvil.now() + 3 * 3_600)
            desk.fill(signed, 1 + step % 3, trader)
        desk.post(desk.sign([Leg(desk.month, True, 15_000)], 2, 1))
        legs = sorted((desk.month, later))
        desk.post(desk.sign([Leg(legs[0], True, 15_000), Leg(legs[1], False, 16_000)], 4, 2))
        yield desk
        desk.close()
    finally:
        world.close()


def show_curve(visit: Visit, desk: Desk) -> None:
    """All contracts."""
    expect(visit.see("contract")).to_have_count(4)
    expect(visit.see("best-ask").first).to_contain_text("18,000")


def show_contract(visit: Visit, desk: Desk) -> None:
    """One contract, and its best offer in the ticket."""
    visit.open(f"#/market/{desk.month}")
    visit.see("ask").last.get_by_role("button").click()
    expect(visit.see("take")).to_be_visible()
    expect(visit.see("candles")).to_be_visible()


def show_tickets(visit: Visit, desk: Desk) -> None:
    """The ticket of a strip: the longest of them."""
    visit.open(f"#/market/{desk.month}")
    kinds = visit.see("ticket").locator("input[name=kind]")
    expect(kinds).to_have_count(_KINDS)
    kinds.nth(2).check()
    visit.see("ticket").locator("input[name=other]").first.check()
    expect(visit.see("in-words")).to_be_visible()


def show_pegged(visit: Visit, desk: Desk) -> None:
    """The ticket of a price that follows the index."""
    visit.open(f"#/market/{desk.month}")
    visit.see("ticket").locator("input[name=kind]").nth(1).check()
    expect(visit.see("in-words")).to_be_visible()


def show_portfolio(visit: Visit, desk: Desk) -> None:
    """Positions, what if, orders."""
    visit.open("#/market/mine")
    expect(visit.see("position")).to_have_count(3)
    expect(visit.see("exposure")).to_be_visible()
    visit.see("scenarios").get_by_role("button").nth(1).click()


def show_miner(visit: Visit, desk: Desk) -> None:
    """A fleet, its plan and the cash of it."""
    visit.open("#/market/miner")
    form = visit.see("miner-form")
    type_into(form.get_by_role("textbox").nth(6), "5000")
    form.locator("input[type=checkbox]").first.check()
    form.locator("input[type=checkbox]").nth(1).check()
    type_into(form.get_by_role("textbox").nth(10), "0.08")
    expect(visit.see("at-rest")).not_to_have_count(0)
    for summary in visit.see("plan").locator("summary").all():
        summary.click()
    expect(visit.see("cash-step")).not_to_have_count(0)


VIEWS: list[Callable[[Visit, Desk], None]] = [
    show_curve,
    show_contract,
    show_tickets,
    show_pegged,
    show_portfolio,
    show_miner,
]


@pytest.mark.parametrize("language", ["en", "zh-TW"])
@pytest.mark.parametrize("show", VIEWS, ids=[view.__name__.removeprefix("show_") for view in VIEWS])
def test_view__both_themes_and_widths__has_no_axe_violation_and_fits(
    open_visit: OpenVisit, desk: Desk, show: Callable[[Visit, Desk], None], language: str
) -> None:
    wallet = Wallet("Blue Wallet", [desk.world.stranger], desk.world.rpc)
    visit = open_visit(desk.world, [wallet], language=language, deployment=desk.deployment())
    visit.own_origins.add(origin_of(desk.relay.url))
    visit.open("#/market")
    connected(visit, wallet)
    show(visit, desk)
    name = show.__name__.removeprefix("show_")
    assert examine(visit, f"market-{name}-{language}") == []
