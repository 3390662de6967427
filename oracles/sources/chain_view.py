# SPDX-License-Identifier: AGPL-3.0-only
"""What the Bitcoin sources have in common: blocks that hang together, fees out of a coinbase."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from hashrate.bitcoin.days import require_succession
from hashrate.bitcoin.subsidy import subsidy_at
from hashrate.core.errors import BlockOrderError
from hashrate.core.types import BlockHash, BlockHeight, Network, Sats, SourcedBlock


@dataclass(frozen=True, slots=True)
class LinkedBlock:
    """A block with the hash of the one it was built on; None for the genesis block."""

    sourced: SourcedBlock
    previous: BlockHash | None


def chained(
    source: str, blocks: Sequence[LinkedBlock], first: BlockHeight, last: BlockHeight
) -> tuple[SourcedBlock, ...]:
    """Check that blocks are one piece of one chain, from `first` to `last`.

    Raises:
        BlockOrderError: they are not: the chain changed between two questions.
    """
    sourced = tuple(linked.sourced for linked in blocks)
    if [s.block.height for s in sourced] != list(range(first, last + 1)):
        raise BlockOrderError(f"{source}: not the blocks {first} to {last}")
    for parent, child in pairwise(blocks):
        if child.previous != parent.sourced.hash:
            height = child.sourced.block.height
            raise BlockOrderError(f"{source}: block {height} was not built on the block before it")
    require_succession([s.block for s in sourced])
    return sourced


def fees_out_of_coinbase(outputs_sats: int, height: BlockHeight, network: Network) -> Sats:
    """Return a block's fees [sats]: what its coinbase pays beyond the subsidy allowed.

    A miner may claim less than its transactions' fees, and even less than the subsidy: then zero.
    """
    return Sats(max(0, outputs_sats - subsidy_at(height, network)))
