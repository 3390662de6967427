# SPDX-License-Identifier: AGPL-3.0-only
"""Real Bitcoin headers, from a folder outside of the repository, through the contract.

Without the folder these tests are skipped; see `market_data_dir`.
"""

import json
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from hashrate.bitcoin.days import complete_days, median_time_past
from hashrate.bitcoin.hashprice import day_facts, segments_from_blocks
from hashrate.bitcoin.headers import (
    Header,
    anchor_from_headers,
    expected_work,
    extensions,
    hash_as_shown,
    point_at_anchor,
    points_after,
)
from hashrate.core.types import Block, BlockHeight, CompactBits, Sats, UnixSeconds
from reference.header_coinbase import outputs_of, root_of
from reference.headers import (
    Anchor,
    HeaderModel,
    HeaderRules,
    bits_of,
    double_sha256,
    point_of,
    target_of,
)
from testing.headers_lockstep import HeadersLockstep
from tests.modules.module import internals

pytestmark = pytest.mark.modules

FIRST_HEIGHT = 40_000
RETARGET = 40_320
NOW = 1_700_000_000
RULES = HeaderRules()


@pytest.fixture(scope="module")
def raw(market_data_dir: Path) -> list[bytes]:
    """The headers of blocks 40,000 to 49,999."""
    data = (market_data_dir / "mainnet_headers_40000_49999.raw").read_bytes()
    assert len(data) == 800_000
    return [data[at : at + 80] for at in range(0, len(data), 80)]


@pytest.fixture(scope="module")
def vectors(market_data_dir: Path) -> dict[str, Any]:
    """Single headers with what was known before them, and one coinbase."""
    path = market_data_dir / "header_vectors.json"
    vectors: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return vectors


def time_of(header: bytes) -> int:
    """Return a header's time [unix s]."""
    return int.from_bytes(header[68:72], "little")


def bits_in(header: bytes) -> int:
    """Return a header's bits."""
    return int.from_bytes(header[72:76], "little")


def epoch_start_of(raw: list[bytes]) -> int:
    """Return a time that block 38,304, which the file does not hold, may have had [unix s].

    Every second from which the real retarget at 40,320 follows is as good as the true one.
    """
    last, first = raw[RETARGET - FIRST_HEIGHT - 1 : RETARGET - FIRST_HEIGHT + 1]
    old, new = bits_in(last), bits_in(first)
    span = Fraction(target_of(new), target_of(old)) * 1_209_600
    for seconds in range(int(span), int(span) + 1_000):
        if bits_of(target_of(old) * seconds // 1_209_600) == new:
            return time_of(last) - seconds
    raise AssertionError("no time explains the retarget")


def test_extend__ten_thousand_headers__prove_the_reporters_days(raw: list[bytes]) -> None:
    times = tuple(time_of(header) for header in raw[:11])
    anchor = Anchor(
        double_sha256(raw[10]), FIRST_HEIGHT + 10, 0, bits_in(raw[10]), epoch_start_of(raw), times
    )
    lockstep = HeadersLockstep.begin(anchor, RULES, NOW)
    headers = [Header(data) for data in raw]
    start = point_at_anchor(
        anchor_from_headers(
            BlockHeight(anchor.height), headers[:11], UnixSeconds(anchor.epoch_start), 0
        )
    )
    tip = lockstep.model.root
    assert start.as_tuple() == point_of(tip)

    for extension in extensions(start, headers[11:]):
        assert extension.start.as_tuple() == point_of(tip)
        tip = lockstep.extend(tip, [header.data for header in extension.headers])
        assert extension.end.as_tuple() == point_of(tip)

    assert tip.height == 49_999
    blocks = list(real_blocks(raw))
    targets = {block.bits for block in blocks[10:]}
    assert len(targets) == 6  # five retargets
    days = dict(complete_days(blocks[10:]))
    days.pop(min(days))  # the anchor's
    proven = lockstep.model.proofs
    assert len(proven) >= 50
    assert set(days) - set(proven) <= {max(days)}
    for day in proven:
        facts = day_facts(day, segments_from_blocks(days[day]))
        assert lockstep.contract.read("proven_bounds", day)[:3] == (
            facts.last_height,
            facts.difficulty_wad,
            facts.hashprice_wad,
        )
    lockstep.check(*days)


def real_blocks(raw: list[bytes]) -> Iterator[Block]:
    """Return the blocks of the file that have eleven times, without fees."""
    for index in range(10, len(raw)):
        times = [UnixSeconds(time_of(header)) for header in raw[index - 10 : index + 1]]
        yield Block(
            BlockHeight(FIRST_HEIGHT + index),
            times[-1],
            median_time_past(times),
            CompactBits(bits_in(raw[index])),
            Sats(0),
        )


def test_extend__headers_from_2009_to_2024__are_what_bitcoin_made_of_them(
    vectors: dict[str, Any],
) -> None:
    assert len(vectors["headers"]) == 21
    for vector in vectors["headers"]:
        header = bytes.fromhex(vector["header_hex"])
        anchor = Anchor(
            header[4:36],
            vector["height"] - 1,
            int(vector["work_before"]),
            bits_of(int(vector["target_before"])),
            vector["epoch_start_time_before"],
            tuple(vector["times_of_11_before"]),
        )
        lockstep = HeadersLockstep.begin(anchor, RULES, time_of(header) - 7_200)

        tip = lockstep.extend(lockstep.model.root, [header])

        assert tip.header == header
        assert tip.block_hash[::-1].hex() == vector["block_hash"]
        assert tip.bits == int(vector["bits"], 16)
        assert target_of(tip.bits) == int(vector["target_after"])
        assert tip.work == int(vector["work_after"])
        assert tip.work - anchor.work == expected_work(CompactBits(tip.bits))


def test_prove_fees__a_real_coinbase__is_in_its_block(vectors: dict[str, Any]) -> None:
    proof = vectors["coinbase_proof"]
    header = bytes.fromhex(proof["header_hex"])
    own = bytes.fromhex(proof["coinbase_without_witness_hex"])
    branch = [bytes.fromhex(sibling) for sibling in proof["branch_hex"]]
    lockstep = HeadersLockstep.begin(
        Anchor(
            header[4:36], proof["height"] - 1, 0, bits_in(header), 0, (time_of(header) - 1,) * 11
        ),
        RULES,
        NOW,
    )

    tip = lockstep.extend(lockstep.model.root, [header])

    assert hash_as_shown(tip.block_hash).startswith("00000000000000000")
    assert root_of(own, branch) == header[36:68]
    # the subsidy was 6.25 BTC
    assert sum(outputs_of(own)) > 625_000_000
    module = internals("headers/coinbase")
    assert module._root(own, branch) == header[36:68]
    assert module._outputs_sats(own) == sum(outputs_of(own))


def test_model__without_contract__equals_the_off_chain_points(raw: list[bytes]) -> None:
    headers = [Header(data) for data in raw[320:700]]
    anchor = anchor_from_headers(BlockHeight(RETARGET + 10), headers[:11], headers[0].time, 1)
    model = HeaderModel(
        Anchor(
            anchor.block_hash,
            anchor.height,
            1,
            anchor.bits,
            anchor.epoch_start,
            tuple(header.time for header in headers[:11]),
        ),
        RULES,
    )
    tip = model.root

    for header, point in zip(
        headers[11:], points_after(point_at_anchor(anchor), headers[11:]), strict=True
    ):
        tip = model.follow(tip, header.data, NOW)
        assert point.as_tuple() == point_of(tip)
