# SPDX-License-Identifier: AGPL-3.0-only
"""Every file here tests one function of one contract on the in-process chain.

What a fixture does to the chain is undone when it ends, the clock included.
"""

from typing import Any

import pytest

from tests.unit.fixtures import bitcoin, genesis, system
from tests.unit.scene import Scene, System

__all__ = ["bitcoin", "genesis", "system"]


@pytest.fixture
def listed(system: System, bitcoin: Any) -> Scene:
    """A series that is listed and nothing else."""
    return system.list_series(bitcoin)


@pytest.fixture
def running(listed: Scene) -> Scene:
    """A series whose holder has held the whole fleet since noon before the first day."""
    listed.begin()
    return listed
