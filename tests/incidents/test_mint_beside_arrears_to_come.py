# SPDX-License-Identifier: AGPL-3.0-only
"""New hashrate could be sold while a day that nobody had settled was already unpaid.

`mint` looked at the arrears that were written down. An issuer without money left the day unsettled,
which is anybody's call, and went on selling; after silence it looked at the oracle for a day that
settles by the silent facts, and saw no day at all.
"""

from dataclasses import replace
from typing import Any

import pytest

from reference.units import DAY_SECONDS, HOUR_SECONDS
from tests.unit.chain import actor, go_to, go_to_day, refused
from tests.unit.scene import FLEET, HASHPRICE, START, TERMS, TH, System

pytestmark = pytest.mark.unit

BUYER = actor("buyer")
HALF = FLEET // 2
FULL_DAY = HALF // TH * HASHPRICE // 10**18


def test_mint__unpaid_day_left_unsettled__reverts(system: System, bitcoin: Any) -> None:
    terms = replace(TERMS, grace_seconds=DAY_SECONDS)
    scene = system.begin_series(bitcoin, terms, holder_ths=HALF)
    day = scene.report_at_hashprice()
    go_to(scene.distributor.due_at(day))

    with refused("dist: settle first", scene.state):
        scene.mint(BUYER, HALF)


def test_mint__unpaid_silent_day_left_unsettled__reverts(system: System, bitcoin: Any) -> None:
    """Silence ends a series tomorrow; until then an issuer could still sell."""
    terms = replace(TERMS, grace_seconds=0)
    scene = system.begin_series(bitcoin, terms, holder_ths=HALF)
    final_at = scene.final_at(scene.report_prices())
    today = final_at // DAY_SECONDS + 181
    go_to_day(today, HOUR_SECONDS // 2)
    scene.attest(today - 1)
    go_to_day(today, DAY_SECONDS - 1)
    scene.distributor.declare_silence(sender=actor("keeper"))
    elapsed = today - START
    scene.fund((elapsed - 1) * FULL_DAY)
    for days in (64, 64, elapsed - 1 - 128):
        scene.settle(days)
    assert (scene.distributor.progress().next_day, scene.distributor.ledger().arrears) == (
        today - 1,
        0,
    )
    assert scene.reporting.oracle.day_record(today - 1).final_at == 0

    with refused("dist: settle first", scene.state):
        scene.mint(BUYER, HALF)
