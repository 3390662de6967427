# SPDX-License-Identifier: AGPL-3.0-only
"""Three reporters' processes that live for many days, and what their journals say."""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

from hashrate.core.types import DayIndex
from oracles.journal.journal import Journal
from oracles.journal.models import Fate, WorkKind
from oracles.journal.store import open_store
from testing.daemon_parts import ManualClock
from testing.daemon_process import DaemonProcess
from testing.oracle_world import OracleWorld


def three_reporters(
    stack: ExitStack, world: OracleWorld, folder: Path, **settings: Any
) -> list[DaemonProcess]:
    """Return three processes that know each other; none is started, all end with the stack."""
    daemons = [
        DaemonProcess(world, folder / f"reporter-{number}", number, sign_ahead=1, **settings)
        for number in range(3)
    ]
    for daemon in daemons:
        daemon.settings["peers"] = [d.url for d in daemons if d is not daemon]
        stack.callback(daemon.kill)
    return daemons


def is_posted(world: OracleWorld, day: int) -> bool:
    """Return whether a day is posted."""
    return world.next_day() > day


def count_confirmed(daemon: DaemonProcess, days: range) -> int:
    """Count the days a process posted itself, by its journal; it may be running."""
    store = open_store(daemon.folder / "journal.sqlite3", writes=False)
    journal = Journal(store, ManualClock(0))
    rows = [row for day in days for row in journal.transactions(WorkKind.DAY, DayIndex(day))]
    journal.close()
    return sum(row.fate == Fate.CONFIRMED for row in rows)
