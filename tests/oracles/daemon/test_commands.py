# SPDX-License-Identifier: AGPL-3.0-only
"""The daemon's commands, as an operator types them."""

import csv
import json
import logging
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2 as httpx
import pytest
import structlog
from click.testing import CliRunner, Result

from hashrate.core.types import DayIndex
from hashrate.core.units import iso_from_day
from hashrate.history import open_source
from hashrate.reports.report_file import report_from_json
from oracles.commands.backfilling import COLUMNS
from oracles.commands.cli import main
from oracles.journal.store import open_store
from testing.daemon_parts import Reporters
from testing.daemon_process import PASSWORD, PATIENCE_SECONDS, DaemonProcess, toml, wait_for
from testing.oracle_world import OracleWorld
from testing.program import ROOT

SECRET = "hunter2-hunter2"


@pytest.fixture(autouse=True)
def _logs_as_they_were() -> Iterator[None]:
    """Commands send all logs to their own stderr, which ends with them."""
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    structlog.reset_defaults()
    root.handlers, root.level = handlers, level


@pytest.fixture
def posted(world: OracleWorld, tmp_path: Path) -> Iterator[DaemonProcess]:
    """Two days posted by three reporters, and the settings of the first."""
    reporters = Reporters(world, tmp_path)
    first = world.first_day
    for day in (first, first + 1):
        world.finish_day(day)
        for reporter in reporters.all * 2:
            reporter.clock.time = world.anvil.now()
            reporter.daemon.run_once()
            reporter.clock.sleep(3_600)
    assert world.posted_exactly_once(first, first + 1)
    reporters.close()
    daemon = DaemonProcess(world, tmp_path / "settings", 0, days="simulated:1")
    daemon.settings["journal"] = str(tmp_path / "journal-0.sqlite3")
    yield daemon


def invoke(daemon: DaemonProcess, command: str, *arguments: str) -> Result:
    """Run a command with a reporter's settings."""
    daemon.config.write_text(toml(daemon.settings))
    return CliRunner(mix_stderr=False).invoke(
        main, [command, "--config", str(daemon.config), *arguments]
    )


@pytest.mark.integration
def test_status__two_days_posted__shows_how_far_they_are(
    posted: DaemonProcess, world: OracleWorld
) -> None:
    """Per day: who signed, whose transaction, and whether it is final."""
    result = invoke(posted, "status", "--json")

    assert result.exit_code == 0, result.output
    first, second = json.loads(result.output)
    assert first["posted"] and second["posted"]
    members = {signer.address for signer in world.signers}
    for day in (first, second):
        assert len(set(day["signers"])) == 2 and set(day["signers"]) <= members
    assert sorted([first["transmitted"], second["transmitted"]]) in (
        ["by another", "by another"],
        ["by another", "confirmed"],
    )
    assert not first["is_final"]
    assert 7_200 <= first["late_seconds"] < 9_000
    table = invoke(posted, "status")
    assert first["day"] in table.output and "pending" in table.output


@pytest.mark.integration
def test_verify__posted_days__agree(posted: DaemonProcess, world: OracleWorld) -> None:
    """Every value of both days is what this operator's sources say."""
    days = [iso_from_day(DayIndex(world.first_day + i)) for i in range(2)]

    result = invoke(posted, "verify", days[0], "--to", days[1], "--json")

    assert result.exit_code == 0, result.output
    rows = json.loads(result.output)
    assert all(row["agrees"] for row in rows)
    assert {row["field"] for row in rows} >= {"fees_sats", "hashprice_wad", "btc_usd_e8"}


@pytest.mark.integration
def test_verify__quorum_lied__shows_the_difference(
    posted: DaemonProcess, world: OracleWorld
) -> None:
    """A day that two bought reporters posted with other fees is found out."""
    day = DayIndex(world.first_day + 2)
    world.finish_day(day)
    seen = open_source("simulated:1").observe(day)
    values = list(seen.facts.as_tuple())
    values[4] += 1
    world.post(type(seen.facts)(*values), seen.btc_usd_e8, world.signers[:2])

    result = invoke(posted, "verify", iso_from_day(day))

    assert result.exit_code == 1
    (line,) = [line for line in result.output.splitlines() if "DIFFERS" in line]
    assert "fees_sats" in line


@pytest.mark.integration
def test_verify__not_posted__fails(posted: DaemonProcess, world: OracleWorld) -> None:
    """A day nobody posted is no day that agrees."""
    result = invoke(posted, "verify", iso_from_day(DayIndex(world.first_day + 5)))

    assert result.exit_code == 1
    (line,) = [line for line in result.output.splitlines() if "not posted" in line]
    assert "MISSING" in line


@pytest.mark.unit
def test_verify__range_backwards__is_refused() -> None:
    """No day compared is no audit passed, and no empty table either."""
    arguments = ["verify", "2028-04-11", "--to", "2028-04-10"]

    result = CliRunner(mix_stderr=False).invoke(main, arguments)

    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == "Error: 2028-04-10 is before 2028-04-11\n"


@pytest.mark.integration
def test_check__clock_of_another_time__says_what_is_wrong(posted: DaemonProcess) -> None:
    """The chain of the test is in 2028: only the clock is wrong, and only it is said so."""
    result = invoke(posted, "check")

    assert result.exit_code == 1
    wrong = [line for line in result.output.splitlines() if line.startswith("FAIL")]
    assert [line.split(":")[0] for line in wrong] == ["FAIL clock"], result.output
    assert "is a reporter" in result.output


@pytest.mark.integration
def test_check__stranger_without_money_on_a_wrong_chain__says_all(posted: DaemonProcess) -> None:
    """What fails does not hide the rest."""
    posted.settings |= {
        "chain_id": 1337,
        "peers": ["http://127.0.0.1:9"],
        "max_fee_gwei": 10**9,
        "journal": "password/journal.sqlite3",
        "reporter_keystore": "transmitter.json",
        "transmitter_keystore": "reporter.json",
    }

    result = invoke(posted, "check")

    wrong = {line.split(":")[0] for line in result.output.splitlines() if line.startswith("FAIL")}
    assert wrong >= {"FAIL journal", "FAIL oracle", "FAIL reporter key", "FAIL transmitter key"}
    assert any(line.startswith("FAIL peer") for line in result.output.splitlines())


@pytest.mark.integration
def test_once__secrets_in_files__appear_nowhere(posted: DaemonProcess, world: OracleWorld) -> None:
    """Neither output nor journal shows a password, a key or the node's whole address."""
    secret_url = world.anvil.url.replace("http://", f"http://user:{SECRET}@")
    (posted.folder / "rpc-url").write_text(secret_url)
    (posted.folder / "rpc-url").chmod(0o600)
    del posted.settings["rpc_url"]
    posted.settings |= {"rpc_url_file": "rpc-url", "log_level": "DEBUG"}

    done = [invoke(posted, name) for name in ("once", "show-config", "check")]

    assert done[0].exit_code == 0, done[0].stderr
    journal = Path(posted.settings["journal"])
    files = [path for path in journal.parent.glob(journal.name + "*") if path.is_file()]
    texts = [each.stdout + each.stderr for each in done]
    texts += [path.read_bytes().decode("latin-1") for path in files]
    keys = [bytes(a.key).hex() for a in (world.signers[0], world.payers[0])]
    for secret in (SECRET, PASSWORD, *keys):
        assert not [text for text in texts if secret in text]
    events = [json.loads(line) for line in done[0].stderr.splitlines()]
    assert "cycle_done" in {event["event"] for event in events}


@pytest.mark.integration
def test_once__dry_run__signs_and_sends_nothing(posted: DaemonProcess, world: OracleWorld) -> None:
    """Without keys it only says what it would sign."""
    day = world.first_day + 2
    world.finish_day(day)

    done = invoke(posted, "once", "--dry-run")

    assert done.exit_code == 0, done.stderr
    events = {json.loads(line)["event"] for line in done.stderr.splitlines()}
    assert "dry_run" in events and "day_signed" not in events
    assert world.next_day() == day


@pytest.mark.integration
def test_once__dry_run_of_other_blocks__fails_as_signing_would(
    posted: DaemonProcess, world: OracleWorld
) -> None:
    """A day that does not begin where the posted one ends is not shown as one to be signed."""
    world.finish_day(world.first_day + 2)
    posted.settings["days"] = "simulated:3"

    done = invoke(posted, "once", "--dry-run")

    assert done.exit_code == 1
    events = [json.loads(line) for line in done.stderr.splitlines()]
    assert "dry_run" not in {event["event"] for event in events}
    assert "BlockOrderError" in {event.get("error") for event in events}


@pytest.mark.integration
def test_run__stopped_by_its_supervisor__ends_well(
    posted: DaemonProcess, world: OracleWorld
) -> None:
    """The command itself: it serves, does its work without an error, and SIGTERM ends it with 0."""
    posted.config.write_text(toml(posted.settings))
    command = [sys.executable, "-m", "oracles", "run", "--config", str(posted.config)]
    process = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True)
    try:
        wait_for(lambda: is_healthy(posted), PATIENCE_SECONDS, "it is healthy")
        path = f"/v1/reports/{iso_from_day(DayIndex(world.first_day))}"
        peer = httpx.get(posted.url + path, trust_env=False, timeout=PATIENCE_SECONDS)
        process.send_signal(signal.SIGTERM)
        errors = process.communicate(timeout=PATIENCE_SECONDS)[1]
    finally:
        process.kill()

    assert process.returncode == 0
    assert report_from_json(peer.text).domain == world.domain
    events = [json.loads(line) for line in errors.splitlines()]
    assert [event["event"] for event in events if event["level"] == "error"] == []
    assert {"started", "stopped"} <= {event["event"] for event in events}


def is_healthy(daemon: DaemonProcess) -> bool:
    """Return a process's state."""
    try:
        return httpx.get(f"{daemon.operator_url}/healthz", trust_env=False).status_code == 200
    except httpx.HTTPError:
        return False


@pytest.mark.integration
def test_once__journal_in_use__is_refused(posted: DaemonProcess) -> None:
    """A second process on one journal ends at once, with one line."""
    store = open_store(Path(posted.settings["journal"]))

    done = invoke(posted, "once")

    store.close()
    assert done.exit_code == 2
    assert "in use by another process" in done.stderr.splitlines()[-1]


@pytest.mark.unit
def test_show_config__shown__is_json_without_secrets(tmp_path: Path) -> None:
    """The settings are shown as they are in effect."""
    config = tmp_path / "settings.toml"
    oracle = "0x5FbDB2315678afecb367f032d93F642f64180aa3"
    config.write_text(
        toml({"chain_id": 1, "oracle": oracle, "rpc_url_file": "rpc", "days": "simulated:1"})
    )

    result = CliRunner().invoke(main, ["show-config", "--config", str(config)])

    assert result.exit_code == 0, result.output
    shown = json.loads(result.output)
    assert shown["oracle"] == oracle
    assert shown["rpc_url_file"] == str(tmp_path / "rpc")


@pytest.mark.unit
def test_backfill__simulated_days__writes_their_facts(tmp_path: Path) -> None:
    """One row a day, the same numbers as the source's."""
    output = tmp_path / "facts.csv"
    arguments = ["--source", "simulated:1", "--from", "2028-04-10", "--to", "2028-04-20"]

    result = CliRunner().invoke(main, ["backfill", *arguments, "--output", str(output)])

    assert result.exit_code == 0, result.output
    rows = list(csv.reader(output.open()))
    assert rows[0] == list(COLUMNS)
    assert len(rows) == 12
    seen = open_source("simulated:1").observe(DayIndex(21_284))
    numbers = [*seen.facts.as_tuple()[1:], seen.btc_usd_e8]
    assert rows[1] == ["2028-04-10", *map(str, numbers)]


@pytest.mark.unit
def test_backfill__one_day__is_counted_as_one() -> None:
    """The last line is for people."""
    arguments = ["--source", "simulated:1", "--from", "2028-04-10", "--to", "2028-04-10"]

    result = CliRunner(mix_stderr=False).invoke(main, ["backfill", *arguments])

    assert result.stderr == "1 day, 2028-04-10 to 2028-04-10\n"
