# SPDX-License-Identifier: AGPL-3.0-only
"""What spot orders cost, as the reference model has it, and prices as people write them."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.errors import AmountError
from hashrate.core.units import WAD
from hashrate.products.spot.maths import cost, middle, parse_price, price_text
from reference.errors import ModelRevert
from reference.spot import PlainToken, Remaining, SpotModel, SpotOrder

pytestmark = pytest.mark.unit

ORDER = SpotOrder("m", None, True, "t", "b", 1, False, 2, 2**128 - 1, 0, 0, 0, 0)
wide = st.integers(1, 2**128 - 1)


@given(quantity=wide, price=wide, remaining=st.none() | wide, is_buy=st.booleans())
def test_cost__anything__is_the_models(
    quantity: int, price: int, remaining: int | None, is_buy: bool
) -> None:
    order = replace(ORDER, is_buy=is_buy, price=price, is_per_remaining=remaining is not None)
    token = PlainToken(remaining=None if remaining is None else Remaining(remaining, 0))
    ours = cost(quantity, price, remaining, is_buy=is_buy)
    try:
        assert ours == SpotModel("s", {"t": token}).cost(order, quantity, 0)
    except ModelRevert:
        assert ours == 0


def test_cost__the_example_of_the_rules() -> None:
    part = 15 * WAD // 10
    assert cost(part, 7_001, None, is_buy=False) == 10_502
    assert cost(part, 7_001, None, is_buy=True) == 10_501
    assert cost(3 * WAD + 1, 98 * WAD // 100, 700, is_buy=True) == 2_058
    assert cost(3 * WAD + 1, 98 * WAD // 100, 700, is_buy=False) == 2_059
    assert middle(10_501, 10_502) is None
    assert middle(10_503, 10_502) == 10_502


@pytest.mark.parametrize(
    ("text", "decimals", "expected"),
    [
        ("7001sat", 8, (7_001, False)),
        ("0.00007btc", 8, (7_000, False)),
        ("7001sat", 18, (7_001 * 10**10, False)),
        ("6.50usd", 6, (6_500_000, False)),
        ("98.5%", 8, (985 * 10**15, True)),
        ("100 %", 8, (WAD, True)),
        ("0.0000000000000001%", 8, (1, True)),
    ],
)
def test_parse_price__as_people_write_it(
    text: str, decimals: int, expected: tuple[int, bool]
) -> None:
    assert parse_price(text, decimals) == expected


@pytest.mark.parametrize("text", ["", "7001", "0%", "-1%", "1.5sat", "98.5 percent", "0sat"])
def test_parse_price__no_price__is_refused(text: str) -> None:
    with pytest.raises(AmountError):
        parse_price(text, 8)


def test_price_text__shows_every_digit_that_counts() -> None:
    assert price_text(7_001, 8, "xBTC", is_per_remaining=False) == "0.00007001 xBTC each"
    par = price_text(985 * 10**15, 8, "xBTC", is_per_remaining=True)
    assert par == "98.5 % of what remains"
    assert price_text(WAD, 8, "xBTC", is_per_remaining=True) == "100 % of what remains"
