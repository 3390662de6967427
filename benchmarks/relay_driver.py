# SPDX-License-Identifier: AGPL-3.0-only
"""Load on a relay: requests leave at fixed times whether or not others were answered.

A latency counts from the time at which the request had to leave, so a server that stops for a
moment is charged with everything that had to wait.
"""

import asyncio
import random
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import aiohttp

from benchmarks.errors import NodeError

_CONNECTIONS = 64
_WARM_UP_SECONDS = 2.0
_OK = (200, 201)
_SHARES = {"book": 40, "orders": 40, "order": 15, "submit": 5}  # [%]


@dataclass(frozen=True, slots=True)
class Request:
    """One request; `body` is a new order's, none for a GET."""

    kind: str
    path: str
    body: bytes | None = None


@dataclass(slots=True)
class Measured:
    """What came back.

    Attributes:
        seconds: latencies, for each kind [s].
        statuses: how often each status came, 0 for a broken connection.
        took: from the first request to the last answer [s].
    """

    seconds: defaultdict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    statuses: Counter[int] = field(default_factory=Counter)
    took: float = 0.0

    @property
    def all_seconds(self) -> list[float]:
        """Return all latencies [s]."""
        return [each for part in self.seconds.values() for each in part]

    @property
    def failures(self) -> int:
        """Count what was not answered as it should be."""
        return sum(count for status, count in self.statuses.items() if status not in _OK)


def mixed(
    months: Sequence[int], hashes: Sequence[str], new: Sequence[bytes], count: int
) -> Iterator[Request]:
    """Yield requests as traders make them: mostly reads, some new orders."""
    dice, fresh = random.Random(1), iter(new)  # noqa: S311
    kinds, weights = list(_SHARES), list(_SHARES.values())
    for kind in dice.choices(kinds, weights, k=count):
        series, side = dice.choice(months), dice.choice(("buy", "sell"))
        if kind == "book":
            yield Request(kind, f"/book/{series}")
        elif kind == "orders":
            yield Request(kind, f"/orders?market={series}&side={side}")
        elif kind == "order":
            yield Request(kind, f"/orders/{dice.choice(hashes)}")
        else:
            yield Request(kind, "/orders", next(fresh))


async def drive(url: str, requests: Sequence[Request], per_second: int) -> Measured:
    """Send requests at a rate, after a short warm-up that is not counted."""
    measured = Measured()
    connector = aiohttp.TCPConnector(limit=_CONNECTIONS)
    async with aiohttp.ClientSession(connector=connector) as session:
        warm_up = [each for each in requests if each.body is None][:per_second]
        await _send_all(session, url, warm_up, per_second, Measured())
        await asyncio.sleep(_WARM_UP_SECONDS)
        await _send_all(session, url, requests, per_second, measured)
    return measured


async def listen(url: str, count: int, bodies: Sequence[bytes]) -> list[float]:
    """Hand orders in while so many listen to the stream.

    Returns:
        For each order how long it took until all of them had it, from when it was sent [s].
    """
    delays: list[float] = []
    connector = aiohttp.TCPConnector(limit=0)
    timeout = aiohttp.ClientTimeout(total=None)
    async with aiohttp.ClientSession(connector=connector, timeout=timeout) as session:
        streams = [await session.get(f"{url}/stream") for _ in range(count)]
        for stream in streams:
            await stream.content.readuntil(b"\n\n")  # hello: it listens now
        for body in bodies:
            heard = [asyncio.create_task(_hear(stream)) for stream in streams]
            begin = time.perf_counter()
            headers = {"content-type": "application/json"}
            async with session.post(f"{url}/orders", data=body, headers=headers) as answer:
                if answer.status != _OK[1]:
                    raise NodeError(f"the order is not listed: {await answer.text()}")
            await asyncio.gather(*heard)
            delays.append(time.perf_counter() - begin)
        for stream in streams:
            stream.close()
    return delays


async def _hear(stream: aiohttp.ClientResponse) -> None:
    """Wait for the next order."""
    while not (await stream.content.readuntil(b"\n\n")).startswith(b"event: order\n"):
        pass


async def _send_all(
    session: aiohttp.ClientSession,
    url: str,
    requests: Sequence[Request],
    per_second: int,
    measured: Measured,
) -> None:
    start = time.perf_counter()
    tasks = []
    for place, request in enumerate(requests):
        due = start + place / per_second
        wait = due - time.perf_counter()
        if wait > 0:
            await asyncio.sleep(wait)
        tasks.append(asyncio.create_task(_send(session, url, request, due, measured)))
    await asyncio.gather(*tasks)
    measured.took = time.perf_counter() - start


async def _send(
    session: aiohttp.ClientSession, url: str, request: Request, due: float, measured: Measured
) -> None:
    method = "GET" if request.body is None else "POST"
    headers = {} if request.body is None else {"content-type": "application/json"}
    try:
        path = url + request.path
        async with session.request(method, path, data=request.body, headers=headers) as answer:
            await answer.read()
            status = answer.status
    except aiohttp.ClientError:
        status = 0
    measured.seconds[request.kind].append(time.perf_counter() - due)
    measured.statuses[status] += 1
