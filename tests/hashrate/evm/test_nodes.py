# SPDX-License-Identifier: AGPL-3.0-only
"""Several EVM nodes: which one is asked, and what is said of the others."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Any

import pytest

from hashrate.evm.errors import RpcUnavailableError, WrongChainError
from hashrate.evm.nodes import EvmNodes
from hashrate.evm.rpc import EvmRpc
from testing.http_server import Answer, Asked, json_answer, serving, text_answer

pytestmark = pytest.mark.integration

NOW = 1_900_000_000
CHAIN = 31_337


@dataclass
class Node:
    """What a node says."""

    height: int = 100
    time: int = NOW - 12
    chain: int = CHAIN
    is_down: bool = False

    def answer(self, asked: Asked) -> Answer:
        """Answer a question."""
        if self.is_down:
            return text_answer("bad gateway", 502)
        results: dict[str, Any] = {
            "eth_chainId": hex(self.chain),
            "eth_getBlockByNumber": {"number": hex(self.height), "timestamp": hex(self.time)},
            "eth_getBalance": hex(self.height),
        }
        call = asked.json()
        return json_answer({"jsonrpc": "2.0", "id": call["id"], "result": results[call["method"]]})


Start = Callable[..., EvmNodes]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start nodes and a client of all of them."""
    with ExitStack() as stack:

        def make(*nodes: Node) -> EvmNodes:
            named = []
            for number, node in enumerate(nodes):
                server = stack.enter_context(serving())
                server.reply_to_all(node.answer)
                named.append((f"n{number}", EvmRpc(server.url, timeout_seconds=60.0)))
            client = EvmNodes(named, CHAIN, max_head_age=900)
            stack.callback(client.close)
            return client

        yield make


OWNER = "0x" + "00" * 20


@pytest.mark.parametrize(
    ("nodes", "chosen", "troubles"),
    [
        ([Node(), Node(101)], 0, ["", ""]),
        ([Node(is_down=True), Node(101)], 1, ["HTTP 502", ""]),
        ([Node(chain=1), Node(101)], 1, ["chain 1, not 31337", ""]),
        ([Node(90), Node(101)], 1, ["lags", ""]),
        ([Node(96), Node(101)], 0, ["", ""]),
        ([Node(time=NOW - 901), Node(101)], 1, ["over 900 s old", ""]),
        ([Node(time=NOW - 901)], 0, ["over 900 s old"]),  # the clock may be what is wrong
        ([Node(time=NOW - 901), Node(time=NOW - 902)], 0, ["over 900 s", "over 900 s"]),
        ([Node(time=NOW + 9_000)], 0, [""]),
        ([Node(), Node(is_down=True)], 0, ["", "HTTP 502"]),
    ],
)
def test_choose__nodes_of_all_kinds__takes_the_first_that_keeps_up(
    nodes: list[Node], chosen: int, troubles: list[str], start: Start
) -> None:
    client = start(*nodes)

    states = client.choose(NOW)

    assert [state.is_chosen for state in states].index(True) == chosen
    assert client.balance(OWNER) == nodes[chosen].height
    for state, trouble in zip(states, troubles, strict=True):
        assert trouble in state.trouble and bool(trouble) is bool(state.trouble)


def test_choose__first_node_comes_back__is_taken_again(start: Start) -> None:
    first, second = Node(is_down=True), Node(101)
    client = start(first, second)
    client.choose(NOW)
    first.is_down = False

    assert [state.is_chosen for state in client.choose(NOW)] == [True, False]


def test_choose__none_answers__says_so_for_each(start: Start) -> None:
    with pytest.raises(RpcUnavailableError, match=r"n0: .*502.*; n1: .*chain 5"):
        start(Node(is_down=True), Node(chain=5)).choose(NOW)


def test_choose__only_node_on_another_chain__is_no_passing_trouble(start: Start) -> None:
    with pytest.raises(WrongChainError, match="chain 5, not 31337"):
        start(Node(chain=5)).choose(NOW)
