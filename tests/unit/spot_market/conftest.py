# SPDX-License-Identifier: AGPL-3.0-only
"""One stall; deployed once a file, as what a test does is undone."""

import pytest

from tests.unit.stall import Stall


@pytest.fixture(scope="module")
def opened(genesis: None) -> Stall:
    """A market with nothing on it."""
    return Stall.open()


@pytest.fixture
def stall(opened: Stall) -> Stall:
    """A market with nothing on it."""
    return opened
