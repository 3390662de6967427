# SPDX-License-Identifier: AGPL-3.0-only
"""A chain, a relay and makers."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from eth_account.signers.local import LocalAccount

from hashrate.service.clock import SystemClock
from hashrate.service.logging import Redactor
from maker.cycle import Maker
from maker.metrics import MakerMetrics
from maker.service import open_maker
from testing.maker_world import MakerWorld
from testing.relay_process import RelayProcess


@pytest.fixture(scope="module")
def shared_world(anvil_path: Path) -> Iterator[MakerWorld]:
    """One node for the tests of a module; see `world`."""
    world = MakerWorld()
    yield world
    world.close()


@pytest.fixture
def world(shared_world: MakerWorld) -> Iterator[MakerWorld]:
    """A fresh index, and series that nobody has traded."""
    snapshot = shared_world.anvil.do("evm_snapshot")
    yield shared_world
    assert shared_world.anvil.do("evm_revert", snapshot)


@pytest.fixture
def relay(world: MakerWorld, tmp_path: Path) -> Iterator[RelayProcess]:
    """A relay that follows the chain."""
    process = RelayProcess(world, tmp_path / "relay")
    process.start()
    yield process
    process.close()


@pytest.fixture
def make(world: MakerWorld, relay: RelayProcess, tmp_path: Path) -> Iterator[Callable[..., Maker]]:
    """Make makers in this process, each with a folder of its name."""
    with ExitStack() as stack:

        def start(account: LocalAccount | None, name: str = "maker", **changes: object) -> Maker:
            given = world.maker_settings(tmp_path / name, relay.url, account, **changes)
            settings = world.open_settings(given)
            opened = open_maker(settings, Redactor(), MakerMetrics(), SystemClock())
            return stack.enter_context(opened)

        yield start
