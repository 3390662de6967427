# SPDX-License-Identifier: AGPL-3.0-only
"""Serialised blocks."""

import pytest

from hashrate.core.types import Sats
from hashrate.history.errors import MalformedDataError
from oracles.sources.raw_block import read_block, read_coinbase
from tests.oracles.sources.asking import START
from tests.oracles.sources.chains import COMMITMENT, MINER, chain, coinbase, serialised

pytestmark = pytest.mark.unit

# The genesis block, as every node has it.
GENESIS = (
    "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e"
    "67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c010100000001000000000000000000"
    "0000000000000000000000000000000000000000000000ffffffff4d04ffff001d0104455468652054696d65732030"
    "332f4a616e2f32303039204368616e63656c6c6f72206f6e206272696e6b206f66207365636f6e64206261696c6f75"
    "7420666f722062616e6b73ffffffff0100f2052a01000000434104678afdb0fe5548271967f1a67130b7105cd6a828"
    "e03909a67962e0ea1f61deb649f6bc3f4cef38c4f35504e51ec112de5c384df7ba0b8d578a4c702b6bf11d5fac0000"
    "0000"
)


def test_read_block__genesis__has_its_hash_and_fifty_bitcoin() -> None:
    block = read_block(GENESIS)

    assert block.hash == "000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f"
    assert [output.sats for output in block.coinbase] == [5_000_000_000]
    assert block.coinbase[0].script.hex().startswith("4104678afdb0fe5548")


def test_read_block__witness_block__has_all_outputs() -> None:
    mined = chain(3, START)[2]

    block = read_block(mined.raw.hex())

    assert block.hash == mined.hash
    assert [(o.sats, o.script) for o in block.coinbase] == list(mined.outputs)
    assert block.coinbase[1].script == COMMITMENT


def test_read_coinbase__genesis__has_its_id_and_fifty_bitcoin() -> None:
    found = read_coinbase(GENESIS[162:])  # after the header and the number of transactions

    assert found.txid == "4a5e1e4baab89f3a32518a88c31bc87f618f76673e2cc77ab2127b7afdeda33b"
    assert [output.sats for output in found.outputs] == [5_000_000_000]


def test_read_coinbase__witness__is_no_part_of_the_id() -> None:
    outputs = [(7, MINER), (0, COMMITMENT)]
    with_witness, without = (read_coinbase(coinbase(outputs, w).hex()) for w in (True, False))

    assert with_witness == without
    assert [(o.sats, o.script) for o in with_witness.outputs] == outputs


@pytest.mark.parametrize("witness", [True, False])
def test_read_block__many_wide_outputs__reads_compact_sizes(witness: bool) -> None:
    outputs = [(i, bytes([i % 256]) * (i + 200)) for i in range(300)]

    block = read_block(serialised(bytes(80), outputs, witness).hex())

    assert [(o.sats, o.script) for o in block.coinbase] == outputs


def test_read_block__cut_anywhere__is_refused() -> None:
    whole = serialised(bytes(80), [(5, MINER)])
    end_of_outputs = whole.index(MINER) + len(MINER)

    for length in range(end_of_outputs):
        with pytest.raises(MalformedDataError, match=f"ends at byte {length}"):
            read_block(whole[:length].hex())
    assert read_block(whole[:end_of_outputs].hex()).coinbase[0].sats == Sats(5)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zz", "not hexadecimal"),
        (GENESIS.replace("ffffffff4d", "ffffff004d"), "does not begin with a coinbase"),
    ],
)
def test_read_block__no_block__is_refused(text: str, said: str) -> None:
    with pytest.raises(MalformedDataError, match=said):
        read_block(text)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("zz", "not hexadecimal"),
        ("", "ends at byte 0"),
        (GENESIS[162:].replace("ffffffff4d", "ffffff004d"), "does not begin with a coinbase"),
    ],
)
def test_read_coinbase__none__is_refused(text: str, said: str) -> None:
    with pytest.raises(MalformedDataError, match=said):
        read_coinbase(text)
