# SPDX-License-Identifier: AGPL-3.0-only
"""From blocks and segments to a day's facts."""

import random
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.bitcoin.errors import FractionalFeesError, NoBlocksError
from hashrate.bitcoin.hashprice import (
    day_facts,
    facts_from_blocks,
    hashprice,
    mean_difficulty,
    segments_from_blocks,
)
from hashrate.core.errors import BlockOrderError
from hashrate.core.types import REGTEST, Block, BlockHeight, CompactBits, DayIndex, Sats, Segment
from tests.oracles.builders import (
    DIFFICULTY_ONE,
    block_runs,
    compact_bits,
    make_block,
    make_facts,
    make_segment,
)

pytestmark = pytest.mark.unit

DAY = DayIndex(100)
HALF_TARGET = CompactBits(0x1C7FFF80)  # difficulty 2
MAX_TARGET = 0xFFFF << 208


def hashprice_wad_block_by_block(blocks: list[Block]) -> int:
    """Compute hashprice [1e18] straight from its definition, sharing no code with the package."""
    total = Fraction(0)
    for block in blocks:
        target = (block.bits & 0x7FFFFF) * 256 ** ((block.bits >> 24) - 3)
        expected = Fraction(MAX_TARGET, target) * 2**32
        subsidy = 5_000_000_000 >> (block.height // 210_000)
        total += (subsidy + block.fees_sats) / expected
    return int(86_400 * 10**12 * total / len(blocks) * 10**18)


# ---------------------------------------------------------------- by hand


def test_day_facts__one_block_of_difficulty_one__matches_hand_computation() -> None:
    facts = day_facts(DAY, [make_segment(1, 1)])

    # 86400e12 hashes a day, one block in 2^32 of them, 50 BTC a block
    assert facts.hashprice_wad == 86_400 * 10**12 * 5_000_000_000 * 10**18 // 2**32
    assert facts.difficulty_wad == 10**18
    assert facts.as_tuple() == (100, 1, 1, 5_000_000_000, 0, facts.hashprice_wad, 10**18)


def test_day_facts__retarget_inside__averages_per_block() -> None:
    segments = [make_segment(1000, 1002, fees=6), make_segment(1003, 1003, HALF_TARGET, fees=2)]

    facts = day_facts(DAY, segments)

    # three blocks at difficulty 1 and one at 2; W = 2^32 and 2^33
    subsidy = 5_000_000_000
    mean = (Fraction(3 * subsidy + 6, 2**32) + Fraction(subsidy + 2, 2**33)) / 4
    assert facts.hashprice_wad == int(86_400 * 10**30 * mean)
    assert facts.difficulty_wad == 125 * 10**16
    assert facts.fees_sats == 8


def test_day_facts__halving_and_retarget_inside__counts_both_per_block() -> None:
    # on regtest heights: halving at 150, target changed by hand at 152
    blocks = [
        make_block(h, bits=DIFFICULTY_ONE if h < 152 else HALF_TARGET) for h in range(148, 155)
    ]

    facts = day_facts(DAY, segments_from_blocks(blocks), REGTEST)

    full, half = 5_000_000_000, 2_500_000_000
    mean = (Fraction(2 * full + 2 * half, 2**32) + Fraction(3 * half, 2**33)) / 7
    assert facts.hashprice_wad == int(86_400 * 10**18 * mean)
    assert facts.subsidy_sats == 2 * full + 5 * half
    assert facts.difficulty_wad == int(Fraction(4 + 3 * 2, 7) * 10**18)


def test_day_facts__regtest_unit_of_one_hash__fits_the_contracts_112_bits() -> None:
    facts = day_facts(DAY, [make_segment(1, 10, bits=0x207FFFFF)], REGTEST)

    # a block takes two hashes: half a subsidy a second, a day long
    assert 216 * 10**30 * 9_999 // 10_000 < facts.hashprice_wad < 2**112
    assert facts.difficulty_wad == 465_654_237


def test_day_facts__miner_claims_less_than_allowed__subsidy_stays_theoretical() -> None:
    # block 501726 claimed nothing at all; the schedule allowed 12.5 BTC
    blocks = [make_block(height, fees=0) for height in (501_725, 501_726, 501_727)]

    facts = day_facts(DAY, segments_from_blocks(blocks))

    assert facts.subsidy_sats == 3 * 1_250_000_000


def test_day_facts__floor__cuts_once() -> None:
    # a target that leaves recurring fractions in both results
    segment = make_segment(1, 3, bits=0x1C03FFFD, fees=1)
    exact = hashprice([segment])

    facts = day_facts(DAY, [segment])

    assert exact.denominator > 1
    assert facts.hashprice_wad <= exact * 10**18 < facts.hashprice_wad + 1
    assert facts.difficulty_wad <= mean_difficulty([segment]) * 10**18 < facts.difficulty_wad + 1


# ---------------------------------------------------------------- days without blocks


def test_day_facts__no_blocks__repeats_the_day_before() -> None:
    before = make_facts(day=99, first_height=10, last_height=19)

    facts = day_facts(DAY, (), previous=before)

    assert facts == make_facts(
        day=100, first_height=20, last_height=19, subsidy_sats=0, fees_sats=0
    )
    assert facts.blocks == 0


def test_day_facts__no_blocks_and_no_day_before__raises() -> None:
    with pytest.raises(NoBlocksError, match="day 100"):
        day_facts(DAY, ())


def test_facts_from_blocks__days_without_blocks__repeats_through_them() -> None:
    blocks = [
        make_block(7, day=3),
        make_block(8, day=3),
        make_block(9, day=6),
        make_block(10, day=7),
    ]

    facts = list(facts_from_blocks(blocks))

    assert [(f.day, f.first_height, f.last_height) for f in facts] == [
        (3, 7, 8),
        (4, 9, 8),
        (5, 9, 8),
        (6, 9, 9),
    ]
    assert len({f.hashprice_wad for f in facts}) == 1


# ---------------------------------------------------------------- refusals


@pytest.mark.parametrize(
    ("segments", "why"),
    [
        ([make_segment(1, 2), make_segment(4, 5)], "height 4 does not follow 2"),
        ([make_segment(1, 2), make_segment(2, 5)], "height 2 does not follow 2"),
        ([make_segment(4, 5), make_segment(1, 3)], "height 1 does not follow 5"),
    ],
)
def test_day_facts__segments_with_gap_or_overlap__raises(segments: list[Segment], why: str) -> None:
    with pytest.raises(BlockOrderError, match=why):
        day_facts(DAY, segments)


@pytest.mark.parametrize(
    ("previous", "why"),
    [({"day": 98, "last_height": 9}, "day 98"), ({"day": 99, "last_height": 8}, "follow 8")],
)
def test_day_facts__not_after_the_day_before__raises(previous: dict[str, int], why: str) -> None:
    with pytest.raises(BlockOrderError, match=why):
        day_facts(DAY, [make_segment(10, 11)], previous=make_facts(first_height=1, **previous))


def test_day_facts__fees_not_whole__raises() -> None:
    segment = Segment(BlockHeight(1), BlockHeight(1), DIFFICULTY_ONE, Fraction(1, 3))

    with pytest.raises(FractionalFeesError, match="1/3"):
        day_facts(DAY, [segment])


@pytest.mark.parametrize(("first", "last", "fees"), [(2, 1, 0), (-1, 1, 0), (1, 1, -1)])
def test_segment__impossible__raises(first: int, last: int, fees: int) -> None:
    with pytest.raises(BlockOrderError, match="segment"):
        make_segment(first, last, fees=fees)


def test_hashprice__no_segment__raises() -> None:
    with pytest.raises(NoBlocksError, match="no block"):
        hashprice([])
    with pytest.raises(NoBlocksError, match="no block"):
        mean_difficulty([])


# ---------------------------------------------------------------- properties


@given(block_runs())
def test_day_facts__any_blocks__equals_definition_block_by_block(blocks: list[Block]) -> None:
    facts = day_facts(DAY, segments_from_blocks(blocks))

    assert facts.hashprice_wad == hashprice_wad_block_by_block(blocks)
    assert facts.fees_sats == sum(block.fees_sats for block in blocks)
    assert facts.blocks == len(blocks)


@given(block_runs())
def test_day_facts__one_segment_per_block__changes_nothing(blocks: list[Block]) -> None:
    joined = segments_from_blocks(blocks)
    split = [segment for block in blocks for segment in segments_from_blocks([block])]

    assert day_facts(DAY, split) == day_facts(DAY, joined)


@given(block_runs(), st.integers(1, 38))
def test_day_facts__segment_split_with_fees_moved_along_it__changes_nothing(
    blocks: list[Block], cut: int
) -> None:
    # within one target only the sum of fees counts, not which block earned them
    first, last = blocks[0].height, blocks[0].height + 39
    whole = make_segment(first, last, blocks[0].bits, fees=1_000)
    parts = [
        make_segment(first, first + cut - 1, blocks[0].bits, fees=1_000 - cut),
        make_segment(first + cut, last, blocks[0].bits, fees=cut),
    ]

    assert day_facts(DAY, parts) == day_facts(DAY, [whole])


@given(block_runs(), st.randoms(use_true_random=False))
def test_hashprice__segments_in_any_order__is_the_same(
    blocks: list[Block], shuffler: random.Random
) -> None:
    segments = list(segments_from_blocks(blocks))
    ordered = hashprice(segments), mean_difficulty(segments)

    shuffler.shuffle(segments)

    assert (hashprice(segments), mean_difficulty(segments)) == ordered


@given(block_runs())
def test_hashprice__target_256_times_smaller__is_256_times_smaller(blocks: list[Block]) -> None:
    segments = segments_from_blocks(blocks)
    harder = [
        Segment(s.first_height, s.last_height, CompactBits(s.bits - (1 << 24)), s.fees_sats)
        for s in segments
    ]

    assert hashprice(harder) * 256 == hashprice(segments)
    assert mean_difficulty(harder) == mean_difficulty(segments) * 256


@given(compact_bits, st.integers(1, 10**11))
def test_hashprice__fees_added__adds_their_share(bits: CompactBits, fees: int) -> None:
    bare, paid = make_segment(5, 9, bits), make_segment(5, 9, bits, fees)

    assert (hashprice([paid]) - hashprice([bare])) * 25_000_000_000 == hashprice([bare]) * fees


@given(block_runs())
def test_facts_from_blocks__two_days__equals_each_day_alone(blocks: list[Block]) -> None:
    height = blocks[-1].height
    later = [make_block(height + 1, day=101, fees=5), make_block(height + 2, day=102)]

    both = list(facts_from_blocks([*blocks, *later]))

    assert both == [
        day_facts(DAY, segments_from_blocks(blocks)),
        day_facts(DayIndex(101), segments_from_blocks(later[:1])),
    ]
    assert both[1].fees_sats == Sats(5)
