# SPDX-License-Identifier: AGPL-3.0-only
"""A block explorer that speaks the REST interface of mempool.space, public or one's own.

Source: `GET /api/v1/blocks/:height` gives 15 blocks downward with mediantime and, as `reward`, what
the coinbase's outputs pay. Its `totalFees` is the transactions' sum, which a miner need not claim.
"""

from collections.abc import Sequence

from hashrate.core.types import (
    MAINNET,
    Block,
    BlockHash,
    BlockHeight,
    ChainTip,
    Network,
    SourcedBlock,
    UnixSeconds,
)
from hashrate.service.fields import Bits, Hash, Integer, Shape, shaped
from hashrate.service.http import HttpClient
from oracles.sources.chain_view import LinkedBlock, chained, fees_out_of_coinbase
from oracles.sources.errors import UnknownBlockError
from oracles.sources.explorer import Explorer

DEFAULT_URL = "https://mempool.space"


class _Extras(Shape):
    reward: Integer


class _Block(Shape):
    id: Hash
    height: Integer
    timestamp: Integer
    mediantime: Integer
    bits: Bits
    previousblockhash: Hash | None = None
    extras: _Extras


class MempoolSpace:
    """One explorer; see `BitcoinSource`."""

    def __init__(self, http: HttpClient, network: Network = MAINNET) -> None:
        """Ask through `http`, which must serve `network`: the interface does not say."""
        self.source_id = http.source_id
        self.network = network
        self._explorer = Explorer(http, "/api")

    async def tip(self) -> ChainTip:
        """Return the newest block; see `BitcoinSource.tip`."""
        tip = (await self._page(await self._explorer.tip_height()))[0]
        height, mediantime = BlockHeight(tip.height), UnixSeconds(tip.mediantime)
        return ChainTip(height, tip.id, mediantime, self.source_id)

    async def block_hash(self, height: BlockHeight) -> BlockHash:
        """Return the hash of a block; see `BitcoinSource.block_hash`."""
        return await self._explorer.block_hash(height)

    async def mediantime(self, height: BlockHeight) -> UnixSeconds:
        """Return the mediantime of a block [unix s]; see `BitcoinSource.mediantime`."""
        return UnixSeconds((await self._page(height))[0].mediantime)

    async def blocks(self, first: BlockHeight, last: BlockHeight) -> Sequence[SourcedBlock]:
        """Return the blocks of a range; see `BitcoinSource.blocks`."""
        found: list[_Block] = []
        height = last
        while height >= first:
            page = await self._page(height)
            found += [block for block in page if block.height >= first]
            height = BlockHeight(page[-1].height - 1)
        linked = [_linked(block, self.network) for block in reversed(found)]
        return chained(self.source_id, linked, first, last)

    async def _page(self, height: BlockHeight) -> list[_Block]:
        """Return the block at a height and some below it, downward."""
        reply = await self._explorer.get(f"/api/v1/blocks/{height}")
        page = shaped(self.source_id, list[_Block], reply.json())
        # Above its tip the explorer begins at the tip, or gives nothing.
        heights = [block.height for block in page]
        if not page or heights != list(range(height, height - len(page), -1)):
            raise UnknownBlockError(f"{self.source_id}: no block {height}")
        return page


def _linked(block: _Block, network: Network) -> LinkedBlock:
    height = BlockHeight(block.height)
    facts = Block(
        height=height,
        time=UnixSeconds(block.timestamp),
        mediantime=UnixSeconds(block.mediantime),
        bits=block.bits,
        fees_sats=fees_out_of_coinbase(block.extras.reward, height, network),
    )
    return LinkedBlock(SourcedBlock(facts, block.id), block.previousblockhash)
