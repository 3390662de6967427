# SPDX-License-Identifier: AGPL-3.0-only
"""Every kind of ticket, and what is an account's: the chain moves what the page promised, to the
satoshi. One chain for all of them; each trader and each window is of one test."""

import csv
import io
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import pytest
from eth_account.signers.local import LocalAccount
from playwright.sync_api import expect

from hashrate.evm.errors import RpcRefusedError
from hashrate.hedging.plan import Fleet
from hashrate.hedging.selling import contracts_of
from hashrate.orders.order import Leg, SignedOrder
from tests.web.conftest import OpenVisit
from tests.web.desk import CAP, FLOOR, WINDOW_DAYS, Desk, side_of
from tests.web.visit import Visit, origin_of, type_into
from tests.web.wallet import Wallet
from tests.web.world import BTC, DAY_SECONDS, World, account_of, play_two_weeks

pytestmark = pytest.mark.e2e

_FIRST_TRADER = 20
_places = itertools.count(1)
_traders = itertools.count(_FIRST_TRADER)


@pytest.fixture(scope="module")
def world(anvil_path: Path) -> Iterator[World]:
    """The chain of all tests of this file."""
    world = World()
    try:
        play_two_weeks(world)
        yield world
    finally:
        world.close()


@pytest.fixture(scope="module")
def desk(world: World, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The vault, book, relay and maker of all tests."""
    desk = Desk(world, tmp_path_factory.mktemp("desk"))
    yield desk
    desk.close()


@dataclass
class Trader:
    """Somebody who trades for the first time, at the page."""

    account: LocalAccount
    wallet: Wallet
    visit: Visit
    world: World

    def paid(self) -> int:
        """Return what it has paid so far [base units]."""
        return BTC - self.world.bitcoin_of(self.account)


@pytest.fixture
def trader(open_visit: OpenVisit, world: World, desk: Desk) -> Trader:
    """A new account with a bitcoin, connected."""
    account = account_of(next(_traders))
    world.give_bitcoin(account.address, BTC)
    world.anvil.give(account.address)
    world.anvil.do("anvil_impersonateAccount", account.address)  # it trades without the page too
    wallet = Wallet("Blue Wallet", [account], world.rpc)
    visit = open_visit(world, [wallet], deployment=desk.deployment())
    visit.own_origins.add(origin_of(desk.relay.url))
    visit.open("#/market")
    visit.connect(wallet)
    return Trader(account, wallet, visit, world)


def open_ticket(visit: Visit, window: int, kind: str) -> None:
    """Open a contract and choose a kind of order."""
    visit.open(f"#/market/{window}")
    visit.see("ticket").get_by_label(kind, exact=True).check()


def fill_in(visit: Visit, **values: str) -> None:
    """Type into the ticket, by the first words of the labels."""
    for label, value in values.items():
        type_into(visit.see("ticket").get_by_label(label.replace("_", " ")).first, value)


def sign(trader: Trader, desk: Desk) -> SignedOrder:
    """Sign the order, and read what the relay has of it."""
    trader.visit.button("Sign the order").click()
    trader.visit.expect_state("confirmed")
    return desk.order_of(trader.account)


# Taking


def test_sweep__worst_price__takes_the_best_and_pays_what_was_promised(
    trader: Trader, desk: Desk
) -> None:
    visit, window = trader.visit, desk.list_window(next(_places))
    for price, quantity in ((18_000, 4), (18_100, 5), (18_200, 6), (18_300, 7)):
        desk.quote(is_buy=False, price=price, quantity=quantity, window=window)
    open_ticket(visit, window, "Sweep")
    fill_in(visit, Contracts="20", Worst_price="18200")
    expect(visit.see("take")).to_contain_text("15 contracts at 18,113.34 on average, from 3 orders")
    expect(visit.see("take")).to_contain_text("5 more are not offered up to this price")
    fill_in(visit, Contracts="11")
    expect(visit.see("take")).to_contain_text("11 contracts")
    promised = visit.base_units(visit.see("take-locked"))

    visit.see("take-button").click()

    visit.expect_state("confirmed")
    cost = 4 * 18_000 + 5 * 18_100 + 2 * 18_200 - 11 * FLOOR
    assert trader.paid() == promised == WINDOW_DAYS * cost
    assert desk.position(trader.account, is_long=True, window=window) == 11
    # one transaction for three orders, after the approval
    assert len(trader.wallet.asked("eth_sendTransaction")) == 2
    expect(visit.see("ask")).to_have_count(2)
    expect(visit.see("shortfall")).to_have_count(0)


def test_sweep__somebody_was_faster_with_one__takes_pays_and_tells_of_the_others_only(
    trader: Trader, desk: Desk
) -> None:
    visit, window = trader.visit, desk.list_window(next(_places))
    orders = [
        desk.quote(is_buy=True, price=price, quantity=quantity, window=window)
        for price, quantity in ((17_000, 4), (16_900, 5), (16_800, 6))
    ]

    def be_faster() -> None:
        # the approval was signed before; the sweep is rehearsed after it
        trader.wallet.before_send = lambda: None
        desk.book.send("cancel", orders[1].order.as_tuple(), sender=desk.maker.address)

    open_ticket(visit, window, "Sweep")
    visit.see("ticket").get_by_label("Buy SHORT").check()
    fill_in(visit, Contracts="15", Worst_price="16800")
    expect(visit.see("take")).to_contain_text("from 3 orders")
    trader.wallet.before_send = be_faster
    visit.see("take-button").click()

    visit.expect_state("confirmed")
    told = "Traded 10 of the 15 wanted; 1 of 3 orders could no longer be filled."
    expect(visit.see("shortfall")).to_have_text(told)
    sides = (4 * side_of(17_000, is_buy=False), 6 * side_of(16_800, is_buy=False))
    assert trader.paid() == WINDOW_DAYS * sum(sides)
    assert desk.position(trader.account, is_long=False, window=window) == 10


def test_take__what_is_held__is_closed_and_pays_out_at_once(trader: Trader, desk: Desk) -> None:
    visit, window = trader.visit, desk.list_window(next(_places))
    desk.quote(is_buy=False, price=18_000, quantity=5, window=window)
    desk.quote(is_buy=True, price=17_000, quantity=9, window=window)
    open_ticket(visit, window, "Limit")
    visit.see("ask").get_by_role("button").click()
    fill_in(visit, Contracts="5")
    visit.see("take-button").click()
    visit.expect_state("confirmed")
    expect(visit.see("ask")).to_have_count(0)
    paid = trader.paid()
    assert paid == 5 * WINDOW_DAYS * side_of(18_000, is_buy=True)

    visit.see("bid").get_by_role("button").click()
    fill_in(visit, Contracts="7")
    visit.expect_base_units(visit.see("take-locked"), 0)
    expect(visit.see("take")).to_contain_text("5 LONG")
    received = visit.base_units(visit.see("take-released"))
    visit.see("take-button").click()

    visit.wait_until(lambda: trader.paid() != paid, "the trade")
    assert paid - trader.paid() == received
    assert received == WINDOW_DAYS * (5 * 7_000 - 2 * (CAP - 17_000))
    assert desk.position(trader.account, is_long=False, window=window) == 2


def test_linked_order__of_a_maker__is_taken_in_all_windows(trader: Trader, desk: Desk) -> None:
    visit = trader.visit
    windows = sorted(desk.list_window(next(_places)) for _ in range(2))
    legs = [Leg(windows[0], True, 15_000), Leg(windows[1], False, 17_000, 2)]
    desk.post(desk.sign(legs, 6, 1))
    visit.open(f"#/market/{windows[0]}")
    fill_in(visit, Contracts="4")
    order = visit.see("linked-order")
    expect(order).to_contain_text("Buy SHORT: 4 contracts")
    expect(order).to_contain_text("Buy LONG: 8 contracts")
    promised = visit.base_units(visit.see("linked-locked"))

    visit.see("take-linked").click()

    visit.expect_state("confirmed")
    unit = side_of(15_000, is_buy=False) + 2 * side_of(17_000, is_buy=True)
    assert trader.paid() == promised == 4 * WINDOW_DAYS * unit
    assert desk.position(trader.account, is_long=False, window=windows[0]) == 4
    assert desk.position(trader.account, is_long=True, window=windows[1]) == 8


# Making


def test_pegged__order__follows_the_index_between_its_bounds(trader: Trader, desk: Desk) -> None:
    visit, window = trader.visit, desk.list_window(next(_places))
    index = int(desk.vault.read("mean_of_last", window, 1)[0])
    open_ticket(visit, window, "Pegged")
    fill_in(
        visit,
        Contracts="3",
        Above_the_index=f"{16_500 - index}",
        Lowest_price="12000",
        Highest_price="17000",
    )
    expect(visit.see("peg-now")).to_contain_text("16,500")
    even = visit.see("break-even")
    expect(even).to_contain_text(
        "Not known before it is filled. At the present index: above 16,500"
    )
    words = visit.see("in-words")
    expect(words).to_contain_text("never below 12,000 or above 17,000")
    promised = visit.base_units(visit.see("locked"))
    assert promised == 3 * WINDOW_DAYS * side_of(17_000, is_buy=True)  # at the worst

    signed = sign(trader, desk)

    assert signed.order.peg is not None
    assert signed.order.max_collateral == promised
    expect(visit.see("bid").filter(has_text="3 yours")).to_contain_text("16,500")
    desk.fill(signed, 3, desk.maker)
    assert trader.paid() == 3 * WINDOW_DAYS * side_of(16_500, is_buy=True)


@pytest.mark.parametrize("is_spread", [False, True], ids=["strip", "spread"])
def test_several_windows__one_order__is_filled_at_its_word(
    trader: Trader, desk: Desk, is_spread: bool
) -> None:
    visit = trader.visit
    near, far = desk.list_window(next(_places)), desk.list_window(next(_places))
    open_ticket(visit, near, "Spread" if is_spread else "Strip")
    fill_in(visit, Contracts="3", Price="15000")
    choice = visit.see("ticket").locator("fieldset.windows")
    expect(choice).to_be_visible()
    # the far one is the last that is listed
    choice.locator("input[name=other]").last.check()
    type_into(choice.get_by_role("textbox").last, "16000")
    sides = {near: (15_000, True), far: (16_000, not is_spread)}
    unit = sum(side_of(price, is_buy=is_buy) for price, is_buy in sides.values())
    promised = visit.base_units(visit.see("locked"))
    assert promised == 3 * WINDOW_DAYS * unit
    expect(visit.see("in-words")).to_contain_text("All of these together, or none")
    even = visit.see("break-even")
    # of the strip the mean of both, of the spread the difference that is paid for
    expect(even).to_contain_text("above 15,500" if not is_spread else f"above −{30_000:,}")

    signed = sign(trader, desk)

    assert {leg.series: (leg.price_ticks, leg.is_buy) for leg in signed.order.legs} == sides
    assert signed.order.max_collateral == promised
    desk.fill(signed, 3, desk.maker)
    assert trader.paid() == promised
    assert desk.position(trader.account, is_long=True, window=near) == 3
    assert desk.position(trader.account, is_long=not is_spread, window=far) == 3


def test_order__that_closes_a_holding__locks_nothing_and_says_what_comes_back(
    trader: Trader, desk: Desk
) -> None:
    visit, window = trader.visit, desk.list_window(next(_places))
    desk.quote(is_buy=False, price=18_000, quantity=5, window=window)
    open_ticket(visit, window, "Sweep")
    fill_in(visit, Contracts="5", Worst_price="18000")
    visit.see("take-button").click()
    visit.expect_state("confirmed")
    paid = trader.paid()
    visit.see("ticket").get_by_label("Limit", exact=True).check()
    visit.see("ticket").get_by_label("Buy SHORT").check()
    fill_in(visit, Price="19000")
    expect(visit.see("closes")).to_contain_text("5 LONG")
    visit.expect_base_units(visit.see("locked"), 0)
    released = visit.base_units(visit.see("released"))

    signed = sign(trader, desk)

    assert signed.order.max_collateral == 0
    desk.fill(signed, 5, desk.maker)
    assert paid - trader.paid() == released == 5 * WINDOW_DAYS * side_of(19_000, is_buy=True)
    assert desk.position(trader.account, is_long=True, window=window) == 0


def test_second_order__approval__covers_the_sum_of_all_that_is_open(
    trader: Trader, desk: Desk
) -> None:
    visit, window = trader.visit, desk.list_window(next(_places))
    open_ticket(visit, window, "Limit")
    fill_in(visit, Contracts="2", Price="15000")
    sign(trader, desk)
    expect(visit.see("bid")).to_have_count(1)
    fill_in(visit, Contracts="3", Price="14000")
    both = WINDOW_DAYS * (2 * 5_000 + 3 * 4_000)
    expect(visit.see("approves")).to_contain_text(f"{both / BTC:.8f}".rstrip("0"))

    visit.button("Sign the order").click()

    expect(visit.see("bid")).to_have_count(2)
    allowed = desk.world.bitcoin.read("allowance", trader.account.address, desk.vault.address)
    assert allowed == both


# What is mine


def test_portfolio__trades__are_worth_and_have_brought_what_python_says(
    trader: Trader, desk: Desk
) -> None:
    visit, window = trader.visit, desk.list_window(next(_places))
    asks = [(18_000, 4), (18_100, 3)]
    for price, quantity in asks:
        desk.quote(is_buy=False, price=price, quantity=quantity, window=window)
    desk.quote(is_buy=True, price=17_500, quantity=9, window=window)
    open_ticket(visit, window, "Sweep")
    fill_in(visit, Contracts="7", Worst_price="18100")
    visit.see("take-button").click()
    visit.expect_state("confirmed")
    visit.see("bid").get_by_role("button").click()
    fill_in(visit, Contracts="2")
    expect(visit.see("take")).to_contain_text("2 LONG")
    visit.see("take-button").click()
    visit.wait_until(
        lambda: desk.position(trader.account, is_long=True, window=window) == 5, "the trade"
    )

    visit.open("#/market/mine")

    # no offer is left: the mark is the last trade
    entry = Fraction(sum(price * quantity for price, quantity in asks), 7)
    realised = int(2 * WINDOW_DAYS * (17_500 - entry) // 1)
    value = 5 * WINDOW_DAYS * (17_500 - FLOOR)
    total = value - trader.paid()
    row = visit.see("position")
    visit.expect_base_units(row.get_by_test_id("value"), value)
    visit.expect_base_units(row.get_by_test_id("realised"), realised)
    visit.expect_base_units(row.get_by_test_id("unrealised"), total - realised)
    harder = 5 * (WINDOW_DAYS * (17_500 * 10**15 * 100 // 101) // 10**15 - WINDOW_DAYS * FLOOR)
    visit.expect_base_units(row.get_by_test_id("perDifficulty"), harder - value)
    visit.expect_base_units(row.get_by_test_id("perPrice"), 0)
    link = visit.see("positions-csv").get_attribute("href")
    assert link is not None
    (line,) = csv.DictReader(io.StringIO(unquote(link.partition(",")[2])))
    assert (line["long"], line["value"], line["realised"]) == ("5", str(value), str(realised))

    scenarios = visit.see("scenarios")
    scenarios.get_by_role("button", name="Halving").click()
    index = int(desk.vault.read("mean_of_last", window, 1)[0])
    before, after = (
        5
        * (
            min(max(WINDOW_DAYS * ticks, WINDOW_DAYS * FLOOR), WINDOW_DAYS * CAP)
            - WINDOW_DAYS * FLOOR
        )
        for ticks in (index, Fraction(index, 2))
    )
    expect(visit.see("scenario-sum")).to_have_attribute("data-base-units", str(int(after - before)))


def test_orders__cancelled_by_window_all_and_off_the_relay__are_gone_as_far_as_said(
    trader: Trader, desk: Desk
) -> None:
    visit = trader.visit
    windows = [desk.list_window(next(_places)) for _ in range(2)]
    for window, price in ((windows[0], 14_000), (windows[0], 14_100), (windows[1], 14_200)):
        open_ticket(visit, window, "Limit")
        fill_in(visit, Price=str(price))
        visit.button("Sign the order").click()
        expect(visit.see("bid").filter(has_text=f"{price:,}")).to_have_count(1)
    visit.open("#/market/mine")
    orders = visit.see("open-order")
    expect(orders).to_have_count(3)

    # off the relay: by a word that says so before it is signed, and without a transaction
    sent = len(trader.wallet.asked("eth_sendTransaction"))
    first = orders.filter(has_text="14,000")
    first.get_by_role("button", name="Take off the relay").click()
    expect(visit.see("withdrawal-words")).to_contain_text("can still fill the order")
    visit.button("Sign that it is off").click()
    expect(orders).to_have_count(2)
    assert len(trader.wallet.asked("eth_sendTransaction")) == sent

    visit.see("orders").get_by_role("button", name="Cancel all of").first.click()
    expect(orders).to_have_count(1)
    visit.see("cancel-all").click()
    expect(orders).to_have_count(0)
    visit.wait_until(lambda: desk.listed(trader.account) == [], "the relay heard of it")
    assert desk.book.read("epoch_of", trader.account.address) == 2


def test_orders__money_went_elsewhere__are_open_all_the_same(trader: Trader, desk: Desk) -> None:
    visit, bitcoin = trader.visit, desk.world.bitcoin
    open_ticket(visit, desk.list_window(next(_places)), "Limit")
    fill_in(visit, Contracts="2", Price="14300")
    sign(trader, desk)
    money = trader.world.bitcoin_of(trader.account)
    bitcoin.send("transfer", desk.maker.address, money, sender=trader.account.address)
    visit.wait_until(
        lambda: desk.listed(trader.account)[0]["covered"] == "0", "the relay heard of it"
    )

    visit.open("#/market/mine")

    expect(visit.see("open-order")).to_contain_text("2 of 2")


def test_reorganisation__order_was_filled__is_open_again_and_filled_and_cancelled_as_promised(
    trader: Trader, desk: Desk
) -> None:
    visit, anvil, window = trader.visit, desk.anvil, desk.list_window(next(_places))
    open_ticket(visit, window, "Limit")
    fill_in(visit, Contracts="3", Price="15000")
    promised = visit.base_units(visit.see("locked"))
    signed = sign(trader, desk)
    signed_at = int(anvil.rpc.block()["number"], 16)
    desk.fill(signed, 3, desk.maker)
    visit.open("#/market/mine")
    expect(visit.see("position")).to_have_attribute("data-long", "3")
    expect(visit.see("open-order")).to_have_count(0)

    # the block of the fill is replaced by one without it, of the same number
    anvil.do("anvil_reorg", int(anvil.rpc.block()["number"], 16) - signed_at, [])

    expect(visit.see("open-order")).to_contain_text("3 of 3")
    expect(visit.see("position")).to_have_count(0)
    assert trader.paid() == 0
    desk.fill(signed, 2, desk.maker)
    expect(visit.see("position")).to_have_attribute("data-long", "2")
    expect(visit.see("open-order")).to_contain_text("1 of 3")
    assert trader.paid() == promised * 2 // 3

    visit.see("open-order").get_by_role("button", name="Cancel").click()

    expect(visit.see("open-order")).to_have_count(0)
    order = signed.order.as_tuple()
    with pytest.raises(RpcRefusedError, match="order: nothing left"):
        desk.book.read("check_order", order, signed.signature, desk.maker.address)


def test_redeem__window_over__pays_what_the_portfolio_says(trader: Trader, desk: Desk) -> None:
    visit, world = trader.visit, trader.world
    today = world.anvil.now() // DAY_SECONDS
    window = desk.list_days(today + 1, 1)
    signed = desk.sign([Leg(window, False, 18_000)], 4, 1, max_collateral=BTC)
    world.bitcoin.send("approve", desk.vault.address, BTC, sender=trader.account.address)
    desk.fill(signed, 4, trader.account)
    paid, place = trader.paid(), today - world.first
    for day in (place, place + 1):
        world.move_to(day + 1, 2)
        world.report_day(day)
    world.move_to(place + 2, 20)
    visit.open("#/market/mine")
    row = visit.see("position")
    expect(row.get_by_role("button", name="Redeem")).to_be_visible()
    promised = visit.base_units(row.get_by_test_id("value"))

    row.get_by_role("button", name="Redeem").click()

    visit.expect_state("confirmed")
    assert paid - trader.paid() == promised
    expect(row).to_have_attribute("data-long", "0")
    visit.expect_base_units(row.get_by_test_id("realised"), promised - paid)


# A fleet


def test_miner__plan__fills_the_ticket_and_is_signed_as_it_was_shown(
    trader: Trader, desk: Desk
) -> None:
    visit = trader.visit
    windows = [desk.list_window(next(_places)) for _ in range(2)]
    visit.open("#/market/miner")
    form = visit.see("miner-form")
    for label, value in (("Hashrate", "60"), ("Share", "50"), ("Debt", "100")):
        type_into(form.get_by_label(label), value)
    boxes = form.locator("input[type=checkbox]")
    for place in (boxes.count() - 2, boxes.count() - 1):
        boxes.nth(place).check()
    for place, price in enumerate((15_000, 14_000)):
        type_into(form.locator("fieldset.windows").get_by_role("textbox").nth(place), str(price))
    fleet = Fleet(Fraction(60), Fraction(20), Fraction(1, 20), Fraction(1, 100), Fraction(98, 100))
    quantity = contracts_of(fleet, Fraction(1, 2))
    expect(visit.see("plan-contracts")).to_have_text(str(quantity))
    locked = (
        quantity * WINDOW_DAYS * (side_of(15_000, is_buy=False) + side_of(14_000, is_buy=False))
    )
    visit.expect_base_units(visit.see("plan-locked"), locked)
    expect(visit.see("story")).to_have_count(4)
    expect(visit.see("least")).to_be_visible()
    visit.see("past").locator("summary").click()
    expect(visit.see("past")).to_contain_text("not yet seen a whole window")  # a fortnight
    expect(visit.see("at-rest")).to_have_count(0)
    type_into(form.get_by_label("Switch off"), "90")  # dearer than any power: nothing is mined
    rests = visit.see("at-rest")
    expect(rests.first).to_have_text(str(2 * WINDOW_DAYS))
    type_into(form.get_by_label("Switch off"), "")
    expect(rests).to_have_count(0)

    visit.see("sign-plan").click()

    visit.expect_base_units(visit.see("locked"), locked)
    signed = sign(trader, desk)
    assert {leg.series: leg.price_ticks for leg in signed.order.legs} == dict(
        zip(windows, (15_000, 14_000), strict=True)
    )
    assert not any(leg.is_buy for leg in signed.order.legs)
    assert (signed.order.quantity, signed.order.max_collateral) == (quantity, locked)
