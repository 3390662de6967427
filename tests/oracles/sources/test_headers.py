# SPDX-License-Identifier: AGPL-3.0-only
"""Raw headers and coinbases from explorers, and the anchor on which sources must agree."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import pytest

from hashrate.bitcoin.headers import Header, double_sha256, hash_as_shown, root_of_branch
from hashrate.core.errors import BlockOrderError
from hashrate.core.types import BlockHeight
from hashrate.service.errors import SourceShapeError
from oracles.sources.anchor import agreed_anchor
from oracles.sources.errors import SourcesDisagreeError, TooFewSourcesError, UnknownBlockError
from oracles.sources.headers import CoreHeaders, ExplorerHeaders, HeaderSource
from testing.http_server import Answer, Asked, HttpServer, json_answer
from tests.oracles.sources.asking import ClientFactory
from tests.oracles.sources.header_chain import BLOCKS, WITNESS, WORK, Blocks, Told

pytestmark = pytest.mark.integration

T = TypeVar("T")


def ask(
    server: HttpServer, blocks: Blocks, question: Callable[[ExplorerHeaders], Awaitable[T]]
) -> T:
    """Ask an explorer with these blocks."""
    server.reply_to_all(blocks.answer)

    async def asking() -> T:
        async with ClientFactory(server.url).client("explorer") as http:
            return await question(ExplorerHeaders(http, "/api"))

    return asyncio.run(asking())


def test_headers__explorer__are_one_piece_of_the_chain(server: HttpServer) -> None:
    blocks = Blocks()

    found = ask(server, blocks, lambda source: source.headers(BlockHeight(3), BlockHeight(9)))

    assert list(found) == blocks.headers[3:10]
    assert ask(server, blocks, lambda source: source.tip_height()) == BLOCKS - 1


def test_headers__above_the_tip__are_unknown(server: HttpServer) -> None:
    with pytest.raises(UnknownBlockError):
        ask(server, Blocks(), lambda s: s.headers(BlockHeight(3), BlockHeight(BLOCKS)))


def test_headers__another_than_asked_for__raises(server: HttpServer) -> None:
    """A source that gives other bytes is found out: the hash is computed."""
    blocks = Blocks()
    blocks.headers[5] = Header(blocks.headers[5].data[:-1] + b"\x01")
    shown, was = blocks.shown(5), Blocks().shown(5)
    blocks.shown = lambda height: (
        was
        if height == 5
        else str(  # type: ignore[method-assign]
            hash_as_shown(blocks.headers[height].hash)
        )
    )
    assert shown != was

    with pytest.raises((SourceShapeError, BlockOrderError)):
        ask(server, blocks, lambda s: s.headers(BlockHeight(3), BlockHeight(7)))


@pytest.mark.parametrize("height", [0, 1, 2, 6, 13])
def test_coinbases__explorer__lead_to_the_merkle_root(server: HttpServer, height: int) -> None:
    """Of blocks with one transaction to fourteen, an odd number among them; without witness."""
    blocks = Blocks()
    header = blocks.headers[height]

    (proof,) = ask(server, blocks, lambda source: source.coinbases([header]))

    assert proof.coinbase == blocks.coinbases[height]
    assert root_of_branch(double_sha256(proof.coinbase), proof.branch) == header.merkle_root
    assert len(proof.branch) == max(height, 0).bit_length()


def test_coinbases__of_another_block__raises(server: HttpServer) -> None:
    blocks = Blocks()
    blocks.ids[6] = blocks.ids[7]

    with pytest.raises(SourceShapeError):
        ask(server, blocks, lambda source: source.coinbases([blocks.headers[6]]))


def anchor_of(*sources: object) -> object:
    """Return the anchor at the tip that sources agree on."""
    told: list[HeaderSource] = list(sources)  # type: ignore[arg-type]
    return asyncio.run(agreed_anchor(told, BlockHeight(BLOCKS - 1)))


def test_agreed_anchor__two_that_tell_the_same__is_told() -> None:
    anchor = anchor_of(Told("node", Blocks(), WORK), Told("explorer", Blocks()))

    assert anchor.work == WORK  # type: ignore[attr-defined]
    assert anchor.block_hash == Blocks().headers[-1].hash  # type: ignore[attr-defined]


@pytest.mark.parametrize("first", [0, 5, BLOCKS - 1])
def test_agreed_anchor__sources_on_different_chains__is_refused(first: int) -> None:
    """Wherever they part: hashes follow from one another."""
    with pytest.raises(SourcesDisagreeError):
        anchor_of(Told("node", Blocks(), WORK), Told("explorer", Blocks("other", first)))


def test_agreed_anchor__different_work__is_refused() -> None:
    with pytest.raises(SourcesDisagreeError):
        anchor_of(Told("a", Blocks(), WORK), Told("b", Blocks(), WORK + 1))


def test_agreed_anchor__one_source_or_no_work__is_refused() -> None:
    with pytest.raises(TooFewSourcesError):
        anchor_of(Told("a", Blocks(), WORK))
    with pytest.raises(TooFewSourcesError):
        anchor_of(Told("a", Blocks()), Told("b", Blocks()))


def test_coinbases__whole_block_with_witness__is_stripped(server: HttpServer) -> None:
    """A node that gives no transaction by its block gives the whole block instead."""
    blocks = Blocks()
    header, ids = blocks.headers[4], blocks.ids[4]
    raw = blocks.coinbases[4].hex()
    raw = raw[:8] + "0001" + raw[8:-8] + WITNESS + raw[-8:]
    whole = header.data.hex() + f"{len(ids):02x}" + raw + "00" * 100

    def answer(asked: Asked) -> Answer:
        question = asked.json()
        method, params = question["method"], question["params"]
        if method == "getrawtransaction":
            return json_answer({"id": 0, "error": {"code": -5, "message": "none"}, "result": None})
        result = whole if params[1] is False else {"tx": [each[::-1].hex() for each in ids]}
        return json_answer({"id": 0, "error": None, "result": result})

    server.reply_to_all(answer)

    async def asking() -> bytes:
        async with ClientFactory(server.url).client("node") as http:
            (proof,) = await CoreHeaders(http).coinbases([header])
            return proof.coinbase

    assert asyncio.run(asking()) == blocks.coinbases[4]
