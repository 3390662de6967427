# SPDX-License-Identifier: AGPL-3.0-only
"""Asking over HTTP: what is retried, what is not, how much is read, what is recorded."""

import hashlib
import time
from dataclasses import asdict
from decimal import Decimal

import pytest

from hashrate.service.errors import SourceRefusedError, SourceShapeError, SourceUnavailableError
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Reply
from testing.http_server import Answer, HttpServer, json_answer, page_answer, text_answer
from tests.oracles.sources.asking import ClientFactory, ask

pytestmark = pytest.mark.integration

OK = json_answer({"value": 1})


async def get(http: HttpClient) -> Reply:
    return await http.get("/path", {"day": "1"})


# ---------------------------------------------------------------- answers


def test_get__answer__is_recorded_with_hash_size_and_both_clocks(
    server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", Answer(b'{"value": 1}', clock=1_700_000_000))

    reply = ask(clients.client(), get)

    assert reply.json() == {"value": 1}
    (seen,) = clients.recorded
    assert seen == reply.observation
    assert asdict(seen) == {
        "source": "source",
        "method": "GET",
        "url": f"{server.url}/path?day=1",
        "subject": "",
        "status": 200,
        "body_sha256": hashlib.sha256(b'{"value": 1}').hexdigest(),
        "size": 12,
        "is_complete": True,
        "fetched_at": clients.now,
        "server_time": 1_700_000_000,
    }


def test_post_json__request__carries_body_and_subject(
    server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", OK)

    ask(clients.client(), lambda http: http.post_json("/path", {"a": [1]}, subject="what"))

    assert server.asked[0].json() == {"a": [1]}
    assert server.asked[0].headers["content-type"] == "application/json"
    assert clients.recorded[0].subject == "what"


def test_json__numbers__stay_exact(server: HttpServer, clients: ClientFactory) -> None:
    server.on("/path", json_answer("[0.1, 1E-8, 123456789012345678901234567890, 2.5e3]"))

    values = ask(clients.client(), get).json()

    expected = [Decimal("0.1"), Decimal("1E-8"), 123456789012345678901234567890, Decimal("2500")]
    assert values == expected
    assert not any(isinstance(value, float) for value in values)


@pytest.mark.parametrize(
    "body",
    [
        "",
        "[1",
        "[NaN]",
        "[Infinity]",
        "[" * 50_000,
        "[1e99999999999999999999]",
        '["\udc80"]',
        "1" * 5_000,
    ],
    ids=["empty", "cut", "nan", "infinity", "deep", "exponent", "not-utf8", "long-number"],
)
def test_json__no_json__names_the_body(
    body: str, server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", Answer(body.encode("utf-8", "surrogateescape")))
    reply = ask(clients.client(), get)

    with pytest.raises(SourceShapeError, match="source: body: is not JSON"):
        reply.json()


@pytest.mark.parametrize("body", [b"", b"  \n", b"\xff\xfe", b"two\nlines"])
def test_text__no_line_of_text__names_the_body(
    body: bytes, server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", Answer(body, kind="text/plain"))
    reply = ask(clients.client(), get)

    with pytest.raises(SourceShapeError, match="source: body: is not a line of text"):
        reply.text()


# ---------------------------------------------------------------- what is retried


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 520])
def test_get__passing_trouble__asks_again(
    status: int, server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", page_answer(status), text_answer("slow down", status), OK)

    assert ask(clients.client(), get).json() == {"value": 1}

    assert [seen.status for seen in clients.recorded] == [status, status, 200]


@pytest.mark.parametrize("status", [500, 503])
def test_get__lasting_trouble__gives_up_after_bounded_attempts(
    status: int, server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", text_answer("down", status))

    with pytest.raises(SourceUnavailableError, match=f"source: status {status}, down"):
        ask(clients.client(), get)

    assert len(server.asked) == 3


@pytest.mark.parametrize("status", [400, 401, 403, 404, 405, 418, 451])
def test_get__refusal__is_never_asked_again(
    status: int, server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", text_answer("no", status))

    with pytest.raises(SourceRefusedError, match=f"source: status {status}, no") as refused:
        ask(clients.client(), get)

    assert refused.value.status == status
    assert len(server.asked) == 1


def test_get__429_then_ban__is_refused_at_the_ban(
    server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", text_answer("slow down", 429), page_answer(403))

    with pytest.raises(SourceRefusedError, match="source: status 403, a web page"):
        ask(clients.client(), get)

    assert len(server.asked) == 2


@pytest.mark.parametrize("status", [429, 503])
def test_get__retry_after__is_waited_for(
    status: int, server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", Answer(status=status, headers={"retry-after": "1"}), OK)

    ask(clients.client(), get)

    assert server.asked_at[1] - server.asked_at[0] >= 1.0


def test_get__retry_after_as_date__is_waited_for(
    server: HttpServer, clients: ClientFactory
) -> None:
    clients.now = 1_700_000_000
    date = "Tue, 14 Nov 2023 22:13:21 GMT"  # one second later
    server.on("/path", Answer(status=429, headers={"retry-after": date}), OK)

    ask(clients.client(), get)

    assert server.asked_at[1] - server.asked_at[0] >= 1.0


@pytest.mark.parametrize("asked", ["3600", "99999999999999", "Tue, 14 Nov 2099 22:13:21 GMT"])
def test_get__long_retry_after__leaves_the_server_alone(
    asked: str, server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", Answer(status=429, headers={"retry-after": asked}), OK)

    async def twice(http: HttpClient) -> None:
        with pytest.raises(SourceUnavailableError, match="status 429"):
            await get(http)
        with pytest.raises(SourceUnavailableError, match="left alone for"):
            await get(http)

    ask(clients.client(), twice)

    assert len(server.asked) == 1


def test_get__429_without_end__leaves_the_server_alone(
    server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", Answer(status=429))

    async def twice(http: HttpClient) -> None:
        with pytest.raises(SourceUnavailableError, match="status 429"):
            await get(http)
        with pytest.raises(SourceUnavailableError, match=r"left alone for 3[56]\d\d s more"):
            await get(http)

    ask(clients.client(hold_seconds=3_600), twice)

    assert len(server.asked) == 3


def test_get__hold_over__asks_again(server: HttpServer, clients: ClientFactory) -> None:
    server.on("/path", Answer(status=429), Answer(status=429), Answer(status=429), OK)

    async def twice(http: HttpClient) -> Reply:
        with pytest.raises(SourceUnavailableError):
            await get(http)
        time.sleep(0.1)
        return await get(http)

    assert ask(clients.client(hold_seconds=0.05), twice).json() == {"value": 1}


def test_get__nobody_listens__is_unavailable(clients: ClientFactory) -> None:
    clients.url = "http://127.0.0.1:9"

    with pytest.raises(SourceUnavailableError, match="source: ConnectError"):
        ask(clients.client(), get)

    assert clients.recorded == []


def test_get__interval__is_kept_between_requests(
    server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", OK)

    async def thrice(http: HttpClient) -> float:
        begin = time.monotonic()
        for _ in range(3):
            await get(http)
        return begin

    begin = ask(clients.client(interval_seconds=0.2), thrice)

    # from the first one's leave: the server may see it much later
    assert server.asked_at[2] - begin >= 0.4
