# SPDX-License-Identifier: AGPL-3.0-only
"""Headers as the contract BitcoinHeaders takes them, and the points its chains go through.

A `Point` says all that the next header is checked against. The contract stores only its keccak, so
whoever extends a chain has to know the point; it follows from the anchor and the headers.
"""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from hashrate.bitcoin.days import MEDIAN_TIME_SPAN, median_time_past
from hashrate.bitcoin.difficulty import RETARGET_BLOCKS, next_bits, target_from_bits
from hashrate.core.errors import HeaderError
from hashrate.core.types import (
    MAINNET,
    BlockHash,
    BlockHeight,
    CompactBits,
    DayIndex,
    Network,
    UnixSeconds,
)
from hashrate.core.units import day_from_time

HEADER_BYTES = 80
MAX_HEADERS = 512
"""Headers in one call at most."""
CONFIRMATIONS = 6
"""Blocks of a later day that stand on a day before it is proven."""
UNCOUNTED = 2**16 - 1
"""In the place of `old_blocks`: the day cannot be proven."""

_HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Header:
    """A block header, 80 bytes as miners hash them.

    Attributes:
        data: the bytes.
    """

    data: bytes

    def __post_init__(self) -> None:
        """Refuse another length.

        Raises:
            HeaderError: not 80 bytes.
        """
        if len(self.data) != HEADER_BYTES:
            raise HeaderError(f"a header has 80 bytes, not {len(self.data)}")

    @property
    def previous_hash(self) -> bytes:
        """Return the hash of the block before, in header order."""
        return self.data[4:36]

    @property
    def merkle_root(self) -> bytes:
        """Return the root of its transactions, in header order."""
        return self.data[36:68]

    @property
    def time(self) -> UnixSeconds:
        """Return its time [unix s]."""
        return UnixSeconds(int.from_bytes(self.data[68:72], "little"))

    @property
    def bits(self) -> CompactBits:
        """Return its compact target."""
        return CompactBits(int.from_bytes(self.data[72:76], "little"))

    @property
    def hash(self) -> bytes:
        """Return its hash in header order: double SHA-256."""
        return double_sha256(self.data)

    def as_words(self) -> tuple[int, int]:
        """Return what is sent of it: merkle root; version, time, nothing and nonce."""
        rest = self.data[:4] + self.data[68:72] + bytes(4) + self.data[76:] + bytes(16)
        return int.from_bytes(self.merkle_root, "big"), int.from_bytes(rest, "big")


def double_sha256(data: bytes) -> bytes:
    """Return the hash that names blocks and transactions, in header order."""
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()


def hash_in_header_order(shown: BlockHash) -> bytes:
    """Turn a hash as people read it into the order in which headers have it."""
    return bytes.fromhex(shown)[::-1]


def hash_as_shown(in_header_order: bytes) -> BlockHash:
    """Turn a hash in header order into the form that people read."""
    return BlockHash(in_header_order[::-1].hex())


def expected_work(bits: CompactBits, network: Network = MAINNET) -> int:
    """Return the hashes that Bitcoin Core counts for a block; rounds down, as it does.

    Raises:
        InvalidBitsError: the bits are no target.
    """
    return (1 << 8 * _HASH_BYTES) // (target_from_bits(bits, network) + 1)


@dataclass(frozen=True, slots=True)
class Anchor:
    """The block that chains begin with, in the order of the contract's struct.

    Attributes:
        block_hash: its hash, in header order.
        height: its height, at least 10.
        work: expected hashes of the chain up to it, `chainwork` in Bitcoin Core.
        bits: its compact target.
        epoch_start: header time of the first block of its 2016 [unix s].
        times: header times of it and the ten before, block h at h % 11 [unix s].
    """

    block_hash: bytes
    height: BlockHeight
    work: int
    bits: CompactBits
    epoch_start: UnixSeconds
    times: tuple[UnixSeconds, ...]

    def as_tuple(self) -> tuple[object, ...]:
        """Return the anchor in ABI order, ready for the constructor."""
        return (self.block_hash, self.height, self.work, self.bits, self.epoch_start, self.times)


def anchor_from_headers(
    last_height: BlockHeight, headers: Sequence[Header], epoch_start: UnixSeconds, work: int
) -> Anchor:
    """Make an anchor out of a block and the ten before it.

    Args:
        last_height: height of the last header.
        headers: shape (11,), by height, each naming the one before.
        epoch_start: header time of the first block of the last header's 2016 [unix s].
        work: expected hashes of the chain up to the last header.

    Raises:
        HeaderError: they are not eleven, or do not follow one another.
    """
    if len(headers) != MEDIAN_TIME_SPAN or last_height < MEDIAN_TIME_SPAN - 1:
        raise HeaderError(f"an anchor takes {MEDIAN_TIME_SPAN} headers, not {len(headers)}")
    for before, header in zip(headers, headers[1:], strict=False):
        if header.previous_hash != before.hash:
            raise HeaderError(f"header {hash_as_shown(header.hash)} does not follow the one before")
    times = [UnixSeconds(0)] * MEDIAN_TIME_SPAN
    for back, header in enumerate(reversed(headers)):
        times[(last_height - back) % MEDIAN_TIME_SPAN] = header.time
    last = headers[-1]
    return Anchor(last.hash, last_height, work, last.bits, epoch_start, tuple(times))


@dataclass(frozen=True, slots=True)
class Point:
    """The end of a checked chain, in the order of the contract's struct.

    Attributes:
        block_hash: hash of the last block, in header order.
        height: its height.
        work: expected hashes of the chain.
        bits: its compact target.
        epoch_start: header time of the first block of its 2016 [unix s].
        times: header times of the last eleven, block h at h % 11 [unix s].
        day: the UTC day it belongs to.
        blocks: blocks of that day so far.
        old_blocks: blocks of that day under its first target; 0 while it has one, and UNCOUNTED
            once the day cannot be proven.
        old_bits: that first target; 0 while the day has one.
        closed_day: the day that ended last; 0 if none did.
        closed: last height, blocks, old blocks, bits and old bits of that day in 32, 16, 16, 32 and
            32 bits from the low end; 0 if it cannot be proven.
        closed_hash: hash of that day's last block, in header order.
    """

    block_hash: bytes
    height: BlockHeight
    work: int
    bits: CompactBits
    epoch_start: UnixSeconds
    times: tuple[UnixSeconds, ...]
    day: DayIndex
    blocks: int
    old_blocks: int
    old_bits: int
    closed_day: int
    closed: int
    closed_hash: bytes

    def as_tuple(self) -> tuple[object, ...]:
        """Return the point in ABI order, ready for a contract call."""
        return tuple(getattr(self, name) for name in self.__slots__)


def point_at_anchor(anchor: Anchor) -> Point:
    """Return the point that chains begin with; the anchor's own day is never proven."""
    return Point(
        block_hash=anchor.block_hash,
        height=anchor.height,
        work=anchor.work,
        bits=anchor.bits,
        epoch_start=anchor.epoch_start,
        times=anchor.times,
        day=day_from_time(median_time_past(anchor.times)),
        blocks=0,
        old_blocks=UNCOUNTED,
        old_bits=0,
        closed_day=0,
        closed=0,
        closed_hash=bytes(_HASH_BYTES),
    )


def follow(point: Point, header: Header, network: Network = MAINNET) -> Point:
    """Return the point one header on.

    Raises:
        HeaderError: consensus refuses the header, whatever the clock says.
    """
    height = BlockHeight(point.height + 1)
    if header.previous_hash != point.block_hash:
        raise HeaderError(f"header {height} does not follow block {point.height}")
    bits, epoch_start = point.bits, point.epoch_start
    if height % RETARGET_BLOCKS == 0:
        span = point.times[point.height % MEDIAN_TIME_SPAN] - point.epoch_start
        bits, epoch_start = next_bits(point.bits, span, network), header.time
    if header.bits != bits:
        raise HeaderError(f"header {height} has bits {header.bits:#010x}, not {bits:#010x}")
    if header.time <= median_time_past(point.times):
        raise HeaderError(f"header {height} is not later than the median of the eleven before")
    if int.from_bytes(header.hash, "little") > target_from_bits(bits, network):
        raise HeaderError(f"header {height} does not have the work its target asks for")
    times = list(point.times)
    times[height % MEDIAN_TIME_SPAN] = header.time
    day = day_from_time(median_time_past(times))
    follower = point if day == point.day else _close_day(point, day)
    if bits != point.bits and follower.blocks > 0:
        is_second = follower.old_blocks == 0
        follower = replace(
            follower,
            old_blocks=follower.blocks if is_second else UNCOUNTED,
            old_bits=point.bits if is_second else follower.old_bits,
        )
    return replace(
        follower,
        block_hash=header.hash,
        height=height,
        work=point.work + expected_work(bits, network),
        bits=bits,
        epoch_start=epoch_start,
        times=tuple(times),
        blocks=follower.blocks + 1,
    )


def points_after(
    point: Point, headers: Iterable[Header], network: Network = MAINNET
) -> Iterator[Point]:
    """Return the point after each header.

    Raises:
        HeaderError: see `follow`.
    """
    for header in headers:
        point = follow(point, header, network)
        yield point


@dataclass(frozen=True, slots=True)
class Extension:
    """One call of `extend`.

    Attributes:
        start: the point it begins with.
        headers: what it adds.
        end: the point it ends in.
    """

    start: Point
    headers: tuple[Header, ...]
    end: Point


def extensions(
    point: Point,
    headers: Iterable[Header],
    network: Network = MAINNET,
    most: int = MAX_HEADERS,
) -> Iterator[Extension]:
    """Split headers into calls: each ends one day at most, and has so many headers at most.

    A call goes on as long as it can, so that a day is proven by the call that ends it.

    Raises:
        HeaderError: see `follow`.
    """
    start, taken, has_ended = point, list[Header](), False
    for header in headers:
        follower = follow(point, header, network)
        ends_day = follower.day != point.day
        if taken and (len(taken) == most or (ends_day and has_ended)):
            yield Extension(start, tuple(taken), point)
            start, taken, has_ended = point, [], False
        taken.append(header)
        has_ended = has_ended or ends_day
        point = follower
    if taken:
        yield Extension(start, tuple(taken), point)


def _close_day(point: Point, day: DayIndex) -> Point:
    """Return a point whose day has ended, before the first block of the next is counted."""
    is_provable = point.old_blocks != UNCOUNTED and point.blocks < UNCOUNTED
    word = (
        point.height
        | point.blocks << 32
        | point.old_blocks << 48
        | point.bits << 64
        | point.old_bits << 96
    )
    return replace(
        point,
        day=day,
        blocks=0,
        old_blocks=0,
        old_bits=0,
        closed_day=point.day,
        closed=word if is_provable else 0,
        closed_hash=point.block_hash,
    )


def merkle_branch(ids: Sequence[bytes]) -> list[bytes]:
    """Return the siblings of a block's first transaction in its merkle tree, from the leaves up.

    Args:
        ids: ids of the block's transactions in order, in header order, shape (n >= 1,).
    """
    branch, level = list[bytes](), list(ids)
    while len(level) > 1:
        level += level[-1:] * (len(level) % 2)
        branch.append(level[1])
        level = [double_sha256(a + b) for a, b in zip(level[::2], level[1::2], strict=True)]
    return branch


def root_of_branch(leaf: bytes, branch: Iterable[bytes]) -> bytes:
    """Return the merkle root above a first transaction's id, in header order."""
    for sibling in branch:
        leaf = double_sha256(leaf + sibling)
    return leaf
