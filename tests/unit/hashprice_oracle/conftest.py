# SPDX-License-Identifier: AGPL-3.0-only
"""An oracle of three reporters, two of whom are enough."""

import pytest

from tests.unit.reporting import Reporting


@pytest.fixture(scope="session")
def deployed(genesis: None) -> Reporting:
    """An oracle without a day; deployed once, as what a test does to it is undone."""
    return Reporting.open()


@pytest.fixture
def empty(deployed: Reporting) -> Reporting:
    """An oracle without a day."""
    return deployed


@pytest.fixture
def reporting(deployed: Reporting) -> Reporting:
    """An oracle with two days, an hour after the second ended."""
    deployed.post()
    deployed.post()
    return deployed
