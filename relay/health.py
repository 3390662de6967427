# SPDX-License-Identifier: AGPL-3.0-only
"""Whether the book can be trusted to follow the chain, and the operator's endpoints."""

import time
from collections.abc import Callable

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response

from hashrate.service.metrics import operator_app
from hashrate.service.refusals import answer, dump
from relay.intake import Intake
from relay.watcher import Watcher


class RelayHealth:
    """Lists what is wrong, if anything."""

    def __init__(
        self,
        intake: Intake,
        watcher: Watcher,
        stale_seconds: float,
        head_seconds: int,
        clock: Callable[[], float] = time.time,
    ) -> None:
        """Wire it.

        Args:
            intake: knows the newest block.
            watcher: knows when it last followed the chain.
            stale_seconds: how long that may be ago [s].
            head_seconds: how old the newest block may be, 0 for any age [s].
            clock: gives the time [unix s].
        """
        self._intake = intake
        self._watcher = watcher
        self._stale_seconds = stale_seconds
        self._head_seconds = head_seconds
        self._clock = clock

    def complaints(self) -> list[str]:
        """Describe what is wrong; nothing if all is well."""
        last, head = self._watcher.last_success, self._intake.head
        if last is None or head is None:
            return ["the chain was not reached yet"]
        wrong = []
        silent = int(time.monotonic() - last)
        if silent > self._stale_seconds:
            wrong.append(f"the chain was not followed for {silent} s")
        age = int(self._clock()) - head.timestamp
        if 0 < self._head_seconds < age:
            wrong.append(f"the newest block is {age} s old")
        if not self._watcher.is_caught_up:
            wrong.append("orders wait to be checked")
        return wrong

    async def answer(self, _request: Request) -> Response:
        """Answer `/health`: 200 if all is well, else 503."""
        wrong, head = self.complaints(), self._intake.head
        body = {
            "status": "late" if wrong else "ok",
            "reasons": wrong,
            "block": head.number if head else None,
            "orders": len(self._intake.book.orders),
        }
        return answer(dump(body), 503 if wrong else 200)


def make_operator_app(intake: Intake, health: RelayHealth) -> Starlette:
    """Make the application that monitoring asks: `/health` and `/metrics`."""
    return operator_app("/health", health.answer, intake.metrics)
