# SPDX-License-Identifier: AGPL-3.0-only
"""A Bitcoin node by JSON-RPC, best one's own.

Fees come from `getblockstats`. A node without it gives whole blocks instead, and the fees are what
the coinbase pays less the subsidy, flagged as such.
"""

from collections.abc import Sequence
from typing import Any, NoReturn

from hashrate.bitcoin.subsidy import subsidy_at
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
from hashrate.history.errors import MalformedDataError
from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Bits, Hash, Integer, Shape, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import HttpLimits
from hashrate.service.json_rpc import METHOD_NOT_FOUND, Call, JsonRpc, RpcFault
from oracles.sources.chain_view import LinkedBlock, chained, fees_out_of_coinbase
from oracles.sources.errors import (
    BlockPrunedError,
    NodeSyncingError,
    SourceAnswerError,
    UnknownBlockError,
    WrongNetworkError,
)
from oracles.sources.raw_block import CoinbaseOutput, read_block

LIMITS = HttpLimits(timeout_seconds=60.0, total_seconds=120.0, max_bytes=32 * 2**20)
"""A busy node takes its time, and a whole block in hexadecimal has up to 8 MB."""

_CHAIN_NAMES = {"mainnet": "main"}
_WARMING_UP = -28
_UNKNOWN_CODES = (-5, -8)
_BCOIN_UNKNOWN = "Block not found"  # comes with the code for anything, -1
_SMALL_BATCH, _LARGE_BATCH = 12, 100
_STATS = ("height", "blockhash", "subsidy", "totalfee")


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


class _Stats(Shape):
    height: Integer
    blockhash: Hash
    subsidy: Integer
    totalfee: Integer


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
        headers = await self._headers([await self.block_hash(height)])
        return UnixSeconds(headers[0].mediantime)

    async def blocks(self, first: BlockHeight, last: BlockHeight) -> Sequence[SourcedBlock]:
        """Return the blocks of a range; see `BitcoinSource.blocks`."""
        headers = await self._headers(await self._hashes(first, last))
        fees, from_coinbase = await self._fees(headers)
        linked = [
            LinkedBlock(
                SourcedBlock(_block(header, sats), header.hash, from_coinbase),
                header.previousblockhash,
            )
            for header, sats in zip(headers, fees, strict=True)
        ]
        return chained(self.source_id, linked, first, last)

    async def coinbases(
        self, first: BlockHeight, last: BlockHeight
    ) -> Sequence[tuple[CoinbaseOutput, ...]]:
        """Return what the coinbase of each block of a range pays; whole blocks travel for it.

        Raises:
            BlockPrunedError: the node has thrown a block away.
        """
        hashes = await self._hashes(first, last)
        return [await self._coinbase(block_hash) for block_hash in hashes]

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
        values = await self._all(calls, _LARGE_BATCH)
        return shaped(self.source_id, list[Hash], values, "getblockhash")

    async def _headers(self, hashes: Sequence[BlockHash]) -> list[_Header]:
        calls = [Call("getblockheader", (block_hash,)) for block_hash in hashes]
        values = await self._all(calls, _LARGE_BATCH)
        headers = shaped(self.source_id, list[_Header], values, "getblockheader")
        if [header.hash for header in headers] != list(hashes):
            raise SourceShapeError(
                self.source_id, "getblockheader.hash", "is not the one asked for"
            )
        return headers

    async def _fees(self, headers: Sequence[_Header]) -> tuple[list[Sats], bool]:
        """Return each block's fees [sats], and whether they had to come out of coinbases."""
        calls = [Call("getblockstats", (header.hash, list(_STATS))) for header in headers]
        # The first alone: where the method is missing, the others need not be asked.
        firsts = await self._rpc.ask(calls[:1], 1)
        if any(isinstance(r, RpcFault) and r.code == METHOD_NOT_FOUND for r in firsts):
            coinbases = [await self._coinbase(header.hash) for header in headers]
            return [
                fees_out_of_coinbase(
                    sum(o.sats for o in outputs), BlockHeight(header.height), self.network
                )
                for header, outputs in zip(headers, coinbases, strict=True)
            ], True
        values = self._results(firsts) + await self._all(calls[1:], _SMALL_BATCH)
        stats = shaped(self.source_id, list[_Stats], values, "getblockstats")
        for header, stat in zip(headers, stats, strict=True):
            self._check_stats(header, stat)
        return [Sats(stat.totalfee) for stat in stats], False

    def _check_stats(self, header: _Header, stats: _Stats) -> None:
        if (stats.height, stats.blockhash) != (header.height, header.hash):
            raise SourceShapeError(self.source_id, "getblockstats", "is not the block asked for")
        allowed = subsidy_at(BlockHeight(header.height), self.network)
        if stats.subsidy != allowed:
            raise WrongNetworkError(
                f"{self.source_id}: block {header.height} may create {stats.subsidy} sats,"
                f" on {self.network.name} it is {allowed}"
            )

    async def _coinbase(self, block_hash: BlockHash) -> tuple[CoinbaseOutput, ...]:
        value = await self._one("getblock", block_hash, False)
        try:
            block = read_block(shaped(self.source_id, str, value, "getblock"))
        except MalformedDataError as error:
            raise SourceShapeError(self.source_id, "getblock", str(error)) from error
        if block.hash != block_hash:
            raise SourceShapeError(self.source_id, "getblock", "is not the block asked for")
        return block.coinbase

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


def _block(header: _Header, fees: Sats) -> Block:
    return Block(
        height=BlockHeight(header.height),
        time=UnixSeconds(header.time),
        mediantime=UnixSeconds(header.mediantime),
        bits=header.bits,
        fees_sats=fees,
    )
