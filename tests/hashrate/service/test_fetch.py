# SPDX-License-Identifier: AGPL-3.0-only
"""One whole answer or a typed error: bounded in time and size, for callers of both kinds."""

import asyncio
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from hashrate.service.errors import (
    EncodedAnswerError,
    LargeAnswerError,
    LateAnswerError,
    NoAnswerError,
)
from hashrate.service.fetch import Answer, BlockingFetcher, Bounds, Fetcher, Request
from testing import http_server
from testing.http_server import HttpServer, text_answer

pytestmark = pytest.mark.integration

BOUNDS = Bounds(timeout_seconds=60.0, total_seconds=60.0, max_bytes=1_000)
BRIEF = Bounds(timeout_seconds=0.5, total_seconds=1.0, max_bytes=1_000)
Fetch = Callable[[str, Bounds], Answer]


def fetch_async(url: str, bounds: Bounds) -> Answer:
    """Ask from an event loop of our own."""

    async def asking() -> Answer:
        fetcher = Fetcher(bounds)
        try:
            return await fetcher.fetch(Request("GET", url))
        finally:
            await fetcher.aclose()

    return asyncio.run(asking())


def fetch_blocking(url: str, bounds: Bounds) -> Answer:
    """Ask from a thread."""
    fetcher = BlockingFetcher(bounds)
    try:
        return fetcher.fetch(Request("GET", url))
    finally:
        fetcher.close()


each_way = pytest.mark.parametrize("fetch", [fetch_async, fetch_blocking])


@each_way
@pytest.mark.parametrize("status", [200, 302, 404, 500])
def test_fetch__any_status__is_an_answer(fetch: Fetch, status: int, server: HttpServer) -> None:
    server.on("/path", text_answer("said", status))

    answer = fetch(f"{server.url}/path", BOUNDS)

    assert (answer.status, bytes(answer.body)) == (status, b"said")
    assert answer.is_complete
    assert answer.is_success == (status == 200)
    assert [asked.path for asked in server.asked] == ["/path"]  # a redirect is not followed
    assert server.asked[0].headers["accept-encoding"] == "identity"


@each_way
@pytest.mark.parametrize(
    ("answer", "bounds", "error"),
    [
        (http_server.Answer(b"1" * 1_001), BOUNDS, LargeAnswerError),
        (http_server.Answer(b"1" * 10, pause=60.0), BRIEF, LateAnswerError),
        (http_server.Answer(b"1" * 600, chunks=600, pause=0.1), BRIEF, LateAnswerError),
        (http_server.Answer(b"1" * 10, cut=1), BOUNDS, NoAnswerError),
        (
            http_server.Answer(b"1", headers={"content-encoding": "gzip"}),
            BOUNDS,
            EncodedAnswerError,
        ),
    ],
    ids=["large", "silent", "dripping", "cut", "encoded"],
)
def test_fetch__no_whole_answer__raises_its_kind_in_time(
    fetch: Fetch,
    answer: http_server.Answer,
    bounds: Bounds,
    error: type[NoAnswerError],
    server: HttpServer,
) -> None:
    server.on("/secret", answer)
    begin = time.monotonic()

    with pytest.raises(NoAnswerError) as raised:
        fetch(f"{server.url}/secret", bounds)

    assert type(raised.value) is error
    assert time.monotonic() - begin < 30  # the slow ones take a minute
    assert "secret" not in str(raised.value)
    assert raised.value.__cause__ is None


@each_way
@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:9/secret", "http://127.0.0.1:secret/", "ftp://127.0.0.1/secret", "secret"],
)
def test_fetch__nobody_to_ask__raises_without_the_address(fetch: Fetch, url: str) -> None:
    with pytest.raises(NoAnswerError) as raised:
        fetch(url, BOUNDS)

    assert "secret" not in str(raised.value)


def test_fetch__from_many_threads__is_asked_at_once(server: HttpServer) -> None:
    """Nobody is answered before all have asked."""
    all_here = threading.Barrier(8, timeout=30)

    def together(_: http_server.Asked) -> http_server.Answer:
        all_here.wait()
        return text_answer("1")

    server.on_call("/path", together)
    fetcher = BlockingFetcher(BOUNDS)

    with ThreadPoolExecutor(8) as pool:
        request = Request("GET", f"{server.url}/path")
        answers = list(pool.map(lambda _: fetcher.fetch(request), range(8)))

    assert [bytes(answer.body) for answer in answers] == [b"1"] * 8
    fetcher.close()
