# SPDX-License-Identifier: AGPL-3.0-only
"""What machines on vault and book draw."""

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from testing.forwards_system import TOKEN_DECIMALS
from tests.stateful.forwards_scenes import SERIES, STRIPS
from tests.stateful.lockstep import PRICE_E8


@dataclass(frozen=True)
class ForwardDayShape:
    """A day: [1/100] of the consistent hashprice, difficulty [1/1000], price [1e-8 USD]."""

    percent: int = 100
    step: int = 1_000
    price: int = PRICE_E8


@dataclass(frozen=True)
class OrderShape:
    """An order: months, a price between floor and cap, and how it may be filled.

    `designated` is "", "taker" or "book"; an `offset` [tick] makes it follow the index.
    `flaw` is what makes it impossible to fill, if anything does.
    """

    months: tuple[str, ...]
    price: Fraction
    quantity: int
    minimum: int = 0
    designated: str = ""
    may_trade_in_window: bool = True
    flaw: str = ""
    ratios: tuple[int, ...] = (1, 1, 1)
    is_spread: bool = False
    offset: int | None = None
    mean_days: int = 1


FLAWS = (
    "signature",
    "collateral",
    "expired",
    "epoch",
    "price",
    "unknown month",
    "descending",
    "divisor",
    "nothing",
    "two coins",
)
traders = st.integers(0, 3)
# the fifth takes no position, the sixth only receives
accounts = st.integers(0, 5)
# how far the other party is from the maker; seldom it is the maker itself
others = st.sampled_from([1, 2, 3, 1, 2, 3, 4])
makers = st.sampled_from([0, 1, 2, 3, 3])
names = st.sampled_from(sorted(SERIES))
# mostly few, so that trades meet opposite positions; one is far too many
quantities = st.sampled_from([1, 1, 2, 3, 3, 5, 8, 2**100])
prices = st.sampled_from(
    [Fraction(0), Fraction(1, 3), Fraction(1, 2), Fraction(1, 2), Fraction(5, 7), Fraction(1)]
)
orders = st.builds(
    OrderShape,
    st.sampled_from(STRIPS),
    prices,
    st.sampled_from([1, 2, 3, 5, 8]),
    st.sampled_from([0, 0, 0, 2, 5]),
    st.sampled_from(["", "", "", "taker", "taker", "book"]),
    st.sampled_from([True, True, False]),
    st.sampled_from([""] * 40 + list(FLAWS)),
    st.sampled_from([(1, 1, 1), (1, 1, 1), (1, 2, 3), (3, 2, 2)]),
    st.booleans(),
    st.sampled_from([None, None, None, 0, -1_000, 2_500]),
    st.sampled_from([1, 1, 3, 7]),
)
# orders that can be filled
trades = st.builds(OrderShape, st.sampled_from(STRIPS), prices, st.sampled_from([2, 5, 8]))
days = st.builds(
    ForwardDayShape,
    st.sampled_from([100, 100, 100, 100, 97, 30, 300]),
    st.sampled_from([1_000, 1_030, 850, 1_390, 3_900, 260]),
    st.sampled_from([PRICE_E8, PRICE_E8, PRICE_E8 * 6 // 10, PRICE_E8 * 3 // 2 + 1]),
)
coins = st.sampled_from(TOKEN_DECIMALS)
books = st.sampled_from([0, 1, 1, 2])
