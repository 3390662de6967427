# SPDX-License-Identifier: AGPL-3.0-only
"""Runs the commands of scripts/ one after the other, as an issuer, reporters and holders would.

A program of its own, because ape's pytest plugin resets chains between tests:

    python -m tests.integration.driver NETWORK FOLDER

It writes what every command answered to FOLDER/answers.json.
"""

import json
import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from ape import accounts, networks
from click.testing import CliRunner

from commands.shell.provenance import ROOT
from hashrate.core.types import DayIndex, DayObservation, Sats, UsdE8
from hashrate.core.units import DAY_SECONDS
from hashrate.history import open_source
from hashrate.reports.report import (
    DayReport,
    OracleDomain,
    OutputReport,
    sign_day_report,
    sign_output_report,
)
from hashrate.reports.report_file import write_report
from simulation.demo.accounts import count_fees_twice
from simulation.demo.block_timer import IN_PROCESS_PROVIDER, InProcessBlockTimer

SOURCE = "simulated:scripts"
OPENING_SECONDS = 600  # [s] after midnight of the first day
REPORTERS = (2, 3)  # of ape's test accounts; two of three must sign
CREDITED_SATS = Sats(4_300_000)
DELIVERED_THS = 120_000 * 10**18
HOLDER = "TEST::7"


@dataclass(frozen=True)
class Answer:
    """What a command said, and its exit code."""

    code: int
    text: str


class Driver:
    """One chain, one folder of records, one command after the other."""

    def __init__(self, network: str, folder: Path) -> None:
        """Prepare parameters that fit the simulated source."""
        self.source = open_source(SOURCE)
        self.first = self.source.first_day
        self.answers: dict[str, Answer] = {}
        self._network = network
        self._folder = folder
        self._parameters = folder / "local.toml"
        height = self.source.observe(self.first).facts.first_height
        text = (ROOT / "parameters/local.toml").read_text(encoding="utf-8")
        text = re.sub(r"(?m)^first_height = \d+$", f"first_height = {height}", text)
        self._parameters.write_text(text, encoding="utf-8")

    # Commands

    def run(self, label: str, command: str, *args: str, said: str = "") -> Answer:
        """Run a command; `said` is typed in answer to its question."""
        cli = import_module(f"scripts.{command}").cli
        options = ["--network", self._network, "--deployments", str(self._folder / "deployments")]
        if command in ("deploy", "issue"):
            options += ["--parameters", str(self._parameters)]
        result = CliRunner().invoke(cli, [*args, *options], input=said)
        if result.exception is not None and not isinstance(result.exception, SystemExit):
            raise result.exception
        self.answers[label] = Answer(result.exit_code, result.output)
        return self.answers[label]

    def records(self) -> list[str]:
        """Name the records written so far."""
        return sorted(path.name for path in (self._folder / "deployments").rglob("*.json"))

    def address(self, name: str) -> Any:
        """Return the address a record holds."""
        (path,) = (self._folder / "deployments").rglob(f"{name}.json")
        return json.loads(path.read_text(encoding="utf-8"))["address"]

    @contextmanager
    def changed(self, name: str, **fields: str) -> Iterator[None]:
        """Change fields of a record for a while."""
        (path,) = (self._folder / "deployments").rglob(f"{name}.json")
        before = path.read_text(encoding="utf-8")
        path.write_text(json.dumps(json.loads(before) | fields), encoding="utf-8")
        yield
        path.write_text(before, encoding="utf-8")

    # Time and reports

    def move_to(self, day: int, hour: int) -> None:
        """Let time pass until an hour of a day, counted from the first."""
        networks.provider.set_timestamp((self.first + day) * DAY_SECONDS + hour * 3600)
        networks.provider.mine()

    def observe(self, day: int) -> DayObservation:
        """Return a day's facts, counted from the first."""
        return self.source.observe(DayIndex(self.first + day))

    def day_files(self, label: str, seen: DayObservation, revision: int = 0) -> list[str]:
        """Let each reporter sign a day at its own price; give the files."""
        report = DayReport(seen.facts, revision, membership_version=1)
        return self._write(
            label,
            [
                sign_day_report(key, self._domain, report, UsdE8(seen.btc_usd_e8 + index))
                for index, key in enumerate(self._keys)
            ],
        )

    def output_files(
        self, label: str, day: int, credited: Sats, revision: int = 0, *, key: str = "fjord"
    ) -> list[str]:
        """Let each reporter sign a fleet's output of a day; give the files."""
        series, index = self.address(f"RewardDistributor.{key}"), DayIndex(self.first + day)
        report = OutputReport(series, index, credited, DELIVERED_THS, revision, 1)
        signed = [sign_output_report(key, self._domain, report) for key in self._keys]
        return self._write(label, signed)

    @property
    def _domain(self) -> OracleDomain:
        return OracleDomain(networks.provider.chain_id, self.address("HashpriceOracle"))

    @property
    def _keys(self) -> list[str]:
        return [accounts.test_accounts[index].private_key for index in REPORTERS]

    def _write(self, label: str, reports: list[Any]) -> list[str]:
        paths = [self._folder / f"{label}-{index}.json" for index in range(len(reports))]
        for path, report in zip(paths, reports, strict=True):
            write_report(path, report)
        return [str(path) for path in paths]

    def damaged(self, path: str) -> str:
        """Change one figure in a report file after it was signed; give the new file."""
        document = json.loads(Path(path).read_text(encoding="utf-8"))
        document["report"]["facts"]["fees_sats"] = "1"
        broken = self._folder / "damaged.json"
        broken.write_text(json.dumps(document), encoding="utf-8")
        return str(broken)


def deploy_and_issue(driver: Driver) -> None:
    """Day 0: the system and a series, and what is refused on the way."""
    owner, issuer = ("--account", "TEST::0"), ("--account", "TEST::5")
    driver.run("deploy dry", "deploy", *owner, "--dry-run")
    driver.answers["records after dry run"] = Answer(0, json.dumps(driver.records()))
    driver.run("issue too early", "issue", "fjord", *issuer, "--yes")
    driver.run("deploy declined", "deploy", *owner, said="n\n")
    driver.run("deploy", "deploy", *owner, said="y\n")
    driver.run("deploy again", "deploy", *owner, "--yes")
    driver.run("verify", "verify")
    with driver.changed("HashpriceOracle", code_hash="0x00"):
        driver.run("verify changed", "verify")
    with driver.changed("SeriesLens", address="0x" + "11" * 20):
        driver.run("verify moved", "verify")
    driver.run("issue unknown", "issue", "nowhere", *issuer, "--yes")
    driver.run("issue dry", "issue", "fjord", *issuer, "--dry-run")
    driver.answers["records before issue"] = Answer(0, json.dumps(driver.records()))
    driver.run("issue", "issue", "fjord", *issuer, "--yes")
    driver.run("issue again", "issue", "fjord", *issuer, "--yes")
    driver.run("status new", "status", "--json")


def report_and_mint(driver: Driver) -> None:
    """Day 1: the first reports, money, and the first hashrate."""
    keeper, issuer = ("--account", "TEST::19", "--yes"), ("--account", "TEST::5", "--yes")
    driver.move_to(1, 6)
    first = driver.day_files("day0", driver.observe(0))
    driver.run("report damaged", "report", driver.damaged(first[0]), first[1], *keeper)
    driver.run("report one signature", "report", first[0], *keeper)
    driver.run("report day", "report", *first, *keeper)
    driver.run("report day again", "report", *first, *keeper)
    tomorrow = driver.day_files("day1early", driver.observe(1))
    driver.run("report day not over", "report", *tomorrow, *keeper)
    later = driver.day_files("day2early", driver.observe(2))
    driver.run("report wrong day", "report", *later, *keeper)
    output = driver.output_files("output0", 0, CREDITED_SATS)
    driver.run("report mixed", "report", first[0], output[0], *keeper)
    driver.run("report output", "report", *output, *keeper)
    driver.run("deposit without money", "deposit", "fjord", "0.1btc", *issuer)
    driver.run("deposit malformed", "deposit", "fjord", "0.1eth", *issuer)
    driver.run("faucet", "faucet", "TEST::5", "1btc", *keeper)
    driver.run("deposit dry", "deposit", "fjord", "0.1btc", "--account", "TEST::5", "--dry-run")
    driver.run("deposit", "deposit", "fjord", "0.1btc", *issuer)
    driver.run("bond", "bond", "fjord", "2000000sat", *issuer)
    driver.move_to(1, 19)
    driver.run(
        "mint by stranger", "mint", "fjord", HOLDER, "60phs", "--account", "TEST::8", "--yes"
    )
    driver.run("mint too much", "mint", "fjord", HOLDER, "120001ths", *issuer)
    driver.run("mint", "mint", "fjord", HOLDER, "60phs", *issuer)


def replace_settle_claim(driver: Driver) -> None:
    """Days 3 and 4: corrected reports, the first paid day, the first claim."""
    keeper = ("--account", "TEST::19", "--yes")
    driver.move_to(3, 6)
    driver.run("report day 1", "report", *driver.day_files("day1", driver.observe(1)), *keeper)
    wrong = driver.day_files("day2wrong", count_fees_twice(driver.observe(2)))
    driver.run("report day 2 wrong", "report", *wrong, *keeper)
    right = driver.day_files("day2", driver.observe(2), revision=1)
    driver.run("report correction without replace", "report", *right, *keeper)
    driver.run("replace day 2", "report", *right, "--replace", *keeper)
    typo = driver.output_files("output2wrong", 2, Sats(CREDITED_SATS // 10))
    driver.run("report output 2 wrong", "report", *typo, *keeper)
    fixed = driver.output_files("output2", 2, CREDITED_SATS, revision=1)
    driver.run("replace output 2", "report", *fixed, "--replace", *keeper)
    driver.run("settle early", "settle", "fjord", *keeper)
    driver.run("claim early", "claim", "fjord", "--for", HOLDER, *keeper)
    driver.move_to(4, 7)
    driver.run("settle dry", "settle", "fjord", "--account", "TEST::19", "--dry-run")
    driver.run("settle", "settle", "fjord", "--days", "1", *keeper)
    driver.run("status settled", "status", "fjord", "--holder", HOLDER, "--json")
    driver.run("claim", "claim", "fjord", "--for", HOLDER, *keeper)
    driver.run("claim again", "claim", "fjord", "--for", HOLDER, *keeper)
    driver.run("status claimed", "status", "fjord", "--holder", HOLDER, "--json")
    driver.run("status for people", "status", "--holder", HOLDER)
    driver.run("status unknown", "status", "nowhere")


def main(network: str, folder: Path) -> None:
    """Play everything and write the answers."""
    driver = Driver(network, folder)
    with networks.parse_network_choice(network) as provider:
        if provider.name == IN_PROCESS_PROVIDER:
            InProcessBlockTimer(driver.first * DAY_SECONDS + OPENING_SECONDS)
        deploy_and_issue(driver)
        report_and_mint(driver)
        replace_settle_claim(driver)
    answers = {label: asdict(answer) for label, answer in driver.answers.items()}
    (folder / "answers.json").write_text(json.dumps(answers, indent=2), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
