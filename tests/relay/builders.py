# SPDX-License-Identifier: AGPL-3.0-only
"""Orders for the relay's tests, and Hypothesis strategies."""

from typing import Any

from eth_utils.address import to_checksum_address
from hypothesis import strategies as st

from hashrate.orders.order import ZERO_ADDRESS, EngineDomain, Order, SignedOrder, sign_order
from testing.oracle_world import key_of

DOMAIN = EngineDomain(31337, to_checksum_address("0x" + "e9" * 20))
MAKER = key_of("maker")
TAKER = key_of("taker")
SERIES = 2 * 0xA11CE
uints = st.one_of(st.integers(0, 100), st.integers(0, 2**256 - 1))


def make_order(**changes: Any) -> Order:
    """Make a plain buy order of one month, with changes."""
    plain: dict[str, Any] = {
        "maker": MAKER.address,
        "taker": ZERO_ADDRESS,
        "is_buy": True,
        "price_ticks": 5_000,
        "quantity": 10,
        "minimum_quantity": 1,
        "max_collateral": 10**12,
        "deadline": 2_000_000_000,
        "may_trade_in_window": False,
        "epoch": 0,
        "salt": 1,
        "series": (SERIES,),
    }
    return Order(**plain | changes)


def make_signed(**changes: Any) -> SignedOrder:
    """Make a signed order of the maker, with changes."""
    return sign_order(MAKER, DOMAIN, make_order(**changes))


orders = st.builds(
    Order,
    maker=st.just(MAKER.address),
    taker=st.sampled_from([ZERO_ADDRESS, TAKER.address]),
    is_buy=st.booleans(),
    price_ticks=uints,
    quantity=st.integers(1, 2**256 - 1),
    minimum_quantity=uints,
    max_collateral=uints,
    deadline=uints,
    may_trade_in_window=st.booleans(),
    epoch=uints,
    salt=uints,
    series=st.sets(st.integers(0, 2**255 - 1).map(lambda n: 2 * n), min_size=1, max_size=12).map(
        lambda ids: tuple(sorted(ids))
    ),
)
