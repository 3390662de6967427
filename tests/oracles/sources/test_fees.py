# SPDX-License-Identifier: AGPL-3.0-only
"""Fees of a block: what its coinbase pays beyond the subsidy, the same from every source."""

from collections.abc import Callable

import pytest

from hashrate.bitcoin.subsidy import subsidy_at
from hashrate.core.types import REGTEST, BlockHeight, SourcedBlock
from hashrate.service.http import HttpClient
from oracles.sources.base import BitcoinSource
from oracles.sources.bitcoin_core import BitcoinCore
from oracles.sources.esplora import Esplora
from oracles.sources.mempool_space import MempoolSpace
from testing.http_server import HttpServer
from tests.oracles.sources.asking import START, ClientFactory, ask
from tests.oracles.sources.chains import Mined, chain, mined
from tests.oracles.sources.explorer_server import Explorer
from tests.oracles.sources.node_server import Node

pytestmark = pytest.mark.integration

FEES = 1_000
# What a miner leaves of subsidy and fees [sats], and what remains of the fees.
LEFT = {0: 1_000, 1: 999, 999: 1, 1_000: 0, 1_001: 0, 2_500_000_000: 0, 2_500_001_000: 0}
FIRST = 150  # the subsidy is 25 bitcoin from here
CLIENTS: dict[str, Callable[[HttpClient], BitcoinSource]] = {
    "core": lambda http: BitcoinCore(http, REGTEST),
    "bcoin": lambda http: BitcoinCore(http, REGTEST),
    "mempool": lambda http: MempoolSpace(http, REGTEST),
    "esplora": lambda http: Esplora(http, REGTEST),
}


def underclaimed() -> list[Mined]:
    """Mine blocks whose miners leave ever more of what they may claim."""
    blocks = chain(FIRST, START)
    for left in LEFT:
        allowed = subsidy_at(BlockHeight(len(blocks)), REGTEST) + FEES
        time = blocks[-1].block.time + 3_600
        blocks.append(mined(blocks, time, FEES, claimed=allowed - left))
    return blocks


BLOCKS = underclaimed()


@pytest.fixture(params=CLIENTS)
def kind(request: pytest.FixtureRequest, server: HttpServer) -> str:
    """A source of each kind, over the same chain."""
    kind: str = request.param
    if kind in ("core", "bcoin"):
        server.on_call("/", Node(BLOCKS, like_bcoin=kind == "bcoin").answer)
    else:
        Explorer(kind, BLOCKS).serve(server)
    return kind


def blocks(kind: str, clients: ClientFactory, first: int, last: int) -> list[SourcedBlock]:
    bounds = BlockHeight(first), BlockHeight(last)
    return list(ask(clients.client(kind), lambda http: CLIENTS[kind](http).blocks(*bounds)))


def test_blocks__miners_claim_less_than_allowed__fees_are_what_coinbases_prove(
    kind: str, clients: ClientFactory
) -> None:
    found = blocks(kind, clients, FIRST, len(BLOCKS) - 1)

    assert [s.block.fees_sats for s in found] == list(LEFT.values())
    assert [s.block for s in found] == [m.block for m in BLOCKS[FIRST:]]


def test_blocks__day_of_144__takes_few_requests(
    kind: str, clients: ClientFactory, server: HttpServer
) -> None:
    blocks(kind, clients, 10, 153)

    # Esplora: 16 pages of headers, 10 of them below the day, and a request for each coinbase.
    most = {"core": 15, "bcoin": 45, "mempool": 10, "esplora": 160}
    assert len(server.asked) == most[kind]
