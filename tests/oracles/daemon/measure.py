# SPDX-License-Identifier: AGPL-3.0-only
"""Measure a reporter: `python -m tests.oracles.daemon.measure` prints a table. Not a test: machines
differ, and what else they do decides.

The figures of docs/runbook.md. HASHRATE_DATA names the folder with recorded days.
"""

import os
import sys
import time
from bisect import bisect_right
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from click.testing import CliRunner

from oracles.commands.cli import main as oracles
from oracles.commands.preflight import run_checks
from oracles.daemon.settings import Settings, load_settings
from testing.daemon_parts import ManualClock, Reporters
from testing.daemon_process import DaemonProcess, toml
from testing.exchange import Exchanges
from testing.http_server import Asked, Handler
from testing.oracle_world import DAY_SECONDS
from tests.oracles.daemon.idle import busy_reporter, small_world
from tests.oracles.daemon.test_politeness import FIRST_DAY, Scene

CYCLES = 30
FAR_AWAY_SECONDS = 0.15  # an answer of a healthy service on another continent
RECORDED = ("2016-01-01", "2025-12-31", 3_653)


def main() -> int:
    """Measure and print; give the exit code, 1 where a goal is missed."""
    print(f"{'what':<44} {'measured':>9} {'goal':>7}")
    results = [
        _line("cycle with nothing to do, a series [ms CPU]", idle_cycle_ms, 50),
        _line("check, sources 150 ms away [s]", check_seconds, 5),
        _line("backfill of 3,653 recorded days [s CPU]", backfill_seconds, 5),
    ]
    return 0 if all(results) else 1


def _line(what: str, measure: Callable[[Path], float], goal: int) -> bool:
    """Print a figure beside its goal; give whether it is met."""
    with TemporaryDirectory() as folder:
        measured = measure(Path(folder))
    print(f"{what:<44} {measured:>9.1f} {goal:>7}", flush=True)
    return measured <= goal


def idle_cycle_ms(folder: Path) -> float:
    """Ten days of outputs looked at, peers known, days pending; most of it is JSON."""
    with ExitStack() as stack:
        world = small_world(stack)
        reporters = Reporters(world, folder)
        stack.callback(reporters.close)
        busy = busy_reporter(world, reporters)
        began = time.process_time()
        for _ in range(CYCLES):
            assert busy.daemon.run_once().is_good
        return (time.process_time() - began) / CYCLES * 1_000


def check_seconds(folder: Path) -> float:
    """Three Bitcoin sources far away, and two exchanges: asked side by side."""
    with ExitStack() as stack:
        settings, clock = far_away(stack, folder)
        began = time.monotonic()
        assert all(finding.is_good for finding in run_checks(settings, clock))
        return time.monotonic() - began


def far_away(stack: ExitStack, folder: Path) -> tuple[Settings, ManualClock]:
    """Return settings for healthy sources far away, and the afternoon of a day."""
    scene = Scene(stack, folder)
    exchanges = Exchanges(lambda day: 60_000)
    stack.callback(exchanges.close)
    clock = scene.reporter.clock
    clock.time = (FIRST_DAY + 1) * DAY_SECONDS + 50_000
    scene.world.anvil.warp(clock.now())
    known = scene.blocks[: bisect_right(scene.times, clock.now())]
    for server, view in zip(scene.servers.values(), scene.views, strict=True):
        view.blocks = known
        server.reply_to_all(_slowly(view.answer))
    process = DaemonProcess(scene.world, folder / "check", 0, network="regtest")
    urls = {name: server.url for name, server in scene.servers.items()}
    process.settings |= {
        "bitcoin": [{"kind": name, "url": url} for name, url in urls.items()],
        "prices": ["coinbase", "bitstamp"],
        "price_urls": exchanges.urls,
        "peers": [scene.reporter.url],
    }
    process.config.write_text(toml(process.settings))
    return load_settings(process.config), clock


def backfill_seconds(folder: Path) -> float:
    """Ten years of recorded days into facts."""
    data = Path(os.environ.get("HASHRATE_DATA") or "../shared/data")
    began = time.process_time()
    backfill(data, folder / "facts.csv")
    return time.process_time() - began


def backfill(data: Path, output: Path) -> None:
    """Write the facts of all recorded days."""
    first, last, days = RECORDED
    source = ["--source", f"dataset:{data}", "--from", first, "--to", last]

    result = CliRunner().invoke(oracles, ["backfill", *source, "--output", str(output)])

    assert result.exit_code == 0, result.output
    assert len(output.read_text().splitlines()) == days + 1


def _slowly(handler: Handler) -> Handler:
    """Answer as from far away."""

    def answer(asked: Asked) -> object:
        time.sleep(FAR_AWAY_SECONDS)
        return handler(asked)

    return answer  # type: ignore[return-value]


if __name__ == "__main__":
    sys.exit(main())
