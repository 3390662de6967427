# SPDX-License-Identifier: AGPL-3.0-only
"""One request, one whole answer, bounded in time and size: whatever asks over HTTP asks here.

Compression is declined, since few bytes can unfold into very many; redirects are not followed, and
the environment names no proxy. No error shows an address, which may hold a secret.
"""

import asyncio
import logging
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from ssl import SSLContext

import httpx2

from hashrate.service.errors import (
    EncodedAnswerError,
    LargeAnswerError,
    LateAnswerError,
    NoAnswerError,
)

# At INFO this logger writes whole addresses, with the secrets some services want in them.
logging.getLogger("httpx2").setLevel(logging.WARNING)

_OK, _REDIRECT = 200, 300
_HEADERS = {"user-agent": "hashrate", "accept-encoding": "identity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """How long and how much of an answer is waited for.

    Attributes:
        timeout_seconds: to connect, and between two pieces of an answer.
        total_seconds: for one whole answer, from the name's look-up to the body's end.
        max_bytes: of a body.
    """

    timeout_seconds: float = 10.0
    total_seconds: float = 30.0
    max_bytes: int = 4 * 2**20


@dataclass(frozen=True, slots=True)
class Request:
    """What to ask.

    Attributes:
        method: of HTTP.
        url: the whole address, but for `params`.
        params: of the query.
        body: what is sent.
        kind: of the body.
    """

    method: str
    url: str = field(repr=False)
    params: Mapping[str, str] = field(default_factory=dict, repr=False)
    body: bytes | None = field(default=None, repr=False)
    kind: str = "application/json"


@dataclass(slots=True)
class Answer:
    """An answer while it arrives; status 0 while nothing has."""

    status: int = 0
    headers: httpx2.Headers = field(default_factory=httpx2.Headers)
    body: bytearray = field(default_factory=bytearray)
    is_complete: bool = False

    @property
    def is_success(self) -> bool:
        """Return whether the status is of the 200s."""
        return _OK <= self.status < _REDIRECT

    async def read(self, response: httpx2.Response, max_bytes: int) -> None:
        """Read on until the body ends.

        Raises:
            LargeAnswerError: it is larger than allowed.
            EncodedAnswerError: it is compressed.
        """
        self.status, self.headers = response.status_code, response.headers
        declared = response.headers.get("content-length", "")
        if declared.isdecimal() and int(declared) > max_bytes:
            raise LargeAnswerError(f"the answer has over {max_bytes} bytes")
        async for chunk in response.aiter_raw():
            self.body += chunk
            if len(self.body) > max_bytes:
                raise LargeAnswerError(f"the answer has over {max_bytes} bytes")
        self.is_complete = True
        if response.headers.get("content-encoding", "identity") != "identity":
            raise EncodedAnswerError("content-encoding: was declined")


class Fetcher:
    """Asks from one event loop."""

    def __init__(
        self,
        bounds: Bounds,
        headers: Mapping[str, str] | None = None,
        auth: tuple[str, str] | None = None,
    ) -> None:
        """Prepare to ask; nothing is sent yet.

        Args:
            bounds: of each answer.
            headers: of each request.
            auth: user and password of basic authentication.
        """
        self._bounds = bounds
        self._client = httpx2.AsyncClient(
            auth=auth,
            headers={**_HEADERS, **(headers or {})},
            timeout=bounds.timeout_seconds,
            verify=_tls_context(),
            trust_env=False,
            follow_redirects=False,
        )

    async def aclose(self) -> None:
        """Close the connections."""
        await self._client.aclose()

    async def fetch(self, request: Request, answer: Answer | None = None) -> Answer:
        """Ask once.

        Args:
            request: what to ask.
            answer: takes what arrives, for whoever wants to see one that breaks off.

        Raises:
            LateAnswerError: the whole of it did not come in time.
            LargeAnswerError: it is too large.
            EncodedAnswerError: it is compressed.
            NoAnswerError: none came, or not the whole of it.
        """
        answer = answer or Answer()
        kind = None if request.body is None else {"content-type": request.kind}
        try:
            async with (
                asyncio.timeout(self._bounds.total_seconds),
                self._client.stream(
                    request.method,
                    request.url,
                    params=request.params or None,
                    content=request.body,
                    headers=kind,
                ) as response,
            ):
                await answer.read(response, self._bounds.max_bytes)
        except (TimeoutError, httpx2.TimeoutException):
            raise LateAnswerError("no whole answer in time") from None
        except (httpx2.HTTPError, httpx2.InvalidURL) as error:
            raise NoAnswerError(type(error).__name__) from None
        return answer


class BlockingFetcher:
    """Asks from any thread, and waits. All share one event loop: only there can a time limit hold
    for a whole answer, headers that drip in included."""

    def __init__(self, bounds: Bounds, headers: Mapping[str, str] | None = None) -> None:
        """Prepare to ask; see `Fetcher`."""
        self._fetcher = Fetcher(bounds, headers)

    def close(self) -> None:
        """Close the connections."""
        asyncio.run_coroutine_threadsafe(self._fetcher.aclose(), _shared_loop()).result()

    def fetch(self, request: Request) -> Answer:
        """Ask once; see `Fetcher.fetch`."""
        asked = asyncio.run_coroutine_threadsafe(self._fetcher.fetch(request), _shared_loop())
        try:
            return asked.result()
        finally:
            asked.cancel()  # no work where it is done; where we are interrupted, it ends too


@cache
def _tls_context() -> SSLContext:
    """Read the certificate authorities once for all clients: it takes time and memory."""
    return httpx2.create_ssl_context(trust_env=False)


@cache
def _shared_loop() -> asyncio.AbstractEventLoop:
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="http", daemon=True).start()
    return loop
