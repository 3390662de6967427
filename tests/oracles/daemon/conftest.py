# SPDX-License-Identifier: AGPL-3.0-only
"""An oracle on a private chain, and reporters of it in this process."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from testing.bcoin import PROGRAM
from testing.daemon_parts import LocalReporter, Reporters
from testing.oracle_world import OracleWorld
from tests.conftest import tool_missing
from tests.oracles.daemon.idle import small_world


@pytest.fixture(scope="session")
def bitcoin_program() -> Path:
    """The Bitcoin node from npm; without it a test is skipped, and fails in CI."""
    if not PROGRAM.exists() or shutil.which("node") is None:
        tool_missing("bcoin (make setup-node)")
    return PROGRAM


@pytest.fixture(scope="module")
def shared_world(anvil_path: Path) -> Iterator[OracleWorld]:
    """One node for the tests of a module; see `world`."""
    with ExitStack() as stack:
        yield small_world(stack)


@pytest.fixture
def world(shared_world: OracleWorld) -> Iterator[OracleWorld]:
    """A fresh oracle of three reporters, threshold two, a day before its first day."""
    snapshot = shared_world.anvil.do("evm_snapshot")
    yield shared_world
    shared_world.anvil.do("evm_setAutomine", True)
    assert shared_world.anvil.do("evm_revert", snapshot)


@pytest.fixture
def start_reporter(world: OracleWorld, tmp_path: Path) -> Iterator[Callable[..., LocalReporter]]:
    """Start single reporters; they end with the test."""
    with ExitStack() as stack:

        def start(number: int, **options: object) -> LocalReporter:
            reporter = LocalReporter(world, tmp_path, number, **options)
            stack.callback(reporter.close)
            return reporter

        yield start


@pytest.fixture
def reporters(world: OracleWorld, tmp_path: Path) -> Iterator[Reporters]:
    """Three reporters who know one another."""
    three = Reporters(world, tmp_path)
    yield three
    three.close()
