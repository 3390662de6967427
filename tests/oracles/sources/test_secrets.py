# SPDX-License-Identifier: AGPL-3.0-only
"""No secret of a source is in an observation, a log, an error or its traceback."""

import asyncio
import logging
import traceback
from base64 import b64encode
from collections.abc import Callable

import pytest

from hashrate.core.errors import HashrateError
from hashrate.history.errors import SourceSpecError
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Credentials
from testing.http_server import Answer, Asked, HttpServer, text_answer
from tests.oracles.sources.asking import ClientFactory

pytestmark = pytest.mark.integration

CREDENTIALS = Credentials(
    headers={"x-api-key": "header-4dc1"},
    params={"token": "param-8a0e"},
    user="user-77b2",
    password="password-31f6",
    path_prefix="/prefix-c59d/",
)
BASIC = b64encode(b"user-77b2:password-31f6").decode()
SECRETS = ["header-4dc1", "param-8a0e", "user-77b2", "password-31f6", "prefix-c59d", BASIC]


def echo(asked: Asked, status: int) -> Answer:
    """Repeat everything the client sent, as careless error pages do."""
    return text_answer(f"{asked.path} {dict(asked.query)} {dict(asked.headers)}", status)


def everything_shown(
    clients: ClientFactory, caplog: pytest.LogCaptureFixture, http: HttpClient
) -> tuple[str, str]:
    """Ask, and return what was logged or recorded, and what the error says with its traceback."""
    caplog.set_level(logging.DEBUG)

    async def asking() -> str:
        async with http:
            try:
                await http.get("/path", {"day": "1"})
            except HashrateError as error:
                return "".join(traceback.format_exception(error)) + repr(error)
        return ""

    said = asyncio.run(asking())
    return f"{caplog.text}{clients.recorded}{http.__dict__['_credentials']}", said


def test_client__credentials__are_sent(server: HttpServer, clients: ClientFactory) -> None:
    server.on("/prefix-c59d/path", Answer(b"{}"))

    async def asking() -> None:
        async with clients.client(credentials=CREDENTIALS) as http:
            await http.get("/path", {"day": "1"})

    asyncio.run(asking())

    (asked,) = server.asked
    assert asked.query == {"day": "1", "token": "param-8a0e"}
    assert asked.headers["x-api-key"] == "header-4dc1"
    assert asked.headers["authorization"] == f"Basic {BASIC}"
    assert clients.recorded[0].url == f"{server.url}/path?day=1"


@pytest.mark.parametrize("status", [200, 302, 400, 401, 403, 404, 429, 500, 503])
def test_client__any_status__shows_no_secret(
    status: int, server: HttpServer, clients: ClientFactory, caplog: pytest.LogCaptureFixture
) -> None:
    server.on_call("/prefix-c59d/path", lambda asked: echo(asked, status))

    shown, said = everything_shown(clients, caplog, clients.client(credentials=CREDENTIALS))

    assert f"status={status}" in shown
    assert bool(said) == (status != 200)
    assert [secret for secret in SECRETS if secret in shown + said] == []


@pytest.mark.parametrize(
    "answer",
    [
        Answer(b"1", pause=2.0),
        Answer(b"1" * 100, cut=50),
        Answer(b"1" * 200_000),
        Answer(b"1", headers={"content-encoding": "br"}),
        Answer(b"<html>", kind="text/html"),
    ],
    ids=["silent", "cut", "large", "encoded", "page"],
)
def test_client__any_trouble__shows_no_secret(
    answer: Answer, server: HttpServer, clients: ClientFactory, caplog: pytest.LogCaptureFixture
) -> None:
    server.on("/prefix-c59d/path", answer)

    shown, said = everything_shown(
        clients, caplog, clients.client(credentials=CREDENTIALS, attempts=1, timeout_seconds=0.5)
    )

    assert said
    assert [secret for secret in SECRETS if secret in shown + said] == []


@pytest.mark.parametrize("odd", ["secret-e07a\n", "secret-e07a\r\nhost: evil", "sécret-e07a"])
@pytest.mark.parametrize(
    "make",
    [
        lambda odd: Credentials(headers={"x-api-key": odd}),
        lambda odd: Credentials(params={"token": odd}),
        lambda odd: Credentials(path_prefix=odd),
    ],
    ids=["headers", "params", "path_prefix"],
)
def test_credentials__odd_character__is_refused_without_showing_it(
    make: Callable[[str], Credentials], odd: str
) -> None:
    with pytest.raises(SourceSpecError, match="a credential has a line break") as refused:
        make(odd)

    assert "e07a" not in repr(refused.value)


def test_client__nobody_listens__shows_no_secret(
    clients: ClientFactory, caplog: pytest.LogCaptureFixture
) -> None:
    clients.url = "http://127.0.0.1:9"

    shown, said = everything_shown(clients, caplog, clients.client(credentials=CREDENTIALS))

    assert "ConnectError" in said
    assert [secret for secret in SECRETS if secret in shown + said] == []
