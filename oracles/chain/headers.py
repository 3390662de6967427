# SPDX-License-Identifier: AGPL-3.0-only
"""Typed reader of BitcoinHeaders, and the calls that prove something to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_typing import ChecksumAddress
from eth_utils.crypto import keccak

from hashrate.bitcoin.headers import Anchor, Extension, Point
from hashrate.core.types import BlockHeight, CompactBits, DayIndex, UnixSeconds
from hashrate.evm.abi import Function
from hashrate.evm.contracts.headers import BitcoinHeaders
from hashrate.evm.contracts.oracle import HashpriceOracle
from hashrate.evm.errors import RpcUnavailableError
from hashrate.evm.rpc import EvmRpc
from oracles.sources.headers import CoinbaseProof

NO_BOUND = 2**256 - 1
"""In the place of the greatest hashprice while not all fees are proven."""
MAX_COINBASE_BYTES = 2_048
"""Of a coinbase that is proven with others in one call."""
MAX_FEE_BLOCKS = 24
"""Blocks whose fees are proven in one call."""


@dataclass(frozen=True, slots=True)
class KnownPoint:
    """A point the contract knows, as its event tells.

    Attributes:
        point_hash: what the contract stores.
        block_hash: of the last block, in header order.
        height: of the last block.
        work: of the chain.
    """

    point_hash: bytes
    block_hash: bytes
    height: BlockHeight
    work: int


@dataclass(frozen=True, slots=True)
class ProvenDay:
    """What is proven of a day.

    Attributes:
        last_hash: hash of its last block, in header order.
        last_height: height of it.
        blocks: blocks of the day.
        fee_blocks: blocks whose fees are proven, from the last one back.
        work: of the chain it was proven with.
        difficulty_wad: mean difficulty [1e18].
        least_hashprice_wad, greatest_hashprice_wad: bounds [sats per TH/s per day, 1e18].
    """

    last_hash: bytes
    last_height: BlockHeight
    blocks: int
    fee_blocks: int
    work: int
    difficulty_wad: int
    least_hashprice_wad: int
    greatest_hashprice_wad: int

    @property
    def has_all_fees(self) -> bool:
        """Return whether the fees of all its blocks are proven."""
        return self.fee_blocks == self.blocks

    def agrees(self, last_height: int, difficulty_wad: int, hashprice_wad: int) -> bool:
        """Return whether reported values are what is proven."""
        return (
            last_height == self.last_height
            and difficulty_wad == self.difficulty_wad
            and self.least_hashprice_wad <= hashprice_wad <= self.greatest_hashprice_wad
        )


class HeadersContract:
    """Reads one BitcoinHeaders."""

    def __init__(self, rpc: EvmRpc, address: ChecksumAddress, first_block: int = 0) -> None:
        """Name the contract and a block before its deployment; nothing is read yet."""
        self._rpc = rpc
        self._first_block = first_block
        self.address = address

    def anchor(self) -> Anchor:
        """Read the anchor from the event of the deployment.

        Raises:
            RpcUnavailableError: the node does not have the event.
        """
        logs = self._rpc.logs(self.address, [BitcoinHeaders.Anchored.topic], self._first_block)
        if len(logs) != 1:
            raise RpcUnavailableError(f"evm node: {self.address}: no event of an anchor")
        (values,) = BitcoinHeaders.Anchored.decode(str(logs[0].get("data"))).values()
        block_hash, height, work, bits, epoch_start, times = values[:6]
        return Anchor(
            block_hash,
            BlockHeight(height),
            work,
            CompactBits(bits),
            UnixSeconds(epoch_start),
            tuple(map(UnixSeconds, times)),
        )

    def known_points(self) -> list[KnownPoint]:
        """Read every point that a chain was extended to, in the order it happened."""
        logs = self._rpc.logs(self.address, [BitcoinHeaders.Extended.topic], self._first_block)
        return [_known(log) for log in logs]

    def is_known(self, point: bytes) -> bool:
        """Read whether a valid chain ends in a point."""
        return bool(self._read(BitcoinHeaders.is_known, point))

    def best_work(self) -> int:
        """Read the work of the heaviest chain that proved a day."""
        return int(self._read(BitcoinHeaders.best_work))

    def network(self) -> tuple[int, bool, int, int]:
        """Read easiest target, whether targets change, blocks between halvings, and the unit."""
        return (
            int(self._read(BitcoinHeaders.POW_LIMIT)),
            bool(self._read(BitcoinHeaders.RETARGETS)),
            int(self._read(BitcoinHeaders.HALVING_BLOCKS)),
            int(self._read(BitcoinHeaders.UNIT_HASHES)),
        )

    def proven_day(self, day: DayIndex) -> ProvenDay | None:
        """Read what is proven of a day; None if nothing is."""
        facts = self._read(BitcoinHeaders.proven_day, day)
        if facts[1] == 0:
            return None
        bounds = self._read(BitcoinHeaders.proven_bounds, day)
        return ProvenDay(
            last_hash=facts[0],
            last_height=BlockHeight(facts[1]),
            blocks=facts[2],
            fee_blocks=facts[7],
            work=facts[6],
            difficulty_wad=bounds[1],
            least_hashprice_wad=bounds[2],
            greatest_hashprice_wad=bounds[3],
        )

    def _read(self, function: Function, *arguments: Any) -> Any:
        return function.decode(self._rpc.call(self.address, function.encode(*arguments)))


def point_hash(point: Point) -> bytes:
    """Return what the contract stores of a point: the keccak of its ABI encoding."""
    kind = BitcoinHeaders.extend.inputs[0]
    return keccak(encode([kind], [point.as_tuple()]))


def extend_call(extension: Extension) -> str:
    """Encode the call that extends a chain."""
    words = [header.as_words() for header in extension.headers]
    return BitcoinHeaders.extend.encode(extension.start.as_tuple(), words)


def fee_calls(day: DayIndex, proofs: Sequence[CoinbaseProof]) -> Iterator[tuple[str, int]]:
    """Encode the calls that prove fees of a day's blocks, downwards; long coinbases go alone.

    Returns:
        Each call and how many blocks it proves.
    """
    batch: list[CoinbaseProof] = []
    for proof in proofs:
        is_long = len(proof.coinbase) > MAX_COINBASE_BYTES
        if batch and (is_long or len(batch) == MAX_FEE_BLOCKS):
            yield _prove_fees(day, batch)
            batch = []
        if is_long:
            yield BitcoinHeaders.prove_fees_of_one.encode(day, *proof.as_tuple()), 1
        else:
            batch.append(proof)
    if batch:
        yield _prove_fees(day, batch)


def _prove_fees(day: DayIndex, batch: Sequence[CoinbaseProof]) -> tuple[str, int]:
    proofs = [each.as_tuple() for each in batch]
    return BitcoinHeaders.prove_fees.encode(day, proofs), len(batch)


def review_call(day: DayIndex) -> str:
    """Encode the call that holds a pending day against its proof."""
    return HashpriceOracle.review_day.encode(day)


def _known(log: dict[str, object]) -> KnownPoint:
    named = BitcoinHeaders.Extended.decode(str(log.get("data")))
    topics = log.get("topics")
    text = str(topics[1]) if isinstance(topics, list) and len(topics) > 1 else ""
    return KnownPoint(
        bytes.fromhex(text.removeprefix("0x")),
        named["block_hash"],
        BlockHeight(named["height"]),
        named["work"],
    )
