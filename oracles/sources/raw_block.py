# SPDX-License-Identifier: AGPL-3.0-only
"""Read a coinbase, alone or out of a serialised block; amounts are whole satoshi, never BTC floats.

Source: Bitcoin's wire format of blocks and transactions, BIP 144 for the witness marker.
"""

import hashlib
from dataclasses import dataclass

from hashrate.core.types import BlockHash, Sats
from hashrate.history.errors import MalformedDataError

_HEADER_BYTES = 80
_OUTPOINT_BYTES = 36
_LOCK_TIME_BYTES = 4
_COINBASE_OUTPOINT = bytes(32) + b"\xff" * 4
# First byte of a compact size to the number of bytes that follow it.
_WIDE_SIZES = {0xFD: 2, 0xFE: 4, 0xFF: 8}


@dataclass(frozen=True, slots=True)
class CoinbaseOutput:
    """What a block's first transaction pays to one script.

    Attributes:
        sats: the amount [sats].
        script: the output's script.
    """

    sats: Sats
    script: bytes


@dataclass(frozen=True, slots=True)
class RawBlock:
    """The parts of a block that matter here; `hash` is computed, not told."""

    hash: BlockHash
    coinbase: tuple[CoinbaseOutput, ...]


@dataclass(frozen=True, slots=True)
class RawCoinbase:
    """The parts of a coinbase that matter here; `txid` is computed, not told.

    Attributes:
        txid: its id, as shown.
        stripped: its bytes without witness, which the id is the hash of.
        outputs: what it pays.
    """

    txid: str
    stripped: bytes
    outputs: tuple[CoinbaseOutput, ...]


class _Cursor:
    """Reads bytes front to back."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, count: int) -> bytes:
        """Read exactly `count` bytes."""
        if self._at + count > len(self._data):
            raise MalformedDataError(f"it ends at byte {len(self._data)}")
        self._at += count
        return self._data[self._at - count : self._at]

    @property
    def at(self) -> int:
        """Return the number of bytes read."""
        return self._at

    def since(self, start: int) -> bytes:
        """Return the bytes read since `at` was `start`."""
        return self._data[start : self._at]

    def peek(self) -> int:
        """Look at the next byte."""
        return self.peek_after(0)

    def peek_after(self, count: int) -> int:
        """Look at the byte after so many others."""
        byte = self.take(count + 1)[-1]
        self._at -= count + 1
        return byte

    def number(self, count: int) -> int:
        """Read a little-endian number."""
        return int.from_bytes(self.take(count), "little")

    def size(self) -> int:
        """Read a compact size."""
        first = self.number(1)
        return self.number(_WIDE_SIZES[first]) if first in _WIDE_SIZES else first


def read_block(hexadecimal: str) -> RawBlock:
    """Read a block as nodes serialise it.

    Raises:
        MalformedDataError: it is not a block that begins with a coinbase.
    """
    cursor = _Cursor(_bytes(hexadecimal))
    header = cursor.take(_HEADER_BYTES)
    cursor.size()  # transactions
    outputs, _ = _coinbase(cursor)
    return RawBlock(BlockHash(_hash(header)), outputs)


def read_coinbase(hexadecimal: str) -> RawCoinbase:
    """Read a coinbase as nodes serialise it.

    Raises:
        MalformedDataError: it is not a coinbase.
    """
    data = _bytes(hexadecimal)
    outputs, hashed = _coinbase(_Cursor(data))
    # The witness between outputs and lock time is no part of the id.
    stripped = hashed + data[-_LOCK_TIME_BYTES:]
    return RawCoinbase(_hash(stripped), stripped, outputs)


def read_coinbase_of_block(hexadecimal: str) -> RawCoinbase:
    """Read the coinbase out of a block as nodes serialise it.

    Raises:
        MalformedDataError: it is not a block that begins with a coinbase.
    """
    cursor = _Cursor(_bytes(hexadecimal))
    cursor.take(_HEADER_BYTES)
    cursor.size()  # transactions
    has_witness = cursor.peek_after(4) == 0
    outputs, hashed = _coinbase(cursor)
    if has_witness:
        for _ in range(cursor.size()):
            cursor.take(cursor.size())  # the only input's witness
    stripped = hashed + cursor.take(_LOCK_TIME_BYTES)
    return RawCoinbase(_hash(stripped), stripped, outputs)


def _bytes(hexadecimal: str) -> bytes:
    try:
        return bytes.fromhex(hexadecimal)
    except ValueError as error:
        raise MalformedDataError("it is not hexadecimal") from error


def _hash(data: bytes) -> str:
    return hashlib.sha256(hashlib.sha256(data).digest()).digest()[::-1].hex()


def _coinbase(cursor: _Cursor) -> tuple[tuple[CoinbaseOutput, ...], bytes]:
    """Read a coinbase up to its outputs; return them, and what its id hashes of these bytes."""
    version = cursor.take(4)
    if cursor.peek() == 0:
        cursor.take(2)  # witness marker and flag
    start = cursor.at
    if cursor.size() != 1 or cursor.take(_OUTPOINT_BYTES) != _COINBASE_OUTPOINT:
        raise MalformedDataError("it does not begin with a coinbase")
    cursor.take(cursor.size())  # the coinbase's own script
    cursor.take(4)  # sequence
    outputs = tuple(_output(cursor) for _ in range(cursor.size()))
    return outputs, version + cursor.since(start)


def _output(cursor: _Cursor) -> CoinbaseOutput:
    sats = Sats(cursor.number(8))
    return CoinbaseOutput(sats, cursor.take(cursor.size()))
