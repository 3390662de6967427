# SPDX-License-Identifier: AGPL-3.0-only
"""`ForwardsBook.match`: two crossing orders, by anyone."""

from dataclasses import replace
from typing import Any

import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import account, actor, go_to, refused
from tests.unit.pit import MAX, TERMS, Order, Pit, told

pytestmark = pytest.mark.unit

BUYER, SELLER, KEEPER = "maker", "taker", "keeper"


def orders(series: list[int], buy: int = 52_000, sell: int = 48_000) -> tuple[Order, Order]:
    """Return an order to buy and one to sell, ten contracts each."""
    return (
        Order(series, maker=actor(BUYER), price_ticks=buy),
        Order(series, maker=actor(SELLER), price_ticks=sell, is_buy=False),
    )


def match(pit: Pit, buy: Order, sell: Order, quantity: int = MAX) -> int:
    """Match as a stranger, with the signatures of the buyer and the seller."""
    return int(
        pit.book.match(
            buy.as_tuple(),
            pit.sign(buy, account(BUYER)),
            sell.as_tuple(),
            pit.sign(sell, account(SELLER)),
            quantity,
            sender=actor(KEEPER),
        )
    )


@pytest.mark.parametrize(
    ("buy_price", "sell_price", "price"),
    [
        (52_000, 48_000, 50_000),
        (50_000, 50_000, 50_000),
        (50_001, 50_000, 50_000),
        (60_000, 40_000, 50_000),
        (60_000, 59_999, 59_999),
    ],
)
def test_match__crossing_orders__trade_half_way_rounded_down(
    pit: Pit, series: int, buy_price: int, sell_price: int, price: int
) -> None:
    buy, sell = orders([series], buy_price, sell_price)
    before = pit.money(buy.maker), pit.money(sell.maker)

    assert match(pit, buy, sell, 4) == 4

    assert told(pit.book, "Traded") == [(series, buy.maker, sell.maker, price, 4)]
    filled = told(pit.book, "OrderFilled")
    assert [each[1:] for each in filled] == [(buy.maker, 4), (sell.maker, 4)]
    assert [pit.book.filled_of(each[0]) for each in filled] == [4, 4]
    assert pit.held(buy.maker, series) == (4, 0)
    assert pit.held(sell.maker, series) == (0, 4)
    assert before[0] - pit.money(buy.maker) == 4 * TERMS.collateral(price, True)
    assert before[1] - pit.money(sell.maker) == 4 * TERMS.collateral(price, False)
    assert pit.inside() == 4 * TERMS.cost


def test_match__what_is_left_of_either__is_the_most(pit: Pit, series: int) -> None:
    buy, sell = orders([series])
    match(pit, buy, sell, 3)
    bigger = replace(sell, quantity=100, salt=1)

    assert match(pit, buy, bigger) == 7

    with refused("order: nothing left", lambda: pit.state(series)):
        match(pit, buy, bigger)
    assert match(pit, replace(buy, salt=1), sell) == 7


@pytest.mark.parametrize("side", [0, 1])
def test_match__below_either_minimum__reverts(pit: Pit, series: int, side: int) -> None:
    pair = list(orders([series]))
    pair[side] = replace(pair[side], minimum_quantity=5)

    with refused("order: below its minimum", lambda: pit.state(series)):
        match(pit, pair[0], pair[1], 4)
    assert match(pit, pair[0], pair[1], 5) == 5


def test_match__nothing__reverts(pit: Pit, series: int) -> None:
    with refused("order: below its minimum", lambda: pit.state(series)):
        match(pit, *orders([series]), 0)


def test_match__prices_apart__reverts(pit: Pit, series: int) -> None:
    with refused("order: prices do not cross", lambda: pit.state(series)):
        match(pit, *orders([series], 49_999, 50_000))


@pytest.mark.parametrize("sides", [(True, True), (False, False)])
def test_match__not_opposite__reverts(pit: Pit, series: int, sides: tuple[bool, bool]) -> None:
    buy, sell = orders([series], 50_000, 50_000)
    pair = replace(buy, is_buy=sides[0]), replace(sell, is_buy=sides[1])

    with refused("order: not opposite", lambda: pit.state(series)):
        match(pit, *pair)


def test_match__other_series__reverts(pit: Pit) -> None:
    strip = pit.strip(2)
    buy, sell = orders(strip[:1])

    for other in (strip[1:], strip):
        with refused("order: not opposite", lambda: pit.state(*strip)):
            match(pit, buy, replace(sell, series=other))


def test_match__both_of_one_maker__reverts(pit: Pit, series: int) -> None:
    buy, sell = orders([series])
    own = replace(sell, maker=buy.maker)

    with refused("order: with itself", lambda: pit.state(series)):
        pit.book.match(
            buy.as_tuple(), pit.sign(buy), own.as_tuple(), pit.sign(own), 1, sender=actor(KEEPER)
        )


@pytest.mark.parametrize("side", [0, 1])
@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"taker": actor("payer")}, "order: for another taker"),
        ({"taker": actor(KEEPER)}, "order: for another taker"),
        ({"deadline": 1}, "order: deadline is over"),
        ({"epoch": 1}, "order: other epoch"),
        ({"max_collateral": 1}, "vault: above the cap"),
        ({"quantity": 2**120}, "order: quantity too large"),
    ],
)
def test_match__one_order_that_cannot_be_filled__reverts(
    pit: Pit, series: int, side: int, change: dict[str, Any], reason: str
) -> None:
    pair = list(orders([series]))
    pair[side] = replace(pair[side], **change)

    with refused(reason, lambda: pit.state(series)):
        match(pit, *pair)


def test_match__orders_for_each_other__trade(pit: Pit, series: int) -> None:
    buy, sell = orders([series])

    assert match(pit, replace(buy, taker=sell.maker), replace(sell, taker=buy.maker), 1) == 1


def test_match__sell_and_buy__trade_as_buy_and_sell_do(pit: Pit, series: int) -> None:
    buy, sell = orders([series])

    traded = pit.book.match(
        sell.as_tuple(),
        pit.sign(sell, account(SELLER)),
        buy.as_tuple(),
        pit.sign(buy, account(BUYER)),
        3,
        sender=actor(KEEPER),
    )

    assert traded == 3
    assert told(pit.book, "Traded") == [(series, buy.maker, sell.maker, 50_000, 3)]
    assert (pit.held(buy.maker, series), pit.held(sell.maker, series)) == ((3, 0), (0, 3))


def test_match__collateral_counts_at_the_price_of_the_trade(pit: Pit, series: int) -> None:
    """What is pulled counts, and half way is cheaper for both than their own prices."""
    buy, sell = orders([series])
    most = 10 * TERMS.collateral(50_000, True)

    with refused("vault: above the cap", lambda: pit.state(series)):
        match(pit, replace(buy, max_collateral=most - 1), sell)
    assert match(pit, replace(buy, max_collateral=most), sell) == 10


def test_match__signatures_exchanged__reverts(pit: Pit, series: int) -> None:
    buy, sell = orders([series])

    with refused("order: not signed", lambda: pit.state(series)):
        pit.book.match(
            buy.as_tuple(),
            pit.sign(sell, account(SELLER)),
            sell.as_tuple(),
            pit.sign(buy, account(BUYER)),
            1,
            sender=actor(KEEPER),
        )


def test_match__window_begun__only_if_both_say_so(pit: Pit, series: int) -> None:
    buy, sell = (replace(each, deadline=MAX, may_trade_in_window=True) for each in orders([series]))
    go_to(TERMS.first_day * DAY_SECONDS)

    for pair in (
        (replace(buy, may_trade_in_window=False), sell),
        (buy, replace(sell, may_trade_in_window=False)),
    ):
        with refused("series: window has begun", lambda: pit.state(series)):
            match(pit, *pair)
    assert match(pit, buy, sell) == 10


def test_match__strip__trades_every_month(pit: Pit) -> None:
    strip = pit.strip(3)

    assert match(pit, *orders(strip), 2) == 2

    assert all(pit.held(actor(BUYER), series) == (2, 0) for series in strip)
    assert all(pit.held(actor(SELLER), series) == (0, 2) for series in strip)
