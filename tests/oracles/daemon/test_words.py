# SPDX-License-Identifier: AGPL-3.0-only
"""O14: what operators read has one form, and is said once."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest
import structlog
from structlog.testing import capture_logs

from hashrate.core.types import MAINNET, Block, BlockHeight, Sats, UnixSeconds
from hashrate.evm.fees import FeePolicy
from oracles.chain.transmitter import BIDS_SPENT, CAP_REACHED, Lane
from oracles.daemon.agreed_days import AgreedDays
from oracles.daemon.remote import Wire
from testing.chain_source import ChainSource
from testing.daemon_main import LyingFacts, WrongPrices
from testing.daemon_parts import GWEI, POLICY, SENDING, LocalReporter, ManualClock, Reporters
from testing.faulty_rpc import FaultyRpc
from testing.oracle_world import OracleWorld
from tests.oracles.builders import make_block
from tests.oracles.daemon.test_lane import empty, pass_time, stay_needed

ISO = re.compile(r"20\d\d-\d\d-\d\d")


@pytest.fixture
def events() -> Iterator[list[dict[str, object]]]:
    """Whatever is logged, of every level."""
    structlog.reset_defaults()
    with capture_logs() as seen:
        yield seen


@pytest.mark.integration
def test_events__day__has_one_form(
    world: OracleWorld, reporters: Reporters, events: list[dict[str, object]]
) -> None:
    """Signing, posting, lies, a false price, waiting, sending and the audit name days alike."""
    honest, liar, erring = reporters.all
    first = world.first_day
    liar.change(facts=LyingFacts(liar.parts.facts, first))
    erring.change(prices=WrongPrices(erring.parts.prices, first + 1))
    for day in (first, first + 1):
        world.finish_day(day)
        for reporter in (*reporters.all, *reporters.all):
            reporter.clock.time = world.anvil.now()
            reporter.daemon.run_once()
            reporter.clock.sleep(POLICY.fallback_seconds)
    honest.change(signer=None)
    world.finish_day(first + 2)
    honest.clock.time = world.anvil.now()
    honest.daemon.run_once()

    told = [event for event in events if "day" in event]
    assert {event["event"] for event in told} >= {
        "day_signed",
        "day_report",
        "transaction_sent",
        "posted_day_differs",
        "dry_run",
    }
    assert [event for event in told if not ISO.fullmatch(str(event["day"]))] == []


@pytest.mark.integration
def test_transaction_stuck__at_every_poll__is_told_once_per_change(
    world: OracleWorld,
    start_reporter: Callable[..., LocalReporter],
    events: list[dict[str, object]],
) -> None:
    """An ERROR every three seconds of one and the same thing pages nobody for long."""
    quick = replace(POLICY, wait_seconds=0)
    reporter = start_reporter(0, rpc=FaultyRpc(world.anvil.url), policy=quick)
    stay_needed(reporter)
    world.anvil.do("evm_setAutomine", False)
    reporter.transmitter._policy = replace(SENDING, replacements=0)
    row = reporter.transmitter.send(empty(world))

    lanes = [pass_time(reporter) for _ in range(5)]
    low = FeePolicy(int(row.max_fee), 2 * GWEI)
    reporter.transmitter._policy = replace(SENDING, replacements=3, fees=low)
    lanes += [pass_time(reporter) for _ in range(5)]

    assert lanes == [Lane.STUCK] * 10
    stuck = [event for event in events if event["event"] == "transaction_stuck"]
    assert [event["why"] for event in stuck] == [BIDS_SPENT, CAP_REACHED]


class RealLooking(ChainSource):
    """Its hashes begin with zeros, as real ones do."""

    async def block_hash(self, height: BlockHeight) -> str:  # type: ignore[override]
        """Return a hash."""
        return f"{height:016x}".rjust(64, "0")


@pytest.mark.unit
def test_probe__sources_agree__tells_the_height_and_the_end_of_the_hash() -> None:
    """Sixteen zeros say nothing of a block."""
    now = 1_713_600_000
    blocks: list[Block] = [
        replace(
            make_block(height, day=19_833),
            time=UnixSeconds(now - 600 * (20 - height)),
            mediantime=UnixSeconds(now - 600 * (20 - height)),
            fees_sats=Sats(0),
        )
        for height in range(20)
    ]
    wire = Wire(ManualClock(now))
    sources = [RealLooking(name, blocks) for name in ("core", "mempool")]

    line = AgreedDays(wire, sources, MAINNET, 2, 6).probe()
    wire.close()

    assert line == "2 of 2 sources agree on block 13, …000000000000000d"
