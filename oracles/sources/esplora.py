# SPDX-License-Identifier: AGPL-3.0-only
"""A block explorer that speaks Esplora's REST interface, public or one's own.

Source: Blockstream/esplora API.md. It does not tell mediantime, which is computed from 11
header times, and gives a coinbase with its block's transactions only: a request for each block.
"""

from collections.abc import Sequence
from typing import Any

from hashrate.bitcoin.days import MEDIAN_TIME_SPAN, median_time_past
from hashrate.core.types import (
    MAINNET,
    Block,
    BlockHash,
    BlockHeight,
    ChainTip,
    Network,
    Sats,
    SourcedBlock,
    UnixSeconds,
)
from hashrate.service.errors import SourceShapeError, SourceTooLargeError
from hashrate.service.fields import Bits, Hash, Integer, Shape, shaped
from hashrate.service.http import HttpClient
from oracles.sources.chain_view import LinkedBlock, chained, fees_out_of_coinbase
from oracles.sources.errors import UnknownBlockError
from oracles.sources.explorer import Explorer

DEFAULT_URL = "https://blockstream.info/api"


class _Header(Shape):
    id: Hash
    height: Integer
    timestamp: Integer
    bits: Bits
    previousblockhash: Hash | None = None


class _Input(Shape):
    is_coinbase: bool


class _Output(Shape):
    value: Integer


class _Transaction(Shape):
    vin: list[_Input]
    vout: list[_Output]


class _Status(Shape):
    block_hash: Hash


class _OneTransaction(_Transaction):
    txid: Hash
    status: _Status


class Esplora:
    """One explorer; see `BitcoinSource`."""

    def __init__(self, http: HttpClient, network: Network = MAINNET) -> None:
        """Ask through `http`, which must serve `network`: the interface does not say."""
        self.source_id = http.source_id
        self.network = network
        self._explorer = Explorer(http, "")

    async def tip(self) -> ChainTip:
        """Return the newest block; see `BitcoinSource.tip`."""
        height = await self._explorer.tip_height()
        headers = await self._headers(height, height)
        return ChainTip(height, headers[-1].id, _mediantime(headers), self.source_id)

    async def block_hash(self, height: BlockHeight) -> BlockHash:
        """Return the hash of a block; see `BitcoinSource.block_hash`."""
        return await self._explorer.block_hash(height)

    async def mediantime(self, height: BlockHeight) -> UnixSeconds:
        """Return the mediantime of a block [unix s]; see `BitcoinSource.mediantime`."""
        return _mediantime(await self._headers(height, height))

    async def blocks(self, first: BlockHeight, last: BlockHeight) -> Sequence[SourcedBlock]:
        """Return the blocks of a range; see `BitcoinSource.blocks`."""
        headers = await self._headers(first, last)
        begin = len(headers) - (last - first + 1)
        linked = [
            LinkedBlock(
                SourcedBlock(await self._block(headers[: i + 1]), headers[i].id),
                headers[i].previousblockhash,
            )
            for i in range(begin, len(headers))
        ]
        return chained(self.source_id, linked, first, last)

    async def _headers(self, first: BlockHeight, last: BlockHeight) -> list[_Header]:
        """Return headers up to `last`, upward, from as far below `first` as mediantime needs."""
        lowest = max(0, first - MEDIAN_TIME_SPAN + 1)
        found: list[_Header] = []
        height = int(last)
        while height >= lowest:
            reply = await self._explorer.get(f"/blocks/{height}")
            page = shaped(self.source_id, list[_Header], reply.json())
            heights = [header.height for header in page]
            if heights != list(range(height, height - len(page), -1)) or not page:
                raise UnknownBlockError(f"{self.source_id}: no block {height}")
            found += page
            height = heights[-1] - 1
        found = [header for header in reversed(found) if header.height >= lowest]
        self._require_links(found)
        return found

    def _require_links(self, headers: Sequence[_Header]) -> None:
        """Check the headers below the range too: mediantime rests on them."""
        for parent, child in zip(headers, headers[1:], strict=False):
            if child.previousblockhash != parent.id:
                raise UnknownBlockError(
                    f"{self.source_id}: the chain changed below block {child.height}"
                )

    async def _block(self, headers: Sequence[_Header]) -> Block:
        """Make the last of some headers a block; the others date it."""
        header = headers[-1]
        height = BlockHeight(header.height)
        paid = await self._coinbase_sats(header.id)
        return Block(
            height=height,
            time=UnixSeconds(header.timestamp),
            mediantime=_mediantime(headers),
            bits=header.bits,
            fees_sats=fees_out_of_coinbase(paid, height, self.network),
        )

    async def _coinbase_sats(self, block_hash: BlockHash) -> Sats:
        try:
            reply = await self._explorer.get(f"/block/{block_hash}/txs/0")
        except SourceTooLargeError:
            # 25 whole transactions, some of megabytes; two small questions find the first alone.
            return await self._coinbase_alone(block_hash)
        transactions = shaped(self.source_id, list[Any], reply.json())
        if not transactions:
            raise SourceShapeError(self.source_id, "[0]", "is not there")
        return self._paid_by(shaped(self.source_id, _Transaction, transactions[0], "[0]"), "[0]")

    async def _coinbase_alone(self, block_hash: BlockHash) -> Sats:
        text = (await self._explorer.get(f"/block/{block_hash}/txid/0")).text()
        txid = shaped(self.source_id, Hash, text, "txid")
        reply = await self._explorer.get(f"/tx/{txid}")
        transaction = shaped(self.source_id, _OneTransaction, reply.json())
        if (transaction.txid, transaction.status.block_hash) != (txid, block_hash):
            raise SourceShapeError(self.source_id, "txid", "is not the one asked for")
        return self._paid_by(transaction, "")

    def _paid_by(self, coinbase: _Transaction, within: str) -> Sats:
        if [i.is_coinbase for i in coinbase.vin] != [True]:
            name = f"{within}.vin".removeprefix(".")
            raise SourceShapeError(self.source_id, name, "is not a coinbase's")
        return Sats(sum(output.value for output in coinbase.vout))


def _mediantime(headers: Sequence[_Header]) -> UnixSeconds:
    return median_time_past([UnixSeconds(header.timestamp) for header in headers])
