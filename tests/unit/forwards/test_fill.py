# SPDX-License-Identifier: AGPL-3.0-only
"""`ForwardsBook.fill`: what a trade moves, and which orders can be filled."""

from dataclasses import replace
from typing import Any

import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import ZERO, actor, go_to, refused
from tests.unit.pit import FIRST_DAY, MAX, NEXT, TERMS, Order, Pit, told

pytestmark = pytest.mark.unit

MAKER, TAKER, PAYER = actor("maker"), actor("taker"), actor("payer")
PRICE = 47_000
BUYER_COLLATERAL, SELLER_COLLATERAL = TERMS.collateral(PRICE, True), TERMS.collateral(PRICE, False)


def give(pit: Pit, series: int, who: str, longs: int = 0, shorts: int = 0) -> None:
    """Return an account positions, paid by the payer."""
    other = actor("bystander")
    if longs:
        pit.vault.mint_pair(series, longs, who, other, sender=PAYER)
    if shorts:
        pit.vault.mint_pair(series, shorts, other, who, sender=PAYER)


@pytest.mark.parametrize("is_buy", [True, False])
@pytest.mark.parametrize("token", ["6", "8", "18", "MockNoReturnToken"])
def test_fill__two_fresh_parties__each_pays_its_leg(
    pit: Pit, tokens: dict[str, Any], token: str, is_buy: bool
) -> None:
    pit = pit.with_token(tokens[token])
    series = pit.create()
    order = Order([series], is_buy=is_buy, price_ticks=PRICE)
    buyer, seller = (MAKER, TAKER) if is_buy else (TAKER, MAKER)
    before = pit.money(buyer), pit.money(seller)

    assert pit.fill(order, 4) == 4

    assert told(pit.book, "Traded") == [(series, buyer, seller, PRICE, 4)]
    ((order_hash, maker, quantity),) = told(pit.book, "OrderFilled")
    assert (maker, quantity) == (MAKER, 4)
    assert told(pit.book, "TransferSingle") == [
        (pit.book.address, ZERO, buyer, series, 4),
        (pit.book.address, ZERO, seller, series + 1, 4),
    ]
    assert pit.book.filled_of(order_hash) == 4
    assert (pit.held(buyer, series), pit.held(seller, series)) == ((4, 0), (0, 4))
    assert before[0] - pit.money(buyer) == 4 * BUYER_COLLATERAL
    assert before[1] - pit.money(seller) == 4 * SELLER_COLLATERAL
    assert pit.inside() == 4 * TERMS.cost


@pytest.mark.parametrize(("price", "pays"), [(TERMS.floor_ticks, 1), (TERMS.cap_ticks, 0)])
def test_fill__at_floor_or_cap__one_side_pays_it_all(
    pit: Pit, series: int, price: int, pays: int
) -> None:
    before = pit.money(MAKER), pit.money(TAKER)

    pit.fill(Order([series], price_ticks=price), 2)

    paid = before[0] - pit.money(MAKER), before[1] - pit.money(TAKER)
    assert paid[pays] == 2 * TERMS.cost
    assert sum(paid) == 2 * TERMS.cost
    assert pit.held(MAKER, series) == (2, 0)


@pytest.mark.parametrize(("shorts", "closed"), [(0, 0), (1, 1), (4, 4), (5, 5), (6, 5), (100, 5)])
@pytest.mark.parametrize(("longs", "ended"), [(0, 0), (2, 2), (5, 5), (9, 5)])
def test_fill__parties_that_hold_the_other_side__net(
    pit: Pit, series: int, shorts: int, closed: int, longs: int, ended: int
) -> None:
    """The maker buys five: its SHORT is closed first, as is the seller's LONG."""
    give(pit, series, MAKER, shorts=shorts)
    give(pit, series, TAKER, longs=longs)
    before, inside = (pit.money(MAKER), pit.money(TAKER)), pit.inside()
    supply = pit.vault.open_interest(series)

    pit.fill(Order([series], price_ticks=PRICE), 5)

    assert pit.held(MAKER, series) == (5 - closed, shorts - closed)
    assert pit.held(TAKER, series) == (longs - ended, 5 - ended)
    maker, taker = pit.money(MAKER) - before[0], pit.money(TAKER) - before[1]
    assert maker == closed * SELLER_COLLATERAL - (5 - closed) * BUYER_COLLATERAL
    assert taker == ended * BUYER_COLLATERAL - (5 - ended) * SELLER_COLLATERAL
    assert pit.inside() == inside - maker - taker
    pairs = supply + 5 - closed - ended
    assert pit.vault.open_interest(series) == pairs
    assert pit.inside() == pairs * TERMS.cost


def test_fill__holder_of_both_sides__keeps_what_is_not_closed(pit: Pit, series: int) -> None:
    give(pit, series, MAKER, longs=3, shorts=2)

    pit.fill(Order([series]), 4)

    assert pit.held(MAKER, series) == (3 + 2, 0)


# ---------------------------------------------------------------- How much


def test_fill__more_than_is_left__takes_the_rest(pit: Pit, series: int) -> None:
    order = Order([series], quantity=10)
    pit.fill(order, 7)

    assert pit.fill(order, 7) == 3

    with refused("order: nothing left", lambda: pit.state(series)):
        pit.fill(order, 1)


def test_fill__less_than_the_taker_wants__reverts(pit: Pit, series: int) -> None:
    order = Order([series], quantity=10)
    pit.fill(order, 7)

    with refused("book: less than asked for", lambda: pit.state(series)):
        pit.fill(order, 7, minimum=4)
    assert pit.fill(order, 7, minimum=3) == 3


def test_fill__nothing__reverts(pit: Pit, series: int) -> None:
    with refused("order: below its minimum", lambda: pit.state(series)):
        pit.fill(Order([series]), 0)


def test_fill__below_the_orders_minimum__only_the_whole_rest_is_taken(
    pit: Pit, series: int
) -> None:
    order = Order([series], quantity=10, minimum_quantity=4)
    with refused("order: below its minimum", lambda: pit.state(series)):
        pit.fill(order, 3)
    pit.fill(order, 4)
    pit.fill(order, 4)

    with refused("order: below its minimum", lambda: pit.state(series)):
        pit.fill(order, 1)
    assert pit.fill(order, 2) == 2


@pytest.mark.parametrize(("quantity", "reason"), [
    (2**120, "order: quantity too large"),
    (MAX, "order: quantity too large"),
    (0, "order: nothing left"),
])  # fmt: skip
def test_fill__order_of_a_senseless_quantity__reverts(
    pit: Pit, series: int, quantity: int, reason: str
) -> None:
    with refused(reason, lambda: pit.state(series)):
        pit.fill(Order([series], quantity=quantity), 1)


def test_fill__largest_order__is_filled_in_part(pit: Pit, series: int) -> None:
    assert pit.fill(Order([series], quantity=2**120 - 1), 3) == 3


# ---------------------------------------------------------------- Which orders


@pytest.mark.parametrize("price", [TERMS.floor_ticks - 1, TERMS.cap_ticks + 1, 0, MAX])
def test_fill__price_outside_floor_and_cap__reverts(pit: Pit, series: int, price: int) -> None:
    with refused("terms: price out of range", lambda: pit.state(series)):
        pit.fill(Order([series], price_ticks=price))


@pytest.mark.parametrize("is_buy", [True, False])
def test_fill__whole_order_above_its_collateral__reverts(
    pit: Pit, series: int, is_buy: bool
) -> None:
    """The whole order counts, whatever part of it is filled."""
    most = 10 * TERMS.collateral(PRICE, is_buy)
    order = Order([series], price_ticks=PRICE, is_buy=is_buy, max_collateral=most - 1)

    with refused("vault: above the cap", lambda: pit.state(series)):
        pit.fill(order, 1)
    pit.fill(replace(order, max_collateral=most), 1)


def test_fill__last_second_of_the_deadline__fills(pit: Pit, series: int) -> None:
    order = Order([series], deadline=FIRST_DAY * DAY_SECONDS - 100)
    go_to(order.deadline)
    pit.fill(order, 1)
    go_to(order.deadline + 1)

    with refused("order: deadline is over", lambda: pit.state(series)):
        pit.fill(order, 1)


@pytest.mark.parametrize("may_trade", [False, True])
def test_fill__window_begins__closes_orders_that_do_not_say_otherwise(
    pit: Pit, series: int, may_trade: bool
) -> None:
    order = Order([series], deadline=MAX, may_trade_in_window=may_trade)
    go_to(TERMS.first_day * DAY_SECONDS - 1)
    pit.fill(order, 1)
    go_to(TERMS.first_day * DAY_SECONDS)

    if may_trade:
        pit.fill(order, 1)
    else:
        with refused("series: window has begun", lambda: pit.state(series)):
            pit.fill(order, 1)


def test_fill__window_ends__closes_every_order(pit: Pit, series: int) -> None:
    order = Order([series], deadline=MAX, may_trade_in_window=True)
    go_to(TERMS.end_day * DAY_SECONDS - 1)
    pit.fill(order, 1)
    go_to(TERMS.end_day * DAY_SECONDS)

    with refused("series: window is over", lambda: pit.state(series)):
        pit.fill(order, 1)


def test_fill__order_for_one_taker__nobody_else_can(pit: Pit, series: int) -> None:
    order = Order([series], taker=TAKER)
    with refused("order: for another taker", lambda: pit.state(series)):
        pit.fill(order, 1, sender=PAYER)

    assert pit.fill(order, 1) == 1


def test_fill__by_the_maker__reverts(pit: Pit, series: int) -> None:
    with refused("order: with itself", lambda: pit.state(series)):
        pit.fill(Order([series]), 1, sender=MAKER)


def test_fill__other_epoch__reverts(pit: Pit, series: int) -> None:
    with refused("order: other epoch", lambda: pit.state(series)):
        pit.fill(Order([series], epoch=1), 1)


def test_fill__no_series__reverts(pit: Pit) -> None:
    with refused("order: no legs"):
        pit.fill(Order([]), 1)


def test_fill__unknown_series__reverts(pit: Pit, series: int) -> None:
    for unknown in (series + 1, series + 2):
        with refused("series: unknown", lambda: pit.state(series)):
            pit.fill(Order([unknown]), 1)
    with refused("order: legs not ascending"):
        pit.fill(Order([0]), 1)


@pytest.mark.parametrize("party", [MAKER, TAKER])
def test_fill__party_without_money__reverts(pit: Pit, series: int, party: str) -> None:
    pit.token.transfer(PAYER, pit.money(party), sender=party)

    with refused("erc20: transfer amount exceeds balance", lambda: pit.state(series)):
        pit.fill(Order([series]), 1)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        ("MockFeeToken", "cash: other amount arrived"),
        ("MockFalseToken", "cash: transfer in failed"),
    ],
)
def test_fill__token_that_does_not_pay__reverts(
    pit: Pit, tokens: dict[str, Any], token: str, reason: str
) -> None:
    pit = pit.with_token(tokens[token])
    series = pit.create()
    if token == "MockFalseToken":
        pit.token.set_refusing(True)

    with refused(reason, lambda: pit.state(series)):
        pit.fill(Order([series]), 1)


# ---------------------------------------------------------------- Strips


def test_fill__strip_of_twelve__the_same_in_every_month_and_one_payment(pit: Pit) -> None:
    strip = pit.strip(12)
    before = pit.money(MAKER), pit.money(TAKER)

    assert pit.fill(Order(strip, price_ticks=PRICE), 3) == 3

    assert [each[0] for each in told(pit.book, "Traded")] == strip
    assert all(pit.held(MAKER, series) == (3, 0) for series in strip)
    assert all(pit.held(TAKER, series) == (0, 3) for series in strip)
    assert before[0] - pit.money(MAKER) == 12 * 3 * BUYER_COLLATERAL
    assert before[1] - pit.money(TAKER) == 12 * 3 * SELLER_COLLATERAL


def test_fill__strip_that_closes_some_months__nets_over_all(pit: Pit) -> None:
    strip = pit.strip(3)
    for series in strip[:2]:
        give(pit, series, MAKER, shorts=2)
    before = pit.money(MAKER)

    pit.fill(Order(strip, price_ticks=PRICE), 2)

    assert pit.money(MAKER) - before == 2 * (2 * SELLER_COLLATERAL - BUYER_COLLATERAL)
    assert [pit.held(MAKER, series) for series in strip] == [(0, 0), (0, 0), (2, 0)]
    assert pit.inside() == sum(pit.vault.open_interest(each) for each in strip) * TERMS.cost


def test_fill__strip_one_month_of_which_has_begun__nothing_is_traded(pit: Pit) -> None:
    strip = sorted([pit.create(TERMS), pit.create(NEXT)])
    go_to(TERMS.first_day * DAY_SECONDS)

    with refused("series: window has begun", lambda: pit.state(*strip)):
        pit.fill(Order(strip, deadline=MAX), 1)


def test_fill__strip_of_different_bounds__price_must_suit_all(pit: Pit) -> None:
    strip = sorted([pit.create(TERMS), pit.create(replace(NEXT, floor_ticks=PRICE + 1))])

    with refused("terms: price out of range", lambda: pit.state(*strip)):
        pit.fill(Order(strip, price_ticks=PRICE), 1)


@pytest.mark.parametrize("order", [[1, 0], [0, 0]])
def test_fill__strip_not_ascending__reverts(pit: Pit, order: list[int]) -> None:
    strip = pit.strip(2)

    with refused("order: legs not ascending", lambda: pit.state(*strip)):
        pit.fill(Order([strip[place] for place in order]), 1)


def test_fill__strip_of_two_tokens__reverts(pit: Pit, tokens: dict[str, Any]) -> None:
    other = pit.with_token(tokens["6"])
    strip = sorted([pit.create(TERMS), other.create(NEXT)])

    with refused("vault: more than one token", lambda: pit.state(*strip)):
        pit.fill(Order(strip), 1)


def test_fill__strip_above_the_collateral_of_all_months__reverts(pit: Pit) -> None:
    order = Order(pit.strip(3), price_ticks=PRICE, max_collateral=30 * BUYER_COLLATERAL - 1)

    with refused("vault: above the cap"):
        pit.fill(order, 1)
    pit.fill(replace(order, max_collateral=30 * BUYER_COLLATERAL), 1)


# ---------------------------------------------------------------- check_order


def test_check_order__fillable__returns_what_is_left(pit: Pit, series: int) -> None:
    order = Order([series], quantity=10)
    signature = pit.sign(order)
    pit.fill(order, 4)

    assert pit.book.check_order(order.as_tuple(), signature, TAKER) == 6


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"deadline": 0}, "order: deadline is over"),
        ({"epoch": 7}, "order: other epoch"),
        ({"taker": PAYER}, "order: for another taker"),
        ({"price_ticks": 0}, "terms: price out of range"),
        ({"quantity": 0}, "order: nothing left"),
    ],
)
def test_check_order__not_fillable__reverts_as_fill_does(
    pit: Pit, series: int, change: dict[str, Any], reason: str
) -> None:
    order = replace(Order([series]), **change)

    with refused(reason):
        pit.book.check_order(order.as_tuple(), pit.sign(order), TAKER)
    with refused(reason):
        pit.fill(order, 1)
