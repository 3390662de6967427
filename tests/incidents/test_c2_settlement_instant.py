# SPDX-License-Identifier: AGPL-3.0-only
"""Settlement at the value of the moment: whoever calls first chooses what everybody gets."""

from typing import Any

import boa
import pytest

from tests.unit.chain import actor, now, wait
from tests.unit.pit import TERMS, Pit

pytestmark = pytest.mark.unit

PAYER = actor("payer")


def test_c2_settle__naive_pool_a_moment_later__pays_another_amount(naive: Any) -> None:
    payouts = []
    for index in (1_010, 1_090):
        with boa.env.anchor():
            naive.set_index(index)
            naive.settle()
            payouts.append(naive.long_payout())

    assert payouts == [10, 90]


def test_c2_settle__whoever_asks_and_whenever__pays_the_same(pit: Pit) -> None:
    series = pit.create()
    pit.vault.mint_pair(series, 1, PAYER, PAYER, sender=PAYER)
    pit.report_until(TERMS.end_day, 45)
    outcomes = []
    for later_hashprice, caller in ((45, "stranger"), (400, "payer"), (1, "maker")):
        with boa.env.anchor():
            if later_hashprice != 45:
                for _ in range(9):
                    pit.report(later_hashprice)
                wait(80 * 86_400)
            assert now() >= TERMS.end_day * 86_400
            outcomes.append(tuple(pit.vault.settle(series, sender=actor(caller))))

    assert outcomes == [(True, True, 3 * 5_000, 3 * 15_000, 0)] * 3
