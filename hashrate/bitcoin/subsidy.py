# SPDX-License-Identifier: AGPL-3.0-only
"""The subsidy that consensus allows a block, whether or not its miner claimed it."""

from hashrate.core.types import MAINNET, BlockHeight, Network, Sats

INITIAL_SUBSIDY_SATS = 50 * 10**8


def subsidy_at(height: BlockHeight, network: Network = MAINNET) -> Sats:
    """Find the subsidy [sats] of the block at a height."""
    return Sats(INITIAL_SUBSIDY_SATS >> (height // network.halving_blocks))


def subsidy_sum(first: BlockHeight, last: BlockHeight, network: Network = MAINNET) -> Sats:
    """Add the subsidies [sats] of all blocks from `first` to `last`, both included.

    One step for each halving crossed, not one for each block. Zero when `last < first`.
    """
    total = 0
    height = first
    while height <= last:
        era = height // network.halving_blocks
        end = min(last + 1, (era + 1) * network.halving_blocks)
        total += (end - height) * (INITIAL_SUBSIDY_SATS >> era)
        height = BlockHeight(end)
    return Sats(total)
