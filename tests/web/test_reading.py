# SPDX-License-Identifier: AGPL-3.0-only
"""Reading without a wallet, and what the page says when its sources fail."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Route, expect

from hashrate.service.ports import LOOPBACK
from testing.ports import HeldPort
from tests.web.conftest import OpenVisit
from tests.web.visit import Visit, type_into
from tests.web.world import DAY_SECONDS, World

pytestmark = pytest.mark.e2e

FIRST_REQUESTS = 5
"""The chain, its block, Multicall3 where it is not, the list of series, the oracle; at least."""


def test_read__without_a_wallet__lists_series_with_the_chains_numbers(
    open_visit: OpenVisit, world: World
) -> None:
    visit = open_visit(world)
    visit.open()

    expect(visit.see("series-card")).to_have_count(2)
    for series in world.series:
        card = visit.card(series)
        expect(card).to_contain_text(series.label.name)
        expect(card).to_contain_text(series.label.site)
        supply = series.token.read("totalSupply")
        expect(card.locator(f'[data-base-units="{supply}"]')).not_to_have_count(0)
    expect(visit.see("claim-button")).to_have_count(0)
    visit.button("Connect wallet").click()
    expect(visit.page.get_by_text("No wallet was found in this browser.")).to_be_visible()


def test_read__oracle_reported__shows_the_newest_hashprice(
    open_visit: OpenVisit, world: World
) -> None:
    visit = open_visit(world)
    visit.open()

    newest = world.oracle.read("next_day") - 1
    before, after = (world.oracle.read("day_record", day) for day in (newest - 1, newest))
    hashprice = after[0] - before[0]
    expect(visit.page.locator(f'main [data-base-units="{hashprice}"]').first).to_be_visible()


def test_stale_oracle__reporters_are_late__warns_until_they_report(
    visit: Visit, world: World
) -> None:
    expect(visit.see("series-card")).to_have_count(2)
    expect(visit.see("stale-warning")).to_have_count(0)

    world.move_to(20, 12)

    expect(visit.see("stale-warning")).to_contain_text("days old")
    expect(visit.see("series-card")).to_have_count(2)
    for day in range(13, 20):
        world.report_day(day)
    world.anvil.warp(world.anvil.now() + DAY_SECONDS // 2 + 1)
    expect(visit.see("stale-warning")).to_have_count(0)


def test_node_down__comes_back__shows_old_numbers_then_new_ones(visit: Visit, world: World) -> None:
    expect(visit.see("series-card")).to_have_count(2)

    visit.cut_off()

    expect(visit.see("rpc-down")).to_contain_text(world.anvil.url)
    expect(visit.see("series-card")).to_have_count(2)
    visit.reconnect()
    visit.button("Try again").first.click()
    expect(visit.see("rpc-down")).to_have_count(0)
    expect(visit.see("series-card")).to_have_count(2)


def test_node_down__from_the_start__says_so_and_recovers_by_itself(
    open_visit: OpenVisit, world: World
) -> None:
    visit = open_visit(world)
    visit.cut_off()
    visit.open()

    expect(visit.see("rpc-down")).to_be_visible()
    visit.reconnect()
    expect(visit.see("series-card")).to_have_count(2)
    expect(visit.see("rpc-down")).to_have_count(0)


def test_node__of_another_chain__is_not_believed(open_visit: OpenVisit, world: World) -> None:
    visit = open_visit(world, deployment={"chain_id": "1", "chain_name": "Ethereum"})
    visit.open()

    expect(visit.see("rpc-other-chain")).to_contain_text("Ethereum")
    expect(visit.see("series-card")).to_have_count(0)


def test_node__chain_not_known_yet__shows_nothing_it_said(
    open_visit: OpenVisit, world: World
) -> None:
    visit = open_visit(world)
    held: list[Route] = []

    def hold_chain_id(route: Route) -> None:
        if "eth_chainId" in (route.request.post_data or ""):
            held.append(route)
        else:
            route.fallback()

    visit.context.route(re.compile(re.escape(world.anvil.url)), hold_chain_id)
    visit.open()
    visit.wait_until(lambda: len(visit.rpc_calls()) >= FIRST_REQUESTS, "all but the chain id")
    visit.wait_until(lambda: len(visit.under_way) == len(held) == 1, "answers to all but it")

    assert visit.page.get_by_role("main").locator(".number").count() == 0
    held[0].fallback()
    expect(visit.see("series-card")).to_have_count(2)


def test_deployment__is_not_one__says_what_is_missing(open_visit: OpenVisit, world: World) -> None:
    visit = open_visit(world, deployment={"oracle": "nowhere"})
    visit.open()

    expect(visit.page.get_by_role("main")).to_contain_text("oracle: not an address")


@pytest.fixture
def unused() -> Iterator[str]:
    """The URL of a port on which nobody listens, nor is given it."""
    held = HeldPort()
    yield f"http://{LOOPBACK}:{held.number}"
    held.release()


def test_settings__own_node__reads_only_from_it(
    open_visit: OpenVisit, world: World, unused: str
) -> None:
    visit = open_visit(world, deployment={"rpc_url": unused})
    visit.allow_down()
    visit.own_origins.add(unused)
    visit.open()
    expect(visit.see("rpc-down")).to_be_visible()

    visit.button("Settings").click()
    type_into(visit.page.get_by_label(re.compile("RPC URL")), world.anvil.url)
    visit.button("Save").click()
    expect(visit.see("series-card")).to_have_count(2)
    visit.own_origins.remove(unused)
    visit.requests.clear()  # with the questions that were under way when it was saved
    world.anvil.do("evm_mine")

    visit.wait_until(visit.rpc_calls, "the page asks about the new block")


def test_language__switched__is_chinese_everywhere_and_remembered(visit: Visit) -> None:
    expect(visit.see("series-card")).to_have_count(2)

    visit.see("language-switch").click()

    expect(visit.page.locator("html")).to_have_attribute("lang", "zh-Hant")
    expect(visit.page.get_by_role("main")).to_contain_text(re.compile("[\u4e00-\u9fff]"))
    expect(visit.page.get_by_role("heading", level=2)).to_have_text(re.compile("[\u4e00-\u9fff]"))
    visit.page.reload()
    expect(visit.page.locator("html")).to_have_attribute("lang", "zh-Hant")
    visit.see("language-switch").click()
    expect(visit.page.locator("html")).to_have_attribute("lang", "en")


def test_language__of_the_browser__is_chosen_at_first(open_visit: OpenVisit, world: World) -> None:
    visit = open_visit(world, language="zh-TW")
    visit.open()

    expect(visit.page.locator("html")).to_have_attribute("lang", "zh-Hant")


def background(visit: Visit) -> str:
    """Read the colour of the page's ground."""
    script = "getComputedStyle(document.documentElement).backgroundColor"
    colour: str = visit.page.evaluate(script)
    return colour


def test_theme__switched__changes_and_is_remembered(visit: Visit) -> None:
    expect(visit.see("series-card")).to_have_count(2)
    colours = set()
    for theme in ("light", "dark"):
        while visit.see("theme-switch").get_attribute("data-value") != theme:
            visit.see("theme-switch").click()
        colours.add(background(visit))

    visit.page.reload()

    assert len(colours) == 2
    expect(visit.see("theme-switch")).to_have_attribute("data-value", "dark")
    assert background(visit) in colours
