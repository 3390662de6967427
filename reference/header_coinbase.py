# SPDX-License-Identifier: AGPL-3.0-only
"""A coinbase transaction read from front to back, and its place in a merkle tree (headers.md)."""

from collections.abc import Sequence
from hashlib import sha256

from .errors import Cause, require

LONGEST_NODE = 64
MAX_COINBASE = 16_384


class _Reader:
    def __init__(self, data: bytes) -> None:
        self.rest = data

    def take(self, count: int) -> bytes:
        """Return the next bytes; all of them must be there."""
        require(len(self.rest) >= count, Cause.INVALID_COINBASE)
        taken, self.rest = self.rest[:count], self.rest[count:]
        return taken

    def length(self) -> int:
        """Return a length of one byte, or of two that follow 253."""
        first = self.take(1)[0]
        require(first <= 253, Cause.INVALID_COINBASE)
        return int.from_bytes(self.take(2), "little") if first == 253 else first


def outputs_of(coinbase: bytes) -> list[int]:
    """Return the values [satoshi] that a coinbase transaction without witness pays."""
    require(LONGEST_NODE < len(coinbase) <= MAX_COINBASE, Cause.INVALID_COINBASE)
    reader = _Reader(coinbase)
    reader.take(4)
    require(reader.take(1) == b"\x01", Cause.INVALID_COINBASE)
    require(reader.take(36) == bytes(32) + b"\xff" * 4, Cause.INVALID_COINBASE)
    script = reader.take(1)[0]
    require(script < 253, Cause.INVALID_COINBASE)
    reader.take(script + 4)
    values = []
    for _ in range(reader.length()):
        values.append(int.from_bytes(reader.take(8), "little"))
        reader.take(reader.length())
    require(len(reader.rest) == 4, Cause.INVALID_COINBASE)
    return values


def root_of(coinbase: bytes, branch: Sequence[bytes]) -> bytes:
    """Return the root of a tree whose leftmost leaf is the coinbase."""
    node = sha256(sha256(coinbase).digest()).digest()
    for sibling in branch:
        node = sha256(sha256(node + sibling).digest()).digest()
    return node
