# SPDX-License-Identifier: AGPL-3.0-only
"""What a window is expected to settle at: index x expected difficulty growth x halving.

Integers and fractions. Factors are 1e9 fixed point, each rounded down once: a billionth is far
below a tick, and either side of a quote stands at least percents away.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import isqrt

from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS
from hashrate.products.forwards.product import Product

ONE = 10**9
RETARGET_BLOCKS = 2_016
RETARGET_DAYS = 14
BLOCKS_PER_DAY = 144
BPS = 10_000


@dataclass(frozen=True, slots=True)
class GrowthBounds:
    """How expected growth is taken from the days that were.

    Attributes:
        days: back from the newest, over which it is measured [days].
        low, high: least and most for one retarget [1e9 fixed point].
    """

    days: int = 84
    low: int = 980_000_000
    high: int = 1_040_000_000


@dataclass(frozen=True, slots=True)
class Outlook:
    """What is expected of the days to come.

    Attributes:
        newest: the newest final day.
        last_height: of its last block.
        growth: of difficulty from one retarget to the next [1e9 fixed point].
        halving_blocks: between halvings.
    """

    newest: DayIndex
    last_height: int
    growth: int
    halving_blocks: int

    @property
    def retarget_height(self) -> int:
        """Return the first block of the next retarget."""
        return (self.last_height // RETARGET_BLOCKS + 1) * RETARGET_BLOCKS

    @property
    def retarget_day(self) -> DayIndex:
        """Return the day in which it is expected."""
        return self._day_of(self.retarget_height)

    @property
    def halving_day(self) -> DayIndex:
        """Return the day in which the next halving is expected."""
        return self._day_of((self.last_height // self.halving_blocks + 1) * self.halving_blocks)

    def expected_height(self, now: int) -> int:
        """Estimate the newest block's height at a time [unix s], rounded down."""
        since = now - (self.newest + 1) * DAY_SECONDS
        return self.last_height + max(0, since) * BLOCKS_PER_DAY // DAY_SECONDS

    def expected_time(self, height: int) -> int:
        """Estimate when a block is found [unix s], rounded down."""
        ahead = (height - self.last_height) * DAY_SECONDS // BLOCKS_PER_DAY
        return (self.newest + 1) * DAY_SECONDS + ahead

    def _day_of(self, height: int) -> DayIndex:
        return DayIndex(self.newest + 1 + (height - self.last_height - 1) // BLOCKS_PER_DAY)


def measured_growth(difficulties: Sequence[int], bounds: GrowthBounds) -> int:
    """Measure how difficulty grew from one retarget to the next [1e9 fixed point].

    The whole growth is spread evenly over the retargets it took, without compounding, and bounded.

    Args:
        difficulties: of days without a gap, the newest last [any unit].
        bounds: over how many of them, and between what.
    """
    days = min(bounds.days, len(difficulties) - 1)
    if days < 1:
        return ONE
    now, then = difficulties[-1], difficulties[-1 - days]
    growth = ONE + (now - then) * ONE * RETARGET_DAYS // (then * days)
    return min(max(growth, bounds.low), bounds.high)


def daily_move_bps(values: Sequence[int], days: int) -> int:
    """Find the root mean square of the last days' moves, rounded down [1e-4].

    Args:
        values: of days without a gap, the newest last [tick].
        days: how many moves are looked at.
    """
    tail = values[-days - 1 :]
    moves = [
        (later - earlier) * BPS // earlier for earlier, later in zip(tail, tail[1:], strict=False)
    ]
    return isqrt(sum(move * move for move in moves) // len(moves)) if moves else 0


def forward(
    outlook: Outlook, product: Product, index_ticks: int, window: tuple[int, int]
) -> Fraction:
    """Return the expected mean of a window that has not begun [tick].

    Args:
        outlook: what is expected.
        product: hashprice falls as difficulty grows, and halves; difficulty does neither.
        index_ticks: of the newest final day [tick].
        window: first and end day.
    """
    first, end = window
    total = sum(_factor(outlook, product, day) for day in range(first, end))
    return Fraction(index_ticks * total, ONE * (end - first))


def _factor(outlook: Outlook, product: Product, day: int) -> int:
    """Return a day's expected value over the index [1e9 fixed point]."""
    ahead = day - outlook.retarget_day
    steps = 0 if ahead < 0 else 1 + ahead // RETARGET_DAYS
    grown: int = outlook.growth**steps
    scale: int = ONE**steps
    if product is Product.DIFFICULTY:
        return ONE * grown // scale
    factor = ONE * scale // grown
    return factor // 2 if day >= outlook.halving_day else factor
