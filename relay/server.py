# SPDX-License-Identifier: AGPL-3.0-only
"""The relay's HTTP interface: strict in what it takes, bounded in what it does."""

import asyncio
import hashlib
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from hashrate.service.refusals import answer, answer_to
from relay.errors import RELAY_REFUSALS
from relay.health import RelayHealth
from relay.intake import Intake
from relay.ledger import Ledger
from relay.limits import Rate
from relay.openapi import description
from relay.reads import Reads
from relay.writes import Writes, client_of

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class RequestPolicy:
    """Limits on requests.

    Attributes:
        reads_per_second, reads_burst: requests of one client.
        body_seconds: for a body to arrive [s].
        request_seconds: for the whole request [s].
    """

    reads_per_second: float = 50.0
    reads_burst: int = 200
    body_seconds: float = 5.0
    request_seconds: float = 20.0


class Api:
    """Answers traders."""

    def __init__(
        self, intake: Intake, ledger: Ledger, health: RelayHealth, policy: RequestPolicy
    ) -> None:
        self._intake = intake
        self._health = health
        self._policy = policy
        self._reads = Reads(intake, ledger)
        self._writes = Writes(intake, policy.body_seconds)
        self._rate = Rate("client", policy.reads_per_second, policy.reads_burst)

    def app(self) -> Starlette:
        """Make the application."""
        reads, writes = self._reads, self._writes
        paths: list[tuple[str, str, Handler]] = [
            ("/orders", "POST", writes.submit),
            ("/batches", "POST", writes.submit_batch),
            ("/withdrawals", "POST", writes.withdraw),
            ("/orders", "GET", reads.orders),
            ("/orders/{hash}", "GET", reads.order),
            ("/book/{market}", "GET", reads.book),
            ("/books", "GET", reads.books),
            ("/markets", "GET", reads.markets),
            ("/markets/{market}", "GET", reads.market),
            ("/trades", "GET", reads.trades),
            ("/candles/{market}", "GET", reads.candles),
            ("/positions/{account}", "GET", reads.positions),
            ("/stream", "GET", reads.stream),
            ("/openapi.json", "GET", self.describe),
        ]
        # one route for all methods of a path, or a refusal names but one of them as allowed
        by_path: defaultdict[str, dict[str, Handler]] = defaultdict(dict)
        for path, method, handler in paths:
            by_path[path][method] = self._guarded(path, handler)
        routes = [
            Route(path, _by_method(handlers), methods=list(handlers))
            for path, handlers in by_path.items()
        ]
        # Monitoring asks this one, and is not counted.
        routes.append(Route("/health", self._health.answer, methods=["GET"]))
        cors = Middleware(
            CORSMiddleware,
            allow_origins=["*"],
            allow_methods=["GET", "POST"],
            allow_headers=["content-type", "if-none-match"],
            expose_headers=["retry-after", "etag"],
            # a page on https may ask a relay on the same machine
            allow_private_network=True,
        )
        return Starlette(routes=routes, middleware=[cors])

    async def describe(self, _request: Request) -> Response:
        """Return the description of all this."""
        return answer(description())

    def _guarded(self, path: str, handler: Handler) -> Handler:
        """Count a request, bound its time, and turn what went wrong into an answer."""
        metrics = self._intake.metrics

        async def guarded(request: Request) -> Response:
            started = time.monotonic()
            try:
                self._rate.take(client_of(request), started)
                async with asyncio.timeout(self._policy.request_seconds):
                    response = await handler(request)
            except Exception as error:  # what is not expected is raised again
                response = answer_to(error, RELAY_REFUSALS)
            if request.method == "GET":
                response = with_tag(request, response)
            metrics.requests.labels(f"{request.method} {path}", response.status_code).inc()
            metrics.request_seconds.observe(time.monotonic() - started)
            return response

        return guarded


def _by_method(handlers: Mapping[str, Handler]) -> Handler:
    async def answer_method(request: Request) -> Response:
        method = "GET" if request.method == "HEAD" else request.method
        return await handlers[method](request)

    return answer_method


def with_tag(request: Request, response: Response) -> Response:
    """Tag an answer, and send nothing but that to who has it already."""
    if response.status_code != HTTPStatus.OK or isinstance(response, StreamingResponse):
        return response
    tag = f'"{hashlib.blake2b(response.body, digest_size=12).hexdigest()}"'
    asked = [each.strip() for each in request.headers.get("if-none-match", "").split(",")]
    if tag in asked:
        # what a cache has is asked for again each time, but need not be sent
        headers = {"etag": tag, "cache-control": "no-cache"}
        return Response(status_code=HTTPStatus.NOT_MODIFIED, headers=headers)
    response.headers["etag"] = tag
    response.headers["cache-control"] = "no-cache"
    return response
