# SPDX-License-Identifier: AGPL-3.0-only
"""Which blocks make a day: those whose mediantime lies in it."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from hashrate.core.errors import BlockOrderError
from hashrate.core.types import Block, DayIndex, UnixSeconds
from hashrate.core.units import day_from_time

MEDIAN_TIME_SPAN = 11


def median_time_past(times: Sequence[UnixSeconds]) -> UnixSeconds:
    """Find a block's mediantime [unix s].

    Args:
        times: header times [unix s], shape (n >= 1,), by height, ending with the block's own. Only
            the last 11 count; near the genesis block there are fewer, and the upper middle counts.
    """
    window = sorted(times[-MEDIAN_TIME_SPAN:])
    return window[len(window) // 2]


def require_succession(blocks: Sequence[Block]) -> None:
    """Check that blocks follow one another by height, and that mediantime never goes back.

    Raises:
        BlockOrderError: they do not.
    """
    for parent, block in pairwise(blocks):
        if block.height != parent.height + 1:
            raise BlockOrderError(f"block {block.height} does not follow block {parent.height}")
        if block.mediantime < parent.mediantime:
            raise BlockOrderError(f"block {block.height}: mediantime goes back")


def complete_days(blocks: Iterable[Block]) -> Iterator[tuple[DayIndex, tuple[Block, ...]]]:
    """Group blocks by UTC day, and return the days known to be over.

    A day is over once a block of a later day is seen, so the last day is never given. Days
    without blocks are given, empty. Begin with the first block of a day: the function cannot
    know what came before.

    Args:
        blocks: shape (n,), by height.

    Raises:
        BlockOrderError: see `require_succession`.
    """
    today: list[Block] = []
    for block in blocks:
        if today:
            require_succession((today[-1], block))
            day, block_day = day_from_time(today[-1].mediantime), day_from_time(block.mediantime)
            if block_day > day:
                yield day, tuple(today)
                for empty in range(day + 1, block_day):
                    yield DayIndex(empty), ()
                today = []
        today.append(block)
