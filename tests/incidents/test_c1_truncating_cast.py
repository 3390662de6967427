# SPDX-License-Identifier: AGPL-3.0-only
"""A count cut to 128 bits beside positions that are not: 1.14 WBTC were lost to 2^128 + 1 shares.

The pool booked `uint128(shares)` and minted `shares`. Whoever mints 2^128 + 1 pays for one and owns
the pool.
"""

from typing import Any

import pytest

from tests.incidents.naive_pool import COST, enter
from tests.unit.chain import actor, refused
from tests.unit.pit import Pit

pytestmark = pytest.mark.unit

VICTIM, ATTACKER = actor("payer"), actor("taker")
WRAPPED = 2**128 + 1


def test_c1_mint__count_beyond_128_bits__takes_the_naive_pool(naive: Any) -> None:
    token = enter(naive, VICTIM, ATTACKER)
    naive.mint(1_000, sender=VICTIM)
    before = token.balanceOf(ATTACKER)

    naive.mint(WRAPPED, sender=ATTACKER)
    naive.settle()
    naive.redeem(sender=ATTACKER)

    assert token.balanceOf(ATTACKER) - before == 1_000 * COST
    assert token.balanceOf(naive.address) == 0


@pytest.mark.parametrize("quantity", [2**120, WRAPPED, 2**255, 2**256 - 1])
def test_c1_mint_pair__count_beyond_the_bound__reverts(pit: Pit, quantity: int) -> None:
    series = pit.create()
    pit.vault.mint_pair(series, 1_000, VICTIM, VICTIM, sender=VICTIM)

    with refused("vault: quantity out of range", lambda: pit.state(series)):
        pit.vault.mint_pair(series, quantity, ATTACKER, ATTACKER, sender=ATTACKER)


def test_c1_mint_pair__largest_count_of_a_tiny_series__is_booked_as_it_is_held(pit: Pit) -> None:
    largest = 2**79 - 1
    series = pit.strip(1, floor_ticks=0, cap_ticks=1)[0]
    pit.enrich(ATTACKER, 2**125)

    pit.vault.mint_pair(series, largest, ATTACKER, ATTACKER, sender=ATTACKER)

    assert pit.held(ATTACKER, series) == (largest, largest)
    assert pit.vault.open_interest(series) == largest
    assert pit.inside() == largest * pit.vault.pair_cost(series)
    with refused("series: too many contracts", lambda: pit.state(series)):
        pit.vault.mint_pair(series, 1, ATTACKER, ATTACKER, sender=ATTACKER)
