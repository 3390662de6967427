# SPDX-License-Identifier: AGPL-3.0-only
"""Many days at full speed through three processes: none missed, none doubled, memory flat."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx2 as httpx
import pytest

from testing.daemon_process import PATIENCE_SECONDS, wait_for
from testing.oracle_world import OracleWorld
from tests.oracles.daemon.processes import (
    count_confirmed,
    is_posted,
    three_reporters,
)

pytestmark = pytest.mark.integration

GROWTH_KB = 12_000


@pytest.fixture
def soak(world: OracleWorld, tmp_path: Path) -> Iterator[Callable[[int, int], list[int]]]:
    """Run days through three processes and check them; gives how many each of them posted."""
    with ExitStack() as stack:
        daemons = three_reporters(
            stack, world, tmp_path, days="simulated:1", cycle_seconds=0.05, log_level="WARNING"
        )

        first = world.first_day

        def count_all(days: int) -> list[int]:
            return [count_confirmed(daemon, range(first, first + days)) for daemon in daemons]

        def run(days: int, warm: int) -> list[int]:
            for daemon in daemons:
                daemon.start()
            before: list[int] = []
            for day in range(first, first + days):
                if day == first + warm:
                    before = [daemon.resident_kb() for daemon in daemons]
                world.finish_day(day)
                wait_for(partial(is_posted, world, day), PATIENCE_SECONDS, f"day {day}")
            after = [daemon.resident_kb() for daemon in daemons]
            served = [
                httpx.get(f"{d.operator_url}/metrics", trust_env=False, timeout=PATIENCE_SECONDS)
                for d in daemons
            ]
            # a day is on the chain before the next cycle of whoever posted it confirms it
            wait_for(
                lambda: sum(count_all(days)) == days, PATIENCE_SECONDS, "every day is confirmed"
            )
            assert [daemon.stop() for daemon in daemons] == [0, 0, 0]

            assert world.posted_exactly_once(first, first + days - 1)
            assert all(
                grown - warmed < GROWTH_KB for grown, warmed in zip(after, before, strict=True)
            )
            assert all("hashrate_posted_day_mismatches_total 0.0" in each.text for each in served)
            events = [event for daemon in daemons for event in daemon.events()]
            assert [event for event in events if event["level"] != "warning"] == []
            assert {event["event"] for event in events} <= {"peer_unreachable"}  # while they start
            confirmed = count_all(days)
            assert sum(confirmed) == days
            return confirmed

        yield run


def test_run__a_dozen_days__none_missed_or_doubled(soak: Callable[[int, int], list[int]]) -> None:
    """Twelve days, for every run of the tests."""
    soak(12, 5)


@pytest.mark.long
def test_run__four_hundred_days__none_missed_or_doubled(
    soak: Callable[[int, int], list[int]],
) -> None:
    """Four hundred days, for the long run."""
    assert min(soak(400, 50)) > 0  # turns rotate; on few days a slow machine passes all of one's
