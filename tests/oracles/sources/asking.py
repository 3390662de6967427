# SPDX-License-Identifier: AGPL-3.0-only
"""Clients for tests: quick to ask again, with a clock that stands where the test put it."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from hashrate.core.types import DayIndex, Observation, UnixSeconds
from hashrate.core.units import DAY_SECONDS
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Credentials, HttpLimits

T = TypeVar("T")

DAY = DayIndex(19_833)  # 2024-04-20
START = DAY * DAY_SECONDS
END = START + DAY_SECONDS

QUICK = HttpLimits(
    timeout_seconds=60.0,
    total_seconds=60.0,
    max_bytes=100_000,
    attempts=3,
    first_wait_seconds=0.001,
    max_wait_seconds=1.0,
    hold_seconds=60.0,
)


@dataclass
class ClientFactory:
    """Makes clients of one server.

    Attributes:
        url: the server's.
        now: what the clients' clock shows [unix s]; two hours after the day, unless changed.
        recorded: what they recorded.
    """

    url: str
    now: int = END + 7_200
    recorded: list[Observation] = field(default_factory=list)

    def clock(self) -> UnixSeconds:
        """Return the test's time [unix s]."""
        return UnixSeconds(self.now)

    def client(
        self, source_id: str = "source", credentials: Credentials | None = None, **limits: Any
    ) -> HttpClient:
        """Make a client."""
        return HttpClient(
            source_id,
            self.url,
            self.recorded.append,
            self.clock,
            credentials,
            replace(QUICK, **limits),
        )


def ask(http: HttpClient, question: Callable[[HttpClient], Awaitable[T]]) -> T:
    """Run one question to its end and close the client."""

    async def asking() -> T:
        async with http:
            return await question(http)

    return asyncio.run(asking())
