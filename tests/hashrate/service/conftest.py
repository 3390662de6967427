# SPDX-License-Identifier: AGPL-3.0-only
"""A server and a client of it for each test."""

from collections.abc import Iterator

import pytest

from testing.http_server import HttpServer, serving
from tests.oracles.sources.asking import ClientFactory


@pytest.fixture
def server() -> Iterator[HttpServer]:
    """A web server of the test's own."""
    with serving() as running:
        yield running


@pytest.fixture
def clients(server: HttpServer) -> ClientFactory:
    """Clients of the server, and what they recorded."""
    return ClientFactory(server.url)
