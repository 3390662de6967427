# SPDX-License-Identifier: AGPL-3.0-only
"""Hashrate reported too low multiplied the guarantee.

The guaranteed work was paid at the day's own rate, credit per delivered hashrate, up to sixteen
hashprices. A quorum, or one slip of a pool's interface, that reported a sixteenth of the hashrate
beside the true credit took fifteen days of rewards out of the issuer's escrow and bond for one day.
"""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.chain import event
from tests.unit.scene import FLEET, HASHPRICE, TERMS, TH, Scene, System

pytestmark = pytest.mark.unit

FULL_DAY = FLEET // TH * HASHPRICE // 10**18
POOL_FEE_BPS, UPTIME_BPS = 250, 9_500
CREDITED = FULL_DAY * (10_000 - POOL_FEE_BPS) // 10_000


@pytest.fixture
def guaranteed(system: System, bitcoin: Any) -> Scene:
    """A series with a guarantee, and escrow for twenty days."""
    terms = replace(TERMS, pool_fee_bps=POOL_FEE_BPS, guaranteed_uptime_bps=UPTIME_BPS)
    scene = system.begin_series(bitcoin, terms)
    scene.fund(20 * FULL_DAY)
    return scene


@pytest.mark.parametrize("fewer", [16, 10**6, FLEET])
def test_settle__delivered_reported_many_times_too_low__costs_a_day_and_a_fifth(
    guaranteed: Scene, fewer: int
) -> None:
    guaranteed.report(CREDITED, FLEET // fewer)

    guaranteed.settle(1)

    # 125 % of what the market paid the guaranteed work: 1.19 true days, not 15.2
    reward = event(guaranteed.distributor, "DaySettled").reward
    assert reward == CREDITED * 125 * UPTIME_BPS // (100 * 10_000)
    assert reward * 100 < 119 * CREDITED
