# SPDX-License-Identifier: AGPL-3.0-only
"""Vault and book to act on, an hour after midnight: eight days are final, one is pending.

The fourth halving lies in the third day of the first windows, a retarget five days later. Hashprice
is about 125,700 ticks (12,570 in USD) before the halving and 62,900 (6,290) after it, difficulty
100,000 ticks; floors and caps lie so that ordinary days come to rest between them and unusual ones
do not.
"""

from collections.abc import Callable
from functools import cache

from reference import Network, SeriesTerms
from reference.forward_terms import ForwardTerms, Metric
from reference.units import HOUR_SECONDS, day_start
from testing.compiler import Compiler
from testing.forwards_system import deploy_forwards_system
from testing.system import Setup
from tests.stateful.forwards_lockstep import ForwardsLockstep
from tests.stateful.lockstep import BLOCKS, PRICE_E8

FIRST_DAY = 20_000
TODAY = FIRST_DAY + 9
FIRST_WINDOW = TODAY + 1
NETWORK = Network(FIRST_DAY, 840_000 - BLOCKS * 12 - 70)
SETUP = Setup(SeriesTerms(start_day=FIRST_DAY), NETWORK, day_start(FIRST_DAY))
SATS, USD, DIFFICULTY = Metric
# name: metric, first day and days of the window, floor, cap, tick value, decimals of the coin
SERIES = {
    "halving": (SATS, 0, 4, 50_000, 130_000, 1, 8),
    "after": (SATS, 4, 3, 50_000, 130_000, 1, 8),
    "retarget": (DIFFICULTY, 4, 5, 95_000, 120_000, 7 * 10**9, 18),
    "dollars": (USD, 0, 6, 5_000, 12_000, 10**4, 6),
    "next dollars": (USD, 6, 3, 5_000, 12_000, 10**4, 6),
    "later": (USD, 12, 2, 5_000, 12_000, 10**4, 6),
    "certain": (USD, 2, 1, 0, 1, 3, 6),
    "wide": (SATS, 1, 2, 2**63, 2**64, 2**59, 18),
}
# mostly the same months, so that trades meet positions
STRIPS = (
    *[("halving",)] * 5,
    ("retarget",),
    ("dollars",),
    ("wide",),
    ("halving", "after"),
    ("dollars", "next dollars"),
    ("dollars", "next dollars", "certain"),
)


def terms_of(name: str, lockstep: ForwardsLockstep) -> ForwardTerms:
    """Return the terms of one of `SERIES`."""
    metric, first, days, floor, cap, tick_value, decimals = SERIES[name]
    first_day = FIRST_WINDOW + first
    token = lockstep.system.coins[decimals].address
    index = lockstep.system.oracle.address
    return ForwardTerms(index, metric, first_day, first_day + days, floor, cap, tick_value, token)


@cache
def begun() -> ForwardsLockstep:
    """Return vault and book with all of `SERIES`, made once: act on copies, and take it back."""
    return begin(Compiler(), lambda _: None)


def begin(compiler: Compiler, note: Callable[[str], object]) -> ForwardsLockstep:
    """Deploy, report the first days, and list the series."""
    lockstep = ForwardsLockstep(deploy_forwards_system(SETUP, compiler), SETUP, note)
    for day in range(FIRST_DAY, TODAY):
        lockstep.wait_until(day_start(day + 1) + HOUR_SECONDS)
        lockstep.report_day(lockstep.next_facts(), [PRICE_E8] * 2)
    for name in SERIES:
        lockstep.create_series(terms_of(name, lockstep), name)
    return lockstep
