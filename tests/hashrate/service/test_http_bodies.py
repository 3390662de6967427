# SPDX-License-Identifier: AGPL-3.0-only
"""Asking over HTTP: bodies that are slow, large, cut short or no data at all."""

import time

import pytest

from hashrate.history.errors import SourceSpecError
from hashrate.service.errors import (
    SourceRefusedError,
    SourceShapeError,
    SourceTooLargeError,
    SourceUnavailableError,
)
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Reply
from testing.http_server import Answer, HttpServer, json_answer, page_answer
from tests.oracles.sources.asking import ClientFactory, ask

pytestmark = pytest.mark.integration

OK = json_answer({"value": 1})


async def get(http: HttpClient) -> Reply:
    return await http.get("/path", {"day": "1"})


def test_get__silent_server__times_out(server: HttpServer, clients: ClientFactory) -> None:
    server.on("/path", Answer(b"1", pause=60.0))

    with pytest.raises(SourceUnavailableError, match="source: no whole answer in time"):
        ask(clients.client(attempts=2, timeout_seconds=1.0), get)

    assert len(server.asked) == 2


def test_get__body_that_drips__is_cut_off_as_a_whole(
    server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", Answer(b"1" * 600, chunks=600, pause=0.1))
    begin = time.monotonic()

    with pytest.raises(SourceUnavailableError, match="source: no whole answer in time"):
        ask(clients.client(attempts=1, total_seconds=2.0), get)

    assert time.monotonic() - begin < 30  # the whole body takes a minute
    assert [seen.is_complete for seen in clients.recorded] == [False]


def test_get__body_cut_short__is_no_answer(server: HttpServer, clients: ClientFactory) -> None:
    server.on("/path", Answer(b'{"value": 1}', cut=1))

    with pytest.raises(SourceUnavailableError, match="source: RemoteProtocolError"):
        ask(clients.client(), get)

    assert [seen.is_complete for seen in clients.recorded] == [False] * 3


def test_get__large_body_announced__is_not_read(server: HttpServer, clients: ClientFactory) -> None:
    server.on("/path", Answer(b"1" * 1_001, pause=0.3))

    with pytest.raises(SourceTooLargeError, match="source: the answer has over 1000 bytes"):
        ask(clients.client(max_bytes=1_000), get)

    (seen,) = clients.recorded
    assert (seen.size, seen.is_complete) == (0, False)


def test_get__large_body_unannounced__is_read_to_the_limit_only(
    server: HttpServer, clients: ClientFactory
) -> None:
    endless = b"".join(b"400\r\n" + b"1" * 1_024 + b"\r\n" for _ in range(10_000))
    headers = {"transfer-encoding": "chunked", "content-length": ""}
    server.on("/path", Answer(endless, headers=headers))

    with pytest.raises(SourceTooLargeError):
        ask(clients.client(max_bytes=10_000), get)

    (seen,) = clients.recorded
    assert 10_000 < seen.size < 200_000
    assert len(server.asked) == 1


def test_get__body_at_the_limit__is_read(server: HttpServer, clients: ClientFactory) -> None:
    server.on("/path", Answer(b'"' + b"1" * 998 + b'"'))

    assert ask(clients.client(max_bytes=1_000), get).json() == "1" * 998


@pytest.mark.parametrize("kind", ["text/html; charset=UTF-8", "application/json"])
def test_get__page_in_place_of_data__is_unavailable_and_not_asked_again(
    kind: str, server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", Answer(b"\n<html>Just a moment...</html>", kind=kind))

    with pytest.raises(SourceUnavailableError, match="source: answers with a web page"):
        ask(clients.client(), get)

    assert len(server.asked) == 1


def test_get__redirect__is_not_followed(server: HttpServer, clients: ClientFactory) -> None:
    server.on("/path", Answer(status=302, headers={"location": f"{server.url}/other"}))
    server.on("/other", OK)

    with pytest.raises(SourceRefusedError, match="status 302"):
        ask(clients.client(), get)

    assert [asked.path for asked in server.asked] == ["/path"]


def test_get__encoded_body__is_refused(server: HttpServer, clients: ClientFactory) -> None:
    server.on("/path", Answer(b"\x1f\x8b", headers={"content-encoding": "gzip"}))

    with pytest.raises(SourceShapeError, match="source: content-encoding: was declined"):
        ask(clients.client(), get)

    assert server.asked[0].headers["accept-encoding"] == "identity"


def test_get__date_that_is_none__is_left_out(server: HttpServer, clients: ClientFactory) -> None:
    server.on("/path", Answer(b"1", headers={"date": "yesterday"}))

    assert ask(clients.client(), get).observation.server_time is None


def test_post_json__error_status_with_json__is_an_answer_where_declared(
    server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", json_answer({"error": 1}, status=500))
    answers = frozenset({500})

    reply = ask(clients.client(), lambda http: http.post_json("/path", {}, answers=answers))

    assert reply.json() == {"error": 1}
    assert len(server.asked) == 1


def test_post_json__error_status_without_json__is_trouble_all_the_same(
    server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/path", page_answer(500))
    answers = frozenset({500})

    with pytest.raises(SourceUnavailableError, match="status 500, a web page"):
        ask(clients.client(), lambda http: http.post_json("/path", {}, answers=answers))


@pytest.mark.parametrize(
    "address",
    [
        "ftp://127.0.0.1",
        "127.0.0.1:8332",
        "http://",
        "http://user:secret-in-url@127.0.0.1",
        "http://127.0.0.1/?key=secret-in-url",
        "http://127.0.0.1/#secret-in-url",
        "http://127.0.0.1:secret-in-url",
    ],
)
def test_client__unusable_address__is_refused_without_showing_it(address: str) -> None:
    with pytest.raises(SourceSpecError, match="^source: ") as refused:
        HttpClient("source", address, lambda _: None, ClientFactory("").clock)

    assert "secret-in-url" not in str(refused.value)
