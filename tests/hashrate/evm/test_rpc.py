# SPDX-License-Identifier: AGPL-3.0-only
"""What an EVM node says is a result, a refusal with its reason, or no answer."""

from collections.abc import Iterator
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.address import to_checksum_address

from hashrate.evm.errors import NodeRefusedError, RpcRefusedError, RpcUnavailableError
from hashrate.evm.rpc import EvmRpc
from testing.http_server import Answer, HttpServer, json_answer, serving, text_answer

pytestmark = pytest.mark.integration

ZERO = to_checksum_address("0x" + "00" * 20)
REVERT = "0x08c379a0" + encode(["string"], ["oracle: stale"]).hex()


@pytest.fixture
def node() -> Iterator[HttpServer]:
    """A node that says what a test wants."""
    with serving() as server:
        yield server


@pytest.fixture
def rpc(node: HttpServer) -> Iterator[EvmRpc]:
    """A client of it."""
    client = EvmRpc(f"{node.url}/key-5b1d", timeout_seconds=60.0)
    yield client
    client.close()


@pytest.fixture
def hasty(node: HttpServer) -> Iterator[EvmRpc]:
    """A client of it that does not wait for long."""
    client = EvmRpc(f"{node.url}/key-5b1d", timeout_seconds=0.5)
    yield client
    client.close()


def answer(**fields: Any) -> Answer:
    """Answer one question."""
    return json_answer({"jsonrpc": "2.0", "id": 0, **fields})


def error(message: str, data: Any = None) -> dict[str, Any]:
    """Return a node's error."""
    return {"code": 3, "message": message, "data": data}


def test_request__result__is_given(node: HttpServer, rpc: EvmRpc) -> None:
    node.on("/key-5b1d", answer(result="0x7a69"))

    assert rpc.chain_id() == 31_337
    asked = node.asked[0].json()
    assert asked == {"jsonrpc": "2.0", "id": 0, "method": "eth_chainId", "params": []}


def test_request__null__is_a_result(node: HttpServer, rpc: EvmRpc) -> None:
    node.on("/key-5b1d", answer(result=None))

    assert rpc.receipt("0x00") is None


@pytest.mark.parametrize("data", [REVERT, {"data": REVERT}], ids=["text", "object"])
@pytest.mark.parametrize("number", [0, None])
def test_request__refused__carries_the_contracts_reason(
    data: Any, number: int | None, node: HttpServer, rpc: EvmRpc
) -> None:
    node.on("/key-5b1d", answer(error=error("execution reverted", data), id=number))

    with pytest.raises(RpcRefusedError, match="evm node: eth_chainId: execution rev") as refused:
        rpc.chain_id()

    assert refused.value.reason == "oracle: stale"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (text_answer("busy", 503), "HTTP 503 without JSON"),
        (json_answer("[" * 50_000), "HTTP 200 without JSON"),
        (json_answer([]), "Input should be"),
        (answer(), "result: neither a result nor an error"),
        (answer(result="0x1", id=7), "id: the answers are not one for each call"),
        (answer(error="no"), "error: Input should be"),
        (answer(result="0x" + "0" * 9_000_000), "the answer has over 8388608 bytes"),
        (Answer(b"1", headers={"content-encoding": "gzip"}), "content-encoding: was declined"),
    ],
    ids=["page", "deep", "list", "nothing", "number", "error", "large", "encoded"],
)
def test_request__nonsense__is_no_answer_and_shows_no_key(
    said: Answer, why: str, node: HttpServer, rpc: EvmRpc
) -> None:
    node.on("/key-5b1d", said)

    with pytest.raises(RpcUnavailableError, match=f"^evm node: eth_chainId: .*{why}") as raised:
        rpc.chain_id()

    assert "key-5b1d" not in str(raised.value)


def test_request__no_answer_in_time__is_none_and_shows_no_key(
    node: HttpServer, hasty: EvmRpc
) -> None:
    node.on("/key-5b1d", Answer(b"1", pause=60.0))

    with pytest.raises(RpcUnavailableError, match="^evm node: eth_chainId: no whole") as raised:
        hasty.chain_id()

    assert "key-5b1d" not in str(raised.value)


def test_batch__out_of_order__is_put_in_order(node: HttpServer, rpc: EvmRpc) -> None:
    said = [{"id": 1, "error": error("no")}, {"id": 0, "result": "0x1"}]
    node.on("/key-5b1d", json_answer(said))

    first, second = rpc.batch([("eth_a", []), ("eth_b", [1])])

    assert first == "0x1"
    assert isinstance(second, RpcRefusedError)
    assert str(second) == "evm node: eth_b: no"


@pytest.mark.parametrize(
    "said",
    [
        [{"id": 0, "result": 1}],
        [{"id": 0, "result": 1}, {"id": 0, "result": 1}],
        [{"id": 0, "result": 1}, {"id": 2, "result": 1}],
        [{"id": 0, "result": 1}, {"id": 1}],
        {"id": 0, "result": 1},
        '"no"',
    ],
)
def test_batch__not_one_answer_for_each__is_no_answer(
    said: Any, node: HttpServer, rpc: EvmRpc
) -> None:
    node.on("/key-5b1d", json_answer(said))

    with pytest.raises(RpcUnavailableError, match="^evm node: batch: (id|result|body): "):
        rpc.batch([("eth_a", []), ("eth_b", [])])


def test_batch__refused_as_a_whole__refuses_each(node: HttpServer, rpc: EvmRpc) -> None:
    node.on("/key-5b1d", json_answer({"id": None, "error": error("no batches")}))

    results = rpc.batch([("eth_a", []), ("eth_b", [])])

    assert [str(result) for result in results] == [
        "evm node: eth_a: no batches",
        "evm node: eth_b: no batches",
    ]


def test_batch__of_nothing__asks_nothing(node: HttpServer, rpc: EvmRpc) -> None:
    assert rpc.batch([]) == []
    assert node.asked == []


@pytest.mark.parametrize(
    ("said", "is_revert"),
    [
        ({"code": 3, "message": "execution reverted"}, True),
        ({"code": -32000, "message": "execution reverted"}, True),
        ({"code": -32015, "message": "VM execution error.", "data": "Reverted 0x"}, True),
        ({"code": -32000, "message": "x", "data": REVERT}, True),
        ({"code": -32005, "message": "daily request count exceeded"}, False),
        ({"code": 429, "message": "compute units per second capacity"}, False),
        ({"code": -32000, "message": "header not found"}, False),
        ({"code": -32000, "message": "missing trie node"}, False),
        ({"code": -32603, "message": "Internal error", "data": {"see": "https://x"}}, False),
    ],
)
def test_estimate_gas__refused__is_told_from_the_nodes_own_trouble(
    said: dict[str, Any], is_revert: bool, node: HttpServer, rpc: EvmRpc
) -> None:
    """Only revert data, code 3 or the word for it is a contract's refusal."""
    node.on("/key-5b1d", answer(error=said))
    kind = RpcRefusedError if is_revert else NodeRefusedError

    with pytest.raises(kind) as raised:
        rpc.estimate_gas(ZERO, ZERO, "0x")

    assert isinstance(raised.value, RpcUnavailableError) is not is_revert
