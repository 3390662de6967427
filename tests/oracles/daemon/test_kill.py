# SPDX-License-Identifier: AGPL-3.0-only
"""`kill -9` before and after every write of the journal: no day is missed, none comes twice."""

import multiprocessing
import sqlite3
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hashrate.core.types import DayIndex
from oracles.journal.journal import Journal
from oracles.journal.models import Fate, WorkKind
from oracles.journal.store import open_store
from testing import daemon_main
from testing.daemon_parts import LocalReporter, ManualClock
from testing.daemon_process import PATIENCE_SECONDS, DaemonProcess, toml
from testing.oracle_world import OracleWorld

pytestmark = pytest.mark.integration

WRITES = 8  # a fresh journal has one or two more than a day with its transaction
KILLED = -9


def test_run__killed_at_every_write__posts_every_day_once(
    world: OracleWorld, tmp_path: Path, start_reporter: Callable[..., LocalReporter]
) -> None:
    """Kill the sender at its n-th write, before and after, for every n; then let it finish."""
    first, last = world.first_day, world.first_day + 2 * WRITES + 2
    partner = start_reporter(1)
    partner.change(transmitter=None)
    daemon = DaemonProcess(
        world,
        tmp_path / "sender",
        0,
        days="simulated:1",
        peers=[partner.url],
        fallback_seconds=0,
        cycle_seconds=0.05,
        log_level="ERROR",
    )
    daemon.config.write_text(toml(daemon.settings))
    daemon.clock_file.write_text("0")
    world.finish_day(last)
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(["testing.daemon_main"])

    for number in range(1, WRITES + 1):
        for moment in ("kill_before", "kill_after"):
            faults = {"clock_file": str(daemon.clock_file), moment: number}
            assert run_until_dead(processes, daemon, faults, partner) == KILLED
    faults = {"clock_file": str(daemon.clock_file)}
    process = start(processes, daemon, faults)
    deadline = time.monotonic() + PATIENCE_SECONDS
    path = daemon.folder / "journal.sqlite3"
    # what was mined just before a cycle's end is known to the journal in the next cycle
    while world.next_day() <= last or is_waiting(path, world):
        assert process.is_alive() and time.monotonic() < deadline
        partner.daemon.run_once()
        time.sleep(0.1)
    process.terminate()
    process.join(PATIENCE_SECONDS)

    assert process.exitcode == 0
    assert world.posted_exactly_once(first, last)
    check_journal(path, world, range(first, last + 1))


def is_waiting(path: Path, world: OracleWorld) -> bool:
    """Return whether the fate of one of the sender's transactions is open."""
    journal = Journal(open_store(path, writes=False), ManualClock(0))
    waiting = journal.open_transactions(world.payers[0].address)
    journal.close()
    return bool(waiting)


def check_journal(path: Path, world: OracleWorld, days: range) -> None:
    """Check that a journal is whole and knows of each day's one transaction."""
    with sqlite3.connect(path) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        reports = database.execute("SELECT day FROM reports WHERE superseded_at IS NULL")
        assert Counter(day for (day,) in reports) == Counter(days)
    journal = Journal(open_store(path, writes=False), ManualClock(0))
    assert journal.open_transactions(world.payers[0].address) == []
    for day in days:
        fates = [row.fate for row in journal.transactions(WorkKind.DAY, DayIndex(day))]
        assert fates.count(Fate.CONFIRMED) == 1, f"day {day}: {fates}"
    journal.close()


def run_until_dead(
    processes: Any, daemon: DaemonProcess, faults: dict[str, Any], partner: LocalReporter
) -> int:
    """Run the sender until it dies, while its partner signs; give its exit code."""
    process = start(processes, daemon, faults)
    deadline = time.monotonic() + PATIENCE_SECONDS
    while process.is_alive() and time.monotonic() < deadline:
        partner.daemon.run_once()
        process.join(0.1)
    code: int | None = process.exitcode
    process.kill()
    assert code is not None, f"alive after {PATIENCE_SECONDS} s: {faults}"
    return code


def start(processes: Any, daemon: DaemonProcess, faults: dict[str, Any]) -> Any:
    """Start the sender in a process of its own."""
    process = processes.Process(target=run_daemon, args=(daemon.config, faults), daemon=True)
    process.start()
    return process


def run_daemon(config: Path, faults: dict[str, Any]) -> None:
    """Be the sender."""
    raise SystemExit(daemon_main.main(config, faults))
