# SPDX-License-Identifier: AGPL-3.0-only
"""Questions to a test's node through the client under test."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

from hashrate.core.types import REGTEST, BlockHeight, Network, SourcedBlock
from oracles.sources.bitcoin_core import BitcoinCore
from tests.oracles.sources.asking import START, ClientFactory, ask
from tests.oracles.sources.chains import chain

T = TypeVar("T")
BLOCKS = chain(200, START - 3 * 86_400)


def with_node(
    clients: ClientFactory,
    question: Callable[[BitcoinCore], Awaitable[T]],
    network: Network = REGTEST,
    **client: Any,
) -> T:
    return ask(clients.client("node", **client), lambda http: question(BitcoinCore(http, network)))


def blocks(clients: ClientFactory, first: int, last: int) -> list[SourcedBlock]:
    bounds = BlockHeight(first), BlockHeight(last)
    return list(with_node(clients, lambda source: source.blocks(*bounds)))
