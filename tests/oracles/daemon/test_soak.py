# SPDX-License-Identifier: AGPL-3.0-only
"""Many days at full speed through three processes: none missed, none doubled, memory flat."""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import httpx2 as httpx
import pytest

from hashrate.core.types import DayIndex
from oracles.journal.journal import Journal
from oracles.journal.models import Fate, WorkKind
from oracles.journal.store import open_store
from testing.daemon_parts import ManualClock
from testing.daemon_process import DaemonProcess, wait_for
from testing.oracle_world import OracleWorld

pytestmark = pytest.mark.integration

DAY_SECONDS_AT_MOST = 30
GROWTH_KB = 12_000


def three_reporters(
    stack: ExitStack, world: OracleWorld, folder: Path, log_level: str
) -> list[DaemonProcess]:
    """Return three processes that know each other; none is started, all end with the stack."""
    daemons = [
        DaemonProcess(
            world,
            folder / f"reporter-{number}",
            number,
            days="simulated:1",
            cycle_seconds=0.05,
            sign_ahead=1,
            log_level=log_level,
        )
        for number in range(3)
    ]
    for daemon in daemons:
        daemon.settings["peers"] = [d.url for d in daemons if d is not daemon]
        stack.callback(daemon.kill)
    return daemons


@pytest.fixture
def soak(world: OracleWorld, tmp_path: Path) -> Iterator[Callable[[int, int], None]]:
    """Run days through three processes and check them."""
    with ExitStack() as stack:
        daemons = three_reporters(stack, world, tmp_path, "WARNING")

        def run(days: int, warm: int) -> None:
            first = world.first_day
            for daemon in daemons:
                daemon.start()
            before: list[int] = []
            for day in range(first, first + days):
                if day == first + warm:
                    before = [daemon.resident_kb() for daemon in daemons]
                world.finish_day(day)
                wait_for(partial(is_posted, world, day), DAY_SECONDS_AT_MOST, f"day {day}")
            after = [daemon.resident_kb() for daemon in daemons]
            served = [httpx.get(f"{d.operator_url}/metrics", trust_env=False) for d in daemons]
            assert [daemon.stop() for daemon in daemons] == [0, 0, 0]

            assert world.posted_exactly_once(first, first + days - 1)
            assert all(
                grown - warmed < GROWTH_KB for grown, warmed in zip(after, before, strict=True)
            )
            assert all("hashrate_posted_day_mismatches_total 0.0" in each.text for each in served)
            events = [event for daemon in daemons for event in daemon.events()]
            assert [event for event in events if event["level"] != "warning"] == []
            assert {event["event"] for event in events} <= {"peer_unreachable"}  # while they start
            confirmed = [count_confirmed(daemon, range(first, first + days)) for daemon in daemons]
            assert sum(confirmed) == days
            assert min(confirmed) > 0  # turns rotate

        yield run


def is_posted(world: OracleWorld, day: int) -> bool:
    """Return whether a day is posted."""
    return world.next_day() > day


def is_up(daemon: DaemonProcess) -> bool:
    """Return whether a process has started: from then on it ends as it is asked to."""
    try:
        return httpx.get(f"{daemon.operator_url}/metrics", trust_env=False).is_success
    except httpx.TransportError:
        return False


def count_confirmed(daemon: DaemonProcess, days: range) -> int:
    """Count the days a process posted itself, by its journal."""
    journal = Journal(open_store(daemon.folder / "journal.sqlite3"), ManualClock(0))
    rows = [row for day in days for row in journal.transactions(WorkKind.DAY, DayIndex(day))]
    journal.close()
    return sum(row.fate == Fate.CONFIRMED for row in rows)


@pytest.fixture
def troubled(world: OracleWorld, tmp_path: Path) -> Iterator[Callable[[int, int], None]]:
    """Run days through three processes that are killed, paused, lied to and started again."""
    with ExitStack() as stack:
        daemons = three_reporters(stack, world, tmp_path, "ERROR")

        def run(days: int, seed: int) -> None:
            draw = random.Random(seed)
            first = world.first_day
            for daemon in daemons:
                daemon.start()
            for day in range(first, first + days):
                victim = daemons[draw.randrange(3)]
                trouble(draw, victim, day)
                world.finish_day(day)
                for daemon in daemons:  # whose turn is over is told by the clock
                    daemon.clock_file.write_text(str(world.anvil.now() - int(time.time())))
                wait_for(partial(is_posted, world, day), 2 * DAY_SECONDS_AT_MOST, f"day {day}")
                relieve(victim)
            for daemon in daemons:
                wait_for(partial(is_up, daemon), DAY_SECONDS_AT_MOST, "a process that answers")
            assert [daemon.stop() for daemon in daemons] == [0, 0, 0]

            assert world.posted_exactly_once(first, first + days - 1)
            confirmed = [count_confirmed(daemon, range(first, first + days)) for daemon in daemons]
            # a process that was killed between its transaction and the journal learns of it later
            assert days - len(daemons) <= sum(confirmed) <= days
            for daemon in daemons:
                store = open_store(daemon.folder / "journal.sqlite3")
                with store.engine.connect() as connection:
                    (verdict,) = connection.exec_driver_sql("PRAGMA integrity_check").one()
                store.close()
                assert verdict == "ok"

        yield run


def trouble(draw: random.Random, daemon: DaemonProcess, day: int) -> None:
    """Do one thing of several to a process before a day ends."""
    kind = draw.choice(["nothing", "kill", "kill at a write", "pause", "false fees", "wrong price"])
    if kind == "kill":
        daemon.kill()
        daemon.start()
    elif kind == "kill at a write":
        daemon.kill()
        daemon.start(**{draw.choice(["kill_before", "kill_after"]): draw.randrange(1, 12)})
    elif kind == "pause":
        daemon.pause()
    elif kind in ("false fees", "wrong price"):
        daemon.kill()
        daemon.start(**{"fees_day" if kind == "false fees" else "price_day": day})


def relieve(daemon: DaemonProcess) -> None:
    """Let a process run as it should."""
    daemon.resume()
    daemon.kill()  # one that is to die at a write that has not come yet would die on another's day
    daemon.start()


def test_run__a_dozen_days_with_faults__none_missed_or_doubled(
    troubled: Callable[[int, int], None],
) -> None:
    """Twelve days, a fault drawn for each."""
    troubled(12, 1)


@pytest.mark.long
def test_run__four_hundred_days_with_faults__none_missed_or_doubled(
    troubled: Callable[[int, int], None],
) -> None:
    """Four hundred days, a fault drawn for each."""
    troubled(400, 2)


def test_run__a_dozen_days__none_missed_or_doubled(soak: Callable[[int, int], None]) -> None:
    """Twelve days, for every run of the tests."""
    soak(12, 5)


@pytest.mark.long
def test_run__four_hundred_days__none_missed_or_doubled(
    soak: Callable[[int, int], None],
) -> None:
    """Four hundred days, for the long run."""
    soak(400, 50)
