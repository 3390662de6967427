# SPDX-License-Identifier: AGPL-3.0-only
"""A node of its own for each file of tests that asks for one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hashrate.core.units import DAY_SECONDS
from hashrate.history import open_source
from simulation.devnet.anvil import Anvil
from tests.integration.driver import OPENING_SECONDS, SOURCE


@pytest.fixture(scope="module")
def node(anvil_path: Path) -> Iterator[str]:
    """A node on loopback whose clock begins with the simulated source.

    It goes on a second with each block: answers name times of day, however long commands took.
    """
    opening = open_source(SOURCE).first_day * DAY_SECONDS + OPENING_SECONDS
    anvil = Anvil(timestamp=opening)
    anvil.rpc.request("anvil_setBlockTimestampInterval", 1)
    yield anvil.url
    anvil.close()
