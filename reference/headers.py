# SPDX-License-Identifier: AGPL-3.0-only
"""Chains of headers and what they prove of days (headers.md), by definition and from whole chains.

Nothing is carried along: medians are sorted, days are grouped, segments are looked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from hashlib import sha256
from itertools import groupby
from math import floor

from .day_rules import HASHES_PER_DIFFICULTY, MAX_FEES_SATS, RETARGET_BLOCKS, subsidy_of
from .errors import Cause, require
from .header_coinbase import outputs_of, root_of
from .units import DAY_SECONDS, WAD

CONFIRMATIONS = 6
MEDIAN_SPAN = 11
MAX_AHEAD_SECONDS = 7_200
RETARGET_SECONDS = 14 * DAY_SECONDS
DIFFICULTY_ONE = 0xFFFF * 2**208
UNCOUNTED = 2**16 - 1
MAX_HEADERS = 512
NO_BOUND = 2**256 - 1
HEADER_BYTES = 80


def double_sha256(data: bytes) -> bytes:
    """Return the hash that Bitcoin names blocks and transactions with."""
    return sha256(sha256(data).digest()).digest()


def target_of(bits: int) -> int:
    """Return the target that canonical bits state."""
    size, mantissa = divmod(bits, 2**24)
    return floor(mantissa * Fraction(256) ** (size - 3))


def bits_of(target: int) -> int:
    """Return the greatest bits that state no more than a target: 23 bits of mantissa at most."""
    size = next(size for size in range(1, 35) if target < 2 ** (8 * size - 1))
    return size * 2**24 + floor(Fraction(target) / Fraction(256) ** (size - 3))


@dataclass(frozen=True)
class HeaderRules:
    """Constants of the Bitcoin network whose headers are proven.

    pow_limit: the easiest target; halving_blocks: length of a subsidy era; unit_hashes: hashes per
    second of one unit of hashrate.
    """

    pow_limit: int = 2**224 - 1
    retargets: bool = True
    halving_blocks: int = 210_000
    unit_hashes: int = 10**12


@dataclass(frozen=True)
class Anchor:
    """The trusted block; times [unix s] are those of it and the ten before, by height."""

    block_hash: bytes
    height: int
    work: int
    bits: int
    epoch_start: int
    times: tuple[int, ...]


@dataclass(frozen=True)
class ChainBlock:
    """A checked block and all before it, back to the anchor, which has no parent.

    work: expected hashes of the chain; epoch_start: time of the first block of its 2016.
    """

    parent: ChainBlock | None
    header: bytes
    block_hash: bytes
    height: int
    times: tuple[int, ...]
    bits: int
    epoch_start: int
    work: int

    @property
    def time(self) -> int:
        """Return the header's time [unix s]."""
        return self.times[-1]

    @property
    def mediantime(self) -> int:
        """Return the median of the last eleven times [unix s]."""
        return sorted(self.times)[MEDIAN_SPAN // 2]

    @property
    def day(self) -> int:
        """Return the UTC day that the block belongs to."""
        return self.mediantime // DAY_SECONDS

    def back(self) -> Iterator[ChainBlock]:
        """Return the block and those before it, the anchor last."""
        block: ChainBlock | None = self
        while block is not None:
            yield block
            block = block.parent


@dataclass(frozen=True)
class HeaderDay:
    """The blocks of a day in one chain, by height; `is_whole` unless the anchor cuts it."""

    blocks: tuple[ChainBlock, ...]
    is_whole: bool

    @property
    def segments(self) -> list[list[ChainBlock]]:
        """Return its blocks, those of one target together."""
        return [list(run) for _, run in groupby(self.blocks, key=lambda block: block.bits)]

    @property
    def is_provable(self) -> bool:
        """Return whether headers can prove it: whole, not too many blocks, two targets at most."""
        return self.is_whole and len(self.blocks) < UNCOUNTED and len(self.segments) <= 2


def days_back(tip: ChainBlock) -> Iterator[HeaderDay]:
    """Return the days of a chain, the newest, which may not be over, first."""
    for _, group in groupby(tip.back(), key=lambda block: block.day):
        blocks = tuple(group)[::-1]
        is_whole = blocks[0].parent is not None
        yield HeaderDay(blocks if is_whole else blocks[1:], is_whole)


def bits_after(last: ChainBlock, rules: HeaderRules) -> int:
    """Return the bits of the block that follows."""
    if (last.height + 1) % RETARGET_BLOCKS != 0 or not rules.retargets:
        return last.bits
    span = Fraction(last.time - last.epoch_start, RETARGET_SECONDS)
    pace = min(max(span, Fraction(1, 4)), Fraction(4))
    return bits_of(min(floor(target_of(last.bits) * pace), rules.pow_limit))


Point = tuple[object, ...]


def point_of(tip: ChainBlock) -> Point:
    """Return the struct `Point` of a chain."""
    days = days_back(tip)
    today, closed = next(days), next(days, None)
    targets = today.segments
    old_blocks, old_bits = 0, 0
    if len(targets) > 1:
        old_blocks, old_bits = len(targets[0]), targets[0][0].bits
    if len(targets) > 2:
        old_blocks = UNCOUNTED
    if not today.is_whole:
        old_blocks, old_bits = UNCOUNTED, 0
    times = [0] * MEDIAN_SPAN
    for back, time in enumerate(reversed(tip.times)):
        times[(tip.height - back) % MEDIAN_SPAN] = time
    last = None if closed is None else today.blocks[0].parent  # of the day that ended
    closed_day, closed_word, closed_hash = 0, 0, bytes(32)
    if closed is not None and last is not None:
        closed_day, closed_word, closed_hash = last.day, word_of(closed), last.block_hash
    return (
        tip.block_hash,
        tip.height,
        tip.work,
        tip.bits,
        tip.epoch_start,
        tuple(times),
        tip.day,
        len(today.blocks),
        old_blocks,
        old_bits,
        closed_day,
        closed_word,
        closed_hash,
    )


def word_of(day: HeaderDay) -> int:
    """Return the word that a point keeps of a day that ended, zero if it cannot be proven."""
    if not day.is_provable:
        return 0
    old = day.segments[0] if len(day.segments) == 2 else []
    parts = (
        (day.blocks[-1].height, 0),
        (len(day.blocks), 32),
        (len(old), 48),
        (day.blocks[-1].bits, 64),
        (old[0].bits if old else 0, 96),
    )
    return sum(value << shift for value, shift in parts)


@dataclass
class DayProof:
    """A proven day: the chain it is a part of, and the work it was proven with."""

    day: HeaderDay
    work: int

    @property
    def last(self) -> ChainBlock:
        """Return its last block."""
        return self.day.blocks[-1]


@dataclass
class HeaderModel:
    """The contract BitcoinHeaders: known chains, proven days and their fees.

    fees: last hash of a day to the fees of its blocks [satoshi], from the last one down.
    """

    anchor: Anchor
    rules: HeaderRules = field(default_factory=HeaderRules)
    proofs: dict[int, DayProof] = field(default_factory=dict)
    fees: dict[bytes, list[int]] = field(default_factory=dict)
    best_work: int = 0

    def __post_init__(self) -> None:
        """Begin with the anchor as the only known block."""
        a = self.anchor
        self.root = ChainBlock(
            None, b"", a.block_hash, a.height, a.times, a.bits, a.epoch_start, a.work
        )
        self.known = {a.block_hash: self.root}

    # ---------------------------------------------------------------- Chains

    def extend(self, tip: ChainBlock, headers: Sequence[bytes], now: int) -> ChainBlock:
        """Add headers to a known chain, prove the days that are deep enough; return the new tip."""
        require(self.known.get(tip.block_hash) is tip, Cause.UNKNOWN_POINT)
        require(len(headers) > 0, Cause.NO_HEADERS)
        ended: list[ChainBlock] = []
        for header in headers:
            block = self.follow(tip, header, now)
            if block.day != tip.day:
                ended.append(tip)
            tip = block
        require(len(ended) <= 1, Cause.SECOND_DAY)
        # the chain is looked at where a day ended, and at its end
        for block in (*ended, tip):
            self._prove(block)
        self.known[tip.block_hash] = tip
        return tip

    def follow(self, parent: ChainBlock, header: bytes, now: int) -> ChainBlock:
        """Return the block that a header makes after another; it becomes no known chain."""
        time = int.from_bytes(header[68:72], "little")
        height = parent.height + 1
        bits, epoch_start = parent.bits, parent.epoch_start
        if height % RETARGET_BLOCKS == 0:
            bits, epoch_start = bits_after(parent, self.rules), time
        require(time > parent.mediantime, Cause.TIME_TOO_EARLY)
        require(time <= now + MAX_AHEAD_SECONDS, Cause.TIME_TOO_LATE)
        # what is not sent cannot be wrong: the block before and the bits are derived
        full = header[:4] + parent.block_hash + header[36:72]
        full += bits.to_bytes(4, "little") + header[76:]
        block_hash = double_sha256(full)
        require(int.from_bytes(block_hash, "little") <= target_of(bits), Cause.NOT_ENOUGH_WORK)
        return ChainBlock(
            parent,
            full,
            block_hash,
            height,
            (*parent.times[1:], time),
            bits,
            epoch_start,
            parent.work + 2**256 // (target_of(bits) + 1),
        )

    def _prove(self, tip: ChainBlock) -> None:
        """Prove the day that ended last in a chain."""
        days = days_back(tip)
        next(days)
        day = next(days, None)
        if day is None or not day.is_provable:
            return
        if tip.height - day.blocks[-1].height < CONFIRMATIONS:
            return
        index = day.blocks[-1].day
        known = self.proofs.get(index)
        if tip.work <= (self.best_work if known is None else known.work):
            return
        self.proofs[index] = DayProof(day, tip.work)
        self.best_work = max(self.best_work, tip.work)

    # ---------------------------------------------------------------- Fees

    def prove_fees(self, day: int, blocks: Sequence[tuple[bytes, bytes, Sequence[bytes]]]) -> None:
        """Prove the fees of the next blocks down: header, coinbase and branch of each."""
        require(day in self.proofs, Cause.NOT_PROVEN)
        proof = self.proofs[day]
        done = list(self.fees.get(proof.last.block_hash, []))
        for header, coinbase, branch in blocks:
            require(len(done) < len(proof.day.blocks), Cause.FEES_COMPLETE)
            block = proof.day.blocks[-1 - len(done)]
            require(double_sha256(header) == block.block_hash, Cause.ANOTHER_BLOCK)
            require(root_of(coinbase, branch) == header[36:68], Cause.NOT_IN_BLOCK)
            allowed = subsidy_of(block.height, block.height, self.rules.halving_blocks)
            done.append(max(sum(outputs_of(coinbase)) - allowed, 0))
            require(sum(done) <= MAX_FEES_SATS, Cause.TOO_WIDE)
        self.fees[proof.last.block_hash] = done

    # ---------------------------------------------------------------- Views

    def fees_of(self, day: int) -> list[int]:
        """Return the fees proven of a proven day's blocks [satoshi], from the last one down."""
        return self.fees.get(self.proofs[day].last.block_hash, [])

    def proven_day(self, day: int) -> Point:
        """Return the struct `ProvenDay`."""
        if day not in self.proofs:
            return (bytes(32), *(0,) * 8)
        proof = self.proofs[day]
        old = proof.day.segments[0] if len(proof.day.segments) == 2 else []
        return (
            proof.last.block_hash,
            proof.last.height,
            len(proof.day.blocks),
            proof.last.bits,
            len(old),
            old[0].bits if old else 0,
            proof.work,
            len(self.fees_of(day)),
            sum(self.fees_of(day)),
        )

    def proven_bounds(self, day: int) -> tuple[int, int, int, int]:
        """Return last height, difficulty, least and greatest hashprice; zeros if not proven."""
        if day not in self.proofs:
            return (0, 0, 0, 0)
        blocks = self.proofs[day].day.blocks[::-1]
        fees = self.fees_of(day)
        difficulty = sum((Fraction(DIFFICULTY_ONE, target_of(b.bits)) for b in blocks), Fraction(0))
        price = Fraction(0)
        for index, block in enumerate(blocks):
            reward = subsidy_of(block.height, block.height, self.rules.halving_blocks)
            reward += fees[index] if index < len(fees) else 0
            hashes = Fraction(DIFFICULTY_ONE, target_of(block.bits)) * HASHES_PER_DIFFICULTY
            price += reward / hashes
        mean = price * DAY_SECONDS * self.rules.unit_hashes / len(blocks)
        least = floor(mean * WAD)
        greatest = least if len(fees) == len(blocks) else NO_BOUND
        return blocks[0].height, floor(difficulty / len(blocks) * WAD), least, greatest
