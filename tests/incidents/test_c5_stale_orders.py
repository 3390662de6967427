# SPDX-License-Identifier: AGPL-3.0-only
"""Orders that can be taken once their outcome is known: the taker only takes what has won."""

from typing import Any

import boa
import pytest

from tests.incidents.naive_pool import COST, enter
from tests.unit.chain import actor, refused
from tests.unit.pit import MAX, TERMS, Order, Pit

pytestmark = pytest.mark.unit

MAKER, TAKER = actor("maker"), actor("taker")


def test_c5_fill__naive_pool_with_the_outcome_known__takes_the_winnings(naive: Any) -> None:
    token = enter(naive, MAKER, TAKER)
    naive.mint(10, sender=MAKER)
    naive.offer(10, COST // 2, sender=MAKER)
    before = token.balanceOf(TAKER)
    naive.set_index(1_100)  # LONG is worth all of it

    naive.fill(MAKER, 10, sender=TAKER)
    naive.settle()
    naive.redeem(sender=TAKER)

    assert token.balanceOf(TAKER) - before == 10 * COST // 2


def test_c5_fill__window_has_begun__reverts_from_its_first_second(pit: Pit) -> None:
    series = pit.create()
    order = Order([series], deadline=MAX)
    boa.env.timestamp = TERMS.first_day * 86_400 - 1
    assert pit.fill(order, 1) == 1
    boa.env.timestamp += 1

    with refused("series: window has begun", lambda: pit.state(series)):
        pit.fill(order, 1)


def test_c5_fill__signed_for_the_window__reverts_once_it_is_over(pit: Pit) -> None:
    series = pit.create()
    order = Order([series], deadline=MAX, may_trade_in_window=True)
    boa.env.timestamp = TERMS.end_day * 86_400 - 1
    assert pit.fill(order, 1) == 1
    boa.env.timestamp += 1

    with refused("series: window is over", lambda: pit.state(series)):
        pit.fill(order, 1)


def test_c5_fill__one_month_of_a_strip_has_begun__reverts_for_all(pit: Pit) -> None:
    months = pit.strip(2)
    order = Order(months, deadline=MAX)
    boa.env.timestamp = TERMS.first_day * 86_400

    with refused("series: window has begun", lambda: pit.state(*months)):
        pit.fill(order, 1)
