# SPDX-License-Identifier: AGPL-3.0-only
"""What state machines draw: small sets of telling values, mixed with ordinary ones."""

from dataclasses import dataclass
from fractions import Fraction

from hypothesis import strategies as st

from reference.units import DAY_SECONDS, HOUR_SECONDS
from tests.stateful.lockstep import PRICE_E8
from tests.stateful.scenes import CREDITED_SATS, FLEET_THS, SETUPS


@dataclass(frozen=True)
class DayShape:
    """How a reported day looks; `percent` is of the consistent hashprice, prices in 1e-8 USD."""

    fees_sats: int
    percent: int
    prices: tuple[int, ...]


@dataclass(frozen=True)
class Jump:
    """A step in time: seconds from now, or seconds around the next midnight or deadline."""

    anchor: str
    seconds: int


AGREED = (PRICE_E8, PRICE_E8 + 3)
ORDINARY_DAY = DayShape(10**7, 100, AGREED)
DAYS = [
    *[ORDINARY_DAY] * 6,
    DayShape(45 * 10**9, 100, AGREED),
    DayShape(0, 100, (PRICE_E8 * 6 // 10, PRICE_E8 * 6 // 10)),
    DayShape(0, 100, (PRICE_E8 * 36 // 100,) * 3),
    DayShape(10**7, 100, (PRICE_E8 * 3 // 2, PRICE_E8 * 3 // 2 + 1)),
    DayShape(10**7, 100, (PRICE_E8, PRICE_E8 + 10**9, PRICE_E8 + 7)),
    DayShape(10**7, 300, AGREED),
    DayShape(10**7, 30, AGREED),
    DayShape(10**7, 100, (PRICE_E8, PRICE_E8 * 102 // 100)),
]
ORDINARY_OUTPUT = (CREDITED_SATS, FLEET_THS)
OUTPUTS = [
    ORDINARY_OUTPUT,
    ORDINARY_OUTPUT,
    ORDINARY_OUTPUT,
    (CREDITED_SATS * 99 // 100, FLEET_THS),
    (CREDITED_SATS // 2, FLEET_THS // 2),
    (CREDITED_SATS, FLEET_THS * 3),
    (CREDITED_SATS * 25, FLEET_THS * 9 // 20),
    (0, FLEET_THS),
    (7, 0),
    (0, 0),
]

setup_names = st.sampled_from(sorted(SETUPS))
days = st.sampled_from(DAYS)
outputs = st.sampled_from(OUTPUTS)
holders = st.integers(0, 3)
callers = st.sampled_from(["self", "keeper", "issuer"])
# parts of what there is; the last one is more than there is
parts = st.sampled_from(
    [Fraction(1, 3), Fraction(1, 2), Fraction(1), Fraction(1, 10**18), Fraction(0), Fraction(2)]
)
jumps = st.one_of(
    st.builds(Jump, st.just("now"), st.sampled_from([1, 59, HOUR_SECONDS, 6 * HOUR_SECONDS + 7])),
    st.builds(Jump, st.just("now"), st.integers(1, 3).map(lambda days: days * DAY_SECONDS + 5)),
    st.builds(Jump, st.just("midnight"), st.sampled_from([-1, 0, 0, 1, 40_000])),
    st.builds(Jump, st.just("deadline"), st.sampled_from([-1, 0, 0, 1])),
)
