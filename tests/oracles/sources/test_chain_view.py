# SPDX-License-Identifier: AGPL-3.0-only
"""Blocks that hang together, and fees out of a coinbase."""

from dataclasses import replace

import pytest

from hashrate.core.errors import BlockOrderError
from hashrate.core.types import MAINNET, REGTEST, BlockHash, BlockHeight, SourcedBlock, UnixSeconds
from oracles.sources.chain_view import LinkedBlock, chained, fees_out_of_coinbase
from tests.oracles.sources.asking import START
from tests.oracles.sources.chains import chain

pytestmark = pytest.mark.unit

LINKED = [LinkedBlock(SourcedBlock(m.block, m.hash), m.previous) for m in chain(8, START)]


def check(blocks: list[LinkedBlock], first: int, last: int) -> tuple[SourcedBlock, ...]:
    return chained("source", blocks, BlockHeight(first), BlockHeight(last))


def test_chained__one_piece__returns_blocks() -> None:
    assert check(LINKED[2:6], 2, 5) == tuple(linked.sourced for linked in LINKED[2:6])
    assert check([], 2, 1) == ()


@pytest.mark.parametrize(("first", "last"), [(2, 6), (1, 5), (3, 6), (2, 4), (0, 3)])
def test_chained__other_heights_than_asked__are_refused(first: int, last: int) -> None:
    with pytest.raises(BlockOrderError, match=f"source: not the blocks {first} to {last}"):
        check(LINKED[2:6], first, last)


def test_chained__parent_of_another_hash__is_refused() -> None:
    blocks = [*LINKED[:3], replace(LINKED[3], previous=BlockHash("0" * 64)), *LINKED[4:]]

    with pytest.raises(BlockOrderError, match="source: block 3 was not built on the block before"):
        check(blocks, 0, 7)


def test_chained__mediantime_that_goes_back__is_refused() -> None:
    last = LINKED[7].sourced
    early = replace(last, block=replace(last.block, mediantime=UnixSeconds(START - 86_400)))

    with pytest.raises(BlockOrderError, match="block 7: mediantime goes back"):
        check([*LINKED[:7], replace(LINKED[7], sourced=early)], 0, 7)


@pytest.mark.parametrize(
    ("paid", "fees"),
    [(5_000_000_007, 7), (5_000_000_000, 0), (4_999_999_999, 0), (0, 0)],
)
def test_fees_out_of_coinbase__any_claim__is_never_negative(paid: int, fees: int) -> None:
    assert fees_out_of_coinbase(paid, BlockHeight(149), REGTEST) == fees
    assert fees_out_of_coinbase(paid, BlockHeight(209_999), MAINNET) == fees
