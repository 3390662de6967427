# SPDX-License-Identifier: AGPL-3.0-only
"""A fund over two series that have begun; what a test does is undone."""

from typing import Any

import pytest

from tests.unit.fixtures import bitcoin, genesis, system
from tests.unit.hashrate_fund.basket import Basket
from tests.unit.scene import System

__all__ = ["bitcoin", "genesis", "system"]


@pytest.fixture
def basket(system: System, bitcoin: Any) -> Basket:
    """A fund of 2 TH/s of one series and 5 of another; the holder has approved it."""
    return Basket.open(system, bitcoin, bitcoin)
