# SPDX-License-Identifier: AGPL-3.0-only
"""Raw headers, and coinbases with their place in the merkle tree: what proof-of-work is proven by.

Nothing here is believed: a header's hash is computed, and a coinbase has to lead to its block's
merkle root. So one source is enough; a false one proves nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from hashrate.bitcoin.headers import (
    Header,
    hash_as_shown,
    hash_in_header_order,
    merkle_branch,
    root_of_branch,
)
from hashrate.core.errors import BlockOrderError, HeaderError
from hashrate.core.types import BlockHash, BlockHeight
from hashrate.history.errors import MalformedDataError
from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Hash, Integer, Shape, shaped
from hashrate.service.http import HttpClient
from hashrate.service.json_rpc import Call, JsonRpc, RpcFault
from oracles.sources.errors import SourceAnswerError, UnknownBlockError
from oracles.sources.explorer import Explorer
from oracles.sources.raw_block import RawCoinbase, read_coinbase, read_coinbase_of_block

_BATCH = 100
_BLOCK_BATCH = 24
_WHOLE_BATCH = 4


@dataclass(frozen=True, slots=True)
class CoinbaseProof:
    """A block's coinbase and what leads from it to the block's merkle root.

    Attributes:
        header: of the block.
        coinbase: the transaction without witness.
        branch: its siblings in the merkle tree, from the leaves up, in header order.
    """

    header: Header
    coinbase: bytes
    branch: tuple[bytes, ...]

    def as_tuple(self) -> tuple[bytes, bytes, list[bytes]]:
        """Return the proof in ABI order, ready for `prove_fees`."""
        return (self.header.data, self.coinbase, list(self.branch))


class HeaderSource(Protocol):
    """A chain whose raw headers can be had; see `RemoteSource` for what each method may raise."""

    @property
    def source_id(self) -> str:
        """Name this source."""

    async def tip_height(self) -> BlockHeight:
        """Return the height of the newest block."""

    async def headers(self, first: BlockHeight, last: BlockHeight) -> Sequence[Header]:
        """Return the headers from `first` to `last`, both included, each naming the one before.

        Raises:
            UnknownBlockError: the chain is not that high.
            BlockOrderError: the headers do not follow one another: the chain changed meanwhile.
        """

    async def coinbases(self, headers: Sequence[Header]) -> Sequence[CoinbaseProof]:
        """Return the coinbase of each block, proven.

        Raises:
            SourceShapeError: a coinbase does not lead to its block's merkle root.
        """

    async def chainwork(self, height: BlockHeight) -> int | None:
        """Return the expected hashes of the chain up to a block; None if the source does not say.

        Raises:
            UnknownBlockError: the chain is not that high.
        """


class _Header(Shape):
    chainwork: str = ""


class _Chain(Shape):
    blocks: Integer


class _Block(Shape):
    tx: list[Hash]


class CoreHeaders:
    """A Bitcoin node by JSON-RPC; see `HeaderSource`."""

    def __init__(self, http: HttpClient) -> None:
        """Ask through `http`; the limits of `bitcoin_core` suit it."""
        self.source_id = http.source_id
        self._rpc = JsonRpc(http)

    async def tip_height(self) -> BlockHeight:
        """Return the height of the newest block."""
        (info,) = await self._all([Call("getblockchaininfo")], 1)
        return BlockHeight(shaped(self.source_id, _Chain, info).blocks)

    async def headers(self, first: BlockHeight, last: BlockHeight) -> Sequence[Header]:
        """Return raw headers; see `HeaderSource.headers`."""
        calls = [Call("getblockhash", (height,)) for height in range(first, last + 1)]
        hashes = shaped(self.source_id, list[Hash], await self._all(calls, _BATCH), "getblockhash")
        calls = [Call("getblockheader", (block_hash, False)) for block_hash in hashes]
        texts = await self._all(calls, _BATCH)
        found = [_header(self.source_id, text) for text in texts]
        return _chained(self.source_id, found, hashes)

    async def coinbases(self, headers: Sequence[Header]) -> Sequence[CoinbaseProof]:
        """Return proven coinbases; see `HeaderSource.coinbases`."""
        hashes = [hash_as_shown(header.hash) for header in headers]
        calls = [Call("getblock", (block_hash, True)) for block_hash in hashes]
        values = await self._all(calls, _BLOCK_BATCH)
        ids = [block.tx for block in shaped(self.source_id, list[_Block], values, "getblock")]
        coinbases = await self._coinbases(hashes, ids)
        return [
            _proof(self.source_id, header, coinbase, tx)
            for header, coinbase, tx in zip(headers, coinbases, ids, strict=True)
        ]

    async def chainwork(self, height: BlockHeight) -> int | None:
        """Return the chain's work; see `HeaderSource.chainwork`."""
        (block_hash,) = await self._all([Call("getblockhash", (height,))], 1)
        (value,) = await self._all([Call("getblockheader", (block_hash, True))], 1)
        text = shaped(self.source_id, _Header, value, "getblockheader").chainwork
        try:
            return int(text, 16) if text else None
        except ValueError as error:
            raise SourceShapeError(self.source_id, "chainwork", "is not hexadecimal") from error

    async def _coinbases(
        self, hashes: Sequence[BlockHash], ids: Sequence[Sequence[str]]
    ) -> list[RawCoinbase]:
        if any(not each for each in ids):
            raise SourceShapeError(self.source_id, "getblock.tx", "names no transaction")
        calls = [
            Call("getrawtransaction", (tx[0], False, block_hash))
            for tx, block_hash in zip(ids, hashes, strict=True)
        ]
        # The first alone: bcoin finds no transaction by its block.
        (first,) = await self._rpc.ask(calls[:1], 1)
        if isinstance(first, RpcFault):
            blocks = [Call("getblock", (block_hash, False)) for block_hash in hashes]
            wholes = await self._all(blocks, _WHOLE_BATCH)
            return [_read(self.source_id, text, is_block=True) for text in wholes]
        texts = [first, *await self._all(calls[1:], _BLOCK_BATCH)]
        return [_read(self.source_id, text, is_block=False) for text in texts]

    async def _all(self, calls: Sequence[Call], batch_size: int) -> list[Any]:
        results = await self._rpc.ask(calls, batch_size)
        for result in results:
            if isinstance(result, RpcFault):
                message = f"{self.source_id}: {result.message} ({result.code})"
                if "not found" in result.message.lower() or "range" in result.message.lower():
                    raise UnknownBlockError(message)
                raise SourceAnswerError(message, result.code)
        return results


class ExplorerHeaders:
    """An explorer that serves raw headers (Esplora, mempool.space); see `HeaderSource`."""

    def __init__(self, http: HttpClient, prefix: str) -> None:
        """Ask through `http`; `prefix` comes before the paths of Esplora."""
        self.source_id = http.source_id
        self._explorer = Explorer(http, prefix)
        self._prefix = prefix

    async def tip_height(self) -> BlockHeight:
        """Return the height of the newest block."""
        return await self._explorer.tip_height()

    async def headers(self, first: BlockHeight, last: BlockHeight) -> Sequence[Header]:
        """Return raw headers, down from the last one; see `HeaderSource.headers`."""
        block_hash = await self._explorer.block_hash(last)
        found: list[Header] = []
        hashes: list[BlockHash] = []
        for _ in range(first, last + 1):
            text = (await self._explorer.get(f"{self._prefix}/block/{block_hash}/header")).text()
            found.append(_header(self.source_id, text))
            hashes.append(block_hash)
            block_hash = hash_as_shown(found[-1].previous_hash)
        return _chained(self.source_id, found[::-1], hashes[::-1])

    async def coinbases(self, headers: Sequence[Header]) -> Sequence[CoinbaseProof]:
        """Return proven coinbases; see `HeaderSource.coinbases`."""
        proofs = []
        for header in headers:
            path = f"{self._prefix}/block/{hash_as_shown(header.hash)}/txids"
            ids = shaped(self.source_id, list[Hash], (await self._explorer.get(path)).json())
            if not ids:
                raise SourceShapeError(self.source_id, "txids", "names no transaction")
            text = (await self._explorer.get(f"{self._prefix}/tx/{ids[0]}/hex")).text()
            coinbase = _read(self.source_id, text, is_block=False)
            proofs.append(_proof(self.source_id, header, coinbase, ids))
        return proofs

    async def chainwork(self, height: BlockHeight) -> int | None:
        """Return None: explorers do not say; see `HeaderSource.chainwork`."""
        await self._explorer.block_hash(height)
        return None


def _header(source: str, text: object) -> Header:
    try:
        return Header(bytes.fromhex(str(text)))
    except (ValueError, HeaderError) as error:
        raise SourceShapeError(source, "header", f"is no header: {error}") from error


def _chained(
    source: str, headers: Sequence[Header], hashes: Sequence[BlockHash]
) -> Sequence[Header]:
    """Check that headers are those asked for, one piece of one chain."""
    for header, asked in zip(headers, hashes, strict=True):
        if hash_as_shown(header.hash) != asked:
            raise SourceShapeError(source, "header", f"is not that of {asked}")
    for before, header in zip(headers, headers[1:], strict=False):
        if header.previous_hash != before.hash:
            shown = hash_as_shown(header.hash)
            raise BlockOrderError(f"{source}: block {shown} does not follow the one before")
    return headers


def _read(source: str, text: object, *, is_block: bool) -> RawCoinbase:
    try:
        return read_coinbase_of_block(str(text)) if is_block else read_coinbase(str(text))
    except MalformedDataError as error:
        raise SourceShapeError(source, "coinbase", str(error)) from error


def _proof(source: str, header: Header, coinbase: RawCoinbase, ids: Sequence[str]) -> CoinbaseProof:
    branch = merkle_branch([hash_in_header_order(BlockHash(each)) for each in ids])
    leaf = hash_in_header_order(BlockHash(coinbase.txid))
    if root_of_branch(leaf, branch) != header.merkle_root:
        shown = hash_as_shown(header.hash)
        raise SourceShapeError(source, "coinbase", f"does not belong to block {shown}")
    return CoinbaseProof(header, coinbase.stripped, tuple(branch))
