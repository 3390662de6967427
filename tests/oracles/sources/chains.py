# SPDX-License-Identifier: AGPL-3.0-only
"""Small chains of serialised blocks on regtest's rules, and servers that show them.

Header times wander and go backwards now and then; the subsidy halves every 150 blocks. No proof of
work is done: nothing under test checks it.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from hashrate.bitcoin.days import median_time_past
from hashrate.bitcoin.subsidy import subsidy_at
from hashrate.core.types import (
    REGTEST,
    Block,
    BlockHash,
    BlockHeight,
    ChainTip,
    CompactBits,
    Network,
    Sats,
    UnixSeconds,
)
from hashrate.core.units import day_from_time

BITS = CompactBits(0x207FFFFF)
MINER = bytes.fromhex("76a914") + b"\x01" * 20 + bytes.fromhex("88ac")
POOL = bytes.fromhex("0014") + b"\x02" * 20
COMMITMENT = bytes.fromhex("6a24aa21a9ed") + b"\x03" * 32


@dataclass(frozen=True)
class Mined:
    """A block of a test's chain; `fees` is what its transactions paid, claimed or not [sats]."""

    block: Block
    fees: int
    hash: BlockHash
    previous: BlockHash | None
    outputs: tuple[tuple[int, bytes], ...]
    raw: bytes = field(repr=False)

    @property
    def coinbase(self) -> bytes:
        """Return the coinbase as nodes serialise it."""
        return coinbase(self.outputs)

    @property
    def txid(self) -> str:
        """Return the coinbase's id, which leaves the witness out."""
        return double_sha256(coinbase(self.outputs, witness=False))


def double_sha256(data: bytes) -> str:
    """Hash as Bitcoin does, and write it as people read it."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()[::-1].hex()


def compact(value: int) -> bytes:
    """Write a compact size."""
    return bytes([value]) if value < 0xFD else b"\xfd" + value.to_bytes(2, "little")


def serialised(header: bytes, outputs: Sequence[tuple[int, bytes]], witness: bool = True) -> bytes:
    """Write a block with a coinbase and the beginning of one more transaction."""
    return header + compact(2) + coinbase(outputs, witness) + b"\x02\x00\x00\x00 and so on"


def coinbase(outputs: Sequence[tuple[int, bytes]], witness: bool = True) -> bytes:
    """Write a coinbase."""
    marker = b"\x00\x01" if witness else b""
    paid = b"".join(
        sats.to_bytes(8, "little") + compact(len(script)) + script for sats, script in outputs
    )
    coinbase_in = bytes(32) + b"\xff" * 4 + compact(5) + b"mined" + b"\xff" * 4
    rest = b"\x01\x20" + bytes(32) + bytes(4) if witness else bytes(4)
    return (
        b"\x02\x00\x00\x00"
        + marker
        + compact(1)
        + coinbase_in
        + compact(len(outputs))
        + paid
        + rest
    )


def mined(
    parents: Sequence[Mined],
    time: int,
    fees: int,
    seed: str = "",
    claimed: int | None = None,
    script: bytes = MINER,
    shared: tuple[int, bytes] | None = None,
) -> Mined:
    """Mine a block on top of others.

    Args:
        parents: the chain so far.
        time: header time [unix s].
        fees: of its transactions [sats].
        seed: tells forks apart.
        claimed: what the coinbase pays [sats]; all it may, unless told otherwise.
        script: what it pays to.
        shared: amount [sats] and script of a part of it that goes elsewhere.
    """
    height = BlockHeight(len(parents))
    previous = parents[-1].hash if parents else None
    merkle = hashlib.sha256(f"{seed}/{height}/{fees}".encode()).digest()
    header = (
        b"\x00\x00\x00\x20"
        + bytes.fromhex(previous or "00" * 32)[::-1]
        + merkle
        + time.to_bytes(4, "little")
        + BITS.to_bytes(4, "little")
        + bytes(4)
    )
    whole = subsidy_at(height, REGTEST) + fees if claimed is None else claimed
    part, other = shared or (0, b"")
    paid = ((whole - part, script), (part, other)) if shared else ((whole, script),)
    outputs = (*paid, (0, COMMITMENT))
    times = [parent.block.time for parent in parents[-10:]] + [UnixSeconds(time)]
    kept = Sats(max(0, whole - subsidy_at(height, REGTEST)))
    block = Block(height, UnixSeconds(time), median_time_past(times), BITS, kept)
    block_hash = BlockHash(double_sha256(header))
    return Mined(block, fees, block_hash, previous, outputs, serialised(header, outputs))


def chain(length: int, start: int, spacing: int = 3_600, seed: str = "") -> list[Mined]:
    """Mine a chain from genesis; header times wander by up to half an hour."""
    blocks: list[Mined] = []
    for height in range(length):
        wander = int.from_bytes(hashlib.sha256(f"time/{height}".encode()).digest()[:2]) % 3_600
        time = start + height * spacing + wander - 1_800
        blocks.append(mined(blocks, time, fees=height * 7_919 % 50_000, seed=seed))
    return blocks


def forked(blocks: Sequence[Mined], height: int, seed: str = "fork") -> list[Mined]:
    """Mine the blocks from a height on anew, on the same parents and at the same times."""
    other = list(blocks[:height])
    for old in blocks[height:]:
        other.append(mined(other, old.block.time, old.fees, seed))
    return other


def heights_of(blocks: Sequence[Mined], day: int) -> tuple[int, int]:
    """Find a day's first and last height by looking at every block."""
    found = [m.block.height for m in blocks if day_from_time(m.block.mediantime) == day]
    return found[0], found[-1]


class ListedChain:
    """The protocol's view of a chain, without a server; counts what it is asked."""

    source_id = "listed"
    network: Network = REGTEST

    def __init__(self, mediantimes: Sequence[int]) -> None:
        self._mediantimes = mediantimes
        self.probes = 0

    async def tip(self) -> ChainTip:
        height = BlockHeight(len(self._mediantimes) - 1)
        return ChainTip(
            height, BlockHash("0" * 64), UnixSeconds(self._mediantimes[-1]), self.source_id
        )

    async def mediantime(self, height: BlockHeight) -> UnixSeconds:
        self.probes += 1
        return UnixSeconds(self._mediantimes[height])

    async def block_hash(self, height: BlockHeight) -> BlockHash:
        raise AssertionError("a search for a day asks for no blocks")

    async def blocks(self, first: BlockHeight, last: BlockHeight) -> Sequence[Any]:
        raise AssertionError("a search for a day asks for no blocks")
