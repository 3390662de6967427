# SPDX-License-Identifier: AGPL-3.0-only
"""Puts orders of the database back on the book: those that were open when the last process ended,
and after a reorganisation those that were dropped in blocks that are gone."""

from collections import deque
from collections.abc import Iterable

import structlog

from hashrate.orders.order_file import order_from_json
from relay.book import Listed
from relay.chain import Head
from relay.errors import OrderRefusedError
from relay.intake import Intake
from relay.lookup import Arrival, look_up_all
from relay.store import Kept

_LOG = structlog.get_logger(__name__)


class Restorer:
    """Works through kept orders, each checked as if it were new."""

    def __init__(self, intake: Intake) -> None:
        """Take the orders that were open; none is on the book yet."""
        self._intake = intake
        self._waiting = deque(intake.store.open_orders())

    def __len__(self) -> int:
        return len(self._waiting)

    def add(self, kept: Iterable[Kept]) -> None:
        """Take more orders."""
        self._waiting.extend(kept)

    async def restore(self, head: Head, most: int) -> None:
        """Check the next orders at a block; what does not hold is dropped.

        Raises:
            RpcUnavailableError: the node does not answer; the orders stay.
        """
        intake = self._intake
        part = [self._waiting[place] for place in range(min(most, len(self._waiting)))]
        arrivals = [_arrival(kept) for kept in part]
        results = await intake.workers.ask_node(lambda: look_up_all(intake.chain, arrivals, head))
        for kept, result in zip(part, results, strict=True):
            self._waiting.popleft()
            if isinstance(result, Listed):
                await intake.put(result, head)
            elif isinstance(result, OrderRefusedError):
                await intake.note_dropped([kept.hash], str(result.reason), head)
                _LOG.info("not_restored", order=kept.hash, reason=str(result.reason))
            else:
                self._waiting.append(kept)


def _arrival(kept: Kept) -> Arrival:
    signed = order_from_json(kept.document)
    return Arrival(signed, kept.hash, kept.sequence, kept.received_at)
