# SPDX-License-Identifier: AGPL-3.0-only
"""The journal's copies, its room, and a day's evidence that others can check."""

import json
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from hashrate.core.types import DayIndex
from hashrate.core.units import iso_from_day
from oracles.commands.cli import main
from oracles.journal.journal import Evidence, Journal, Subject
from oracles.journal.models import ReportKind
from oracles.journal.store import open_store
from testing.daemon_parts import ManualClock, Reporters
from testing.daemon_process import DaemonProcess, toml
from testing.oracle_world import OracleWorld

pytestmark = pytest.mark.integration


@pytest.fixture
def daemon(world: OracleWorld, tmp_path: Path) -> Iterator[DaemonProcess]:
    """The settings of a reporter with a day in its journal, which was posted."""
    reporters = Reporters(world, tmp_path)
    world.finish_day(world.first_day)
    for reporter in reporters.all * 2:
        reporter.clock.time = world.anvil.now()
        reporter.daemon.run_once()
        reporter.clock.sleep(3_600)
    assert world.posted_exactly_once(world.first_day, world.first_day)
    reporters.close()
    process = DaemonProcess(world, tmp_path / "settings", 0, days="simulated:1")
    process.settings["journal"] = str(tmp_path / "journal-0.sqlite3")
    yield process


def invoke(daemon: DaemonProcess, command: str, *arguments: str) -> Result:
    """Run a command with the reporter's settings."""
    daemon.config.write_text(toml(daemon.settings))
    return CliRunner(mix_stderr=False).invoke(
        main, [command, "--config", str(daemon.config), *arguments]
    )


def journal_of(daemon: DaemonProcess) -> Path:
    """Return where its journal is."""
    return Path(daemon.settings["journal"])


def test_backup__reporter_running__is_whole_and_private(
    daemon: DaemonProcess, world: OracleWorld, tmp_path: Path
) -> None:
    """O13: a copy while another process writes, with the same rows, for its owner alone."""
    running = open_store(journal_of(daemon))
    copy = tmp_path / "copy.sqlite3"

    result = invoke(daemon, "backup", str(copy))

    running.close()
    assert result.exit_code == 0, result.stderr
    assert copy.stat().st_mode & 0o777 == 0o600
    with sqlite3.connect(copy) as opened:
        (reports,) = opened.execute("SELECT count(*) FROM reports").fetchone()
    assert reports == 1
    again = invoke(daemon, "backup", str(copy))
    assert (again.exit_code, again.stderr) == (2, f"Error: journal: {copy} exists\n")


def test_restore__journal_lost__is_as_it_was(
    daemon: DaemonProcess, world: OracleWorld, tmp_path: Path
) -> None:
    """O13: only where no journal is, and only while no reporter runs."""
    copy, journal = tmp_path / "copy.sqlite3", journal_of(daemon)
    invoke(daemon, "backup", str(copy))
    refused = invoke(daemon, "restore", str(copy))
    assert refused.exit_code == 2 and "move it away first" in refused.stderr
    for path in journal.parent.glob(journal.name + "*"):
        path.unlink()

    result = invoke(daemon, "restore", str(copy))

    assert result.exit_code == 0, result.stderr
    assert journal.stat().st_mode & 0o777 == 0o600
    store = open_store(journal, writes=False)
    day = DayIndex(world.first_day)
    assert Journal(store, ManualClock(0)).held_report(Subject(ReportKind.DAY, day)) is not None
    store.close()


def test_restore__reporter_running_or_no_journal__is_refused(
    daemon: DaemonProcess, tmp_path: Path
) -> None:
    """A second writer would be two memories; something else would be none."""
    copy, other = tmp_path / "copy.sqlite3", tmp_path / "other.sqlite3"
    invoke(daemon, "backup", str(copy))
    with sqlite3.connect(other) as opened:
        opened.execute("CREATE TABLE x (y)")
    running = open_store(journal_of(daemon))
    assert "in use by another process" in invoke(daemon, "restore", str(copy)).stderr
    running.close()

    assert "is no journal" in invoke(daemon, "restore", str(other)).stderr


def test_prune__old_observations__go_and_what_was_signed_stays(
    daemon: DaemonProcess, world: OracleWorld
) -> None:
    """O13: the raw answers' hashes take most of the room; signatures are kept for ever."""
    store = open_store(journal_of(daemon))
    journal = Journal(store, ManualClock(0))
    for day in range(200):
        seen = [Evidence("facts", "node", "http://node", "ab" * 32, '"' + "x" * 500 + '"')] * 20
        journal.add_evidence(DayIndex(10_000 + day), seen)
    store.close()

    result = invoke(daemon, "prune", "--keep-days", "400")

    assert result.exit_code == 0, result.stderr
    assert result.output.startswith("4000 observations dropped, ")
    assert int(result.output.split()[3]) > 1_000_000
    store = open_store(journal_of(daemon), writes=False)
    day = DayIndex(world.first_day)
    assert Journal(store, ManualClock(0)).held_report(Subject(ReportKind.DAY, day)) is not None
    store.close()


def test_evidence__exported__is_verified_elsewhere(
    daemon: DaemonProcess, world: OracleWorld, tmp_path: Path
) -> None:
    """O13: with the chain alone, without the sources and without the journal."""
    day, target = iso_from_day(DayIndex(world.first_day)), tmp_path / "day.json"
    result = invoke(daemon, "evidence", day, str(target))
    assert result.exit_code == 0, result.stderr
    assert target.stat().st_mode & 0o777 == 0o600
    journal_of(daemon).unlink()

    verified = invoke(daemon, "verify", "--evidence", str(target), "--json")

    assert verified.exit_code == 0, verified.output
    rows = {row["field"]: row for row in json.loads(verified.output)}
    assert all(row["agrees"] for row in rows.values())
    assert {"signer", "fees_sats", "btc_usd_e8"} <= set(rows)
    assert any(name.startswith("told by ") for name in rows)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda v: v["report"]["report"]["facts"].update(fees_sats="1"), "signature of"),
        (lambda v: v.update(format="other/1"), "format"),
        (lambda v: v.pop("report"), "not a file of"),
        (lambda v: v["observations"][0].update(value=["1"]), "not a file of"),
    ],
)
def test_evidence__forged__is_refused(
    daemon: DaemonProcess, world: OracleWorld, tmp_path: Path, change: object, said: str
) -> None:
    """A file that its signer did not sign is no evidence."""
    day, target = iso_from_day(DayIndex(world.first_day)), tmp_path / "day.json"
    invoke(daemon, "evidence", day, str(target))
    value = json.loads(target.read_text())
    change(value)
    target.write_text(json.dumps(value))

    result = invoke(daemon, "verify", "--evidence", str(target))

    assert result.exit_code == 2
    assert said in result.stderr


def test_evidence__a_source_told_something_else__is_shown(
    daemon: DaemonProcess, world: OracleWorld, tmp_path: Path
) -> None:
    """What was left out as odd is in the file, and it is seen."""
    day, target = iso_from_day(DayIndex(world.first_day)), tmp_path / "day.json"
    invoke(daemon, "evidence", day, str(target))
    value = json.loads(target.read_text())
    odd = json.loads(json.dumps(value["observations"][0])) | {"source": "odd"}
    odd["value"][4] = "7"
    value["observations"].append(odd)
    target.write_text(json.dumps(value))

    result = invoke(daemon, "verify", "--evidence", str(target), "--json")

    assert result.exit_code == 1
    (row,) = [row for row in json.loads(result.output) if not row["agrees"]]
    assert (row["field"], row["ours"]) == ("told by odd", "fees_sats")


@pytest.mark.parametrize("url", ["postgresql://db/journal", "mysql://db/journal", "sqlite://"])
def test_commands__journal_in_another_database__is_refused_with_the_reason(
    daemon: DaemonProcess, url: str
) -> None:
    """O13: an address was taken for a path, and `check` said that all was well."""
    daemon.settings["journal"] = url

    result = invoke(daemon, "check")

    assert result.exit_code == 2
    assert "an SQLite file on this machine's disk, not the URL of a database" in result.stderr
