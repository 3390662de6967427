# SPDX-License-Identifier: AGPL-3.0-only
"""Randomness that is the same on every machine: a hash, and integers only."""

import hashlib
import itertools
import struct
from collections.abc import Iterator

WORD_BITS = 64
_WORDS_PER_HASH = 256


class Entropy:
    """A stream of random integers, decided by a seed and the stream's name."""

    def __init__(self, seed: str, stream: str) -> None:
        """Start the stream; other names give independent streams of the same seed."""
        self._words = _words(f"hashrate simulation/{seed}/{stream}")

    def word(self) -> int:
        """Draw from 0 to 2^64 - 1."""
        return next(self._words)

    def between(self, low: int, high: int) -> int:
        """Draw from `low` to `high`, both included."""
        return low + (self.word() * (high - low + 1) >> WORD_BITS)

    def around_zero(self, reach: int) -> int:
        """Draw a bell-shaped number from `-reach` to `reach`; its standard deviation is a third."""
        return sum(self.between(-reach, reach) for _ in range(3)) // 3

    def exponential(self) -> int:
        """Draw from the exponential distribution with mean 1 [2^64 fixed point].

        Needs no logarithm, so no rounding that could differ between machines: count how long
        a run of uniform draws keeps falling; a run of odd length gives its first draw, an
        even one adds 1 to the result and starts again.

        Source: J. von Neumann, "Various techniques used in connection with random digits", 1951.
        """
        whole = 0
        while True:
            first = last = self.word()
            length = 1
            while (draw := self.word()) < last:
                last = draw
                length += 1
            if length % 2:
                return (whole << WORD_BITS) + first
            whole += 1


def _words(key: str) -> Iterator[int]:
    for counter in itertools.count():
        digest = hashlib.shake_256(f"{key}/{counter}".encode()).digest(_WORDS_PER_HASH * 8)
        yield from struct.unpack(f">{_WORDS_PER_HASH}Q", digest)
