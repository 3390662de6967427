# SPDX-License-Identifier: AGPL-3.0-only
"""A chain with vault and book, and relays that follow it."""

import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from testing.forwards_world import ForwardsWorld
from testing.postgres import Postgres, find_binaries
from testing.relay_process import RelayProcess


@pytest.fixture(scope="module")
def shared_world(anvil_path: Path) -> Iterator[ForwardsWorld]:
    """One node for the tests of a module; see `world`."""
    world = ForwardsWorld()
    yield world
    world.close()


@pytest.fixture
def world(shared_world: ForwardsWorld) -> Iterator[ForwardsWorld]:
    """Vault and book with three months that nobody has traded."""
    snapshot = shared_world.anvil.do("evm_snapshot")
    yield shared_world
    assert shared_world.anvil.do("evm_revert", snapshot)


@pytest.fixture
def start_relay(world: ForwardsWorld, tmp_path: Path) -> Iterator[Callable[..., RelayProcess]]:
    """Start relays; they end with the test."""
    with ExitStack() as stack:

        def start(name: str = "relay", skew_seconds: int = 0, **settings: object) -> RelayProcess:
            relay = RelayProcess(world, tmp_path / name, **settings)
            relay.skew_seconds = skew_seconds
            stack.callback(relay.close)
            relay.start()
            return relay

        yield start


@pytest.fixture
def relay(start_relay: Callable[..., RelayProcess]) -> RelayProcess:
    """One relay that follows the chain."""
    return start_relay()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A server of PostgreSQL."""
    binaries = find_binaries()
    if binaries is None and not os.environ.get("CI"):
        pytest.skip("no server of PostgreSQL is installed (Debian: postgresql)")
    assert binaries is not None, ".ci/run installs PostgreSQL"
    server = Postgres(binaries)
    yield server
    server.close()
