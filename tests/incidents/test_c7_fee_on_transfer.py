# SPDX-License-Identifier: AGPL-3.0-only
"""A token that keeps a part of every transfer: the last one to redeem finds nothing."""

from typing import Any

import boa
import pytest

from tests.incidents.naive_pool import COST, PLENTY
from tests.unit.chain import actor, deployer, refused
from tests.unit.pit import Order, Pit

pytestmark = pytest.mark.unit

MAKER, TAKER, PAYER = actor("maker"), actor("taker"), actor("payer")


@pytest.fixture
def fee_token(genesis: None) -> Any:
    """A token that keeps one percent."""
    return deployer("mocks/MockFeeToken").deploy(8)


def test_c7_redeem__naive_pool__the_last_one_is_not_paid(fee_token: Any) -> None:
    pool = deployer("mocks/MockNaivePool").deploy(fee_token.address, 1_000)
    for who in (MAKER, TAKER):
        fee_token.mint(who, PLENTY)
        fee_token.approve(pool.address, PLENTY, sender=who)
        pool.mint(100, sender=who)
    pool.settle()
    pool.redeem(sender=MAKER)

    assert pool.collateral() == 200 * COST
    with boa.reverts():
        pool.redeem(sender=TAKER)


def test_c7_mint_pair__less_arrives__reverts(fee_token: Any) -> None:
    pit = Pit.open(fee_token)
    series = pit.create()

    with refused("cash: other amount arrived", lambda: pit.state(series)):
        pit.vault.mint_pair(series, 1, PAYER, PAYER, sender=PAYER)


def test_c7_fill__less_arrives__reverts(fee_token: Any) -> None:
    pit = Pit.open(fee_token)
    series = pit.create()

    with refused("cash: other amount arrived", lambda: pit.state(series)):
        pit.fill(Order([series]), 1)
