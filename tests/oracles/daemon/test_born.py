# SPDX-License-Identifier: AGPL-3.0-only
"""Every series of metrics is there before its first event: one born with it hides that event."""

from pathlib import Path

import pytest

from hashrate.service.logging import Redactor
from oracles.daemon.cycle import Daemon
from oracles.daemon.parts import Outcome
from oracles.daemon.runtime import open_keys, open_parts
from oracles.daemon.settings import load_settings
from oracles.journal.models import WorkKind
from oracles.observability.metrics import Metrics, Names
from testing.daemon_main import LyingFacts
from testing.daemon_parts import ManualClock, Reporters
from testing.daemon_process import DaemonProcess, toml
from testing.oracle_world import OracleWorld

Series = set[tuple[str, tuple[tuple[str, str], ...]]]
UNBORN = {"hashrate_step_errors"}  # by name of an error: no alert asks for one


def series_of(metrics: Metrics) -> Series:
    """Return every series there is, by its labels."""
    return {
        (family.name, tuple(sorted(sample.labels.items())))
        for family in metrics.registry.collect()
        for sample in family.samples
        if sample.labels and family.name not in UNBORN and "le" not in sample.labels
    }


@pytest.mark.integration
def test_metrics__days_with_a_lying_peer__make_no_series_that_was_not_there(
    world: OracleWorld, reporters: Reporters, tmp_path: Path
) -> None:
    """A wired reporter through three days: first occurrences of differing peers were lost."""
    _, liar, other = reporters.all
    liar.change(facts=LyingFacts(liar.parts.facts, world.first_day + 1))
    process = DaemonProcess(world, tmp_path / "wired", 0, days="simulated:1")
    process.settings["peers"] = [liar.url, other.url]
    process.config.write_text(toml(process.settings))
    settings, clock = load_settings(process.config), ManualClock(world.anvil.now())
    keys = open_keys(settings, Redactor())
    with open_parts(settings, keys, Redactor(), clock) as parts:
        daemon = Daemon(parts)
        born = series_of(parts.metrics)
        for day in range(world.first_day, world.first_day + 3):
            world.finish_day(day)
            for _ in range(3):
                for each in (liar, other):
                    each.clock.time = world.anvil.now()
                    each.daemon.run_once()
                clock.time = world.anvil.now()
                daemon.run_once()
        later = series_of(parts.metrics)
        differing = parts.metrics.registry.get_sample_value(
            "hashrate_peer_answers_total",
            {"peer": liar.url.removeprefix("http://"), "result": "differs"},
        )

    assert differing is not None and differing > 0
    assert later - born == set()


@pytest.mark.unit
def test_begin__every_kind_and_outcome__is_born() -> None:
    """What is added to an enumeration is added there too."""
    metrics = Metrics()
    metrics.begin(Names(), 0)

    values: dict[str, set[str]] = {}
    for name, labels in series_of(metrics):
        for label, value in labels:
            values.setdefault(f"{name}.{label}", set()).add(value)

    assert values["hashrate_transactions.kind"] == set(WorkKind)
    assert values["hashrate_reports.outcome"] == {"signed", *Outcome} - {Outcome.DRY_RUN}
