# SPDX-License-Identifier: AGPL-3.0-only
"""The search for a day's blocks."""

import asyncio
from itertools import accumulate

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.errors import BlockOrderError
from hashrate.core.types import BlockHeight, DayIndex, HeightRange, UnixSeconds
from oracles.sources.day_range import day_range, first_height_from
from oracles.sources.errors import DayNotOverError
from tests.oracles.sources.asking import DAY, END, START
from tests.oracles.sources.chains import ListedChain, chain, heights_of

pytestmark = pytest.mark.unit


def find(
    mediantimes: list[int], day: int = DAY, first: int | None = None
) -> tuple[HeightRange, ListedChain]:
    view = ListedChain(mediantimes)

    async def finding() -> HeightRange:
        known = None if first is None else BlockHeight(first)
        return await day_range(view, DayIndex(day), await view.tip(), known)

    return asyncio.run(finding()), view


def spread(*mediantimes: int) -> list[int]:
    """Ten early blocks, then these, then the next day's."""
    return [START - 86_400 + i for i in range(10)] + list(mediantimes) + [END + 5]


@pytest.mark.parametrize(
    ("mediantimes", "first", "last"),
    [
        (spread(START, END - 1), 10, 11),  # both bounds lie in the day
        (spread(START - 1, START, END - 1, END), 11, 12),
        (spread(START + 5, START + 5, START + 5), 10, 12),  # blocks of one mediantime
        (spread(), 10, 9),  # no block
        (spread(START - 1), 11, 10),
        ([START, END], 0, 0),  # begins at genesis
    ],
)
def test_day_range__day__returns_its_heights(mediantimes: list[int], first: int, last: int) -> None:
    assert find(mediantimes)[0] == HeightRange(BlockHeight(first), BlockHeight(last))


def test_day_range__wandering_times__equals_looking_at_every_block() -> None:
    blocks = chain(400, START - 5 * 86_400)
    mediantimes = [int(m.block.mediantime) for m in blocks]

    for day in range(DAY - 4, DAY + 10):
        assert find(mediantimes, day)[0] == HeightRange(*map(BlockHeight, heights_of(blocks, day)))


@given(
    st.lists(st.integers(0, 200_000), min_size=1, max_size=300).map(
        lambda gaps: list(accumulate(gaps, initial=START - 3 * 86_400))
    )
)
def test_first_height_from__any_chain__equals_looking_at_every_block(times: list[int]) -> None:
    view = ListedChain(times)
    time = UnixSeconds(min(START, times[-1]))

    async def finding() -> int:
        return await first_height_from(view, time, await view.tip())

    assert asyncio.run(finding()) == next(i for i, t in enumerate(times) if t >= time)
    assert view.probes <= 8 + len(times).bit_length()


def test_day_range__long_chain__takes_few_questions() -> None:
    times = [START - 880_000 * 600 + i * 600 for i in range(900_000)]

    found, view = find(times)

    assert found.last - found.first + 1 == 144
    assert view.probes <= 10


def test_day_range__first_height_known__takes_fewer() -> None:
    times = [START - 880_000 * 600 + i * 600 for i in range(900_000)]

    found, view = find(times, first=880_000)

    assert found == HeightRange(BlockHeight(880_000), BlockHeight(880_143))
    assert view.probes <= 6


@pytest.mark.parametrize("tip", [START - 1, END - 1])
def test_day_range__tip_within_the_day__is_not_over(tip: int) -> None:
    with pytest.raises(DayNotOverError, match="listed: the mediantime has not passed 2024-04-20"):
        find([START - 86_400, tip])


@pytest.mark.parametrize(
    ("first", "said"),
    [
        (9, "block 9 lies before its day"),
        (11, "block 10 does not lie before the day"),
        (99, "block 99 lies before its day"),
    ],
)
def test_day_range__first_height_wrong__says_why(first: int, said: str) -> None:
    with pytest.raises(BlockOrderError, match=f"listed: {said}"):
        find(spread(START, START + 5), first=first)


def test_day_range__first_height_known_of_a_day_without_blocks__is_empty() -> None:
    assert find(spread(), first=10)[0] == HeightRange(BlockHeight(10), BlockHeight(9))
