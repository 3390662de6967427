# SPDX-License-Identifier: AGPL-3.0-only
"""A Bitcoin node by JSON-RPC, in the manner of Bitcoin Core and of bcoin."""

import pytest

from hashrate.core.types import BlockHeight, HeightRange
from hashrate.service.errors import SourceRefusedError
from hashrate.service.http_parts import Credentials
from oracles.sources.bitcoin_core import BitcoinCore
from oracles.sources.day_range import day_range
from testing.http_server import (
    Answer,
    HttpServer,
)
from tests.oracles.sources.asking import DAY, ClientFactory
from tests.oracles.sources.chains import heights_of
from tests.oracles.sources.node_asking import BLOCKS, blocks, with_node
from tests.oracles.sources.node_server import Node, batches

pytestmark = pytest.mark.integration


def test_tip__synced_node__returns_newest_block(node: Node, clients: ClientFactory) -> None:
    tip = with_node(clients, lambda source: source.tip())

    newest = BLOCKS[-1]
    assert (tip.height, tip.hash, tip.mediantime, tip.source) == (
        199,
        newest.hash,
        newest.block.mediantime,
        "node",
    )


def test_blocks__range_over_a_halving__are_exact_in_both_manners(
    node: Node, clients: ClientFactory
) -> None:
    found = blocks(clients, 140, 160)

    assert [s.block for s in found] == [m.block for m in BLOCKS[140:161]]
    assert [s.hash for s in found] == [m.hash for m in BLOCKS[140:161]]


def test_blocks__genesis__has_no_parent(node: Node, clients: ClientFactory) -> None:
    assert [s.block for s in blocks(clients, 0, 1)] == [m.block for m in BLOCKS[:2]]


def test_blocks__none__asks_for_none(node: Node, clients: ClientFactory) -> None:
    assert blocks(clients, 10, 9) == []


def test_day_range__node__returns_the_day(node: Node, clients: ClientFactory) -> None:
    async def whole_day(source: BitcoinCore) -> HeightRange:
        return await day_range(source, DAY, await source.tip())

    first, last = heights_of(BLOCKS, DAY)
    assert with_node(clients, whole_day) == HeightRange(BlockHeight(first), BlockHeight(last))


def test_blocks__batch_answered_back_to_front__is_put_in_order(
    core: Node, clients: ClientFactory
) -> None:
    core.reverse = True

    assert [s.hash for s in blocks(clients, 100, 130)] == [m.hash for m in BLOCKS[100:131]]


def test_blocks__day_of_144__is_a_few_batches_that_say_what_they_ask(
    node: Node, clients: ClientFactory, server: HttpServer
) -> None:
    blocks(clients, 10, 153)

    sizes = batches([asked.body for asked in server.asked])
    coinbases = [1, *[4] * 36] if node.like_bcoin else [1, *[24] * 5, 23]
    assert sizes == [100, 44, *[24] * 6, *coinbases]
    subjects = [seen.subject for seen in clients.recorded]
    assert subjects[:2] == ["getblockhash 10..109", "getblockhash 110..153"]
    assert subjects[2] == f"getblock {BLOCKS[10].hash}..{BLOCKS[33].hash}"
    assert subjects[8] == f"getrawtransaction {BLOCKS[10].txid}"


def test_client__password__goes_into_basic_authentication(
    server: HttpServer, clients: ClientFactory
) -> None:
    server.on("/", Answer(status=401))
    credentials = Credentials(user="any", password="labkey")

    with pytest.raises(SourceRefusedError, match="node: status 401"):
        with_node(clients, lambda source: source.tip(), credentials=credentials)

    assert server.asked[0].headers["authorization"] == "Basic YW55OmxhYmtleQ=="
