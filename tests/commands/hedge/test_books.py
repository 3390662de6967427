# SPDX-License-Identifier: AGPL-3.0-only
"""Bids of a relay, as a hedge reads them."""

from typing import Any

import pytest

from commands.hedge.books import read_bids
from hashrate.hedging.errors import HedgeError
from hashrate.hedging.plan import BandChoice, hedge_terms
from hashrate.hedging.selling import Bid, MonthBids
from hashrate.orders.relay_client import RelayClient
from hashrate.products.forwards.codes import parse_contracts

pytestmark = pytest.mark.unit

MONTHS = [
    MonthBids(each, hedge_terms(each, BandChoice()), ())
    for each in parse_contracts("HPS-JAN27:FEB27")
]


def listed(series: int, place: int, **changes: object) -> dict[str, Any]:
    terms = MONTHS[place].terms
    plain = {
        "market": str(series),
        "kind": "forward",
        "metric": terms.metric,
        "first_day": terms.first_day,
        "end_day": terms.end_day,
        "floor_ticks": str(terms.floor_ticks),
        "cap_ticks": str(terms.cap_ticks),
    }
    return plain | changes


def level(price: int, quantity: int) -> dict[str, str]:
    return {"price": str(price), "quantity": str(quantity), "linked_quantity": "7"}


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the relay answers, by path."""
    known: dict[str, Any] = {}
    monkeypatch.setattr(RelayClient, "get", lambda _, path: known[path])
    return known


def test_read_bids__series_of_the_months__are_matched_by_their_terms(
    answers: dict[str, Any],
) -> None:
    answers["/markets"] = {"markets": [listed(2, 1), listed(4, 0, cap_ticks="60000"), listed(6, 0)]}
    answers["/book/6?depth=200"] = {
        "buy": [level(41_000, 3), level(40_000, 0), level(39_000, 5)],
        "sell": [],
    }
    answers["/book/2?depth=200"] = {"buy": [], "sell": [level(42_000, 9)]}

    january, february = read_bids("http://relay", MONTHS)

    assert january.bids == (Bid(41_000, 3), Bid(39_000, 5))  # linked quantity is nobody's to take
    assert february.bids == ()


@pytest.mark.parametrize(
    ("answer", "complaint"),
    [
        ({"markets": [listed(2, 0), listed(4, 0)]}, "HPS-JAN27: the relay has 2 such series"),
        ({"markets": 5}, "something else than a book"),
        ({}, "something else than a book"),
        ({"markets": [{"market": "2"}]}, "something else than a book"),
    ],
)
def test_read_bids__nonsense__is_refused(
    answers: dict[str, Any], answer: dict[str, Any], complaint: str
) -> None:
    answers["/markets"] = answer

    with pytest.raises(HedgeError, match=complaint):
        read_bids("http://relay", MONTHS)
