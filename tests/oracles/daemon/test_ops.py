# SPDX-License-Identifier: AGPL-3.0-only
"""What operators get beside the program fits the program."""

import json
import re
import tomllib
from pathlib import Path

import click
import pytest
import yaml

from hashrate.service.settings import NodeSettings
from oracles.chain.budget import LEAST_REPORTS
from oracles.commands.cli import main
from oracles.daemon.settings import Settings, load_settings
from oracles.observability.metrics import Metrics

pytestmark = pytest.mark.unit

ROOT = Path(__file__).resolve().parent.parent.parent.parent
ALERTS = (ROOT / "ops/prometheus/alerts.yml").read_text()
DASHBOARD = (ROOT / "ops/grafana/oracle.json").read_text()
RUNBOOK = (ROOT / "docs/runbook.md").read_text()


def metric_names() -> set[str]:
    """Return the names under which Prometheus stores what the daemon offers."""
    names = set()
    for family in Metrics().registry.collect():
        endings = {"counter": ["_total"], "histogram": ["_bucket", "_count", "_sum"]}
        names |= {family.name + ending for ending in endings.get(family.type, [""])}
    return names


@pytest.mark.parametrize("text", [ALERTS, DASHBOARD], ids=["alerts", "dashboard"])
def test_metrics__asked_for__exist(text: str) -> None:
    """Neither an alert nor a panel asks for something that is not there."""
    asked = set(re.findall(r"\bhashrate_[a-z_]+", text))

    assert asked and asked <= metric_names()


def test_alerts__each__is_in_the_runbook() -> None:
    """Whoever is woken finds what to do under the alert's name."""
    alerts = re.findall(r"- alert: (\w+)", ALERTS)

    assert len(alerts) == len(set(alerts)) > 10
    assert [f"### {name}" for name in alerts if f"### {name}\n" not in RUNBOOK] == []


PAGES = {
    path.name: path.read_text()
    for path in (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
}


def test_documents__commands_of_the_reporter__exist_with_their_options() -> None:
    """Whoever types what is written gets no usage error."""
    asked = {
        match
        for text in PAGES.values()
        for match in re.findall(r"python -m oracles ([a-z-]+)((?: [^`\n|]+)?)", text)
    }
    wrong = []
    for name, rest in asked:
        command = main.commands.get(name)
        words = rest.split()
        if isinstance(command, click.Group) and words:
            command = command.commands.get(words[0])
        options = {"--help"}
        if command is not None:
            options |= {option for each in command.params for option in each.opts}
        unknown = [word for word in words if word.startswith("--") and word not in options]
        if command is None or unknown:
            wrong.append((name, rest, unknown))

    assert len(asked) > 12
    assert wrong == []


@pytest.mark.parametrize(
    "words",
    [
        "useradd --system",
        "ape accounts generate reporter --hide-mnemonic",
        "-v hashrate-oracle:/var/lib/hashrate-oracle",
        "locks do not hold on NFS or SMB",
        "*A new release*",
        "prune --keep-days",
        "publish no limits and ban",
        f"fewer than {'seven' if LEAST_REPORTS == 7 else LEAST_REPORTS} reports at the fee cap",
    ],
)
def test_runbook__what_operators_missed__is_there(words: str) -> None:
    """Each of these was looked for in vain."""
    assert words in " ".join(RUNBOOK.split())


def test_dashboard__parsed__has_panels_with_queries() -> None:
    """The dashboard is JSON, and every panel shows something."""
    panels = json.loads(DASHBOARD)["panels"]

    assert len({panel["id"] for panel in panels}) == len(panels) > 10
    assert all(target["expr"] for panel in panels for target in panel["targets"])


def test_example_settings__loaded__are_a_dry_run() -> None:
    """The example is complete, and signs nothing as it stands."""
    settings = load_settings(ROOT / "ops/settings.example.toml")

    assert len(settings.bitcoin) == 3
    assert settings.reporter_keystore is None


def test_settings__each__is_described() -> None:
    """Every setting stands in a docstring."""
    described = set(re.findall(r"\b[a-z_]+\b", f"{NodeSettings.__doc__}{Settings.__doc__}"))

    assert set(Settings.model_fields) - described == set()


def test_container_and_unit__run__without_root() -> None:
    """Neither runs as root, and both end by SIGTERM."""
    container = (ROOT / "ops/Dockerfile").read_text()
    unit = (ROOT / "ops/systemd/hashrate-oracle.service").read_text()

    assert "\nUSER hashrate-oracle\n" in container
    assert "STOPSIGNAL SIGTERM" in container
    assert "\nUser=hashrate-oracle\n" in unit
    assert "\nKillSignal=SIGTERM\n" in unit


def test_container__copied__is_every_package_of_the_wheel() -> None:
    """A room that is not copied is missing from the image without a word."""
    container = (ROOT / "ops/Dockerfile").read_text()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    packages = project["tool"]["setuptools"]["packages"]["find"]["include"]

    copied = re.findall(r"^COPY (\w+) \1$", container, re.MULTILINE)

    assert copied == [name.removesuffix("*") for name in packages]


def test_compose__parsed__fits_container_and_alerts() -> None:
    """Three reporters, each with a folder and a journal of its own, all of them scraped."""
    compose = yaml.safe_load((ROOT / "ops/compose.example.yml").read_text())
    prometheus = yaml.safe_load((ROOT / "ops/prometheus/compose.yml").read_text())
    services = compose["services"]
    reporters = {name: each for name, each in services.items() if name.startswith("reporter-")}

    assert len(reporters) == 3
    mounts = [mount for each in reporters.values() for mount in each["volumes"]]
    assert len({mount.split(":")[0] for mount in mounts}) == 6
    assert {m.split(":")[1] for m in mounts} == {"/etc/hashrate-oracle", "/var/lib/hashrate-oracle"}
    assert {m.split(":")[0] for m in mounts if m.startswith("journal")} <= set(compose["volumes"])
    for each in reporters.values():
        assert (ROOT / "ops" / each["build"]["context"] / each["build"]["dockerfile"]).exists()
    (scraped,) = prometheus["scrape_configs"]
    assert f'job="{scraped["job_name"]}"' in ALERTS
    targets = scraped["static_configs"][0]["targets"]
    assert targets == [
        f"{name}:{Settings.model_fields['operator_port'].default}" for name in reporters
    ]
    for mount in services["prometheus"]["volumes"]:
        source = mount.split(":")[0]
        assert not source.startswith("./") or (ROOT / "ops" / source).exists()


def test_dashboard__sources_peers_lanes_and_journal__are_shown() -> None:
    """Whatever an alert speaks of can be looked at."""
    for name in ("source_last_answer", "peer_last_answer", "oldest_transaction", "journal_bytes"):
        assert f"hashrate_{name}" in DASHBOARD
    asked = set(re.findall(r"\bhashrate_[a-z_]+", ALERTS))
    assert asked - set(re.findall(r"\bhashrate_[a-z_]+", DASHBOARD)) <= {
        "hashrate_next_day_end_timestamp_seconds",
        "hashrate_evm_node_last_good_timestamp_seconds",
    }
