# SPDX-License-Identifier: AGPL-3.0-only
"""What operators get beside the program fits the program."""

import json
import re
from pathlib import Path

import pytest

from hashrate.service.settings import NodeSettings
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
