# SPDX-License-Identifier: AGPL-3.0-only
"""Sources as they stood: real header times around the halving of 2024."""

import asyncio
from collections.abc import Iterator
from itertools import count

import pytest

from hashrate.core.types import BlockHeight, ChainTip, DayIndex
from hashrate.service.errors import SourceUnavailableError
from oracles.rehearsal import past
from oracles.rehearsal.past import PastBitcoin, PastPrices, patiently
from testing.chain_source import ChainSource, OnePrice
from tests.oracles.rehearsal.recorded import recorded_blocks

pytestmark = pytest.mark.unit


@pytest.fixture
def source(market_data_dir: object) -> ChainSource:
    """The recorded chain."""
    return ChainSource("core", recorded_blocks(market_data_dir))


def tips(source: ChainSource, times: range) -> Iterator[tuple[int, ChainTip]]:
    """Show the newest block at some times."""
    now = times.start
    view = PastBitcoin(source, lambda: now)
    for now in times:
        yield now, asyncio.run(view.tip())


def test_tip__real_headers__is_the_newest_by_the_times_around_it(source: ChainSource) -> None:
    """For two days, every seven minutes: the middle of eleven header times had passed."""
    times = {height: block.mediantime for height, block in source.chain.items()}
    start = times[BlockHeight(839_851)]

    for now, tip in tips(source, range(start, start + 2 * 86_400, 420)):
        assert times[BlockHeight(tip.height + 5)] <= now < times[BlockHeight(tip.height + 6)]
        assert tip.mediantime == times[tip.height]
        assert tip.hash == asyncio.run(source.block_hash(tip.height))


def test_tip__time_set_back__is_the_one_of_then(source: ChainSource) -> None:
    """What was found for a later moment does not stand in for an earlier one."""
    start = source.chain[BlockHeight(839_851)].mediantime
    now = start + 86_400
    view = PastBitcoin(source, lambda: now)
    later = asyncio.run(view.tip())

    now = start
    earlier = asyncio.run(view.tip())

    assert earlier.height < later.height - 100


def test_questions__of_three_reporters__reach_the_source_once(
    source: ChainSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody's limit is for rehearsals: a block, a hash and a price are asked for once."""
    asked: list[str] = []
    exchange = OnePrice("coinbase", 6_000_000_000_000)

    def counted(owner: object, name: str) -> None:
        inner = getattr(owner, name)
        monkeypatch.setattr(owner, name, lambda *a: asked.append(f"{name}{a}") or inner(*a))

    for name in ("blocks", "block_hash", "mediantime"):
        counted(source, name)
    counted(exchange, "close")
    view, prices = PastBitcoin(source, lambda: 0), PastPrices(exchange)
    height = BlockHeight(min(source.chain) + 20)

    async def ask() -> None:
        await view.block_hash(height)
        await view.mediantime(height)
        await view.blocks(height, BlockHeight(height + 2))
        await prices.close(DayIndex(19_832))

    for _ in range(3):
        asyncio.run(ask())

    direct = [name for name in asked if not name.startswith("block_hash(") or str(height) in name]
    assert len([name for name in direct if name.startswith("blocks")]) == 1
    assert len([name for name in direct if name.startswith("mediantime")]) == 1
    assert len([name for name in direct if name.startswith("close")]) == 1


def test_patiently__service_at_its_limit__waits_for_real(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rehearsal's hour is a second: a limit of a minute would fail its whole night."""
    pauses: list[float] = []
    tries = count()

    async def pause(seconds: float) -> None:
        pauses.append(seconds)

    async def ask() -> str:
        if next(tries) < 2:
            raise SourceUnavailableError("mempool: status 429")
        return "there"

    async def never() -> str:
        raise SourceUnavailableError("mempool: status 429")

    monkeypatch.setattr(past.asyncio, "sleep", pause)

    assert asyncio.run(patiently(ask)) == "there"
    assert pauses == [60.0, 60.0]
    with pytest.raises(SourceUnavailableError, match="429"):
        asyncio.run(patiently(never))
