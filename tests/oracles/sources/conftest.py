# SPDX-License-Identifier: AGPL-3.0-only
"""A server and a client of it for each test of a source."""

from collections.abc import Iterator

import pytest

from testing.http_server import HttpServer, serving
from tests.oracles.sources.asking import ClientFactory
from tests.oracles.sources.node_asking import BLOCKS
from tests.oracles.sources.node_server import Node


@pytest.fixture
def server() -> Iterator[HttpServer]:
    """A web server of the test's own."""
    with serving() as running:
        yield running


@pytest.fixture
def clients(server: HttpServer) -> ClientFactory:
    """Clients of the server, and what they recorded."""
    return ClientFactory(server.url)


@pytest.fixture(params=[False, True], ids=["core", "bcoin"])
def node(request: pytest.FixtureRequest, server: HttpServer) -> Node:
    """A node of each manner, served at the root."""
    node = Node(BLOCKS, like_bcoin=request.param)
    server.on_call("/", node.answer)
    return node


@pytest.fixture
def core(server: HttpServer) -> Node:
    """A node in the manner of Bitcoin Core."""
    node = Node(BLOCKS)
    server.on_call("/", node.answer)
    return node
