# SPDX-License-Identifier: AGPL-3.0-only
"""Block explorers: mempool.space's interface and Esplora's, over one chain."""

from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from hashrate.core.errors import BlockOrderError
from hashrate.core.types import REGTEST, BlockHeight, HeightRange
from hashrate.service.errors import SourceRefusedError, SourceShapeError, SourceUnavailableError
from hashrate.service.http import HttpClient
from oracles.sources.base import BitcoinSource
from oracles.sources.day_range import day_range
from oracles.sources.errors import UnknownBlockError
from oracles.sources.esplora import Esplora
from oracles.sources.mempool_space import MempoolSpace
from testing.http_server import (
    Answer,
    Asked,
    HttpServer,
    json_answer,
    page_answer,
    text_answer,
)
from tests.oracles.sources.asking import DAY, START, ClientFactory, ask
from tests.oracles.sources.chains import chain, forked, heights_of
from tests.oracles.sources.explorer_server import Explorer

pytestmark = pytest.mark.integration

T = TypeVar("T")
BLOCKS = chain(200, START - 3 * 86_400)
CLIENTS: dict[str, Callable[[HttpClient], BitcoinSource]] = {
    "mempool": lambda http: MempoolSpace(http, REGTEST),
    "esplora": lambda http: Esplora(http, REGTEST),
}


@pytest.fixture(params=["mempool", "esplora"])
def explorer(request: pytest.FixtureRequest, server: HttpServer) -> Explorer:
    """An explorer of each kind."""
    return Explorer(request.param, BLOCKS).serve(server)


def with_explorer(
    explorer: Explorer, clients: ClientFactory, question: Callable[[BitcoinSource], Awaitable[T]]
) -> T:
    return ask(clients.client("explorer"), lambda http: question(CLIENTS[explorer.kind](http)))


def read_page(answer: Answer) -> list[dict[str, object]]:
    page = Asked("", "", {}, {}, answer.body).json()
    assert isinstance(page, list)
    return page


# ---------------------------------------------------------------- what an explorer knows


def test_tip__explorer__returns_newest_block(explorer: Explorer, clients: ClientFactory) -> None:
    tip = with_explorer(explorer, clients, lambda source: source.tip())

    newest = BLOCKS[-1]
    assert (tip.height, tip.hash, tip.mediantime) == (199, newest.hash, newest.block.mediantime)


def test_blocks__day__equals_the_chain(explorer: Explorer, clients: ClientFactory) -> None:
    first, last = heights_of(BLOCKS, DAY)
    bounds = BlockHeight(first), BlockHeight(last)

    found = with_explorer(explorer, clients, lambda source: source.blocks(*bounds))

    assert [s.block for s in found] == [m.block for m in BLOCKS[first : last + 1]]
    assert [s.hash for s in found] == [m.hash for m in BLOCKS[first : last + 1]]


@pytest.mark.parametrize("bounds", [(0, 0), (0, 5), (3, 13), (0, 30), (149, 150)])
def test_blocks__near_genesis_and_halving__equal_the_chain(
    bounds: tuple[int, int], explorer: Explorer, clients: ClientFactory
) -> None:
    first, last = BlockHeight(bounds[0]), BlockHeight(bounds[1])

    found = with_explorer(explorer, clients, lambda source: source.blocks(first, last))

    assert [s.block for s in found] == [m.block for m in BLOCKS[first : last + 1]]


def test_day_range__explorer__returns_the_day(explorer: Explorer, clients: ClientFactory) -> None:
    async def whole_day(source: BitcoinSource) -> HeightRange:
        return await day_range(source, DAY, await source.tip())

    first, last = heights_of(BLOCKS, DAY)
    assert with_explorer(explorer, clients, whole_day) == HeightRange(
        BlockHeight(first), BlockHeight(last)
    )


def test_block_hash__height__returns_hash(explorer: Explorer, clients: ClientFactory) -> None:
    height = BlockHeight(77)

    assert with_explorer(explorer, clients, lambda s: s.block_hash(height)) == BLOCKS[77].hash


# ---------------------------------------------------------------- what is wrong with it


def test_block_hash__above_the_tip__is_unknown(explorer: Explorer, clients: ClientFactory) -> None:
    height = BlockHeight(200)

    with pytest.raises(UnknownBlockError, match="explorer: status 404, Block not found"):
        with_explorer(explorer, clients, lambda source: source.block_hash(height))


@pytest.mark.parametrize("last", [200, 230])
def test_blocks__above_the_tip__are_unknown(
    last: int, explorer: Explorer, clients: ClientFactory
) -> None:
    bounds = BlockHeight(190), BlockHeight(last)

    with pytest.raises(UnknownBlockError, match=f"explorer: no block {last}"):
        with_explorer(explorer, clients, lambda source: source.blocks(*bounds))


@pytest.mark.parametrize(("name", "field"), [("id", "id"), ("bits", "bits"), ("height", "height")])
@pytest.mark.parametrize("value", [None, "no", -1], ids=str)
def test_blocks__field_of_another_shape__is_named(
    name: str,
    field: str,
    value: object,
    explorer: Explorer,
    clients: ClientFactory,
    server: HttpServer,
) -> None:
    def answer(asked: Asked) -> Answer:
        page = read_page(explorer.answer(asked))
        page[2][name] = value
        return json_answer(page)

    server.reply_to_all(answer)
    bounds = BlockHeight(100), BlockHeight(105)

    with pytest.raises(SourceShapeError, match=rf"explorer: \[2\]\.{field}: is n"):
        with_explorer(explorer, clients, lambda source: source.blocks(*bounds))


def test_blocks__mempool_without_reward__names_what_is_missing(
    server: HttpServer, clients: ClientFactory
) -> None:
    explorer = Explorer("mempool", BLOCKS)

    def answer(asked: Asked) -> Answer:
        page = read_page(explorer.answer(asked))
        del page[0]["extras"]
        return json_answer(page)

    server.reply_to_all(answer)
    bounds = BlockHeight(100), BlockHeight(105)

    with pytest.raises(SourceShapeError, match=r"explorer: \[0\]\.extras: Field required"):
        with_explorer(explorer, clients, lambda source: source.blocks(*bounds))


def test_blocks__esplora_whose_first_transaction_is_no_coinbase__is_refused(
    server: HttpServer, clients: ClientFactory
) -> None:
    explorer = Explorer("esplora", BLOCKS).serve(server)
    other = [{"vin": [{"is_coinbase": False}], "vout": [{"value": 1}]}]
    server.on(f"/block/{BLOCKS[100].hash}/txs/0", json_answer(other))
    bounds = BlockHeight(100), BlockHeight(100)

    with pytest.raises(SourceShapeError, match=r"explorer: \[0\]\.vin: is not a coinbase's"):
        with_explorer(explorer, clients, lambda source: source.blocks(*bounds))


BIG = "x" * 200_000  # above the clients' limit of 100,000 bytes


def esplora_of_large_blocks(server: HttpServer) -> Explorer:
    """Serve a chain where a block's first 25 transactions are larger than a client takes."""
    explorer = Explorer("esplora", BLOCKS).serve(server)
    for height in (100, 101):
        server.on(f"/block/{BLOCKS[height].hash}/txs/0", json_answer([BIG]))
    return explorer


def test_blocks__esplora_page_above_the_limit__coinbase_alone_is_asked_for(
    server: HttpServer, clients: ClientFactory
) -> None:
    """O11: 25 whole transactions can pass 4 MiB, on the same block in every cycle."""
    explorer = esplora_of_large_blocks(server)
    bounds = BlockHeight(99), BlockHeight(102)

    found = with_explorer(explorer, clients, lambda source: source.blocks(*bounds))

    assert [s.block for s in found] == [m.block for m in BLOCKS[99:103]]
    asked = [each.path for each in server.asked]
    assert asked.count(f"/block/{BLOCKS[100].hash}/txid/0") == 1
    assert asked.count(f"/tx/{BLOCKS[101].txid}") == 1
    assert f"/block/{BLOCKS[99].hash}/txid/0" not in asked


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"txid": BLOCKS[101].txid}, "txid: is not the one asked for"),
        ({"status": {"block_hash": BLOCKS[101].hash}}, "txid: is not the one asked for"),
        ({"status": {"confirmed": False}}, r"status\.block_hash: Field required"),
        ({"vin": [{"is_coinbase": False}]}, "vin: is not a coinbase's"),
        ({"vout": None}, "vout: "),
    ],
)
def test_blocks__esplora_coinbase_alone_is_another_one__is_refused(
    server: HttpServer, clients: ClientFactory, changes: dict[str, object], name: str
) -> None:
    """O11: what is asked for by itself is checked to be this block's coinbase."""
    explorer = esplora_of_large_blocks(server)
    path = f"/tx/{BLOCKS[100].txid}"
    value = Asked("", "", {}, {}, explorer.answer(Asked("GET", path, {}, {}, b"")).body).json()
    server.on(path, json_answer(value | changes))
    bounds = BlockHeight(100), BlockHeight(100)

    with pytest.raises(SourceShapeError, match=f"explorer: {name}"):
        with_explorer(explorer, clients, lambda source: source.blocks(*bounds))


def test_blocks__reorganised_between_pages__are_refused(
    explorer: Explorer, clients: ClientFactory, server: HttpServer
) -> None:
    def answer(asked: Asked) -> Answer:
        told = explorer.answer(asked)
        explorer.blocks = forked(BLOCKS, 90)
        return told

    server.reply_to_all(answer)
    bounds = BlockHeight(95), BlockHeight(125)

    with pytest.raises((BlockOrderError, UnknownBlockError), match="explorer: .*block"):
        with_explorer(explorer, clients, lambda source: source.blocks(*bounds))


@pytest.mark.parametrize("page", [[], [1, 1], [105, 104, 104]], ids=str)
def test_blocks__page_that_does_not_go_down__is_refused(
    page: list[int], explorer: Explorer, clients: ClientFactory, server: HttpServer
) -> None:
    def answer(asked: Asked) -> Answer:
        return json_answer(
            [read_page(explorer.answer(asked))[105 - h if h > 1 else 3] for h in page]
        )

    server.reply_to_all(answer)
    bounds = BlockHeight(100), BlockHeight(105)

    with pytest.raises(UnknownBlockError, match="explorer: no block 105"):
        with_explorer(explorer, clients, lambda source: source.blocks(*bounds))


@pytest.mark.parametrize("text", ["-1", "many", "1e6", "1234567890"])
def test_tip__no_height__is_named(
    text: str, explorer: Explorer, clients: ClientFactory, server: HttpServer
) -> None:
    server.reply_to_all(lambda _: text_answer(text))

    with pytest.raises(SourceShapeError, match="explorer: blocks/tip/height: is not a height"):
        with_explorer(explorer, clients, lambda source: source.tip())


def test_block_hash__refused__is_not_an_unknown_block(
    explorer: Explorer, clients: ClientFactory, server: HttpServer
) -> None:
    server.reply_to_all(lambda _: text_answer("banned", 403))

    with pytest.raises(SourceRefusedError, match="explorer: status 403, banned"):
        with_explorer(explorer, clients, lambda source: source.block_hash(BlockHeight(7)))


def test_tip__page_of_a_content_network__is_unavailable(
    explorer: Explorer, clients: ClientFactory, server: HttpServer
) -> None:
    server.reply_to_all(lambda _: page_answer())

    with pytest.raises(SourceUnavailableError, match="explorer: answers with a web page"):
        with_explorer(explorer, clients, lambda source: source.tip())
