# SPDX-License-Identifier: AGPL-3.0-only
"""The terminal's book: what is locked is what the ticket said, and a relay is not believed."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Route, expect

from hashrate.orders.order import Leg
from hashrate.orders.order_file import order_from_json, order_to_json
from testing.relay_process import RelayProcess
from tests.web.conftest import OpenVisit
from tests.web.desk import ASK, BID, CAP, FLOOR, QUOTED, WINDOW_DAYS, Desk
from tests.web.visit import Visit, origin_of, type_into
from tests.web.wallet import Wallet
from tests.web.world import BTC, World

pytestmark = pytest.mark.e2e

CONTRACTS = 7
_SEEN = """state => {
  Object.defineProperty(document, "visibilityState", { value: state, configurable: true });
  document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest.fixture
def desk(world: World, tmp_path: Path) -> Iterator[Desk]:
    """A month with a maker on both sides, and a stranger with money."""
    desk = Desk(world, tmp_path)
    world.give_bitcoin(world.stranger.address, BTC)
    yield desk
    desk.close()


@pytest.fixture
def trader(world: World) -> Wallet:
    """The wallet of somebody who trades for the first time."""
    return Wallet("Blue Wallet", [world.stranger], world.rpc)


@pytest.fixture
def visit(open_visit: OpenVisit, world: World, desk: Desk, trader: Wallet) -> Visit:
    """A trader at the only contract."""
    return enter(open_visit, world, desk, trader)


def enter(open_visit: OpenVisit, world: World, desk: Desk, trader: Wallet) -> Visit:
    """Open the market and connect."""
    visit = open_visit(world, [trader], deployment=desk.deployment())
    visit.own_origins.update(origin_of(relay.url) for relay in desk.relays)
    visit.open("#/market")
    visit.connect(trader)
    return visit


def open_contract(visit: Visit) -> None:
    """Follow the first row of the curve."""
    visit.see("contract").first.get_by_role("link").click()
    expect(visit.see("ladder")).to_be_visible()


def test_take__best_offer__locks_what_the_ticket_said(
    visit: Visit, world: World, desk: Desk, trader: Wallet
) -> None:
    row = visit.see("contract")
    expect(row.get_by_test_id("best-bid")).to_have_text(f"{BID:,}")
    expect(row.get_by_test_id("best-ask")).to_have_text(f"{ASK:,}")
    expect(row.get_by_test_id("mark")).to_have_text(f"{(BID + ASK) // 2:,}")
    expect(row.get_by_test_id("last")).to_have_text("–")
    open_contract(visit)
    visit.see("ask").get_by_role("button").click()
    ticket = visit.see("ticket")
    type_into(ticket.get_by_label("Contracts"), str(CONTRACTS))
    expect(visit.see("break-even")).to_have_text(f"above {ASK:,}")
    expect(visit.see("in-words")).to_contain_text(f"Buy LONG: {CONTRACTS} contracts")
    promised = visit.base_units(visit.see("take-locked"))
    assert promised == CONTRACTS * WINDOW_DAYS * (ASK - FLOOR)
    gained = visit.base_units(visit.see("take-gained"))
    assert gained == CONTRACTS * WINDOW_DAYS * (CAP - ASK)

    visit.see("take-button").click()

    visit.expect_state("confirmed")
    assert BTC - world.bitcoin_of(world.stranger) == promised
    assert desk.position(world.stranger, is_long=True) == CONTRACTS
    assert desk.position(desk.maker, is_long=False) == CONTRACTS
    assert len(trader.asked("eth_sendTransaction")) == 2  # exactly so much is approved, then taken
    # the relay tells of the trade, and nobody has to reload
    trade = visit.see("trade")
    expect(trade).to_contain_text(f"{ASK:,}")
    expect(trade).to_contain_text("bought")
    expect(visit.see("candles")).to_contain_text(f"{CONTRACTS} contracts traded")
    expect(visit.see("open-interest")).to_have_text(str(CONTRACTS))
    expect(visit.see("ask")).to_contain_text(str(QUOTED - CONTRACTS))


def test_place__limit_order__is_listed_filled_at_its_word_and_cancelled(
    visit: Visit, world: World, desk: Desk, trader: Wallet
) -> None:
    open_contract(visit)
    ticket = visit.see("ticket")
    ticket.get_by_label("Buy SHORT").check()
    type_into(ticket.get_by_label("Contracts"), str(CONTRACTS))
    type_into(ticket.get_by_label("Price"), "17000")
    promised = visit.base_units(visit.see("locked"))
    assert promised == CONTRACTS * WINDOW_DAYS * (CAP - 17_000)

    visit.button("Sign the order").click()

    visit.expect_state("confirmed")
    own = visit.see("ask").filter(has_text=f"{CONTRACTS} yours")
    expect(own.get_by_role("button")).to_have_text("17,000")
    assert world.bitcoin_of(world.stranger) == BTC  # signing costs nothing
    desk.fill(desk.order_of(world.stranger), 2, desk.maker)
    assert BTC - world.bitcoin_of(world.stranger) == promised * 2 // CONTRACTS
    assert desk.position(world.stranger, is_long=False) == 2

    visit.open("#/market/mine")
    expect(visit.see("position")).to_have_attribute("data-short", "2")
    order = visit.see("open-order")
    expect(order).to_contain_text(f"{CONTRACTS - 2} of {CONTRACTS} left")
    order.get_by_role("button", name="Cancel").click()

    expect(visit.see("open-order")).to_have_count(0)
    visit.wait_until(lambda: desk.listed(world.stranger) == [], "the relay sees it as well")
    assert len(trader.asked("eth_signTypedData_v4")) == 1


def test_place__owner_says_no__lists_nothing_and_keeps_what_was_typed(
    visit: Visit, world: World, desk: Desk, trader: Wallet
) -> None:
    trader.refuses = {"eth_signTypedData_v4"}
    open_contract(visit)
    ticket = visit.see("ticket")
    type_into(ticket.get_by_label("Price"), "17000")
    type_into(ticket.get_by_label("Contracts"), "3")

    visit.button("Sign the order").click()

    visit.expect_state("failed")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "rejected")
    assert desk.listed(world.stranger) == []
    expect(ticket.get_by_label("Price")).to_have_value("17000")
    expect(ticket.get_by_label("Contracts")).to_have_value("3")


def test_ladder__keys__move_along_the_prices_and_fill_the_ticket(visit: Visit, desk: Desk) -> None:
    desk.quote(is_buy=False, price=ASK + 500, quantity=3)
    open_contract(visit)
    expect(visit.see("ask")).to_have_count(2)  # it came by itself
    visit.see("ask").first.get_by_role("button").focus()

    visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("ArrowDown")
    visit.page.keyboard.press("Enter")

    expect(visit.see("ticket").get_by_label("Price")).to_have_value(str(BID))
    expect(visit.see("ticket").get_by_label("Buy SHORT")).to_be_checked()


def test_contract_box__any_index__says_what_one_contract_pays(visit: Visit) -> None:
    open_contract(visit)
    box = visit.see("contract-box")

    for mean, long in ((1_000, 0), (17_000, 7_000), (90_000, 20_000)):
        type_into(box.get_by_label("If the mean"), str(mean))
        visit.expect_base_units(visit.see("long-pays"), WINDOW_DAYS * long)
        visit.expect_base_units(visit.see("short-pays"), WINDOW_DAYS * (CAP - FLOOR - long))


# What a relay may do


def alter(visit: Visit, relay: RelayProcess, change: Any) -> None:
    """Change what a relay says of orders on its way to the page."""

    def answer(route: Route) -> None:
        told = route.fetch()
        route.fulfill(response=told, body=change(told.text()))

    visit.context.route(lambda url: url.startswith(f"{relay.url}/orders"), answer)


def test_relay__alters_the_price_of_an_order__offers_nothing_to_sign(
    visit: Visit, desk: Desk
) -> None:
    alter(
        visit,
        desk.relay,
        lambda text: text.replace(f'"price_ticks":"{ASK}"', '"price_ticks":"10001"'),
    )
    open_contract(visit)

    expect(visit.see("bid")).to_have_count(1)  # the other side is still true
    expect(visit.see("ask")).to_have_count(0)  # the chain says that nobody signed this
    type_into(visit.see("ticket").get_by_label("Price"), str(CAP))
    expect(visit.see("locked")).to_be_visible()
    expect(visit.see("take")).to_have_count(0)


def test_relay__lists_dead_and_absurd_orders__shows_what_can_be_filled(
    visit: Visit, world: World, desk: Desk
) -> None:
    dead = desk.quote(is_buy=False, price=ASK - 500, quantity=3)
    kept = desk.relay.get(f"/orders?market={desk.month}&side=sell").json()["orders"]
    desk.book.send("cancel", dead.order.as_tuple(), sender=desk.maker.address)
    desk.relay.kill()
    beyond = desk.sign(
        [Leg(desk.month, is_buy=False, price_ticks=CAP + 1)], 3, 99, max_collateral=1
    )
    absurd = {**kept[0], "signed_order": json.loads(order_to_json(beyond)), "covered": "9"}
    inflated = [{**each, "covered": "1000000"} for each in kept]
    orders = json.dumps({"orders": [absurd, *inflated], "next": None, "block": None})

    def answer(route: Route) -> None:
        is_side = "side=sell" in route.request.url
        empty = '{"orders": []}'
        headers = {"access-control-allow-origin": "*", "content-type": "application/json"}
        route.fulfill(status=200, headers=headers, body=orders if is_side else empty)

    visit.allow_down()
    visit.context.route(lambda url: url.startswith(f"{desk.relay.url}/orders"), answer)
    open_contract(visit)

    expect(visit.see("ask")).to_have_count(1)
    expect(visit.see("ask")).to_contain_text(f"{ASK:,}")
    expect(visit.see("ask")).to_contain_text(str(QUOTED))  # no more than the chain has left


def test_relay__tells_of_absurd_prices__no_figure_is_made_of_them(
    open_visit: OpenVisit, world: World, desk: Desk, trader: Wallet
) -> None:
    world.bitcoin.send("approve", desk.vault.address, BTC, sender=world.stranger.address)
    desk.fill(desk.quote(is_buy=False, price=17_000, quantity=3), 3, world.stranger)

    def inflate(route: Route) -> None:
        told = route.fetch()
        body = re.sub(r'"price":"\d+"', '"price":"9000000000000"', told.text())
        route.fulfill(response=told, body=body)

    visit = open_visit(world, [trader], deployment=desk.deployment())
    visit.own_origins.add(origin_of(desk.relay.url))
    visit.context.route(re.compile(f"^{desk.relay.url}/(books|trades)"), inflate)
    visit.open("#/market")
    visit.connect(trader)

    row = visit.see("contract")
    expect(row.get_by_test_id("volume")).to_have_text("0")  # it has answered
    for name in ("best-bid", "best-ask", "last", "mark", "basis", "growth"):
        expect(row.get_by_test_id(name)).to_have_text("–")
    visit.open("#/market/mine")
    index = int(desk.vault.read("mean_of_last", desk.month, 1)[0])
    expect(visit.see("position")).to_be_visible()
    visit.expect_base_units(visit.see("value"), 3 * WINDOW_DAYS * (index - FLOOR))


def test_relays__two__unite_their_books_by_order_hash(
    open_visit: OpenVisit, world: World, desk: Desk, trader: Wallet
) -> None:
    second = desk.add_relay()
    both = desk.quote(is_buy=False, price=ASK + 100, quantity=5)
    assert second.post(both).status_code == 201
    desk.quote(is_buy=False, price=ASK - 100, quantity=2, relay=second)
    visit = enter(open_visit, world, desk, trader)

    open_contract(visit)

    asks = visit.see("ask")
    expect(asks).to_have_count(3)
    expect(asks.nth(0).get_by_role("cell").last).to_have_text("5")  # once, though both list it
    expect(asks.nth(2)).to_contain_text(f"{ASK - 100:,}")

    visit.allow_down()
    second.kill()
    visit.page.reload()
    expect(visit.see("relay-partly")).to_contain_text("1 of 2")
    expect(visit.see("ask")).to_have_count(2)


def test_relay__does_not_answer__says_so_and_shows_the_contracts(visit: Visit, desk: Desk) -> None:
    visit.allow_down()
    desk.relay.kill()
    visit.page.reload()

    expect(visit.see("relay-down")).to_be_visible()
    expect(visit.see("contract")).to_have_count(1)


def test_relay__says_too_many__is_left_alone_as_long_as_it_wishes(visit: Visit, desk: Desk) -> None:
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        headers = {
            "access-control-allow-origin": "*",
            "access-control-expose-headers": "retry-after",
            "retry-after": "60",
        }
        route.fulfill(status=429, headers=headers, body="{}")

    visit.allow_down()
    visit.context.route(lambda url: url.startswith(desk.relay.url), refuse)
    visit.see("contract").get_by_role("link").click()
    expect(visit.see("relay-resting")).to_be_visible()
    questions = [url for url in asked if "/stream" not in url]
    first = len(questions)

    for _ in range(4):
        desk.anvil.do("evm_mine")  # each block would ask again
        visit.page.wait_for_timeout(1_600)

    assert len([url for url in asked if "/stream" not in url]) == first
    assert len([url for url in asked if "/stream" in url]) <= 3  # the stream waits longer each time


def test_tab__nobody_sees__asks_no_relay(visit: Visit, desk: Desk) -> None:
    open_contract(visit)
    visit.page.evaluate(_SEEN, "hidden")
    visit.wait_until_quiet()  # what was begun is read to its end
    before = len(visit.requests)

    desk.quote(is_buy=False, price=ASK + 700, quantity=1)
    desk.anvil.do("evm_mine")
    visit.page.wait_for_timeout(4_500)

    assert len(visit.requests) == before
    visit.page.evaluate(_SEEN, "visible")
    expect(visit.see("ask")).to_have_count(2)  # and catches up when it is seen again


def test_chain__reorganises_while_an_order_waits__brings_the_order_back(
    visit: Visit, world: World, desk: Desk, trader: Wallet
) -> None:
    open_contract(visit)
    before = desk.anvil.do("evm_snapshot")
    asks = desk.relay.get(f"/orders?market={desk.month}&side=sell").json()["orders"]
    signed = order_from_json(json.dumps(asks[0]["signed_order"]))
    world.bitcoin.send("approve", desk.vault.address, BTC, sender=world.stranger.address)
    desk.fill(signed, QUOTED, world.stranger)
    expect(visit.see("ask")).to_have_count(0)
    expect(visit.see("open-interest")).to_have_text(str(QUOTED))

    desk.anvil.do("evm_revert", before)
    desk.anvil.do("anvil_mine", hex(2))  # as many blocks as before, and other ones

    expect(visit.see("open-interest")).to_have_text("0")
    expect(visit.see("ask")).to_contain_text(str(QUOTED))
