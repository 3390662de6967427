# SPDX-License-Identifier: AGPL-3.0-only
"""Orders for the relay's tests, and Hypothesis strategies."""

from dataclasses import replace
from typing import Any

from eth_utils.address import to_checksum_address
from hypothesis import strategies as st

from hashrate.orders.order import ZERO_ADDRESS, BookDomain, Leg, Order, Peg, SignedOrder, sign_order
from testing.oracle_world import key_of

DOMAIN = BookDomain(31337, to_checksum_address("0x" + "e9" * 20))
MAKER = key_of("maker")
TAKER = key_of("taker")
SERIES = 2 * 0xA11CE
uints = st.one_of(st.integers(0, 100), st.integers(0, 2**256 - 1))


def make_order(**changes: Any) -> Order:
    """Make a plain buy order of one month, with changes.

    `series`, `is_buy` and `price_ticks` make equal legs, where none are given.
    """
    series, is_buy = changes.pop("series", (SERIES,)), changes.pop("is_buy", True)
    price = changes.pop("price_ticks", 5_000)
    plain: dict[str, Any] = {
        "maker": MAKER.address,
        "taker": ZERO_ADDRESS,
        "quantity": 10,
        "minimum_quantity": 1,
        "max_collateral": 10**12,
        "deadline": 2_000_000_000,
        "may_trade_in_window": False,
        "epoch": 0,
        "salt": 1,
        "legs": tuple(Leg(each, is_buy, price) for each in series),
    }
    return Order(**plain | changes)


def make_signed(**changes: Any) -> SignedOrder:
    """Make a signed order of the maker, with changes."""
    return sign_order(MAKER, DOMAIN, make_order(**changes))


def _legs(order: Order, numbers: list[int], sides: list[bool], prices: list[int]) -> Order:
    """Return an order with as many legs as there are numbers, the first of ratio one."""
    price = 0 if order.peg else 1
    legs = [
        Leg(2 * number, side, price * ticks, 1 + place)
        for place, (number, side, ticks) in enumerate(
            zip(sorted(numbers), sides, prices, strict=False)
        )
    ]
    return replace(order, legs=tuple(legs))


def _peg(days: int, ages: int, offset: int, bounds: tuple[int, int]) -> Peg:
    return Peg(days, ages, offset, min(bounds), max(bounds))


pegs = st.builds(
    _peg,
    st.integers(1, 7),
    uints,
    st.integers(-(2**255), 2**255 - 1),
    st.tuples(uints, uints),
)
orders = st.builds(
    _legs,
    st.builds(
        Order,
        maker=st.just(MAKER.address),
        taker=st.sampled_from([ZERO_ADDRESS, TAKER.address]),
        quantity=st.integers(1, 2**120 - 1),
        minimum_quantity=uints,
        max_collateral=uints,
        deadline=uints,
        may_trade_in_window=st.booleans(),
        epoch=uints,
        salt=uints,
        legs=st.just(()),
        peg=st.none() | pegs,
    ),
    st.lists(st.integers(0, 2**255 - 1), min_size=1, max_size=12, unique=True),
    st.lists(st.booleans(), min_size=12, max_size=12),
    st.lists(uints, min_size=12, max_size=12),
)
