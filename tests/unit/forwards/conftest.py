# SPDX-License-Identifier: AGPL-3.0-only
"""One vault whose list has a token of every kind; the pit trades in one of 8 decimals."""

from typing import Any

import pytest

from tests.unit.chain import deployer
from tests.unit.pit import TERMS, Pit, plain_token

HOSTILE = ("MockNoReturnToken", "MockFalseToken", "MockFeeToken", "MockReentrantToken")


@pytest.fixture(scope="module")
def tokens(genesis: None) -> dict[str, Any]:
    """Plain tokens by their decimals, and hostile ones by their names."""
    found = {str(decimals): plain_token(decimals) for decimals in (8, 6, 18)}
    for name in (*HOSTILE, "MockFreezingToken"):
        found[name] = deployer(f"mocks/{name}").deploy(8)
    return found


@pytest.fixture(scope="module")
def opened(tokens: dict[str, Any]) -> Pit:
    """The pit on its first day; deployed once a file, as what a test does is undone."""
    return Pit.open(*tokens.values())


@pytest.fixture
def pit(opened: Pit) -> Pit:
    """The pit on its first day."""
    return opened


@pytest.fixture
def series(pit: Pit) -> int:
    """A series of three days that begins the day after next."""
    return pit.create(TERMS)
