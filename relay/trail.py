# SPDX-License-Identifier: AGPL-3.0-only
"""The blocks that were followed, and whether the next one a node names can be.

A node may lie once, be of another chain, fall behind or be exchanged for another one of a group.
What it says of the newest block is believed only as far as clocks and what was seen before allow.
"""

import time
from collections import deque
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hashrate.evm.errors import RpcUnavailableError
from relay.node import Head

_SLACK_BLOCKS = 1_000
_BLOCKS_PER_SECOND = 20  # more than any chain makes


@dataclass(frozen=True, slots=True)
class Clocks:
    """Where the time comes from: of the world [unix s], and one that never goes back [s]."""

    world: Callable[[], float]
    steady: Callable[[], float]


class Trail:
    """The newest blocks that were followed, the oldest first."""

    def __init__(
        self,
        length: int,
        ahead_seconds: int,
        behind_seconds: float,
        hash_at: Callable[[int], Awaitable[str]],
        clocks: Clocks | None = None,
    ) -> None:
        """Begin without a block.

        Args:
            length: how many are kept.
            ahead_seconds: how far a block's time may be ahead of ours, 0 for any [s].
            behind_seconds: after how long a node that is behind is taken for one whose blocks were
                replaced [s].
            hash_at: reads the hash of a block of the present chain, empty if it has none.
            clocks: for tests.
        """
        self.recent: deque[Head] = deque(maxlen=length)
        self._ahead_seconds = ahead_seconds
        self._behind_seconds = behind_seconds
        self._hash_at = hash_at
        self._clocks = clocks or Clocks(time.time, time.monotonic)
        self._followed_at = 0.0
        self._behind_since: float | None = None

    @property
    def last(self) -> Head | None:
        """Return the newest block that was followed."""
        return self.recent[-1] if self.recent else None

    def require_possible(self, head: Head) -> None:
        """Refuse a block that cannot be.

        Raises:
            RpcUnavailableError: its time is far ahead, or more blocks came than a chain can make.
        """
        ahead = head.timestamp - int(self._clocks.world())
        if 0 < self._ahead_seconds < ahead:
            raise RpcUnavailableError(f"evm node: its newest block is {ahead} s ahead of our clock")
        if self.last is None:
            return
        elapsed = int(self._clocks.steady() - self._followed_at)
        most = self.last.number + _SLACK_BLOCKS + _BLOCKS_PER_SECOND * elapsed
        if head.number > most:
            raise RpcUnavailableError(
                f"evm node: block {head.number} cannot follow {self.last.number} after {elapsed} s"
            )

    async def is_replaced(self, head: Head) -> bool:
        """Return whether the last block we followed is no longer in the chain.

        Raises:
            RpcUnavailableError: the node has not come so far: another one of a group, perhaps. If
                it says so for long, it is the chain that went back.
        """
        if self.last is None or self.last.hash == head.hash:
            self._behind_since = None
            return False
        known = [block for block in self.recent if block.number <= head.number]
        if not known or await self._hash_at(known[-1].number) != known[-1].hash:
            return True
        if known[-1] is self.last:
            self._behind_since = None
            return False
        now = self._clocks.steady()
        if self._behind_since is None:
            self._behind_since = now
        if now - self._behind_since < self._behind_seconds:
            raise RpcUnavailableError(f"evm node: it is behind, at block {head.number}")
        return True

    async def parting(self) -> tuple[list[Head], Head]:
        """Return the blocks that are still in the chain, and the first that is not.

        What is followed does not change by that: the caller may fail, and come again.
        """
        kept = list(self.recent)
        lost = kept.pop()
        while kept and await self._hash_at(kept[-1].number) != kept[-1].hash:
            lost = kept.pop()
        return kept, lost

    def restart(self, blocks: list[Head], seen_seconds_ago: float = 0.0) -> None:
        """Follow from other blocks on, seen so long ago [s]."""
        self.recent = deque(blocks, maxlen=self.recent.maxlen)
        self._behind_since = None
        self._followed_at = self._clocks.steady() - max(0.0, seen_seconds_ago)

    def follow(self, head: Head) -> None:
        """Note that a block was followed."""
        if self.last is None or self.last.hash != head.hash:
            self.recent.append(head)
        self._followed_at = self._clocks.steady()
