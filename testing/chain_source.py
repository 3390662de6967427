# SPDX-License-Identifier: AGPL-3.0-only
"""A Bitcoin source over a chain in memory, and exchanges that know one price."""

from collections.abc import Sequence
from dataclasses import replace

from hashrate.core.types import (
    MAINNET,
    Block,
    BlockHash,
    BlockHeight,
    ChainTip,
    DayIndex,
    Network,
    Price,
    Sats,
    SourcedBlock,
    UnixSeconds,
    UsdE8,
)
from hashrate.core.units import day_start
from hashrate.service.errors import SourceUnavailableError
from oracles.sources.errors import DayNotClosedError, UnknownBlockError


class ChainSource:
    """Serves a chain from memory."""

    network: Network = MAINNET

    def __init__(self, source_id: str, blocks: Sequence[Block], fork: str = "") -> None:
        """Know some blocks; `fork` makes their hashes differ from another source's."""
        self.source_id = source_id
        self.chain = {block.height: block for block in blocks}
        self.is_dead = False
        self._fork = fork

    def steal_fees(self, height: int, sats: int) -> None:
        """Under-report a block's fees."""
        block = self.chain[BlockHeight(height)]
        fees = Sats(block.fees_sats - sats)
        self.chain[block.height] = replace(block, fees_sats=fees)

    async def tip(self) -> ChainTip:
        """Return the newest block."""
        if self.is_dead:
            raise SourceUnavailableError(f"{self.source_id}: no answer")
        height = max(self.chain)
        block_hash = await self.block_hash(height)
        return ChainTip(height, block_hash, self.chain[height].mediantime, self.source_id)

    async def block_hash(self, height: BlockHeight) -> BlockHash:
        """Return a hash."""
        if self.is_dead:
            raise SourceUnavailableError(f"{self.source_id}: no answer")
        self._block(height)
        return BlockHash(f"{self._fork}{height:x}".rjust(64, "0"))

    async def mediantime(self, height: BlockHeight) -> UnixSeconds:
        """Return a mediantime [unix s]."""
        return self._block(height).mediantime

    async def blocks(self, first: BlockHeight, last: BlockHeight) -> Sequence[SourcedBlock]:
        """Return a range of blocks."""
        return [
            SourcedBlock(
                self._block(BlockHeight(height)), await self.block_hash(BlockHeight(height))
            )
            for height in range(first, last + 1)
        ]

    def _block(self, height: BlockHeight) -> Block:
        if height not in self.chain:
            raise UnknownBlockError(f"{self.source_id}: no block {height}")
        return self.chain[height]


class OnePrice:
    """An exchange with one price [USD, 1e8], or None while the day is not closed."""

    def __init__(self, source_id: str, btc_usd_e8: int | None) -> None:
        self.source_id = source_id
        self._price = btc_usd_e8

    async def close(self, day: DayIndex) -> Price:
        """Return the price."""
        if self._price is None:
            raise DayNotClosedError(f"{self.source_id}: not closed")
        end = day_start(DayIndex(day + 1))
        return Price(UsdE8(self._price), end, self.source_id)
