# SPDX-License-Identifier: AGPL-3.0-only
"""A hostile book names one series several times in a trade, to be paid for a position it undid.

The official book takes legs in ascending order only; the vault takes any, from any book. What a leg
opens a later one may close: each leg finds what the legs before it left, so together they are what
the same trades are one after the other, and a pair is never worth more or less than it costs.
"""

import itertools

import boa
import pytest

from tests.unit.chain import actor
from tests.unit.pit import CAP, FLOOR, MAX, TERMS, Leg, Pit, plain_token

pytestmark = pytest.mark.unit

MAKER, TAKER, PAYER = (actor(name) for name in ("maker", "taker", "payer"))
BOOK = actor("hostile book")
# side, price and ratio of each leg; the first ones open what the next ones close
TRADES = [
    [(True, FLOOR, 5), (False, CAP, 5)],
    [(True, CAP, 5), (False, FLOOR, 5)],
    [(True, FLOOR, 5), (True, CAP, 5)],
    [(False, FLOOR, 3), (True, CAP, 7), (False, 50_001, 1), (True, FLOOR, 2)],
    [(True, 50_000, 1), (False, 50_000, 1)] * 6,
]


@pytest.fixture(scope="module")
def opened(genesis: None) -> tuple[Pit, int]:
    """A series in which all three hold something, and two have named the hostile book."""
    pit = Pit.open(plain_token())
    series = pit.create()
    pit.vault.mint_pair(series, 4, MAKER, TAKER, sender=PAYER)
    pit.vault.mint_pair(series, 6, PAYER, PAYER, sender=PAYER)
    for who in (MAKER, TAKER):
        pit.vault.approve_book(BOOK, pit.token.address, 10**12, True, 2**64 - 1, sender=who)
    return pit, series


def trade(pit: Pit, legs: list[Leg]) -> tuple[int, int]:
    """Trade legs through the hostile book; return what each party paid [base units]."""
    asked = (MAKER, TAKER, 1, False, MAX, MAX, True, True, legs)
    one, other = pit.vault.trade(asked, sender=BOOK)
    return int(one), int(other)


@pytest.mark.parametrize("shapes", TRADES)
def test_trade__one_series_in_many_legs__is_what_single_trades_are(
    opened: tuple[Pit, int], shapes: list[tuple[bool, int, int]]
) -> None:
    pit, series = opened
    legs = [(series, *shape) for shape in shapes]
    with boa.env.anchor():
        singly = [trade(pit, [leg]) for leg in legs]
        expected = pit.state(series)

    paid = trade(pit, legs)

    assert paid == tuple(map(sum, zip(*singly, strict=True)))
    assert pit.state(series) == expected
    assert pit.held(PAYER, series) == (6, 6)
    held = [pit.held(who, series) for who in (MAKER, TAKER, PAYER)]
    longs, shorts = map(sum, zip(*held, strict=True))
    assert longs == shorts == pit.vault.open_interest(series)
    assert pit.inside() == longs * TERMS.cost


def test_trade__open_and_close_at_both_edges__moves_no_more_than_was_named(
    opened: tuple[Pit, int],
) -> None:
    """The worst a named book does with one series is to trade at floor and cap in turn."""
    pit, series = opened
    rounds = itertools.chain.from_iterable(
        [(series, True, CAP, 5), (series, False, FLOOR, 5)] for _ in range(6)
    )
    before = pit.money(MAKER)

    paid = trade(pit, list(rounds))

    assert paid[0] == before - pit.money(MAKER) == 6 * 5 * TERMS.cost
    naming = pit.vault.naming_of(MAKER, BOOK, pit.token.address)
    assert naming.cash_limit == 10**12 - paid[0]
    assert pit.inside() == pit.vault.open_interest(series) * TERMS.cost
