# SPDX-License-Identifier: AGPL-3.0-only
"""From blocks to a day's facts, exactly.

`hashprice = 86400 * unit * mean over the blocks of ((subsidy + fee) / W)`, in satoshi per unit of
hashrate per day, with `W = difficulty * 2^32` the expected hashes of the block. Everything is an
integer or a fraction until one floor to 1e18 fixed point, so the same blocks give the same bytes on
every machine. Blocks of one target share their W: a day is one or two segments, seldom more.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import groupby, pairwise

from hashrate.bitcoin.days import complete_days, require_succession
from hashrate.bitcoin.difficulty import difficulty, expected_hashes
from hashrate.bitcoin.errors import FractionalFeesError, NoBlocksError
from hashrate.bitcoin.subsidy import subsidy_sum
from hashrate.core.errors import BlockOrderError
from hashrate.core.types import (
    MAINNET,
    Block,
    BlockHeight,
    DayFacts,
    DayIndex,
    Network,
    Sats,
    Segment,
    Wad,
)
from hashrate.core.units import DAY_SECONDS, WAD


def segments_from_blocks(blocks: Sequence[Block]) -> tuple[Segment, ...]:
    """Join consecutive blocks of one compact target.

    Args:
        blocks: shape (n,), by height.

    Raises:
        BlockOrderError: the blocks do not follow one another.
    """
    require_succession(blocks)
    segments = []
    for bits, group in groupby(blocks, key=lambda block: block.bits):
        run = list(group)
        fees = Fraction(sum(block.fees_sats for block in run))
        segments.append(Segment(run[0].height, run[-1].height, bits, fees))
    return tuple(segments)


def hashprice(segments: Sequence[Segment], network: Network = MAINNET) -> Fraction:
    """Find the exact hashprice of some blocks [sats per unit of hashrate per day].

    Args:
        segments: shape (n >= 1,), in any order.
        network: subsidy schedule and unit of hashrate.

    Raises:
        InvalidBitsError: a segment's bits are no target.
        NoBlocksError: there is no segment.
    """
    total = Fraction(0)
    for segment in segments:
        subsidy = subsidy_sum(segment.first_height, segment.last_height, network)
        total += (subsidy + segment.fees_sats) / expected_hashes(segment.bits, network)
    return DAY_SECONDS * network.unit_hashes * total / _count(segments)


def mean_difficulty(segments: Sequence[Segment], network: Network = MAINNET) -> Fraction:
    """Find the exact mean difficulty of some blocks.

    Raises:
        InvalidBitsError: a segment's bits are no target.
        NoBlocksError: there is no segment.
    """
    total = sum((s.blocks * difficulty(s.bits, network) for s in segments), Fraction(0))
    return total / _count(segments)


def day_facts(
    day: DayIndex,
    segments: Sequence[Segment],
    network: Network = MAINNET,
    previous: DayFacts | None = None,
) -> DayFacts:
    """Make the facts of a day out of its segments.

    Args:
        day: the UTC day.
        segments: shape (n,), by height; none on a day without blocks.
        network: subsidy schedule and unit of hashrate.
        previous: the day before, where it is known. A day without blocks repeats its hashprice and
            difficulty.

    Raises:
        BlockOrderError: the segments do not follow one another, or not the day before.
        FractionalFeesError: the day's fees do not add up to whole satoshi.
        InvalidBitsError: a segment's bits are no target.
        NoBlocksError: there is neither a segment nor a day before.
    """
    _require_contiguous(day, segments, previous)
    if not segments:
        if previous is None:
            raise NoBlocksError(f"day {day} has no block, and the day before is not known")
        return _repeat(previous)
    fees = sum((segment.fees_sats for segment in segments), Fraction(0))
    if fees.denominator != 1:
        raise FractionalFeesError(f"day {day}: fees of {fees} sats are not whole")
    first, last = segments[0].first_height, segments[-1].last_height
    return DayFacts(
        day=day,
        first_height=first,
        last_height=last,
        subsidy_sats=subsidy_sum(first, last, network),
        fees_sats=Sats(fees.numerator),
        hashprice_wad=_floor_wad(hashprice(segments, network)),
        difficulty_wad=_floor_wad(mean_difficulty(segments, network)),
    )


def facts_from_blocks(
    blocks: Iterable[Block], network: Network = MAINNET, previous: DayFacts | None = None
) -> Iterator[DayFacts]:
    """Return the facts of every day that is over, one after the other.

    Args:
        blocks: shape (n,), by height, beginning with the first block of a day.
        network: subsidy schedule and unit of hashrate.
        previous: the day before the first, where it is known.

    Raises:
        BlockOrderError: the blocks do not follow one another, or not the day before.
        InvalidBitsError: a block's bits are no target.
    """
    for day, blocks_of_day in complete_days(blocks):
        previous = day_facts(day, segments_from_blocks(blocks_of_day), network, previous)
        yield previous


def _require_contiguous(
    day: DayIndex, segments: Sequence[Segment], previous: DayFacts | None
) -> None:
    for before, after in pairwise(segments):
        if after.first_height != before.last_height + 1:
            raise BlockOrderError(
                f"day {day}: height {after.first_height} does not follow {before.last_height}"
            )
    if previous is None:
        return
    if day != previous.day + 1:
        raise BlockOrderError(f"day {day} does not follow day {previous.day}")
    if segments and segments[0].first_height != previous.last_height + 1:
        raise BlockOrderError(
            f"day {day}: height {segments[0].first_height} does not follow {previous.last_height}"
        )


def _repeat(previous: DayFacts) -> DayFacts:
    return replace(
        previous,
        day=DayIndex(previous.day + 1),
        first_height=BlockHeight(previous.last_height + 1),
        subsidy_sats=Sats(0),
        fees_sats=Sats(0),
    )


def _count(segments: Sequence[Segment]) -> int:
    count = sum(segment.blocks for segment in segments)
    if count == 0:
        raise NoBlocksError("there is no block to take a mean over")
    return count


def _floor_wad(value: Fraction) -> Wad:
    return Wad(value.numerator * WAD // value.denominator)
