# SPDX-License-Identifier: AGPL-3.0-only
"""After a reorganisation a stranger's series could stand at the address of somebody else's.

A series was created at an address that only the number of series before it determined. In a chain
that reorganises, a stranger whose `create_series` comes first gets the address: with other terms
and itself as issuer, but with the fleet's signed outputs (they name the series by its address), and
with whatever `approve`, `fund` and `post_bond` the first issuer had sent to that address, which the
stranger takes out by closing. The address has to depend on the creator and the terms.
"""

from dataclasses import replace
from typing import Any

import boa
import pytest

from tests.unit.chain import actor
from tests.unit.scene import TERMS, System

pytestmark = pytest.mark.unit


def test_create_series__by_another_in_another_history__has_another_address(
    system: System, bitcoin: Any
) -> None:
    with boa.env.anchor():
        address = system.list_series(bitcoin).address

    assert system.list_series(bitcoin, issuer=actor("stranger")).address != address


def test_create_series__on_other_terms_in_another_history__has_another_address(
    system: System, bitcoin: Any
) -> None:
    with boa.env.anchor():
        address = system.list_series(bitcoin).address

    assert system.list_series(bitcoin, replace(TERMS, pool_fee_bps=1)).address != address


def test_create_series__twice_on_the_same_terms__are_two_series(
    system: System, bitcoin: Any
) -> None:
    first, second = (system.list_series(bitcoin).address for _ in range(2))

    assert first != second
