# SPDX-License-Identifier: AGPL-3.0-only
"""The terminal: what is locked is what the ticket said, and a relay is not believed."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Route, expect

from hashrate.orders.order_file import order_from_json
from tests.web.conftest import OpenVisit
from tests.web.desk import ASK, BID, CAP, FLOOR, WINDOW_DAYS, Desk
from tests.web.test_looks import connected, examine
from tests.web.visit import Visit, origin_of
from tests.web.wallet import Wallet
from tests.web.world import BTC, World

pytestmark = pytest.mark.e2e

CONTRACTS = 7


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
    visit = open_visit(world, [trader], deployment=desk.deployment())
    visit.own_origins.add(origin_of(desk.relay.url))
    visit.open("#/market")
    visit.connect(trader)
    return visit


def open_contract(visit: Visit) -> None:
    """Follow the only row of the curve."""
    visit.see("contract").get_by_role("link").click()
    expect(visit.see("ladder")).to_be_visible()


def test_take__best_offer__locks_what_the_ticket_said(
    visit: Visit, world: World, desk: Desk, trader: Wallet
) -> None:
    row = visit.see("contract")
    expect(row.get_by_test_id("best-bid")).to_have_text(f"{BID:,}")
    expect(row.get_by_test_id("best-ask")).to_have_text(f"{ASK:,}")
    open_contract(visit)
    visit.see("ask").get_by_role("button").click()
    ticket = visit.see("ticket")
    ticket.get_by_label("Contracts").fill(str(CONTRACTS))
    expect(visit.see("break-even")).to_have_text(f"above {ASK:,}")
    expect(visit.see("in-words")).to_contain_text(f"Buy LONG, {CONTRACTS} contracts")
    promised = visit.base_units(visit.see("take-locked"))
    assert promised == CONTRACTS * WINDOW_DAYS * (ASK - FLOOR)
    gained = visit.base_units(visit.see("most-gained"))
    assert gained == CONTRACTS * WINDOW_DAYS * (CAP - ASK)

    visit.see("take-button").click()

    visit.expect_state("confirmed")
    assert BTC - world.bitcoin_of(world.stranger) == promised
    assert desk.position(world.stranger, is_long=True) == CONTRACTS
    assert desk.position(desk.maker, is_long=False) == CONTRACTS
    assert len(trader.asked("eth_sendTransaction")) == 2  # exactly so much is approved, then taken
    expect(visit.see("position")).to_have_attribute("data-long", str(CONTRACTS))


def test_place__limit_order__is_listed_filled_at_its_word_and_cancelled(
    visit: Visit, world: World, desk: Desk, trader: Wallet
) -> None:
    open_contract(visit)
    ticket = visit.see("ticket")
    ticket.get_by_label("Buy SHORT").check()
    ticket.get_by_label("Contracts").fill(str(CONTRACTS))
    ticket.get_by_label("Price").fill("17000")
    promised = visit.base_units(visit.see("locked"))
    assert promised == CONTRACTS * WINDOW_DAYS * (CAP - 17_000)

    visit.button("Sign the order").click()

    visit.expect_state("confirmed")
    expect(visit.see("open-order")).to_contain_text(f"Buy SHORT, {CONTRACTS} contracts")
    assert world.bitcoin_of(world.stranger) == BTC  # signing costs nothing
    (record,) = desk.listed(world.stranger)
    signed = order_from_json(json.dumps(record["signed_order"]))
    take = (2, 2, 10 * BTC, 0)
    desk.book.send(
        "fill", signed.order.as_tuple(), signed.signature, take, sender=desk.maker.address
    )
    assert BTC - world.bitcoin_of(world.stranger) == promised * 2 // CONTRACTS
    assert desk.position(world.stranger, is_long=False) == 2

    visit.see("open-order").get_by_role("button").click()

    expect(visit.see("open-order")).to_have_count(0)
    assert desk.listed(world.stranger) == []
    assert len(trader.asked("eth_signTypedData_v4")) == 1


def test_place__owner_says_no__lists_nothing(
    visit: Visit, world: World, desk: Desk, trader: Wallet
) -> None:
    trader.refuses = {"eth_signTypedData_v4"}
    open_contract(visit)
    visit.see("ticket").get_by_label("Price").fill("17000")

    visit.button("Sign the order").click()

    visit.expect_state("failed")
    expect(visit.see("tx-reason")).to_have_attribute("data-reason", "rejected")
    assert desk.listed(world.stranger) == []


def test_relay__lies_about_a_price__offers_nothing_to_sign(visit: Visit, desk: Desk) -> None:
    def cheapen(route: Route) -> None:
        answer = route.fetch()
        text = answer.text()
        for name in ("price", "price_ticks"):
            text = text.replace(f'"{name}":"{ASK}"', f'"{name}":"10001"')
        route.fulfill(response=answer, body=text)

    visit.context.route(lambda url: url.startswith(desk.relay.url), cheapen)
    open_contract(visit)
    visit.see("ticket").get_by_label("Price").fill(str(ASK))
    expect(visit.see("locked")).to_be_visible()

    expect(visit.see("ask").get_by_role("button")).to_have_text("10,001")  # what it claims
    expect(visit.see("take")).to_have_count(0)  # the chain says that nobody signed this
    visit.see("ticket").get_by_label("Buy SHORT").check()
    visit.see("ticket").get_by_label("Price").fill(str(BID))
    expect(visit.see("take")).to_contain_text("1 of them")  # the other side is still true


def test_relay__does_not_answer__says_so_and_shows_the_contracts(visit: Visit, desk: Desk) -> None:
    visit.allow_down()
    desk.relay.kill()
    visit.page.reload()

    expect(visit.see("relay-down")).to_be_visible()
    expect(visit.see("contract")).to_have_count(1)


@pytest.mark.parametrize("language", ["en", "zh-TW"])
def test_market__both_themes_and_widths__has_no_axe_violation_and_fits(
    open_visit: OpenVisit, world: World, desk: Desk, trader: Wallet, language: str
) -> None:
    visit = open_visit(world, [trader], language=language, deployment=desk.deployment())
    visit.own_origins.add(origin_of(desk.relay.url))
    visit.open("#/market")
    connected(visit, trader)
    expect(visit.see("best-ask")).to_contain_text(f"{ASK:,}")
    found = examine(visit, f"market-{language}")
    open_contract(visit)
    visit.see("ask").get_by_role("button").click()
    expect(visit.see("take")).to_be_visible()

    assert found + examine(visit, f"market-contract-{language}") == []
