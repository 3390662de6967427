# SPDX-License-Identifier: AGPL-3.0-only
"""Found while products were written: a collection that brings nothing was taken for a failure.

A claim walks 128 touched days of the holding. If all of them earned nothing, the call at the series
advances and pays zero. Taking zero for "nothing to collect" undid the advance, so a product whose
holding was touched on 128 such days in a row could never pay anything again.
"""

import pytest

from reference.units import DAY_SECONDS, day_start
from testing.oracle import LONG_WINDOW_SECONDS
from testing.patching import patched
from tests.stateful.lockstep import PRICE_E8
from tests.stateful.scenes import CREDITED_SATS, FLEET_THS, SHORT_WALK, SHORT_WALKS, START
from tests.stateful.tranches_scenes import begin_products

pytestmark = pytest.mark.stateful
# [%] of the hashprice at which the service fee takes all
POOR = 97
POOR_DAYS = SHORT_WALK + 2


def test_pull__many_touched_days_that_earned_nothing__walks_on() -> None:
    """Walks are of three days here instead of 128."""
    with patched(SHORT_WALKS) as compiler:
        lockstep = begin_products("dear", compiler)
    lockstep.words_per_claim = SHORT_WALK
    strip, owner = lockstep.twins[0], lockstep.people[0]
    for day in range(START, START + POOR_DAYS + 1):
        lockstep.wait_until(day_start(day) + DAY_SECONDS // 2)
        assert lockstep.split(strip, owner, 10**18, owner, owner)
    lockstep.wait_until(day_start(START + POOR_DAYS + 1))
    while lockstep.oracle_model.next_day <= START + POOR_DAYS:
        day = lockstep.oracle_model.next_day
        percent = 100 if day in (START - 1, START + POOR_DAYS) else POOR
        lockstep.report_day(lockstep.next_facts(percent=percent), [PRICE_E8] * 2)
        credited = CREDITED_SATS * percent // 100
        lockstep.report_output(lockstep.output(day, credited, FLEET_THS))
    lockstep.wait(LONG_WINDOW_SECONDS)
    lockstep.settle(64)
    assert [settled.reward > 0 for settled in lockstep.model.ledger.days] == [
        *[False] * POOR_DAYS,
        True,
    ]

    assert lockstep.pull(strip)
    while lockstep.pull(strip):
        pass

    assert lockstep.model.claimable(strip.address) == 0
    assert strip.model.claimable(True, owner) > 0
    while strip.model.claimable(True, owner):
        assert lockstep.claim_tranche(strip, True, owner, owner) is not None
