# SPDX-License-Identifier: AGPL-3.0-only
"""Nobody fills the book up for nothing.

R3: a full book took nothing more, whatever was in it. Now what no money covers leaves first, then
what costs nothing, then the worst of the maker who has most, who keeps a hundredth.
"""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from testing.oracle_world import key_of
from tests.relay.attacks.attackers import COST, MANY, OPEN, bids, covered, order_of, post
from tests.relay.doubles import RICH, Office, office

pytestmark = pytest.mark.unit

SMALL = replace(OPEN, most_orders=300)
FLOOR = 2_000


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Office]:
    """A relay with room for three hundred orders, so three of one maker when it is full."""
    with office(tmp_path, SMALL, MANY) as opened:
        yield opened


def fill(here: Office, makers: int, each: int, **changes: object) -> None:
    """Fill the book with orders of several makers."""
    for maker in range(makers):
        for salt in range(each):
            answer = post(here, order_of(f"attacker {maker}", salt=salt, **changes))
            assert answer.status_code == 201, answer.text


def test_free_orders__filling_the_book__make_room_for_one_that_costs(here: Office) -> None:
    """Bids at the floor cost nothing; the next of them is sent away, the honest order is not."""
    fill(here, 2, 150, price_ticks=FLOOR)

    late = post(here, order_of("late attacker", price_ticks=FLOOR))
    honest = order_of("honest")

    assert (late.status_code, late.json()["error"]["message"]) == (
        429,
        "the book is full of better orders",
    )
    assert post(here, honest).status_code == 201
    assert (len(here.intake.book.orders), covered(here, honest)) == (300, 10)


def test_uncovered_orders__filling_the_book__leave_before_free_ones(here: Office) -> None:
    """Money that is there once is no reason to keep a hundred and fifty orders."""
    key = key_of("attacker 0").address
    fill(here, 1, 149, price_ticks=FLOOR)
    here.chain.facts_of[key_of("poor").address] = replace(RICH, balance=COST)
    for salt in range(151):
        assert post(here, order_of("poor", salt=salt)).status_code == 201

    for salt in range(3):
        assert post(here, order_of("honest", salt=salt)).status_code == 201

    book = here.intake.book
    assert (book.count_of(key), book.count_of(key_of("poor").address)) == (149, 148)
    assert bids(here) == [(5_000, 40)]


def test_paid_orders__of_one_maker__leave_worst_first(here: Office) -> None:
    """The best of the largest maker stays, whoever comes."""
    for salt in range(300):
        assert (
            post(here, order_of("attacker", salt=salt, price_ticks=4_000 + salt)).status_code == 201
        )

    answers = [post(here, order_of("honest", salt=salt)).status_code for salt in range(4)]

    assert answers == [201, 201, 201, 429]  # a hundredth of a full book
    prices = [price for price, _ in bids(here)][:3]
    assert prices == [5_000, 4_299, 4_298]
    assert covered(here, order_of("attacker", salt=2, price_ticks=4_002)) is None
    assert covered(here, order_of("attacker", salt=3, price_ticks=4_003)) == 10


def test_crowded_out__after_it__may_come_again(here: Office) -> None:
    """Where there is room again, nothing is held against an order."""
    fill(here, 2, 150, price_ticks=FLOOR)
    gone = order_of("attacker 0", salt=0, price_ticks=FLOOR)
    assert post(here, order_of("honest")).status_code == 201
    assert covered(here, gone) is None

    here.intake.policy = OPEN

    assert post(here, gone).status_code == 201
