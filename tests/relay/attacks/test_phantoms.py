# SPDX-License-Identifier: AGPL-3.0-only
"""The book shows nothing that cannot be filled.

R4: the same money was shown as often as there were orders on it, and sizes that no money bounds.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from hashrate.orders.order import Leg
from relay.chain import Touched
from relay.node import Head
from testing.asking import ask
from testing.oracle_world import key_of
from tests.relay.attacks.attackers import COST, MANY, OPEN, bids, covered, order_of, post
from tests.relay.builders import SERIES
from tests.relay.doubles import NOW, RICH, Office, office

pytestmark = pytest.mark.unit

MAKER = key_of("maker")
FLOOR = 2_000


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """A relay without limits on rates."""
    with office(tmp_path, OPEN, MANY) as opened:
        yield opened


def test_same_money__sixty_orders_on_it__is_shown_once(here: Office) -> None:
    """The best price gets it, and the next what is left."""
    here.chain.facts_of[MAKER.address] = replace(RICH, balance=COST + COST // 2)
    orders = [order_of("maker", salt=salt, price_ticks=5_000 - 20 * salt) for salt in range(60)]

    assert {post(here, each).status_code for each in orders} == {201}

    assert bids(here) == [(5_000, 10), (4_980, 5)]
    assert [covered(here, each) for each in orders] == [10, 5] + [0] * 58
    assert len(ask(here.app, f"/orders?market={SERIES}&side=buy").json()["orders"]) == 2
    assert len(ask(here.app, f"/orders?maker={MAKER.address}&limit=100").json()["orders"]) == 60


def test_same_money__in_several_months__is_shown_at_each_ones_best_first(here: Office) -> None:
    """Every month's best comes before any month's second."""
    here.chain.facts_of[MAKER.address] = replace(RICH, balance=2 * COST, held=(0,))
    later = SERIES + 2
    first = order_of("maker", salt=1)
    second = order_of("maker", salt=2, price_ticks=4_990)
    other = order_of("maker", salt=3, legs=(Leg(later, True, 4_000),))

    assert {post(here, each).status_code for each in (first, second, other)} == {201}

    assert [covered(here, each) for each in (first, second, other)] == [10, 3, 10]


def test_allowance__less_than_the_balance__bounds_what_is_shown(here: Office) -> None:
    """The vault cannot take what it may not."""
    signed = order_of("maker")
    assert post(here, signed).status_code == 201
    here.chain.facts_of[MAKER.address] = replace(RICH, allowance=COST - 1)
    here.chain.events = Touched(givers={MAKER.address.lower()})
    here.look()
    here.chain.newest = Head(101, "0x" + "b" * 64, NOW + 12)
    here.chain.events = Touched(givers={MAKER.address.lower()})

    here.look()

    assert bids(here) == [(5_000, 9)]


def test_minimum__above_what_is_covered__shows_nothing(here: Office) -> None:
    """Nine units of an order that is filled by ten or not at all are none."""
    here.chain.facts_of[MAKER.address] = replace(RICH, balance=2 * COST - 1)
    orders = [order_of("maker", salt=salt, minimum_quantity=10) for salt in range(2)]

    assert {post(here, each).status_code for each in orders} == {201}

    assert bids(here) == [(5_000, 10)]


def test_position__to_be_closed__is_counted_once(here: Office) -> None:
    """Two orders that close the same ten contracts are not both paid by them."""
    here.chain.facts_of[MAKER.address] = replace(RICH, balance=0, held=(10,))
    orders = [order_of("maker", salt=salt) for salt in range(2)]

    assert {post(here, each).status_code for each in orders} == {201}

    assert bids(here) == [(5_000, 10)]


def test_bid_at_the_floor__of_any_size__is_in_no_level(here: Office) -> None:
    """It costs its maker nothing, so no money says how much of it there is."""
    huge = order_of("maker", price_ticks=FLOOR, quantity=2**119)
    honest = order_of("honest", price_ticks=FLOOR + 1)

    assert [post(here, each).status_code for each in (huge, honest)] == [201, 201]

    assert bids(here) == [(FLOOR + 1, 10)]
    assert len(ask(here.app, f"/orders?market={SERIES}&side=buy").json()["orders"]) == 2


def test_wallet__that_takes_no_position__is_not_listed(here: Office) -> None:
    """It would be the best bid, and every fill of it would fail."""
    here.chain.facts_of_all = replace(RICH, remaining=0, refusal="position: receiver takes none")

    answer = post(here, replace(order_of("maker", price_ticks=8_000), signature=b"wallet"))

    assert (answer.status_code, answer.json()["error"]["reason"]) == (422, "receiver")
    assert bids(here) == []


def test_crossed_book__that_nobody_matches__says_so(here: Office) -> None:
    """R7: a bid above an offer is somebody's to match, and every reader learns of it."""
    assert post(here, order_of("maker", price_ticks=5_000)).status_code == 201
    assert ask(here.app, f"/book/{SERIES}").json()["is_crossed"] is False

    assert post(here, order_of("honest", price_ticks=4_990, is_buy=False)).status_code == 201

    assert ask(here.app, f"/book/{SERIES}").json()["is_crossed"] is True


def test_page_on_https__asks_a_relay_on_its_machine__may(here: Office) -> None:
    """R8: browsers ask first whether a public page may reach a private network."""
    asked = {
        "origin": "https://trader.example",
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type",
        "access-control-request-private-network": "true",
    }

    preflight = ask(here.app, "/orders", "OPTIONS", headers=asked)

    assert preflight.status_code == 200
    assert preflight.headers["access-control-allow-private-network"] == "true"
