# SPDX-License-Identifier: AGPL-3.0-only
"""Costs, times and limits, without a chain."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError
from hashrate.products.forwards.maths import buyer_collateral, seller_collateral
from hashrate.products.forwards.terms import ForwardTerms
from hashrate.service.errors import TooManyError
from relay.errors import OrderRefusedError
from relay.inquiry import make_inquiry, revert_reason, words
from relay.limits import Rate
from relay.rules import cost_left, full_cost, last_second, require_terms
from tests.relay.builders import make_order, make_signed
from tests.relay.doubles import TERMS

pytestmark = pytest.mark.unit

LATER = replace(TERMS, first_day=30_030, end_day=30_061)
MONTHS = [TERMS, LATER]
WORD = "0x" + "0" * 63 + "7"


@given(
    st.booleans(),
    st.integers(2_000, 8_000),
    st.integers(1, 100),
    st.lists(st.integers(0, 120), min_size=2, max_size=2),
    st.data(),
)
def test_cost_left__filled_in_any_parts__is_never_exceeded(
    is_buy: bool, price: int, quantity: int, held: list[int], data: st.DataObject
) -> None:
    """Whatever the parts in which an order is filled, the maker pays no more than was asked for.

    Each fill is worked out as the rules say: what closes a position is paid back, the rest paid,
    and one net amount pulled.
    """
    order = make_order(is_buy=is_buy, price_ticks=price, quantity=quantity, series=(2, 4))
    needed = cost_left(order, MONTHS, quantity, held)
    own, left, pulled = list(held), quantity, 0
    while left:
        part = data.draw(st.integers(1, left))
        net = 0
        for month, terms in enumerate(MONTHS):
            costs = buyer_collateral(terms, price), seller_collateral(terms, price)
            cost, back = costs if is_buy else costs[::-1]
            closed = min(part, own[month])
            own[month] -= closed
            net += cost * (part - closed) - back * closed
        pulled += max(0, net)
        left -= part

    assert pulled <= needed <= full_cost(order, MONTHS)


def test_full_cost__of_both_sides__makes_the_pair() -> None:
    """At any price the collateral of both sides is what a pair costs."""
    sides = [
        full_cost(make_order(is_buy=is_buy, price_ticks=5_123, quantity=1), [TERMS])
        for is_buy in (True, False)
    ]

    assert sum(sides) == 30 * (8_000 - 2_000)
    assert sides[0] == 30 * 3_123


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, 30_000 * 86_400 - 1),
        ({"may_trade_in_window": True}, 30_030 * 86_400 - 1),
        ({"deadline": 5}, 5),
    ],
)
def test_last_second__of_a_strip__is_the_first_that_ends(
    changes: dict[str, Any], expected: int
) -> None:
    """The earliest month decides, and the deadline."""
    order = make_order(**{"deadline": 2**40, "series": (2, 4)} | changes)

    assert last_second(order, MONTHS) == expected


@pytest.mark.parametrize(
    ("changes", "series", "word"),
    [
        ({}, [None], "unknown_series"),
        ({"price_ticks": 1_999}, [TERMS], "bad_terms"),
        ({"price_ticks": 8_001}, [TERMS], "bad_terms"),
        ({"max_collateral": 10 * 30 * 3_000 - 1}, [TERMS], "bad_terms"),
        (
            {"series": (2, 4)},
            [TERMS, replace(LATER, token="0x" + "1" * 40)],
            "bad_terms",
        ),
    ],
)
def test_require_terms__that_do_not_fit__refuses(
    changes: dict[str, Any], series: list[ForwardTerms | None], word: str
) -> None:
    """What the series themselves rule out."""
    with pytest.raises(OrderRefusedError) as caught:
        require_terms(make_order(**changes), series)

    assert caught.value.reason == word


def test_require_terms__at_the_bounds__accepts() -> None:
    """The floor, the cap and the exact cost are allowed."""
    for price in (2_000, 8_000):
        assert require_terms(make_order(price_ticks=price), [TERMS]) == [TERMS]
    assert require_terms(make_order(max_collateral=10 * 30 * 3_000), [TERMS]) == [TERMS]


def test_inquiry__answered_by_an_error_of_the_node__decides_nothing() -> None:
    """Only a revert is the contract's word; anything else may pass."""
    inquiry = make_inquiry(make_signed(), TERMS.token)
    held = "0x" + "".join(f"{word:064x}" for word in (32, 1, 4))
    overloaded = RpcRefusedError("evm node: eth_call: rate limit exceeded")
    reverted = RpcRefusedError("evm node: eth_call: execution reverted: order: other epoch")

    whole = inquiry.facts([WORD, held, WORD, WORD])
    assert whole is not None
    assert (whole.remaining, whole.held, whole.refusal) == (7, (4,), None)
    refused = inquiry.facts([reverted, held, WORD, WORD])
    assert refused is not None
    assert (refused.remaining, refused.refusal) == (0, "order: other epoch")
    for place in range(4):
        results: list[object] = [WORD, held, WORD, WORD]
        results[place] = overloaded
        assert inquiry.facts(results) is None


@pytest.mark.parametrize("result", [None, 5, "0x", "0x12", "0x" + "g" * 64, [], {}])
def test_words__of_something_else__is_the_nodes_fault(result: object) -> None:
    """Nonsense in place of data is an outage, never a zero."""
    with pytest.raises(RpcUnavailableError):
        words(result)


def test_revert_reason__with_data__is_the_contracts() -> None:
    """The decoded reason wins over the node's words."""
    error = RpcRefusedError("evm node: eth_call: execution reverted", "series: unknown")

    assert revert_reason(error) == "series: unknown"


@given(st.lists(st.integers(0, 3_000), min_size=1, max_size=60))
def test_rate__any_times__allows_burst_and_rate(gaps: list[int]) -> None:
    """Against exact fractions: never more than the burst and what has flowed in since."""
    rate, now, level = Rate("client", 2.0, 5), Fraction(0), Fraction(5)
    for gap in gaps:
        now += Fraction(gap, 1_024)  # exact in floating point, too
        level = min(Fraction(5), level + 2 * Fraction(gap, 1_024))
        if level >= 1:
            level -= 1
            rate.take("x", float(now))
        else:
            with pytest.raises(TooManyError):
                rate.take("x", float(now))
