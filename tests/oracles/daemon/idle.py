# SPDX-License-Identifier: AGPL-3.0-only
"""A reporter that has nothing to do: ten days and a series' outputs, all posted."""

from contextlib import ExitStack
from dataclasses import replace

from hashrate.core.types import DayIndex, Sats
from hashrate.history import open_source
from oracles.daemon.readings import OutputReading
from testing.daemon_parts import LocalReporter, Reporters
from testing.oracle import OracleConfig
from testing.oracle_world import OracleWorld
from testing.series_world import SeriesWorld

_SOURCE = "simulated:1"
_DAYS = 10
_FIRST_CYCLES = 3


class Meter:
    """A pool that knows every day."""

    longest_wait = 3_600

    def __init__(self, series: str) -> None:
        self.series = series

    def output(self, day: DayIndex) -> OutputReading:
        """Return an output."""
        return OutputReading(Sats(10**6), 10**15, ())


def small_world(stack: ExitStack) -> OracleWorld:
    """Deploy an oracle of three reporters, threshold two, a day before its first day."""
    source = open_source(_SOURCE)
    first = source.first_day
    world = OracleWorld(OracleConfig(first, source.observe(first).facts.first_height))
    stack.callback(world.close)
    return world


def busy_reporter(world: OracleWorld, reporters: Reporters) -> LocalReporter:
    """Return a reporter after its first cycles; some of its days are not final."""
    series = SeriesWorld(world, world.first_day + 1).series
    reporter, whole = reporters.all[0], open_source(_SOURCE)
    for number in range(world.first_day, world.first_day + _DAYS):
        day = DayIndex(number)
        world.finish_day(day)
        seen = whole.observe(day)
        world.post(seen.facts, seen.btc_usd_e8)
        world.post_output(series.address, day, 10**6, 10**15)
    policy = replace(reporter.parts.policy, output_days=_DAYS)
    reporter.change(outputs=(Meter(series.address),), policy=policy)
    reporter.clock.time = world.anvil.now()
    for _ in range(_FIRST_CYCLES):
        reporter.daemon.run_once()
    return reporter
