# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.settle`: what a reported day owes, by hand, and beside the reference."""

from dataclasses import dataclass, replace
from typing import Any

import pytest

from reference import DayPrices, Output, SeriesTerms, day_reward
from reference.units import DAY_SECONDS
from tests.unit.chain import deployer, event
from tests.unit.reporting import PRICE
from tests.unit.scene import FLEET, HASHPRICE, POWERED, TERMS, TH, System

pytestmark = pytest.mark.unit

PLENTY = 10**32


@dataclass(frozen=True)
class Day:
    """What happened on a day to a fleet with 1,000 TH/s sold, and what it owes by hand.

    credited: [sat]; delivered, paid: [TH/s]; fee, reward: [sat]; hashprice_wad: [1e18].
    """

    credited: int
    delivered: int
    paid: int
    fee: int
    reward: int
    terms: SeriesTerms = TERMS
    hashprice_wad: int = HASHPRICE
    price: int = PRICE


POOLED = replace(TERMS, pool_fee_bps=300)
PASS_THROUGH = replace(TERMS, guaranteed_uptime_bps=0)
DAYS = {
    "full delivery": Day(50_000, 1_000, 1_000, 0, 50_000),
    "above the guarantee": Day(48_500, 970, 970, 0, 48_500),
    "at the guarantee": Day(47_500, 950, 950, 0, 47_500),
    # 25,000 satoshi for 500 TH/s are 50 each, and 950 TH/s are guaranteed
    "below the guarantee": Day(25_000, 500, 950, 0, 47_500),
    "nothing guaranteed": Day(25_000, 500, 500, 0, 25_000, PASS_THROUGH),
    "more than sold": Day(100_000, 2_000, 1_000, 0, 50_000),
    "a lucky pool": Day(60_000, 1_000, 1_000, 0, 60_000),
    # 50,000 satoshi bear out 50,000 / (0.98 x 50) = 1,020.4 TH/s: 49 satoshi each
    "hashrate over-reported": Day(50_000, 5_000, 1_000, 0, 49_000),
    # four times the hashprice is believed, no more
    "credit beyond belief": Day(1_000_000, 1_000, 1_000, 0, 200_000),
    "credit at the ceiling": Day(200_000, 1_000, 1_000, 0, 200_000),
    # the guarantee at the day's own rate, at most 125 % of hashprice: 950 x 62.5
    "hashrate under-reported": Day(50_000, 62, 950, 0, 59_375),
    "nothing credited": Day(0, 1_000, 950, 0, 47_500),
    "nothing delivered": Day(50_000, 0, 950, 0, 47_500),
    "nothing, pool fee": Day(0, 0, 950, 0, 46_075, POOLED),
    "nothing, nothing guaranteed": Day(0, 0, 0, 0, 0, PASS_THROUGH),
    # 20 J/TH at 5 cents and $100,000: 24 satoshi of power a day, and 1 of service
    "powered": Day(50_000, 1_000, 1_000, 25_000, 25_000, POWERED),
    "powered, half the price": Day(50_000, 1_000, 1_000, 49_000, 1_000, POWERED, price=PRICE // 2),
    # 24 x 100,000 / 48,000 = 50 satoshi of power
    "powered, nothing left": Day(50_000, 1_000, 1_000, 51_000, 0, POWERED, price=48_000 * 10**8),
    "fee on the work that ran": Day(48_500, 970, 970, 24_250, 24_250, POWERED),
    "fee on the guarantee": Day(25_000, 500, 950, 23_750, 23_750, POWERED),
}


@pytest.mark.parametrize("day", DAYS.values(), ids=DAYS)
@pytest.mark.parametrize("decimals", [8, 18])
def test_settle__reported_day__owes_what_the_rules_say(
    system: System, decimals: int, day: Day
) -> None:
    token = deployer("mocks/MockBitcoin").deploy(decimals)
    scene = system.begin_series(token, day.terms)
    scene.fund(PLENTY)
    base = 10 ** (decimals - 8)

    scene.report(day.credited, day.delivered * TH, day.hashprice_wad, day.price)
    assert scene.settle() == 1

    settled = event(scene.distributor, "DaySettled")
    by_reference = day_reward(
        day.terms,
        DayPrices(day.hashprice_wad, day.price),
        Output(day.credited, day.delivered * TH, 0),
        FLEET * DAY_SECONDS,
        decimals,
    )
    assert settled.held_work == FLEET * DAY_SECONDS
    assert settled.paid_work == by_reference.work
    assert (settled.fee, settled.reward) == (by_reference.fee, by_reference.reward)
    # and by hand
    assert settled.paid_work == day.paid * TH * DAY_SECONDS
    assert settled.fee == day.fee * base
    assert settled.reward == day.reward * base
    assert scene.distributor.ledger().escrow == PLENTY - day.reward * base


@pytest.mark.parametrize(
    ("held", "fee", "reward"),
    [(1, 2, 0), (TH // 24, 2, 0), (TH // 24 + 1, 3, 0), (TH, 25, 25), (TH + 1, 27, 23)],
    ids=["1e-18 TH/s", "a hair less", "a hair more", "1 TH/s", "a hair more than 1 TH/s"],
)
def test_settle__power_and_service__round_up_each(
    system: System, bitcoin: Any, held: int, fee: int, reward: int
) -> None:
    """Power is 24 satoshi per TH/s and service 1; each is a whole satoshi at the least."""
    scene = system.begin_series(bitcoin, POWERED, holder_ths=held)
    scene.fund(1_000)
    scene.report(50_000, FLEET)

    scene.settle()

    settled = event(scene.distributor, "DaySettled")
    assert (settled.fee, settled.reward) == (fee, reward)


def test_settle__reward_beyond_a_rate__is_capped(system: System) -> None:
    """With 18 decimals a TH/s earns at most 86,400e18 / 2**16 base units a day."""
    token = deployer("mocks/MockBitcoin").deploy(18)
    scene = system.begin_series(token)
    scene.fund(10**36)
    scene.report(2**63, FLEET, hashprice_wad=2**111)

    scene.settle()

    assert event(scene.distributor, "DaySettled").reward == FLEET * DAY_SECONDS // 2**16


def test_settle__supply_of_a_billion__is_exact(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, holder_ths=10**9 * TH)
    scene.fund(10**12)
    scene.report(50 * 10**9, 10**9 * TH)

    scene.settle()

    settled = event(scene.distributor, "DaySettled")
    assert (settled.held_work, settled.reward) == (10**27 * DAY_SECONDS, 50 * 10**9)
