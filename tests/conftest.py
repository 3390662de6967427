# SPDX-License-Identifier: AGPL-3.0-only
"""What holds for every test: markers, closed sockets, Hypothesis profiles, outside tools."""

import gc
import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NoReturn

import pytest
import structlog
from hypothesis import HealthCheck, settings

from commands.shell.errors import DevnetError
from simulation.devnet.anvil import find_anvil
from testing.socket_guard import SocketGuard
from tests.stateful.steps import STEPS, summary

ROOT = Path(__file__).resolve().parent.parent
KINDS = frozenset({"unit", "modules", "stateful", "integration", "e2e"})
KINDS_WITH_LOOPBACK = frozenset({"integration", "e2e"})
IN_CI = os.environ.get("CI", "").lower() == "true"

# ---------------------------------------------------------------- Hypothesis

# Compiling and deploying make the first example slow, so no health check on time and no deadline.
settings.register_profile(
    "dev",
    max_examples=25,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "ci",
    settings.get_profile("dev"),
    max_examples=200,
    stateful_step_count=60,
    print_blob=True,
)
settings.register_profile(
    "long",
    settings.get_profile("ci"),
    max_examples=5_000,
    stateful_step_count=150,
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if IN_CI else "dev"))


# ---------------------------------------------------------------- Sockets

SOCKET_GUARD = SocketGuard()
sys.addaudithook(SOCKET_GUARD)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Iterator[None]:
    """Open loopback for a test, fixtures included, only if its kind allows it."""
    SOCKET_GUARD.loopback_allowed = bool(kinds_of(item) & KINDS_WITH_LOOPBACK)
    try:
        return (yield)
    finally:
        SOCKET_GUARD.loopback_allowed = True


# ---------------------------------------------------------------- Markers


def kinds_of(item: pytest.Item) -> set[str]:
    """The kinds (unit, modules, …) a test is marked with."""
    return {marker.name for marker in item.iter_markers()} & KINDS


@pytest.fixture(autouse=True)
def _one_kind_of_test(request: pytest.FixtureRequest) -> None:
    """Fail a test that is not marked with exactly one kind."""
    kinds = kinds_of(request.node)
    if len(kinds) != 1:
        pytest.fail(f"mark the test with one of {sorted(KINDS)}; it has {sorted(kinds)}")


# ---------------------------------------------------------------- Steps of state machines


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Hand the steps of a worker to the process that tells of them."""
    worker = getattr(session.config, "workeroutput", None)
    if worker is not None:
        worker["steps"] = dict(STEPS)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Add up what a worker of pytest-xdist counted."""
    STEPS.update(getattr(node, "workeroutput", {}).get("steps", {}))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many steps were taken."""
    if STEPS:
        terminalreporter.write_line(summary(STEPS))


# ---------------------------------------------------------------- Order


# the longest first, so that several workers are done at about the same time
RANKS = {"stateful": 0, "e2e": 1, "integration": 2, "modules": 3, "unit": 4}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files whose tests take longest; a file stays together."""
    ranks: dict[Path, int] = {}
    for item in items:
        rank = min((RANKS[kind] for kind in kinds_of(item)), default=0)
        ranks[item.path] = min(rank, ranks.get(item.path, rank))
    items.sort(key=lambda item: ranks[item.path])


# ---------------------------------------------------------------- Outside tools and data


def tool_missing(what: str) -> NoReturn:
    """Skip the running test because `what` is not installed; in CI that is a failure."""
    if IN_CI:
        pytest.fail(f"{what} is missing, and CI must run every test")
    pytest.skip(f"{what} is missing")


@pytest.fixture(scope="session")
def anvil_path() -> Path:
    """The anvil program itself; ask for it wherever a node is started."""
    try:
        return find_anvil()
    except DevnetError:
        tool_missing("anvil (make setup-node)")


@pytest.fixture(scope="session")
def market_data_dir() -> Path:
    """Folder with real Bitcoin days, kept outside the repository: HASHRATE_DATA names it."""
    folder = Path(os.environ.get("HASHRATE_DATA") or ROOT / "../shared/data").resolve()
    if not folder.is_dir():
        pytest.skip("no folder with real Bitcoin days: set HASHRATE_DATA")
    return folder


# ---------------------------------------------------------------- Logs


def log_plainly() -> None:
    """Print what is logged, tracebacks as Python does: rich's take two seconds each."""
    plain = structlog.dev.ConsoleRenderer(
        colors=False, exception_formatter=structlog.dev.plain_traceback
    )
    structlog.configure(processors=[structlog.stdlib.add_log_level, plain])


# ---------------------------------------------------------------- Build


def drop_stale_build() -> None:
    """Make ape compile again after a module changed: it tracks contracts, not their modules."""
    cache = ROOT / ".build/__local__.json"
    if not cache.exists():
        return
    sources = [path for path in (ROOT / "contracts").rglob("*.vy*") if path.is_file()]
    if any(path.stat().st_mtime > cache.stat().st_mtime for path in sources):
        cache.unlink()


def pytest_configure(config: pytest.Config) -> None:
    """Put this environment's programs first, keep ape quiet and drop a stale build."""
    # tests keep much that lives for long: looking through it a thousand times finds no garbage
    gc.set_threshold(50_000, 20, 100)
    logging.getLogger("ape").setLevel(logging.WARNING)  # pytest's closing line stays the last
    log_plainly()
    programs = [str(Path(sys.executable).parent), str(ROOT / "node_modules/.bin")]
    os.environ["PATH"] = os.pathsep.join([*programs, os.environ.get("PATH", "")])
    if not hasattr(config, "workerinput"):
        drop_stale_build()
