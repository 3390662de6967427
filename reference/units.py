# SPDX-License-Identifier: AGPL-3.0-only
"""Units and exact integer helpers shared by the models."""

from collections.abc import Iterable

DAY_SECONDS = 86_400
HOUR_SECONDS = 3_600
BPS = 10_000
WAD = 10**18
SATS_PER_BTC = 10**8
Q128 = 1 << 128
NO_END_DAY = 2**32 - 1
MAX_SUPPLY_THS = 1 << 94

Account = str


def day_of(now: int) -> int:
    """Return the UTC day index of a unix time [s]."""
    return now // DAY_SECONDS


def day_start(day: int) -> int:
    """Return the first second [unix s] of a day."""
    return day * DAY_SECONDS


def is_over(day: int, now: int) -> bool:
    """Return whether a day is over at `now` [unix s]."""
    return now >= day_start(day + 1)


def ceil_div(numerator: int, denominator: int) -> int:
    """Return the quotient rounded up; the denominator is positive."""
    return -(-numerator // denominator)


def floor_mean(values: Iterable[int]) -> int:
    """Return the floor of the mean of at least one integer."""
    listed = list(values)
    return sum(listed) // len(listed)
