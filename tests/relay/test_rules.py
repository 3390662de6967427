# SPDX-License-Identifier: AGPL-3.0-only
"""Costs, times and limits, without a chain."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError
from hashrate.orders.order import Leg, Peg
from hashrate.products.forwards.maths import buyer_collateral, seller_collateral
from hashrate.products.forwards.terms import ForwardTerms
from hashrate.service.errors import TooManyError
from relay.errors import OrderRefusedError
from relay.inquiry import revert_reason, words
from relay.kinds.forward import ForwardOffer
from relay.kinds.forward_rules import afford, last_second, require_terms
from relay.limits import Rate
from tests.relay.builders import DOMAIN, make_order, make_signed
from tests.relay.doubles import INDEX, TERMS

pytestmark = pytest.mark.unit

LATER = replace(TERMS, first_day=30_030, end_day=30_061)
MONTHS = [TERMS, LATER]
WORD = "0x" + "0" * 63 + "7"


@given(
    st.lists(
        st.tuples(st.booleans(), st.integers(2_000, 8_000), st.integers(1, 3), st.integers(0, 120)),
        min_size=2,
        max_size=2,
    ),
    st.integers(1, 60),
    st.data(),
)
def test_afford__filled_in_any_parts__is_never_exceeded(
    shapes: list[tuple[bool, int, int, int]], quantity: int, data: st.DataObject
) -> None:
    """Whatever the parts in which an order is filled, the maker pays no more than was asked for,
    and one by one exactly that.

    Each fill is worked out as the rules say: what closes a position is paid back, the rest paid,
    and one net amount pulled.
    """
    legs = tuple(
        Leg(2 * (place + 1), is_buy, price, ratio)
        for place, (is_buy, price, ratio, _) in enumerate(shapes)
    )
    held, prices = [shape[3] for shape in shapes], [leg.price_ticks for leg in legs]
    order = make_order(quantity=quantity, legs=legs)
    needed = afford(order, MONTHS, prices, quantity, held).cost
    sizes = data.draw(st.lists(st.integers(1, quantity), min_size=quantity, max_size=quantity))

    for parts, is_exact in ((sizes, False), ([1] * quantity, True)):
        own, left, pulled = list(held), quantity, 0
        for size in parts:
            part = min(size, left)
            net = 0
            for place, (leg, terms) in enumerate(zip(legs, MONTHS, strict=True)):
                sides = buyer_collateral, seller_collateral
                cost, back = (side(terms, leg.price_ticks) for side in sides)
                if not leg.is_buy:
                    cost, back = back, cost
                closed = min(part * leg.ratio, own[place])
                own[place] -= closed
                net += cost * (part * leg.ratio - closed) - back * closed
            pulled += max(0, net)
            left -= part
        assert pulled <= needed
        assert not is_exact or pulled == needed


def test_afford__of_both_sides__makes_the_pair() -> None:
    """At any price the collateral of both sides is what a pair costs."""
    sides = [
        afford(make_order(is_buy=is_buy, price_ticks=5_123), [TERMS], [5_123], 1, [0]).cost
        for is_buy in (True, False)
    ]

    assert sum(sides) == 30 * (8_000 - 2_000)
    assert sides[0] == 30 * 3_123


@given(st.integers(1, 40), st.integers(0, 60), st.integers(0, 5_000_000), st.booleans())
def test_afford__some_money__covers_as_much_as_it_pays_for(
    remaining: int, held: int, budget: int, is_buy: bool
) -> None:
    """One unit more would cost more than there is, and what is covered does not."""
    order = make_order(quantity=remaining, is_buy=is_buy)
    afforded = afford(order, [TERMS], [5_000], remaining, [held], budget)

    assert afforded.cost <= budget
    assert afford(order, [TERMS], [5_000], afforded.units, [held]).cost == afforded.cost
    if afforded.units < remaining:
        more = afford(order, [TERMS], [5_000], afforded.units + 1, [held])
        assert more.cost > budget
    assert afforded.closed == (min(held, afforded.units),)


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
        ({}, [replace(TERMS, index="0x" + "1" * 40)], "unknown_index"),
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
        require_terms(make_order(**changes), series, {INDEX})

    assert caught.value.reason == word


def test_require_terms__at_the_bounds__accepts() -> None:
    """The floor and the cap are allowed."""
    for price in (2_000, 8_000):
        assert require_terms(make_order(price_ticks=price), [TERMS], {INDEX}) == [TERMS]


@pytest.mark.parametrize(("low", "high", "fits"), [(2_000, 8_000, True), (1_999, 8_000, False)])
def test_require_terms__of_a_peg__looks_at_its_bounds(low: int, high: int, fits: bool) -> None:
    """Whatever the index says, the price stays between them."""
    order = make_order(price_ticks=0, peg=Peg(1, 2, 0, low, high))

    if fits:
        assert require_terms(order, [TERMS], {INDEX}) == [TERMS]
    else:
        with pytest.raises(OrderRefusedError, match="a price is not within"):
            require_terms(order, [TERMS], {INDEX})


@pytest.mark.parametrize(("short", "units"), [(0, 10), (1, 0)])
def test_afford__max_collateral_to_the_unit__decides(short: int, units: int) -> None:
    """What the vault would refuse above the cap is not listed; a closing order needs no cap."""
    cost = 30 * 3_000
    order = make_order(max_collateral=10 * cost - short)

    assert afford(order, [TERMS], [5_000], 10, [0], 10**9).units == units
    closing = make_order(max_collateral=0)
    assert afford(closing, [TERMS], [5_000], 10, [10], 10**9).units == 10
    assert afford(closing, [TERMS], [5_000], 10, [4], 10**9).units == 4


def test_inquiry__answered_by_an_error_of_the_node__decides_nothing() -> None:
    """Only a revert is the contract's word; anything else may pass."""
    offer = ForwardOffer(make_signed(), (TERMS,), DOMAIN.contract, "0x", (), 0)
    inquiry = offer.inquiry(is_wallet=False)
    held = "0x" + "".join(f"{word:064x}" for word in (32, 1, 4))
    overloaded = RpcRefusedError("evm node: eth_call: rate limit exceeded")
    reverted = RpcRefusedError("evm node: eth_call: execution reverted: order: other epoch")

    whole = inquiry.facts([WORD, WORD, WORD, held])
    assert whole is not None
    assert (whole.remaining, whole.held, whole.refusal) == (7, (4,), None)
    refused = inquiry.facts([reverted, WORD, WORD, held])
    assert refused is not None
    assert (refused.remaining, refused.refusal) == (0, "order: other epoch")
    for place in range(4):
        results: list[object] = [WORD, WORD, WORD, held]
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
