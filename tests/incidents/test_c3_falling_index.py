# SPDX-License-Identifier: AGPL-3.0-only
"""A pool that asserts that its index never falls can never be settled once it has."""

from typing import Any

import boa
import pytest

from tests.unit.chain import actor
from tests.unit.pit import TERMS, Pit

pytestmark = pytest.mark.unit

PAYER, MAKER = actor("payer"), actor("maker")


def test_c3_settle__naive_pool_after_a_fall__reverts_for_ever(naive: Any) -> None:
    naive.set_index(999)

    with boa.reverts("mock: index fell"):
        naive.settle()


@pytest.mark.parametrize(
    ("sats", "long_payout"), [(1, 0), (39, 0), (40, 0), (60, 60_000), (61, 60_000), (120, 60_000)]
)
def test_c3_settle__at_and_beyond_floor_and_cap__clamps_and_pays(
    pit: Pit, sats: int, long_payout: int
) -> None:
    series = pit.create()
    pit.vault.mint_pair(series, 2, PAYER, MAKER, sender=PAYER)
    pit.report_until(TERMS.end_day, sats)

    paid = [pit.vault.redeem(series, who, sender=who) for who in (PAYER, MAKER)]

    assert paid == [2 * long_payout, 2 * (TERMS.cost - long_payout)]
    assert pit.inside() == 0


def test_c3_settle__no_day_was_ever_reported_again__still_pays(pit: Pit) -> None:
    series = pit.create()
    pit.vault.mint_pair(series, 1, PAYER, MAKER, sender=PAYER)
    boa.env.timestamp = TERMS.deadline

    paid = [pit.vault.redeem(series, who, sender=who) for who in (PAYER, MAKER)]

    assert sum(paid) == TERMS.cost
    assert tuple(pit.vault.outcome_of(series))[4] == TERMS.end_day - TERMS.first_day
