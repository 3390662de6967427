# SPDX-License-Identifier: AGPL-3.0-only
"""After a false day that became final the reporters go on with the truth, and say so loudly."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from hashrate.bitcoin.subsidy import subsidy_sum
from hashrate.core.types import BlockHeight, DayFacts, DayIndex, Sats
from oracles.daemon.parts import Outcome
from oracles.daemon.readings import FactsReader, FactsReading
from testing.daemon_parts import POLICY, LocalReporter, ManualClock
from testing.daemon_process import PATIENCE_SECONDS, wait_for
from testing.oracle_world import DAY_SECONDS, OracleWorld

pytestmark = pytest.mark.integration

Start = Callable[..., LocalReporter]
QUICK = replace(POLICY, fallback_seconds=0, wait_seconds=0)
RECOVERY_SECONDS = 10 * DAY_SECONDS


class Lie:
    """A source that puts a thousand blocks more into every day."""

    def __init__(self, honest: FactsReader) -> None:
        """Lie about an honest source's days."""
        self._honest = honest
        self.network = honest.network

    def read(self, day: DayIndex, first_height: BlockHeight | None) -> FactsReading:
        """Return facts with other heights."""
        reading = self._honest.read(day, first_height)
        last = BlockHeight(reading.facts.last_height + 1_000)
        subsidy = subsidy_sum(reading.facts.first_height, last, self.network)
        facts: DayFacts = replace(reading.facts, last_height=last, subsidy_sats=Sats(subsidy))
        return replace(reading, facts=facts)

    def anchor(self, day: DayIndex, last_height: BlockHeight) -> str:
        """Return what the honest source does."""
        return self._honest.anchor(day, last_height)

    def probe(self) -> str:
        """Return what the honest source does."""
        return self._honest.probe()


def run(world: OracleWorld, reporters: list[LocalReporter], time: int) -> list[Outcome]:
    """Move every clock and let each reporter run twice."""
    world.anvil.warp(time)
    for reporter in reporters:
        assert isinstance(reporter.clock, ManualClock)
        reporter.clock.time = world.anvil.now()
    return [reporter.daemon.run_once().outcome for reporter in reporters * 2]


def test_run_once__false_day_before__waits_while_it_is_pending_and_then_leaves_it_behind(
    world: OracleWorld, start_reporter: Start
) -> None:
    first = world.first_day
    reporters = [start_reporter(number, policy=QUICK) for number in range(2)]
    reporters[0].meet([reporters[1].url])
    reporters[1].meet([reporters[0].url])
    honest = [reporter.parts.facts for reporter in reporters]
    for reporter, source in zip(reporters, honest, strict=True):
        reporter.change(facts=Lie(source))
    run(world, reporters, (first + 1) * DAY_SECONDS + 3_600)
    wait_for(lambda: world.next_day() == first + 1, PATIENCE_SECONDS, "the false day is mined")
    for reporter, source in zip(reporters, honest, strict=True):
        reporter.change(facts=source)

    # pending: the truth does not follow, and is not signed
    with capture_logs() as logs:
        run(world, reporters, (first + 2) * DAY_SECONDS + 3_600)
    assert world.next_day() == first + 1
    assert not [log for log in logs if log["event"] == "false_day_is_final"]

    # final, three days after it was posted: the true day is signed and posted
    with capture_logs() as logs:
        run(world, reporters, (first + 4) * DAY_SECONDS + 2 * 3_600)
    loud = [log for log in logs if log["event"] == "false_day_is_final"]
    assert loud and {log["log_level"] for log in loud} == {"error"}
    wait_for(lambda: world.next_day() > first + 1, PATIENCE_SECONDS, "the true day is mined")
    (posted,) = world.day_facts(first + 1)
    assert posted == honest[0].read(DayIndex(first + 1), None).facts.as_tuple()
    record = world.oracle.read("day_record", first + 1)
    assert record[4] >= world.anvil.now() + RECOVERY_SECONDS - 3_600
