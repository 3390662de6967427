# SPDX-License-Identifier: AGPL-3.0-only
"""What the tests of every contract start from."""

from collections.abc import Iterator
from typing import Any

import boa
import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import deployer
from tests.unit.scene import START, System
from tests.unit.speed import remember

BORN = (START - 3) * DAY_SECONDS


@pytest.fixture(scope="session", autouse=True)
def genesis() -> Iterator[None]:
    """Start the chain three days before the series starts."""
    boa.env.timestamp = BORN
    with pytest.MonkeyPatch.context() as patch:
        remember(patch)
        yield


@pytest.fixture(scope="session")
def system(genesis: None) -> System:
    """An oracle of one reporter and a registry."""
    return System.open()


@pytest.fixture(scope="session")
def bitcoin(genesis: None) -> Any:
    """A plain reward token of 8 decimals."""
    return deployer("mocks/MockBitcoin").deploy(8)
