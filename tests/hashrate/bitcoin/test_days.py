# SPDX-License-Identifier: AGPL-3.0-only
"""Mediantime, and the days it makes."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.bitcoin.days import complete_days, median_time_past
from hashrate.core.errors import BlockOrderError
from hashrate.core.types import Block, UnixSeconds
from tests.oracles.builders import make_block

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("times", "median"),
    [
        ([5], 5),
        ([5, 9], 9),  # an even count takes the upper one, as consensus does
        ([9, 5, 7], 7),
        ([11, 1, 10, 2, 9, 3, 8, 4, 7, 5, 6], 6),
        ([999, 999, 11, 1, 10, 2, 9, 3, 8, 4, 7, 5, 6], 6),  # only the last 11 count
    ],
)
def test_median_time_past__times__returns_middle_of_last_eleven(
    times: list[int], median: int
) -> None:
    assert median_time_past([UnixSeconds(time) for time in times]) == median


@given(st.lists(st.integers(1, 7200), min_size=11, max_size=60))
def test_median_time_past__valid_header_times__never_goes_back(jumps: list[int]) -> None:
    # consensus asks of a header time only that it is past the parent's mediantime
    times: list[UnixSeconds] = [UnixSeconds(0)]
    for jump in jumps:
        times.append(UnixSeconds(median_time_past(times) + jump))

    medians = [median_time_past(times[: i + 1]) for i in range(len(times))]
    assert all(before <= after for before, after in pairwise(medians))


def test_complete_days__blocks_over_midnight__splits_at_midnight_and_keeps_back_the_last() -> None:
    blocks = [
        make_block(7, day=3, second=0),
        make_block(8, day=3, second=86_399),
        make_block(9, day=4, second=0),
        make_block(10, day=5, second=1),
    ]

    assert list(complete_days(blocks)) == [(3, tuple(blocks[:2])), (4, (blocks[2],))]


def test_complete_days__day_without_blocks__gives_it_empty() -> None:
    blocks = [make_block(7, day=3), make_block(8, day=6)]

    assert list(complete_days(blocks)) == [(3, (blocks[0],)), (4, ()), (5, ())]


def test_complete_days__no_blocks__gives_nothing() -> None:
    assert list(complete_days([])) == []


@pytest.mark.parametrize(
    ("blocks", "why"),
    [
        ([make_block(7), make_block(9)], "does not follow block 7"),
        ([make_block(7), make_block(7)], "does not follow block 7"),
        ([make_block(7, second=5), make_block(8, second=4)], "mediantime goes back"),
        ([make_block(7, day=3), make_block(9, day=4)], "does not follow block 7"),
    ],
)
def test_complete_days__blocks_out_of_order__raises(blocks: list[Block], why: str) -> None:
    with pytest.raises(BlockOrderError, match=why):
        list(complete_days(blocks))
