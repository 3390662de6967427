# SPDX-License-Identifier: AGPL-3.0-only
"""A coin that answers no balance held up the claims of every other series in a fund (F4, C28).

The call at the series could fail without harm, but the balance that was read before it could not:
one broken coin, and nobody who claims everything got anything of the series that pay.
"""

from typing import Any

import boa
import pytest

from tests.unit.chain import actor, deployer, go_to_day, refused
from tests.unit.hashrate_fund.basket import Basket
from tests.unit.scene import START, System

pytestmark = pytest.mark.unit

HOLDER = actor("holder")
REVERTS, ANSWERS_NOTHING, ANSWERS_SHORT = 1, 4, 8


@pytest.mark.parametrize("way", [REVERTS, ANSWERS_NOTHING, ANSWERS_SHORT])
def test_claim__coin_that_answers_no_balance__passes_that_series_over(
    system: System, bitcoin: Any, way: int
) -> None:
    coin = deployer("mocks/MockFreezingToken").deploy(8)
    basket = Basket.open(system, bitcoin, coin)
    go_to_day(START)
    basket.fund.create(10 * 10**18, sender=HOLDER)
    basket.live(1)
    sound = boa.env.get_code(coin.address)
    broken = deployer("mocks/MockHostileSeries").deploy(way)
    boa.env.set_code(coin.address, boa.env.get_code(broken.address))

    assert basket.claim(HOLDER) == (1_000, 0)

    with refused("fund: nothing collected"):
        basket.fund.pull(basket.places[1], sender=HOLDER)
    boa.env.set_code(coin.address, sound)
    assert basket.claim(HOLDER) == (0, 1_500)
