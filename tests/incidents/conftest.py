# SPDX-License-Identifier: AGPL-3.0-only
"""One file for each defect found: it fails on the contracts as they were before the fix.

The files `test_c…` are flaws of others, exploited or reported, in the list of which they have that
number: the attack works on a contract that is broken on purpose, and fails on vault and book of
forwards.
"""

from collections.abc import Iterator
from typing import Any

import boa
import pytest

from tests.unit.chain import deployer, go_to
from tests.unit.fixtures import bitcoin, genesis, system
from tests.unit.pit import Pit, plain_token
from tests.unit.reporting import FIRST_DAY
from tests.unit.reviewing import Reviewing

__all__ = ["bitcoin", "genesis", "system"]


@pytest.fixture
def pit(genesis: None) -> Pit:
    """A vault at which maker, taker and payer are rich in a plain token."""
    return Pit.open(plain_token())


@pytest.fixture
def naive(pit: Pit) -> Any:
    """A pool with every flaw, in the pit's token, at an index of 1,000."""
    return deployer("mocks/MockNaivePool").deploy(pit.token.address, 1_000)


@pytest.fixture
def reviewing(genesis: None) -> Iterator[Reviewing]:
    """An oracle with headers and a first day that is final."""
    with boa.env.anchor():
        made = Reviewing.begin()
        made.post()
        go_to(made.final_at(FIRST_DAY))
        yield made
