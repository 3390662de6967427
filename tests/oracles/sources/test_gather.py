# SPDX-License-Identifier: AGPL-3.0-only
"""Several sources asked at once: forks, one that lags, one behind a page."""

import asyncio
from collections.abc import Sequence

import pytest

from hashrate.core.types import REGTEST, BlockHash, BlockHeight, Price, UnixSeconds
from hashrate.service.http import HttpClient
from oracles.sources.agreement import median_price
from oracles.sources.bitcoin_core import BitcoinCore
from oracles.sources.errors import UnknownBlockError
from oracles.sources.gather import Answers, Consulted, consult, gather_answers
from oracles.sources.mempool_space import MempoolSpace
from testing.http_server import (
    HttpServer,
    page_answer,
    serving,
)
from tests.oracles.sources.asking import DAY, END, START, ClientFactory, ask
from tests.oracles.sources.chains import Mined, chain, forked
from tests.oracles.sources.exchange_server import CLIENTS, PATHS, page
from tests.oracles.sources.explorer_server import Explorer
from tests.oracles.sources.node_server import Node

pytestmark = pytest.mark.integration

BLOCKS = chain(200, START - 3 * 86_400)
HEIGHT = BlockHeight(120)


def ask_both(of_node: Sequence[Mined], of_explorer: Sequence[Mined]) -> Consulted[BlockHash]:
    """Ask a node and an explorer over HTTP for the hash of a block."""
    with serving() as one, serving() as two:
        one.reply_to_all(Node(of_node).answer)
        Explorer("mempool", of_explorer).serve(two)
        node, other = (
            ClientFactory(one.url).client("node"),
            ClientFactory(two.url).client("explorer"),
        )

        async def both(http: HttpClient) -> Consulted[BlockHash]:
            async with other:
                near, far = BitcoinCore(http, REGTEST), MempoolSpace(other, REGTEST)
                questions = {
                    "node": lambda: near.block_hash(HEIGHT),
                    "explorer": lambda: far.block_hash(HEIGHT),
                }
                return await consult(questions, 2)

        return ask(node, both)


def test_consult__same_chain__agrees() -> None:
    consulted = ask_both(BLOCKS, BLOCKS)

    assert (consulted.failures, consulted.odd) == ({}, {})
    assert consulted.agreed == BLOCKS[HEIGHT].hash


def test_consult__two_forks__do_not_agree() -> None:
    consulted = ask_both(BLOCKS, forked(BLOCKS, HEIGHT))

    assert consulted.agreed is None
    assert len(set(consulted.said.values())) == 2


def test_consult__one_lags__says_why_and_is_not_counted() -> None:
    consulted = ask_both(BLOCKS, BLOCKS[:HEIGHT])

    assert isinstance(consulted.failures["explorer"], UnknownBlockError)
    assert (consulted.agreed, list(consulted.said)) == (None, ["node"])


def test_gather_answers__defect_of_the_program__is_not_swallowed() -> None:
    async def broken() -> int:
        raise ZeroDivisionError

    async def asking() -> Answers[int]:
        return await gather_answers({"broken": broken()})

    with pytest.raises(ZeroDivisionError):
        asyncio.run(asking())


def test_median_price__one_exchange_behind_a_page__takes_the_other_two(
    server: HttpServer, clients: ClientFactory
) -> None:
    server.on(PATHS["coinbase"], page("coinbase", (START, "64994.44")))
    server.on(PATHS["kraken"], page_answer())
    server.on(PATHS["bitstamp"], page("bitstamp", (START, '"64995.00"')))
    exchanges = {name: clients.client(name) for name in CLIENTS}

    async def all_of_them(_: HttpClient) -> Answers[Price]:
        asked = {name: CLIENTS[name](http, clients).close(DAY) for name, http in exchanges.items()}
        answers = await gather_answers(asked)
        for http in exchanges.values():
            await http.aclose()
        return answers

    answers = ask(clients.client(), all_of_them)

    prices = list(answers.values.values())
    assert median_price(prices, UnixSeconds(END)) == 6_499_472_000_000
    assert list(answers.failures) == ["kraken"]
