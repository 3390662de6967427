# SPDX-License-Identifier: AGPL-3.0-only
"""How long things take, as the runbook states it; where the machine's load would decide, CPU time.

The bounds hold on one core of a small machine, several times over.
"""

import time
from bisect import bisect_right
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from hashrate.core.types import DayIndex, Sats
from hashrate.history import open_source
from oracles.commands.cli import main
from oracles.commands.preflight import run_checks
from oracles.daemon.readings import OutputReading
from oracles.daemon.settings import load_settings
from testing.daemon_parts import LocalReporter, Reporters
from testing.daemon_process import DaemonProcess, toml
from testing.exchange import Exchanges
from testing.http_server import Asked, Handler
from testing.oracle_world import DAY_SECONDS, OracleWorld
from testing.series_world import SeriesWorld
from tests.oracles.daemon.test_politeness import FIRST_DAY, Scene

DAYS = 10
CYCLES = 30
IDLE_CPU_SECONDS = 0.050
CHECK_SECONDS = 5.0
BACKFILL_CPU_SECONDS = 5.0
FAR_AWAY_SECONDS = 0.15  # an answer of a healthy service on another continent


class Meter:
    """A pool that knows every day."""

    longest_wait = 3_600

    def __init__(self, series: str) -> None:
        self.series = series

    def output(self, day: DayIndex) -> OutputReading:
        """Return an output."""
        return OutputReading(Sats(10**6), 10**15, ())


@pytest.fixture
def busy(world: OracleWorld, reporters: Reporters) -> LocalReporter:
    """A reporter of ten days and of one series, all posted; some days are not final."""
    series = SeriesWorld(world, world.first_day + 1).series
    reporter, whole = reporters.all[0], open_source("simulated:1")
    for number in range(world.first_day, world.first_day + DAYS):
        day = DayIndex(number)
        world.finish_day(day)
        seen = whole.observe(day)
        world.post(seen.facts, seen.btc_usd_e8)
        world.post_output(series.address, day, 10**6, 10**15)
    policy = replace(reporter.parts.policy, output_days=DAYS)
    reporter.change(outputs=(Meter(series.address),), policy=policy)
    return reporter


@pytest.mark.integration
def test_run_once__nothing_to_do__takes_little_of_a_core(busy: LocalReporter) -> None:
    """Ten days of outputs looked at, peers known, days pending: 50 ms of CPU, most of it JSON."""
    busy.clock.time = busy.world.anvil.now()
    for _ in range(3):
        busy.daemon.run_once()
    began = time.process_time()

    results = [busy.daemon.run_once() for _ in range(CYCLES)]

    taken = (time.process_time() - began) / CYCLES
    assert all(result.is_good for result in results)
    assert taken <= IDLE_CPU_SECONDS, taken


def slowly(handler: Handler) -> Handler:
    """Answer as from far away."""

    def answer(asked: Asked) -> object:
        time.sleep(FAR_AWAY_SECONDS)
        return handler(asked)

    return answer  # type: ignore[return-value]


@pytest.fixture
def scene(tmp_path: Path, anvil_path: Path) -> Iterator[tuple[Scene, Exchanges]]:
    """Three Bitcoin sources far away, and two exchanges, in the afternoon of a day."""
    with ExitStack() as stack:
        scene = Scene(stack, tmp_path)
        exchanges = Exchanges(lambda day: 60_000)
        stack.callback(exchanges.close)
        scene.reporter.clock.time = (FIRST_DAY + 1) * DAY_SECONDS + 50_000
        scene.world.anvil.warp(scene.reporter.clock.now())
        known = scene.blocks[: bisect_right(scene.times, scene.reporter.clock.now())]
        for server, view in zip(scene.servers.values(), scene.views, strict=True):
            view.blocks = known
            server.reply_to_all(slowly(view.answer))
        yield scene, exchanges


@pytest.mark.integration
def test_check__all_sources_healthy_and_far_away__takes_seconds(
    scene: tuple[Scene, Exchanges], tmp_path: Path
) -> None:
    """Sources are asked side by side: the slowest chain of questions counts, not their number."""
    world, exchanges = scene[0].world, scene[1]
    process = DaemonProcess(world, tmp_path / "check", 0, network="regtest")
    urls = {name: server.url for name, server in scene[0].servers.items()}
    process.settings |= {
        "bitcoin": [{"kind": name, "url": url} for name, url in urls.items()],
        "prices": ["coinbase", "bitstamp"],
        "price_urls": exchanges.urls,
        "peers": [scene[0].reporter.url],
    }
    process.config.write_text(toml(process.settings))
    settings = load_settings(process.config)
    began = time.monotonic()

    findings = run_checks(settings, scene[0].reporter.clock)

    taken = time.monotonic() - began
    assert [finding for finding in findings if not finding.is_good] == []
    lines = {finding.name: finding.line for finding in findings}
    assert lines["bitcoin"].startswith("3 of 3 sources agree")
    assert lines["prices"].startswith("2 of 2 exchanges agree")
    assert taken <= CHECK_SECONDS


@pytest.mark.unit
def test_backfill__ten_real_years__takes_seconds(market_data_dir: Path, tmp_path: Path) -> None:
    """3,653 real days into facts."""
    arguments = ["--source", f"dataset:{market_data_dir}", "--from", "2016-01-01"]
    output = ["--to", "2025-12-31", "--output", str(tmp_path / "facts.csv")]
    began = time.process_time()

    result = CliRunner().invoke(main, ["backfill", *arguments, *output])

    assert result.exit_code == 0, result.output
    assert time.process_time() - began <= BACKFILL_CPU_SECONDS
    assert len((tmp_path / "facts.csv").read_text().splitlines()) == 3_654
