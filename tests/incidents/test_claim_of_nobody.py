# SPDX-License-Identifier: AGPL-3.0-only
"""A claim for the zero address paid out everybody's reward.

The meter keeps the supply under the zero address, and the token handed those words to anyone who
asked. Claiming for the zero address therefore claimed the whole supply's share; a reward token that
lets transfers to the zero address pass would have burned what the holders were owed.
"""

from typing import Any

import boa
import pytest

from tests.unit.chain import actor
from tests.unit.scene import FLEET, System

pytestmark = pytest.mark.unit

NOBODY = "0x" + "00" * 20
HOLDER = actor("holder")


def test_claim__zero_address__reverts(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin)
    scene.fund(100_000)
    scene.report_at_hashprice()
    scene.settle()

    with boa.reverts("dist: nothing to claim"):
        scene.claim(NOBODY)

    assert scene.distributor.preview_claim(NOBODY) == (0, True)
    assert scene.claim(HOLDER) == scene.distributor.ledger().paid


def test_meter_words__zero_address__returns_none(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin)

    words = scene.token.meter_words(NOBODY, 0)

    assert words == []
    assert scene.token.balanceOf(NOBODY) == 0
    assert scene.token.totalSupply() == FLEET
