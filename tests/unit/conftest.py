# SPDX-License-Identifier: AGPL-3.0-only
"""Every file here tests one function of one contract on the in-process chain.

What a fixture does to the chain is undone when it ends, the clock included.
"""

from typing import Any

import boa
import pytest

from tests.reference.units import DAY_SECONDS
from tests.unit.chain import deployer
from tests.unit.scene import START, Market, Scene

BORN = (START - 3) * DAY_SECONDS


@pytest.fixture(scope="session", autouse=True)
def genesis() -> None:
    """Start the chain three days before the series starts."""
    boa.env.timestamp = BORN


@pytest.fixture(scope="session")
def market(genesis: None) -> Market:
    """An oracle of one reporter and a registry."""
    return Market.open()


@pytest.fixture(scope="session")
def bitcoin(genesis: None) -> Any:
    """A plain reward token of 8 decimals."""
    return deployer("mocks/MockBitcoin").deploy(8)


@pytest.fixture
def listed(market: Market, bitcoin: Any) -> Scene:
    """A series that is listed and nothing else."""
    return market.list_series(bitcoin)


@pytest.fixture
def running(listed: Scene) -> Scene:
    """A series whose holder has held the whole fleet since noon before the first day."""
    listed.begin()
    return listed
