# SPDX-License-Identifier: AGPL-3.0-only
"""One signature, filled again and again: the maker sells more than it ever offered."""

from dataclasses import replace
from typing import Any

import pytest

from tests.incidents.naive_pool import enter
from tests.unit.chain import account, actor, deployer, refused
from tests.unit.pit import MAX, Order, Pit

pytestmark = pytest.mark.unit

MAKER, TAKER = actor("maker"), actor("taker")


def test_c6_fill__naive_pool__sells_what_was_not_offered(naive: Any) -> None:
    enter(naive, MAKER, TAKER)
    naive.mint(30, sender=MAKER)
    naive.offer(10, 1, sender=MAKER)

    for _ in range(3):
        naive.fill(MAKER, 10, sender=TAKER)

    assert naive.longs(TAKER) == 30


def test_c6_fill__filled_order__reverts(pit: Pit) -> None:
    series = pit.create()
    order = Order([series])
    assert [pit.fill(order, 6), pit.fill(order, 6)] == [6, 4]

    with refused("order: nothing left", lambda: pit.state(series)):
        pit.fill(order, 1)


def test_c6_fill_many__same_order_twice__fills_it_once(pit: Pit) -> None:
    series = pit.create()
    order = Order([series])
    one = (order.as_tuple(), pit.sign(order), (10, 0, MAX, 0))

    assert pit.book.fill_many([one, one], sender=TAKER) == [10, 0]
    assert pit.held(TAKER, series) == (0, 10)


def test_c6_match__filled_order__reverts(pit: Pit) -> None:
    series = pit.create()
    buy = Order([series], price_ticks=51_000)
    sell = replace(buy, maker=TAKER, is_buy=False, price_ticks=49_000)
    both = (buy.as_tuple(), pit.sign(buy), sell.as_tuple(), pit.sign(sell, account("taker")))
    assert pit.book.match(*both, 10) == 10

    with refused("order: nothing left", lambda: pit.state(series)):
        pit.book.match(*both, 10)


def test_c6_fill__again_from_inside_the_payment__is_refused(pit: Pit) -> None:
    token = deployer("mocks/MockReentrantToken").deploy(8)
    pit = Pit.open(token)
    series = pit.create()
    order = Order([series])
    again = pit.book.fill.prepare_calldata(order.as_tuple(), pit.sign(order), (10, 0, MAX, 0))
    token.prepare(pit.book.address, again)

    assert pit.fill(order, 6) == 6

    assert token.calls() == 2
    assert not token.has_succeeded()
    assert pit.held(TAKER, series) == (0, 6)
