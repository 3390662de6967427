# SPDX-License-Identifier: AGPL-3.0-only
"""Found while products were written: a collection that brings nothing was taken for a failure.

A claim walks 128 touched days of the holding. If all of them earned nothing, the call at the series
advances and pays zero. Taking zero for "nothing to collect" undid the advance, so a product whose
holding was touched on 128 unpaid days in a row could never pay anything again.
"""

from fractions import Fraction

import pytest

from reference.units import DAY_SECONDS
from tests.stateful.scenes import SHORT_WALK
from tests.stateful.tranches_history import live_a_day
from tests.stateful.tranches_scenes import begun_products_in_short_walks

pytestmark = pytest.mark.stateful


def test_pull__many_touched_days_that_paid_nothing__walks_on() -> None:
    """Walks are of three days here instead of 128."""
    scene = begun_products_in_short_walks()
    with scene.chain.undone():
        lockstep = scene.copy(print)
        strip, owner = lockstep.twins[0], lockstep.people[0]
        lockstep.wait(DAY_SECONDS // 2)
        # what the bond cannot pay is owed: touched days that brought nothing
        for _ in range(3 * SHORT_WALK):
            lockstep.split(strip, owner, 10**18, owner, owner)
            live_a_day(lockstep, Fraction(0))
        lockstep.fund(lockstep.model.ledger.arrears)
        live_a_day(lockstep, Fraction(1))

        while lockstep.pull(strip):
            pass

        assert lockstep.model.claimable(strip.address) == 0
        due = strip.model.claimable(True, owner)
        while strip.model.claimable(True, owner):
            assert lockstep.claim_tranche(strip, True, owner, owner) is not None
        assert strip.model.claimed[True, owner] == due > 0
