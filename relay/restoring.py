# SPDX-License-Identifier: AGPL-3.0-only
"""Puts orders of the database on the book: those that were open when the last process ended, those
that other processes took in, and after a reorganisation those dropped in blocks that are gone."""

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence

import structlog

from hashrate.orders.errors import OrderFormatError
from relay.book import Listed
from relay.chain import Chain
from relay.errors import OrderRefusedError
from relay.intake import Intake
from relay.kind import Reason
from relay.lookup import Arrival, Found, arrival_of, look_up_all, trust_all
from relay.node import Head
from relay.store import Kept

_LOG = structlog.get_logger(__name__)
_AT_ONCE = 4  # requests to the node
_PART = 50  # orders in each
_TRUSTED_PART = 500  # orders that the node is not asked about

_Look = Callable[[Chain, Sequence[Arrival], Head], list[Found]]


class Restorer:
    """Works through kept orders."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._waiting: deque[Kept] = deque()

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, kept: Iterable[Kept]) -> None:
        """Take orders to be checked as if they were new."""
        self._waiting.extend(kept)

    async def trust(self, kept: Sequence[Kept], head: Head, *, is_ours: bool = True) -> None:
        """Put orders on the book as they were found at a block that is still in the chain.

        Args:
            kept: the orders.
            head: the newest block.
            is_ours: whether what does not hold is dropped, in the database, too.

        Raises:
            RpcUnavailableError: the node does not answer.
        """
        for start in range(0, len(kept), _TRUSTED_PART):
            part = kept[start : start + _TRUSTED_PART]
            await self._take(part, await self._find(part, trust_all, head), head, is_ours=is_ours)
        self._intake.cover()

    async def restore(self, head: Head) -> None:
        """Check the next orders at a block; what does not hold is dropped.

        Raises:
            RpcUnavailableError: the node does not answer; the orders stay.
        """
        most = min(_AT_ONCE * _PART, len(self._waiting))
        whole = [self._waiting[place] for place in range(most)]
        parts = [whole[start : start + _PART] for start in range(0, most, _PART)]
        found = await asyncio.gather(*(self._find(part, look_up_all, head) for part in parts))
        for part, results in zip(parts, found, strict=True):
            for _ in part:
                self._waiting.popleft()
            await self._take(part, results, head, is_ours=True)
        self._intake.cover()

    async def _find(self, part: Sequence[Kept], look: _Look, head: Head) -> list[Found]:
        """Read orders and look at them, in a worker; one that cannot be read is over."""
        chain = self._intake.chain

        def find() -> list[Found]:
            found: dict[str, Found] = {}
            arrivals = []
            for kept in part:
                try:
                    arrivals.append(arrival_of(chain, kept))
                except OrderFormatError as error:
                    # of another version, or damaged: it must not keep the others off
                    _LOG.error("unreadable", order=kept.hash, why=str(error))
                    found[kept.hash] = OrderRefusedError(Reason.UNREADABLE, str(error))
            looked_up = look(chain, arrivals, head)
            found.update(zip((each.hash for each in arrivals), looked_up, strict=True))
            return [found[kept.hash] for kept in part]

        return await self._intake.workers.ask_node(find)

    async def _take(
        self, part: Sequence[Kept], results: Sequence[Found], head: Head, *, is_ours: bool
    ) -> None:
        intake = self._intake
        for kept, result in zip(part, results, strict=True):
            if isinstance(result, Listed):
                if kept.dropped_block is not None:
                    await intake.put(result, head)
                elif kept.hash not in intake.book.orders:
                    intake.enter(result)
                    if not kept.state:
                        intake.unsaved[kept.hash] = result
            elif not isinstance(result, OrderRefusedError):
                self._waiting.append(kept)
            elif is_ours:
                await intake.note_dropped([kept.hash], str(result.reason), head)
                _LOG.info("not_restored", order=kept.hash, reason=str(result.reason))
