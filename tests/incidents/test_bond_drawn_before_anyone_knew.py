# SPDX-License-Identifier: AGPL-3.0-only
"""A late output and the first payment out of the bond could fall on one second.

The grace ran from the day's finality, whenever its output came. An output in the last hours before
its deadline was final long after the grace: in that very second a stranger settled the day out of
the bond, before the issuer could know what it owed. A drawn bond stops minting.
"""

from dataclasses import replace
from typing import Any

import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import go_to, refused
from tests.unit.reporting import SHORT
from tests.unit.scene import FLEET, TERMS, System

pytestmark = pytest.mark.unit

REWARD, BOND = 50_000, 80_000


def test_settle__output_final_at_its_deadline__leaves_the_issuer_a_day(
    system: System, bitcoin: Any
) -> None:
    terms = replace(TERMS, grace_seconds=DAY_SECONDS)
    scene = system.begin_series(bitcoin, terms, bond=BOND)
    day = scene.report_prices()
    deadline = scene.final_at(day) + terms.output_deadline_seconds
    go_to(deadline - SHORT)
    scene.reporting.post_output(scene.address, day, REWARD, FLEET)
    go_to(deadline)
    assert scene.reporting.oracle.output_record(scene.address, day).final_at == deadline

    with refused("dist: awaiting funds", scene.state):
        scene.settle(1)
    go_to(deadline + DAY_SECONDS - 1)
    with refused("dist: awaiting funds", scene.state):
        scene.settle(1)
    scene.fund(REWARD)
    scene.settle(1)

    ledger = scene.distributor.ledger()
    assert (ledger.bond, ledger.bond_drawn, ledger.paid) == (BOND, 0, REWARD)
