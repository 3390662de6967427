# SPDX-License-Identifier: AGPL-3.0-only
"""Bitcoin nodes that sync, prune, reorganise, refuse, or answer in another shape."""

from typing import Any

import pytest

from hashrate.core.errors import BlockOrderError
from hashrate.core.types import MAINNET
from hashrate.service.errors import SourceShapeError, SourceUnavailableError
from oracles.sources.errors import (
    BlockPrunedError,
    NodeSyncingError,
    SourceAnswerError,
    UnknownBlockError,
    WrongNetworkError,
)
from testing.http_server import (
    Answer,
    Asked,
    HttpServer,
    json_answer,
    page_answer,
    text_answer,
)
from tests.oracles.sources.asking import ClientFactory
from tests.oracles.sources.chains import forked
from tests.oracles.sources.node_asking import BLOCKS, blocks, with_node
from tests.oracles.sources.node_server import Node, RpcError

pytestmark = pytest.mark.integration


@pytest.mark.parametrize(
    "info", [{"initialblockdownload": True}, {"headers": 200}], ids=["ibd", "headers-ahead"]
)
def test_tip__node_still_syncing__says_so(
    info: dict[str, Any], node: Node, clients: ClientFactory
) -> None:
    node.info = info

    with pytest.raises(NodeSyncingError, match="node: has 199 blocks of [0-9]+ headers"):
        with_node(clients, lambda source: source.tip())


def test_tip__node_warming_up__is_still_syncing(node: Node, clients: ClientFactory) -> None:
    node.fault = RpcError(-28, "Loading block index...")

    with pytest.raises(NodeSyncingError, match=r"node: Loading block index... \(-28\)"):
        with_node(clients, lambda source: source.tip())


def test_blocks__node_warming_up__is_still_syncing(node: Node, clients: ClientFactory) -> None:
    node.fault = RpcError(-28, "Loading block index...")

    with pytest.raises(NodeSyncingError):
        blocks(clients, 1, 5)


def test_tip__another_network__is_refused(node: Node, clients: ClientFactory) -> None:
    with pytest.raises(WrongNetworkError, match="node: is on 'regtest', not 'main'"):
        with_node(clients, lambda source: source.tip(), MAINNET)


def test_blocks__pruned__says_so(node: Node, clients: ClientFactory) -> None:
    node.pruned_below = 120

    with pytest.raises(BlockPrunedError, match="node: Block not available"):
        blocks(clients, 110, 130)


@pytest.mark.parametrize("bounds", [(200, 200), (190, 205)])
def test_blocks__above_the_tip__are_unknown(
    bounds: tuple[int, int], node: Node, clients: ClientFactory
) -> None:
    with pytest.raises(UnknownBlockError, match=r"node: Block height out of range \(-8\)"):
        blocks(clients, *bounds)


def test_blocks__reorganised_between_questions__are_refused(
    node: Node, clients: ClientFactory, server: HttpServer
) -> None:
    other = forked(BLOCKS, 105)

    def answer(asked: Asked) -> Answer:
        # The node changes its mind between the second and the third height asked for.
        value = asked.json()
        if isinstance(value, list) and value[0]["method"] == "getblockhash":
            hashes = [
                (BLOCKS if i < 6 else other)[c["params"][0]].hash for i, c in enumerate(value)
            ]
            return json_answer([{"id": i, "result": h} for i, h in enumerate(hashes)])
        node.blocks = [*BLOCKS, *other[105:]]  # as Core: both are known by hash
        return node.answer(asked)

    server.on_call("/", answer)

    with pytest.raises(BlockOrderError, match="node: block 106 was not built on the block before"):
        blocks(clients, 100, 110)


def test_blocks__block_gone_after_its_hash_was_told__is_unknown(
    node: Node, clients: ClientFactory, server: HttpServer
) -> None:
    def answer(asked: Asked) -> Answer:
        told = node.answer(asked)
        node.blocks = forked(BLOCKS, 105)  # as bcoin: the old blocks are forgotten
        return told

    server.on_call("/", answer)

    with pytest.raises(UnknownBlockError, match="node: Block not found"):
        blocks(clients, 100, 110)


@pytest.mark.parametrize("name", ["height", "hash", "time", "mediantime", "bits"])
@pytest.mark.parametrize("value", [None, "", -1, 0.5], ids=str)
def test_blocks__header_of_another_shape__names_the_field(
    name: str, value: object, core: Node, clients: ClientFactory, server: HttpServer
) -> None:
    def answer(asked: Asked) -> Answer:
        told = core.answer(asked)
        if core.calls[-1] != "getblock":
            return told
        answers = Asked("", "", {}, {}, told.body).json()
        answers[1]["result"][name] = value
        return json_answer(answers)

    server.on_call("/", answer)

    with pytest.raises(SourceShapeError, match=rf"node: getblock\[1\]\.{name}: is not|neither"):
        blocks(clients, 100, 102)


def test_blocks__header_of_another_block__is_refused(
    core: Node, clients: ClientFactory, server: HttpServer
) -> None:
    def answer(asked: Asked) -> Answer:
        told = core.answer(asked)
        if core.calls[-1] != "getblock":
            return told
        answers = Asked("", "", {}, {}, told.body).json()
        answers[1]["result"]["hash"] = BLOCKS[7].hash
        return json_answer(answers)

    server.on_call("/", answer)

    with pytest.raises(SourceShapeError, match=r"node: getblock\.hash: is not the one asked"):
        blocks(clients, 100, 102)


@pytest.mark.parametrize(
    "answers",
    [
        [],
        [{"id": 0, "result": 1}],
        [{"id": 0, "result": 1}, {"id": 0, "result": 1}],
        [{"id": 0, "result": 1}, {"id": 2, "result": 1}],
        [{"id": 0, "result": 1}, {"id": 1, "result": 1}, {"id": 1, "result": 2}],
        [{"id": i, "result": 1} for i in range(3)],
    ],
)
def test_blocks__answers_that_do_not_match__are_refused(
    answers: list[object], clients: ClientFactory, server: HttpServer
) -> None:
    server.on("/", json_answer(answers))

    with pytest.raises(SourceShapeError, match="node: id: the answers are not one for each call"):
        blocks(clients, 100, 101)


def test_blocks__raw_block_of_another_hash__is_refused(
    clients: ClientFactory, server: HttpServer
) -> None:
    node = Node(BLOCKS, like_bcoin=True)

    def answer(asked: Asked) -> Answer:
        told = node.answer(asked)
        is_block = asked.json()["params"][-1] is False
        return json_answer({"id": 0, "result": BLOCKS[7].raw.hex()}) if is_block else told

    server.on_call("/", answer)

    with pytest.raises(SourceShapeError, match="node: getblock: is not the block asked for"):
        blocks(clients, 100, 100)


@pytest.mark.parametrize("result", ["00", "zz", None, {"hash": 1}])
def test_blocks__raw_block_that_is_none__names_the_call(
    result: object, clients: ClientFactory, server: HttpServer
) -> None:
    node = Node(BLOCKS, like_bcoin=True)

    def answer(asked: Asked) -> Answer:
        told = node.answer(asked)
        is_block = asked.json()["params"][-1] is False
        return json_answer({"id": 0, "result": result}) if is_block else told

    server.on_call("/", answer)

    with pytest.raises(SourceShapeError, match=r"node: getblock(\[0\])?: "):
        blocks(clients, 100, 100)


def test_tip__error_of_its_own__keeps_the_code(node: Node, clients: ClientFactory) -> None:
    node.fault = RpcError(-32603, "database corrupt")

    with pytest.raises(SourceAnswerError, match="node: database corrupt") as failed:
        with_node(clients, lambda source: source.tip())

    assert failed.value.code == -32603


def test_tip__method_missing_altogether__is_not_an_unknown_block(
    node: Node, clients: ClientFactory
) -> None:
    node.fault = RpcError(-32601, "Method not found")

    with pytest.raises(SourceAnswerError, match=r"node: Method not found \(-32601\)"):
        with_node(clients, lambda source: source.tip())


def test_blocks__batch_that_fails_as_a_whole__says_why(
    clients: ClientFactory, server: HttpServer
) -> None:
    fault = {"result": None, "error": {"code": -32700, "message": "Parse error"}, "id": None}
    server.on("/", json_answer(fault, status=500))

    with pytest.raises(SourceAnswerError, match=r"node: Parse error \(-32700\)"):
        blocks(clients, 100, 102)


@pytest.mark.parametrize("script", ["zz", "", "0"])
def test_script_of__node_that_gives_no_script__is_refused(
    script: str, clients: ClientFactory, server: HttpServer
) -> None:
    answer = {"result": {"isvalid": True, "scriptPubKey": script}, "error": None, "id": 0}
    server.on("/", json_answer(answer))

    with pytest.raises(SourceShapeError, match="node: validateaddress: miner is no address"):
        with_node(clients, lambda source: source.script_of("miner"))


def test_blocks__coinbase_of_another_block__is_refused(
    core: Node, clients: ClientFactory, server: HttpServer
) -> None:
    def answer(asked: Asked) -> Answer:
        told = core.answer(asked)
        is_coinbase = core.calls[-1] == "getrawtransaction"
        return json_answer({"id": 0, "result": BLOCKS[7].coinbase.hex()}) if is_coinbase else told

    server.on_call("/", answer)

    with pytest.raises(SourceShapeError, match="node: getrawtransaction: is not the one asked for"):
        blocks(clients, 100, 100)


@pytest.mark.parametrize("result", ["00", "zz", None, BLOCKS[7].raw.hex()])
def test_blocks__coinbase_that_is_none__names_the_call(
    result: object, core: Node, clients: ClientFactory, server: HttpServer
) -> None:
    def answer(asked: Asked) -> Answer:
        told = core.answer(asked)
        is_coinbase = core.calls[-1] == "getrawtransaction"
        return json_answer({"id": 0, "result": result}) if is_coinbase else told

    server.on_call("/", answer)

    with pytest.raises(SourceShapeError, match=r"node: getrawtransaction(\[0\])?: "):
        blocks(clients, 100, 100)


def test_blocks__block_without_transactions__is_refused(
    core: Node, clients: ClientFactory, server: HttpServer
) -> None:
    def answer(asked: Asked) -> Answer:
        told = core.answer(asked)
        if core.calls[-1] != "getblock":
            return told
        value = Asked("", "", {}, {}, told.body).json()
        value["result"]["tx"] = []
        return json_answer(value)

    server.on_call("/", answer)

    with pytest.raises(SourceShapeError, match="node: getblock.tx: names no transaction"):
        blocks(clients, 100, 100)


def test_tip__work_queue_full__is_asked_again(
    core: Node, clients: ClientFactory, server: HttpServer
) -> None:
    full = [text_answer("Work queue depth exceeded", 503)]
    server.on_call("/", lambda asked: full.pop() if full else core.answer(asked))

    assert with_node(clients, lambda source: source.tip()).height == 199
    assert [seen.status for seen in clients.recorded] == [503, 200]


def test_tip__page_of_a_proxy__is_unavailable(clients: ClientFactory, server: HttpServer) -> None:
    server.on("/", page_answer(502))

    with pytest.raises(SourceUnavailableError, match="node: status 502, a web page"):
        with_node(clients, lambda source: source.tip())
