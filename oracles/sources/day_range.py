# SPDX-License-Identifier: AGPL-3.0-only
"""Find the blocks of a day in a chain that can only be asked for single heights."""

from hashrate.core.errors import BlockOrderError
from hashrate.core.types import BlockHeight, ChainTip, DayIndex, HeightRange, UnixSeconds
from hashrate.core.units import day_start, iso_from_day
from oracles.sources.base import BitcoinSource
from oracles.sources.errors import DayNotOverError

_BLOCK_SECONDS = 600
# Guesses by the mean block interval land within a few blocks. After so many, halving takes over: no
# chain, however odd, costs more than this and the logarithm of its height.
_GUESSES = 8


async def day_range(
    source: BitcoinSource, day: DayIndex, tip: ChainTip, first: BlockHeight | None = None
) -> HeightRange:
    """Find the range of heights whose mediantime lies in a day.

    Args:
        source: the chain to search.
        day: the UTC day.
        tip: the chain's newest block, as `source` gave it.
        first: the day's first height where it is known, from the day before; it is checked.

    Raises:
        DayNotOverError: the tip's mediantime lies before the end of the day.
        BlockOrderError: `first` is not the day's first height.
    """
    start, end = day_start(day), day_start(DayIndex(day + 1))
    if tip.mediantime < end:
        raise DayNotOverError(
            f"{source.source_id}: the mediantime has not passed {iso_from_day(day)} yet"
        )
    if first is None:
        first = await first_height_from(source, start, tip)
    else:
        await _check_first(source, first, start, tip)
    after = await first_height_from(source, end, tip, BlockHeight(first - 1))
    return HeightRange(first, BlockHeight(after - 1))


async def first_height_from(
    source: BitcoinSource, time: UnixSeconds, tip: ChainTip, above: BlockHeight | None = None
) -> BlockHeight:
    """Find the lowest height whose mediantime is `time` [unix s] or later.

    Args:
        source: the chain to search.
        time: not after the tip's mediantime [unix s].
        tip: the chain's newest block.
        above: a height known to lie before `time`.
    """
    low, high = -1 if above is None else int(above), int(tip.height)
    high_time = tip.mediantime
    low_time: UnixSeconds | None = None
    probes = 0
    while high - low > 1:
        if probes >= _GUESSES:
            probe = (low + high) // 2
        elif low_time is None:
            probe = high - max(1, (high_time - time << probes) // _BLOCK_SECONDS)
        else:
            probe = low + (time - low_time) * (high - low) // (high_time - low_time)
        probe = min(max(probe, low + 1), high - 1)
        mediantime = await source.mediantime(BlockHeight(probe))
        if mediantime < time:
            low, low_time = probe, mediantime
        else:
            high, high_time = probe, mediantime
        probes += 1
    return BlockHeight(high)


async def _check_first(
    source: BitcoinSource, first: BlockHeight, start: UnixSeconds, tip: ChainTip
) -> None:
    """Check that the day's first height is still where the day before left it."""
    if first > tip.height or await source.mediantime(first) < start:
        raise BlockOrderError(f"{source.source_id}: block {first} lies before its day")
    if first > 0 and await source.mediantime(BlockHeight(first - 1)) >= start:
        raise BlockOrderError(f"{source.source_id}: block {first - 1} does not lie before the day")
