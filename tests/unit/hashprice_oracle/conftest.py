# SPDX-License-Identifier: AGPL-3.0-only
"""An oracle of three reporters, two of whom are enough."""

import pytest

from tests.unit.desk import Desk


@pytest.fixture(scope="session")
def deployed(genesis: None) -> Desk:
    """An oracle without a day; deployed once, as what a test does to it is undone."""
    return Desk.open()


@pytest.fixture
def empty(deployed: Desk) -> Desk:
    """An oracle without a day."""
    return deployed


@pytest.fixture
def desk(deployed: Desk) -> Desk:
    """An oracle with two days, an hour after the second ended."""
    deployed.post()
    deployed.post()
    return deployed
