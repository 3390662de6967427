# SPDX-License-Identifier: AGPL-3.0-only
"""A Bitcoin node by JSON-RPC, in the manner of Bitcoin Core and of bcoin."""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest

from oracles.errors import (
    BlockOrderError,
    BlockPrunedError,
    NodeSyncingError,
    SourceAnswerError,
    SourceRefusedError,
    SourceShapeError,
    SourceUnavailableError,
    UnknownBlockError,
    WrongNetworkError,
)
from oracles.services.subsidy import subsidy_at
from oracles.sources.bitcoin_core import BitcoinCore
from oracles.sources.day_range import day_range
from oracles.sources.http_parts import Credentials
from oracles.types import MAINNET, REGTEST, BlockHeight, HeightRange, Network, SourcedBlock
from tests.oracles.sources.asking import DAY, START, Desk, ask
from tests.oracles.sources.chains import chain, forked, heights_of, mined
from tests.oracles.sources.node_server import Node, RpcError, batches
from tests.support.http_server import (
    Answer,
    Asked,
    HttpServer,
    json_answer,
    page_answer,
    text_answer,
)

pytestmark = pytest.mark.integration

T = TypeVar("T")
BLOCKS = chain(200, START - 3 * 86_400)


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


def with_node(
    desk: Desk,
    question: Callable[[BitcoinCore], Awaitable[T]],
    network: Network = REGTEST,
    **client: Any,
) -> T:
    return ask(desk.client("node", **client), lambda http: question(BitcoinCore(http, network)))


def blocks(desk: Desk, first: int, last: int) -> list[SourcedBlock]:
    bounds = BlockHeight(first), BlockHeight(last)
    return list(with_node(desk, lambda source: source.blocks(*bounds)))


# ---------------------------------------------------------------- what a node knows


def test_tip__synced_node__returns_newest_block(node: Node, desk: Desk) -> None:
    tip = with_node(desk, lambda source: source.tip())

    newest = BLOCKS[-1]
    assert (tip.height, tip.hash, tip.mediantime, tip.source) == (
        199,
        newest.hash,
        newest.block.mediantime,
        "node",
    )


def test_blocks__range_over_a_halving__are_exact_in_both_manners(node: Node, desk: Desk) -> None:
    found = blocks(desk, 140, 160)

    assert [s.block for s in found] == [m.block for m in BLOCKS[140:161]]
    assert [s.hash for s in found] == [m.hash for m in BLOCKS[140:161]]
    assert {s.fees_from_coinbase for s in found} == {node.like_bcoin}


def test_blocks__genesis__has_no_parent(node: Node, desk: Desk) -> None:
    assert [s.block for s in blocks(desk, 0, 1)] == [m.block for m in BLOCKS[:2]]


def test_blocks__none__asks_for_none(node: Node, desk: Desk) -> None:
    assert blocks(desk, 10, 9) == []


def test_day_range__node__returns_the_day(node: Node, desk: Desk) -> None:
    async def whole_day(source: BitcoinCore) -> HeightRange:
        return await day_range(source, DAY, await source.tip())

    first, last = heights_of(BLOCKS, DAY)
    assert with_node(desk, whole_day) == HeightRange(BlockHeight(first), BlockHeight(last))


def test_blocks__batch_answered_back_to_front__is_put_in_order(core: Node, desk: Desk) -> None:
    core.reverse = True

    assert [s.hash for s in blocks(desk, 100, 130)] == [m.hash for m in BLOCKS[100:131]]


def test_blocks__many__go_in_batches_that_say_what_they_ask(
    core: Node, desk: Desk, server: HttpServer
) -> None:
    blocks(desk, 10, 159)

    sizes = batches([asked.body for asked in server.asked])
    assert sizes == [100, 50, 100, 50, 1, *[12] * 12, 5]
    assert [seen.subject for seen in desk.recorded[:2]] == [
        "getblockhash 10..109",
        "getblockhash 110..159",
    ]
    assert desk.recorded[4].subject == f"getblockstats {BLOCKS[10].hash}"


def test_blocks__miner_claimed_too_little__stats_are_right_and_the_coinbase_is_flagged(
    node: Node, desk: Desk
) -> None:
    allowed = subsidy_at(BlockHeight(100), REGTEST)
    short = mined(BLOCKS[:100], BLOCKS[100].block.time, fees=1_000, claimed=allowed - 5)
    node.blocks = [*BLOCKS[:100], short]

    (found,) = blocks(desk, 100, 100)

    assert found.block.fees_sats == (0 if node.like_bcoin else 1_000)
    assert found.fees_from_coinbase == node.like_bcoin


def test_client__password__goes_into_basic_authentication(server: HttpServer, desk: Desk) -> None:
    server.on("/", Answer(status=401))
    credentials = Credentials(user="any", password="labkey")

    with pytest.raises(SourceRefusedError, match="node: status 401"):
        with_node(desk, lambda source: source.tip(), credentials=credentials)

    assert server.asked[0].headers["authorization"] == "Basic YW55OmxhYmtleQ=="


# ---------------------------------------------------------------- what is wrong with it


@pytest.mark.parametrize(
    "info", [{"initialblockdownload": True}, {"headers": 200}], ids=["ibd", "headers-ahead"]
)
def test_tip__node_still_syncing__says_so(info: dict[str, Any], node: Node, desk: Desk) -> None:
    node.info = info

    with pytest.raises(NodeSyncingError, match="node: has 199 blocks of [0-9]+ headers"):
        with_node(desk, lambda source: source.tip())


def test_tip__node_warming_up__is_still_syncing(node: Node, desk: Desk) -> None:
    node.fault = RpcError(-28, "Loading block index...")

    with pytest.raises(NodeSyncingError, match=r"node: Loading block index... \(-28\)"):
        with_node(desk, lambda source: source.tip())


def test_blocks__node_warming_up__is_still_syncing(node: Node, desk: Desk) -> None:
    node.fault = RpcError(-28, "Loading block index...")

    with pytest.raises(NodeSyncingError):
        blocks(desk, 1, 5)


def test_tip__another_network__is_refused(node: Node, desk: Desk) -> None:
    with pytest.raises(WrongNetworkError, match="node: is on 'regtest', not 'main'"):
        with_node(desk, lambda source: source.tip(), MAINNET)


def test_blocks__another_subsidy_schedule__is_refused(core: Node, desk: Desk) -> None:
    bounds = BlockHeight(150), BlockHeight(151)

    with pytest.raises(WrongNetworkError, match="node: block 150 may create 2500000000 sats, on m"):
        with_node(desk, lambda source: source.blocks(*bounds), MAINNET)


def test_blocks__pruned__says_so(node: Node, desk: Desk) -> None:
    node.pruned_below = 120

    with pytest.raises(BlockPrunedError, match="node: Block not available"):
        blocks(desk, 110, 130)


@pytest.mark.parametrize("bounds", [(200, 200), (190, 205)])
def test_blocks__above_the_tip__are_unknown(
    bounds: tuple[int, int], node: Node, desk: Desk
) -> None:
    with pytest.raises(UnknownBlockError, match=r"node: Block height out of range \(-8\)"):
        blocks(desk, *bounds)


def test_blocks__reorganised_between_questions__are_refused(
    node: Node, desk: Desk, server: HttpServer
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
        blocks(desk, 100, 110)


def test_blocks__block_gone_after_its_hash_was_told__is_unknown(
    node: Node, desk: Desk, server: HttpServer
) -> None:
    def answer(asked: Asked) -> Answer:
        told = node.answer(asked)
        node.blocks = forked(BLOCKS, 105)  # as bcoin: the old blocks are forgotten
        return told

    server.on_call("/", answer)

    with pytest.raises(UnknownBlockError, match="node: Block not found"):
        blocks(desk, 100, 110)


@pytest.mark.parametrize("name", ["height", "hash", "time", "mediantime", "bits"])
@pytest.mark.parametrize("value", [None, "", -1, 0.5], ids=str)
def test_blocks__header_of_another_shape__names_the_field(
    name: str, value: object, core: Node, desk: Desk, server: HttpServer
) -> None:
    def answer(asked: Asked) -> Answer:
        told = core.answer(asked)
        if core.calls[-1] != "getblockheader":
            return told
        answers = Asked("", "", {}, {}, told.body).json()
        answers[1]["result"][name] = value
        return json_answer(answers)

    server.on_call("/", answer)

    with pytest.raises(
        SourceShapeError, match=rf"node: getblockheader\[1\]\.{name}: is not|neither"
    ):
        blocks(desk, 100, 102)


def test_blocks__header_of_another_block__is_refused(
    core: Node, desk: Desk, server: HttpServer
) -> None:
    def answer(asked: Asked) -> Answer:
        told = core.answer(asked)
        if core.calls[-1] != "getblockheader":
            return told
        answers = Asked("", "", {}, {}, told.body).json()
        answers[1]["result"]["hash"] = BLOCKS[7].hash
        return json_answer(answers)

    server.on_call("/", answer)

    with pytest.raises(SourceShapeError, match=r"node: getblockheader\.hash: is not the one asked"):
        blocks(desk, 100, 102)


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
    answers: list[object], desk: Desk, server: HttpServer
) -> None:
    server.on("/", json_answer(answers))

    with pytest.raises(SourceShapeError, match="node: id: the answers are not one for each call"):
        blocks(desk, 100, 101)


def test_blocks__raw_block_of_another_hash__is_refused(desk: Desk, server: HttpServer) -> None:
    node = Node(BLOCKS, like_bcoin=True)

    def answer(asked: Asked) -> Answer:
        told = node.answer(asked)
        is_block = node.calls[-1] == "getblock"
        return json_answer({"id": 0, "result": BLOCKS[7].raw.hex()}) if is_block else told

    server.on_call("/", answer)

    with pytest.raises(SourceShapeError, match="node: getblock: is not the block asked for"):
        blocks(desk, 100, 100)


@pytest.mark.parametrize("result", ["00", "zz", None, {"hash": 1}])
def test_blocks__raw_block_that_is_none__names_the_call(
    result: object, desk: Desk, server: HttpServer
) -> None:
    node = Node(BLOCKS, like_bcoin=True)

    def answer(asked: Asked) -> Answer:
        told = node.answer(asked)
        is_block = node.calls[-1] == "getblock"
        return json_answer({"id": 0, "result": result}) if is_block else told

    server.on_call("/", answer)

    with pytest.raises(SourceShapeError, match="node: getblock: "):
        blocks(desk, 100, 100)


def test_tip__error_of_its_own__keeps_the_code(node: Node, desk: Desk) -> None:
    node.fault = RpcError(-32603, "database corrupt")

    with pytest.raises(SourceAnswerError, match="node: database corrupt") as failed:
        with_node(desk, lambda source: source.tip())

    assert failed.value.code == -32603


def test_tip__method_missing_altogether__is_not_an_unknown_block(node: Node, desk: Desk) -> None:
    node.fault = RpcError(-32601, "Method not found")

    with pytest.raises(SourceAnswerError, match=r"node: Method not found \(-32601\)"):
        with_node(desk, lambda source: source.tip())


def test_tip__work_queue_full__is_asked_again(core: Node, desk: Desk, server: HttpServer) -> None:
    full = [text_answer("Work queue depth exceeded", 503)]
    server.on_call("/", lambda asked: full.pop() if full else core.answer(asked))

    assert with_node(desk, lambda source: source.tip()).height == 199
    assert [seen.status for seen in desk.recorded] == [503, 200]


def test_tip__page_of_a_proxy__is_unavailable(desk: Desk, server: HttpServer) -> None:
    server.on("/", page_answer(502))

    with pytest.raises(SourceUnavailableError, match="node: status 502, a web page"):
        with_node(desk, lambda source: source.tip())
