# SPDX-License-Identifier: AGPL-3.0-only
"""One wei of hashrate that never came back locked the whole bond of an open-ended series.

The bond went back at closing alone, and closing early needs a supply of zero. The audit kept 1e-18
TH/s and asked for money. The way out must not become a way to take the bond from under a day that
still needs it: the attack of the issuer, who buys everything back before yesterday is settled.
"""

from dataclasses import replace
from typing import Any

import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import actor, go_to_day, refused
from tests.unit.scene import FLEET, START, TERMS, TH, Scene, System

pytestmark = pytest.mark.unit

HOLDER = actor("holder")
BOND_PER_TH = 20
BOND = FLEET // TH * BOND_PER_TH


@pytest.fixture
def bonded(system: System, bitcoin: Any) -> Scene:
    """A series whose bond is just what its supply needs."""
    return system.begin_series(bitcoin, replace(TERMS, bond_per_th=BOND_PER_TH), bond=BOND)


def test_release_bond__holdout_of_a_wei__locks_one_unit(bonded: Scene) -> None:
    bonded.token.burn(FLEET - 1, sender=HOLDER)
    go_to_day(START)
    with refused("dist: hashrate is held", bonded.state):
        bonded.distributor.close(sender=bonded.issuer)

    bonded.distributor.release_bond(sender=bonded.issuer)

    assert bonded.distributor.ledger().bond == 1


def test_release_bond__all_bought_back_before_yesterday_is_settled__releases_nothing(
    bonded: Scene,
) -> None:
    go_to_day(START + 1)
    bonded.token.burn(FLEET, sender=HOLDER)

    with refused("dist: nothing to release", bonded.state):
        bonded.distributor.release_bond(sender=bonded.issuer)


def test_release_bond__day_waits_for_money_at_its_due_time__reverts(bonded: Scene) -> None:
    """Arrears that nobody has settled yet must not be outrun either."""
    day = bonded.report_at_hashprice()
    bonded.token.burn(FLEET, sender=HOLDER)
    due_at = bonded.distributor.due_at(day)
    go_to_day(due_at // DAY_SECONDS + 1)

    with refused("dist: settle first", bonded.state):
        bonded.distributor.release_bond(sender=bonded.issuer)
