# SPDX-License-Identifier: AGPL-3.0-only
"""A Bitcoin node by JSON-RPC, best one's own.

Fees come from the coinbase alone: `getblockstats` sums what transactions paid, which a miner need
not claim. `getblock` lists a block's transactions, and `getrawtransaction` gives the first by the
block it is in, without an index. A node that does not know it so gives whole blocks instead.
"""

from collections.abc import Sequence
from typing import Any, NoReturn

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
from hashrate.history.errors import MalformedDataError
from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Bits, Hash, Integer, Shape, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import HttpLimits
from hashrate.service.json_rpc import Call, JsonRpc, RpcFault
from oracles.sources.chain_view import LinkedBlock, chained, fees_out_of_coinbase
from oracles.sources.errors import (
    BlockPrunedError,
    NodeSyncingError,
    SourceAnswerError,
    UnknownBlockError,
    WrongNetworkError,
)
from oracles.sources.raw_block import CoinbaseOutput, read_block, read_coinbase

LIMITS = HttpLimits(timeout_seconds=60.0, total_seconds=120.0, max_bytes=32 * 2**20)
"""A busy node takes its time, and a batch of whole blocks in hexadecimal has up to 32 MB."""

_CHAIN_NAMES = {"mainnet": "main"}
_WARMING_UP = -28
_UNKNOWN_CODES = (-5, -8)
_BCOIN_UNKNOWN = "Block not found"  # comes with the code for anything, -1
_BATCH = 100
_BLOCK_BATCH = 24  # a block has at most 16,666 transactions, and 1.2 MB of ids
_WHOLE_BATCH = 4  # of up to 8 MB each


class _Info(Shape):
    chain: str
    blocks: Integer
    headers: Integer
    bestblockhash: Hash
    mediantime: Integer
    initialblockdownload: bool = False  # a node may not know it


class _Header(Shape):
    hash: Hash
    height: Integer
    time: Integer
    mediantime: Integer
    bits: Bits
    previousblockhash: Hash | None = None


class _Block(_Header):
    tx: list[Hash]


class _Address(Shape):
    isvalid: bool
    scriptPubKey: str = ""


class BitcoinCore:
    """One node; see `BitcoinSource`."""

    def __init__(self, http: HttpClient, network: Network = MAINNET) -> None:
        """Ask through `http`; `LIMITS` suit it. The node must be on `network`."""
        self.source_id = http.source_id
        self.network = network
        self._rpc = JsonRpc(http)

    async def tip(self) -> ChainTip:
        """Return the newest block; see `BitcoinSource.tip`.

        Raises:
            WrongNetworkError: the node is on another network.
        """
        info = shaped(self.source_id, _Info, await self._one("getblockchaininfo"))
        chain_name = _CHAIN_NAMES.get(self.network.name, self.network.name)
        if info.chain != chain_name:
            raise WrongNetworkError(f"{self.source_id}: is on {info.chain!r}, not {chain_name!r}")
        if info.initialblockdownload or info.headers > info.blocks:
            raise NodeSyncingError(
                f"{self.source_id}: has {info.blocks} blocks of {info.headers} headers"
            )
        height, mediantime = BlockHeight(info.blocks), UnixSeconds(info.mediantime)
        return ChainTip(height, info.bestblockhash, mediantime, self.source_id)

    async def block_hash(self, height: BlockHeight) -> BlockHash:
        """Return the hash of a block; see `BitcoinSource.block_hash`."""
        return (await self._hashes(height, height))[0]

    async def mediantime(self, height: BlockHeight) -> UnixSeconds:
        """Return the mediantime of a block [unix s]; see `BitcoinSource.mediantime`."""
        block_hash = await self.block_hash(height)
        value = await self._one("getblockheader", block_hash)
        header = shaped(self.source_id, _Header, value, "getblockheader")
        self._require_asked("getblockheader", [header], [block_hash])
        return UnixSeconds(header.mediantime)

    async def blocks(self, first: BlockHeight, last: BlockHeight) -> Sequence[SourcedBlock]:
        """Return the blocks of a range; see `BitcoinSource.blocks`."""
        listed = await self._listed(first, last)
        coinbases = await self._coinbases(listed)
        linked = [
            LinkedBlock(
                SourcedBlock(self._block(block, outputs), block.hash), block.previousblockhash
            )
            for block, outputs in zip(listed, coinbases, strict=True)
        ]
        return chained(self.source_id, linked, first, last)

    async def coinbases(
        self, first: BlockHeight, last: BlockHeight
    ) -> Sequence[tuple[CoinbaseOutput, ...]]:
        """Return what the coinbase of each block of a range pays.

        Raises:
            BlockPrunedError: the node has thrown a block away.
        """
        return await self._coinbases(await self._listed(first, last))

    async def script_of(self, address: str) -> bytes:
        """Return the script that an address stands for on the node's network.

        Raises:
            SourceShapeError: the node takes it for no address.
        """
        value = await self._one("validateaddress", address)
        answer = shaped(self.source_id, _Address, value)
        try:
            script = bytes.fromhex(answer.scriptPubKey)
        except ValueError:
            script = b""
        if not answer.isvalid or not script:
            raise SourceShapeError(self.source_id, "validateaddress", f"{address} is no address")
        return script

    async def _hashes(self, first: BlockHeight, last: BlockHeight) -> list[BlockHash]:
        calls = [Call("getblockhash", (height,)) for height in range(first, last + 1)]
        values = await self._all(calls, _BATCH)
        return shaped(self.source_id, list[Hash], values, "getblockhash")

    async def _listed(self, first: BlockHeight, last: BlockHeight) -> list[_Block]:
        """Return a range of blocks with the ids of their transactions."""
        hashes = await self._hashes(first, last)
        calls = [Call("getblock", (block_hash, True)) for block_hash in hashes]
        values = await self._all(calls, _BLOCK_BATCH)
        blocks = shaped(self.source_id, list[_Block], values, "getblock")
        self._require_asked("getblock", blocks, hashes)
        return blocks

    def _require_asked(
        self, method: str, headers: Sequence[_Header], hashes: Sequence[BlockHash]
    ) -> None:
        if [header.hash for header in headers] != list(hashes):
            raise SourceShapeError(self.source_id, f"{method}.hash", "is not the one asked for")

    async def _coinbases(self, blocks: Sequence[_Block]) -> list[tuple[CoinbaseOutput, ...]]:
        if any(not block.tx for block in blocks):
            raise SourceShapeError(self.source_id, "getblock.tx", "names no transaction")
        calls = [Call("getrawtransaction", (block.tx[0], False, block.hash)) for block in blocks]
        # The first alone: bcoin finds no transaction by its block, nor Core the genesis block's.
        firsts = await self._rpc.ask(calls[:1], 1)
        if any(isinstance(result, RpcFault) for result in firsts):
            return await self._coinbases_of_whole(blocks)
        values = firsts + await self._all(calls[1:], _BLOCK_BATCH)
        texts = shaped(self.source_id, list[str], values, "getrawtransaction")
        return [self._coinbase(block, text) for block, text in zip(blocks, texts, strict=True)]

    async def _coinbases_of_whole(
        self, blocks: Sequence[_Block]
    ) -> list[tuple[CoinbaseOutput, ...]]:
        calls = [Call("getblock", (block.hash, False)) for block in blocks]
        values = await self._all(calls, _WHOLE_BATCH)
        texts = shaped(self.source_id, list[str], values, "getblock")
        return [self._whole(block, text) for block, text in zip(blocks, texts, strict=True)]

    def _coinbase(self, block: _Block, hexadecimal: str) -> tuple[CoinbaseOutput, ...]:
        try:
            coinbase = read_coinbase(hexadecimal)
        except MalformedDataError as error:
            raise SourceShapeError(self.source_id, "getrawtransaction", str(error)) from error
        if coinbase.txid != block.tx[0]:
            raise SourceShapeError(self.source_id, "getrawtransaction", "is not the one asked for")
        return coinbase.outputs

    def _whole(self, block: _Block, hexadecimal: str) -> tuple[CoinbaseOutput, ...]:
        try:
            whole = read_block(hexadecimal)
        except MalformedDataError as error:
            raise SourceShapeError(self.source_id, "getblock", str(error)) from error
        if whole.hash != block.hash:
            raise SourceShapeError(self.source_id, "getblock", "is not the block asked for")
        return whole.coinbase

    def _block(self, listed: _Block, coinbase: Sequence[CoinbaseOutput]) -> Block:
        height = BlockHeight(listed.height)
        paid = sum(output.sats for output in coinbase)
        return Block(
            height=height,
            time=UnixSeconds(listed.time),
            mediantime=UnixSeconds(listed.mediantime),
            bits=listed.bits,
            fees_sats=fees_out_of_coinbase(paid, height, self.network),
        )

    async def _one(self, method: str, *params: Any) -> Any:
        return (await self._all([Call(method, params)], 1))[0]

    async def _all(self, calls: Sequence[Call], batch_size: int) -> list[Any]:
        return self._results(await self._rpc.ask(calls, batch_size))

    def _results(self, results: Sequence[Any | RpcFault]) -> list[Any]:
        for result in results:
            if isinstance(result, RpcFault):
                self._fail(result)
        return list(results)

    def _fail(self, fault: RpcFault) -> NoReturn:
        """Translate a node's error; codes and words are those of Bitcoin Core and bcoin."""
        message = f"{self.source_id}: {fault.message} ({fault.code})"
        if fault.code == _WARMING_UP:
            raise NodeSyncingError(message)
        if "pruned" in fault.message.lower():
            raise BlockPrunedError(message)
        if fault.code in _UNKNOWN_CODES or fault.message == _BCOIN_UNKNOWN:
            raise UnknownBlockError(message)
        raise SourceAnswerError(message, fault.code)
