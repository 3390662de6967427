# SPDX-License-Identifier: AGPL-3.0-only
"""What the sources of one kind have in common."""

from collections.abc import Sequence
from typing import Protocol

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


class RemoteSource(Protocol):
    """Anything asked over HTTP. Beside what its methods name, each may raise:

    Raises:
        SourceUnavailableError: no usable answer after bounded retries.
        SourceRefusedError: it refuses the request.
        SourceAnswerError: it answered with an error of its own.
        SourceShapeError: its answer is not of the documented shape.
        SourceTooLargeError: its answer is larger than allowed.
    """

    @property
    def source_id(self) -> str:
        """Name this source, unique among those configured."""


class BitcoinSource(RemoteSource, Protocol):
    """A view of the Bitcoin chain."""

    @property
    def network(self) -> Network:
        """Return the consensus parameters of its chain."""

    async def tip(self) -> ChainTip:
        """Return the newest block.

        Raises:
            NodeSyncingError: the node has not caught up yet.
        """

    async def block_hash(self, height: BlockHeight) -> BlockHash:
        """Return the hash of the block at a height.

        Raises:
            UnknownBlockError: the chain is not that high.
        """

    async def mediantime(self, height: BlockHeight) -> UnixSeconds:
        """Return the mediantime [unix s] of the block at a height.

        Raises:
            UnknownBlockError: the chain is not that high.
        """

    async def blocks(self, first: BlockHeight, last: BlockHeight) -> Sequence[SourcedBlock]:
        """Return the blocks from `first` to `last`, both included, each linked to its parent.

        Raises:
            UnknownBlockError: the chain is not that high.
            BlockOrderError: the blocks do not follow one another: the chain changed meanwhile.
            BlockPrunedError: the node has thrown their data away.
        """


class PriceSource(RemoteSource, Protocol):
    """An exchange's daily closing prices in dollars."""

    async def close(self, day: DayIndex) -> Price:
        """Return the closing price of a UTC day.

        Raises:
            DayNotClosedError: the day's candle is missing or unfinished.
        """


class OutputSource(RemoteSource, Protocol):
    """What a fleet's mining brought."""

    async def output(self, day: DayIndex) -> MiningOutput:
        """Return a day's output.

        Raises:
            DayNotClosedError: the pool has not closed the day yet.
        """
