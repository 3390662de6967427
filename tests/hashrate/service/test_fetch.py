# SPDX-License-Identifier: AGPL-3.0-only
"""One whole answer or a typed error: bounded in time and size, for callers of both kinds."""

import asyncio
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

BOUNDS = Bounds(timeout_seconds=0.5, total_seconds=1.0, max_bytes=1_000)
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
    ("answer", "error"),
    [
        (http_server.Answer(b"1" * 1_001), LargeAnswerError),
        (http_server.Answer(b"1" * 10, pause=2.0), LateAnswerError),
        (http_server.Answer(b"1" * 100, chunks=100, pause=0.1), LateAnswerError),
        (http_server.Answer(b"1" * 10, cut=1), NoAnswerError),
        (http_server.Answer(b"1", headers={"content-encoding": "gzip"}), EncodedAnswerError),
    ],
    ids=["large", "silent", "dripping", "cut", "encoded"],
)
def test_fetch__no_whole_answer__raises_its_kind_in_time(
    fetch: Fetch, answer: http_server.Answer, error: type[NoAnswerError], server: HttpServer
) -> None:
    server.on("/secret", answer)
    begin = time.monotonic()

    with pytest.raises(NoAnswerError) as raised:
        fetch(f"{server.url}/secret", BOUNDS)

    assert type(raised.value) is error
    assert time.monotonic() - begin < 4
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
    server.on("/path", http_server.Answer(b"1", pause=0.3))
    fetcher = BlockingFetcher(BOUNDS)
    begin = time.monotonic()

    with ThreadPoolExecutor(8) as pool:
        request = Request("GET", f"{server.url}/path")
        answers = list(pool.map(lambda _: fetcher.fetch(request), range(8)))

    assert [bytes(answer.body) for answer in answers] == [b"1"] * 8
    assert time.monotonic() - begin < 2.4  # one after the other would take that long
    fetcher.close()
