# SPDX-License-Identifier: AGPL-3.0-only
"""Sources as they stood at a past moment, asked once for what several reporters want to know."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from typing import TypeVar

from hashrate.bitcoin.days import MEDIAN_TIME_SPAN
from hashrate.core.types import (
    BlockHash,
    BlockHeight,
    ChainTip,
    DayIndex,
    MiningOutput,
    Network,
    Price,
    SourcedBlock,
    UnixSeconds,
)
from hashrate.service.errors import SourceUnavailableError
from oracles.sources.base import BitcoinSource, OutputSource, PriceSource
from oracles.sources.day_range import first_height_from
from oracles.sources.errors import UnknownBlockError
from oracles.sources.own_node import CoinbaseSource
from oracles.sources.raw_block import CoinbaseOutput

_T = TypeVar("_T")
_MIDDLE = MEDIAN_TIME_SPAN // 2
# A rehearsal's hours pass in seconds, a service's do not: its limit is waited for.
_ASKED, _PAUSE_SECONDS = 3, 60.0


async def patiently(ask: Callable[[], Awaitable[_T]], pause: float = _PAUSE_SECONDS) -> _T:
    """Ask a service that may be at its limit, after real pauses [s].

    Raises:
        SourceUnavailableError: it still does not answer.
    """
    for _ in range(_ASKED - 1):
        try:
            return await ask()
        except SourceUnavailableError:
            await asyncio.sleep(pause)
    return await ask()


class PastBitcoin:
    """A Bitcoin source whose newest block is the one that was the newest then.

    Nobody wrote down when a block arrived. Taken is the mediantime five blocks later, the middle
    of the eleven header times around it.
    """

    def __init__(self, source: BitcoinSource, now: Callable[[], int]) -> None:
        """Show what a source has up to a moment [unix s]."""
        self.source_id = source.source_id
        self._source = source
        self._now = now
        self._newest: ChainTip | None = None
        self._seen_at, self._seen = 0, BlockHeight(0)
        self._times: dict[BlockHeight, UnixSeconds] = {}
        self._hashes: dict[BlockHeight, BlockHash] = {}
        self._blocks: dict[tuple[BlockHeight, BlockHeight], Sequence[SourcedBlock]] = {}

    @property
    def network(self) -> Network:
        """Return the consensus parameters."""
        return self._source.network

    async def tip(self) -> ChainTip:
        """Return the block that was the newest."""
        if self._newest is None:
            self._newest = await patiently(self._source.tip)
        height = BlockHeight(await self._last_told(self._newest) - _MIDDLE)
        block_hash, mediantime = await self.block_hash(height), await self.mediantime(height)
        return ChainTip(height, block_hash, mediantime, self.source_id)

    async def block_hash(self, height: BlockHeight) -> BlockHash:
        """Return the hash of a block; see `BitcoinSource.block_hash`."""
        if height not in self._hashes:
            self._hashes[height] = await patiently(lambda: self._source.block_hash(height))
        return self._hashes[height]

    async def mediantime(self, height: BlockHeight) -> UnixSeconds:
        """Return the mediantime of a block [unix s]; see `BitcoinSource.mediantime`."""
        if height not in self._times:
            self._times[height] = await patiently(lambda: self._source.mediantime(height))
        return self._times[height]

    async def blocks(self, first: BlockHeight, last: BlockHeight) -> Sequence[SourcedBlock]:
        """Return the blocks of a range; see `BitcoinSource.blocks`."""
        if (first, last) not in self._blocks:
            found = await patiently(lambda: self._source.blocks(first, last))
            self._blocks = {(first, last): found}
        return self._blocks[first, last]

    async def _last_told(self, newest: ChainTip) -> BlockHeight:
        """Find the highest block whose mediantime had passed."""
        now = UnixSeconds(self._now())
        if newest.mediantime <= now:
            return newest.height
        above = self._seen if 0 < self._seen_at <= now else None
        if above is not None and await self.mediantime(BlockHeight(above + 1)) > now:
            return above
        after = await first_height_from(self, UnixSeconds(now + 1), newest, above)
        if after <= _MIDDLE:
            raise UnknownBlockError(f"{self.source_id}: no block is that old")
        self._seen_at, self._seen = now, BlockHeight(after - 1)
        return self._seen


class PastPrices:
    """An exchange that is asked once for each day."""

    def __init__(self, source: PriceSource) -> None:
        self.source_id = source.source_id
        self._source = source
        self._known: dict[DayIndex, Price] = {}

    async def close(self, day: DayIndex) -> Price:
        """Return the closing price of a day; see `PriceSource.close`."""
        if day not in self._known:
            self._known[day] = await patiently(lambda: self._source.close(day))
        return self._known[day]


class PastNode(PastBitcoin):
    """A node whose newest block is the one that was the newest then, and its coinbases."""

    def __init__(self, source: CoinbaseSource, now: Callable[[], int]) -> None:
        """Show what a node has up to a moment [unix s]."""
        super().__init__(source, now)
        self._node = source

    async def coinbases(
        self, first: BlockHeight, last: BlockHeight
    ) -> Sequence[tuple[CoinbaseOutput, ...]]:
        """Return what the coinbases of a range pay; see `CoinbaseSource.coinbases`."""
        return await patiently(lambda: self._node.coinbases(first, last))

    async def script_of(self, address: str) -> bytes:
        """Return the script that an address stands for."""
        return await patiently(lambda: self._node.script_of(address))


class PastOutputs:
    """A pool that is asked once for each day; it says itself which days are not closed."""

    def __init__(self, source: OutputSource) -> None:
        self.source_id = source.source_id
        self._source = source
        self._known: dict[DayIndex, MiningOutput] = {}

    async def output(self, day: DayIndex) -> MiningOutput:
        """Return a day's output; see `OutputSource.output`."""
        if day not in self._known:
            self._known[day] = await patiently(lambda: self._source.output(day))
        return self._known[day]
