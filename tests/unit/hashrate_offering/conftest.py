# SPDX-License-Identifier: AGPL-3.0-only
"""One sale whose list has money of every kind; deployed once a file."""

from typing import Any

import pytest

from tests.unit.chain import deployer
from tests.unit.sale import Sale
from tests.unit.scene import System

DECIMALS = (8, 7, 18, 19)
HOSTILE = ("MockFeeToken", "MockFalseToken", "MockNoReturnToken", "MockFreezingToken")


@pytest.fixture(scope="module")
def moneys(genesis: None) -> dict[str, Any]:
    """Plain money by its decimals, and hostile money by its name."""
    found = {str(decimals): deployer("mocks/MockBitcoin").deploy(decimals) for decimals in DECIMALS}
    for name in HOSTILE:
        found[name] = deployer(f"mocks/{name}").deploy(8)
    return found


@pytest.fixture(scope="module")
def opened(system: System, bitcoin: Any, moneys: dict[str, Any]) -> Sale:
    """An offering at noon before the series starts; nothing is for sale."""
    return Sale.open(system, bitcoin, *moneys.values())


@pytest.fixture
def sale(opened: Sale) -> Sale:
    """The same, with a round open."""
    opened.open_round()
    return opened
