# SPDX-License-Identifier: AGPL-3.0-only
"""Products on a series that has begun; what a test does is undone."""

from typing import Any

import pytest

from tests.unit.fixtures import bitcoin, genesis, system
from tests.unit.hashrate_tranches.stage import NOTE, SHORT_NOTE, STRIP, Stage
from tests.unit.scene import System

__all__ = ["bitcoin", "genesis", "system"]


@pytest.fixture
def strip(system: System, bitcoin: Any) -> Stage:
    """A strip of two days."""
    return Stage.begin(system, bitcoin, STRIP)


@pytest.fixture
def note(system: System, bitcoin: Any) -> Stage:
    """A note of thirty days with a face of 120 satoshi, met on the third."""
    return Stage.begin(system, bitcoin, NOTE)


@pytest.fixture
def short_note(system: System, bitcoin: Any) -> Stage:
    """A note of two days with a face of 120 satoshi, of which 100 are earned."""
    return Stage.begin(system, bitcoin, SHORT_NOTE)
