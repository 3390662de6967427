# SPDX-License-Identifier: AGPL-3.0-only
"""A claim that stopped in the middle of its arrears walk marked all arrears as claimed.

`reward_index._accrue` set the claimed level to the repaid one before it took the greater of the
claimed and the reached level, so the greater was always the repaid level. A holder touched on more
than 128 days lost, for ever, the repaid arrears of the days the first call did not reach.
"""

from dataclasses import replace
from typing import Any

import pytest

from tests.unit.chain import actor, go_to_day
from tests.unit.scene import FLEET, START, TERMS, System

pytestmark = pytest.mark.unit

HOLDER, BUYER = actor("holder"), actor("buyer")
DAYS = 140  # more than the 128 words of one walk
REWARD = 50_000


def test_claim__arrears_walk_stopped_and_resumed__pays_all_of_them(
    system: System, bitcoin: Any
) -> None:
    terms = replace(TERMS, grace_seconds=0, end_day=START + DAYS)
    scene = system.begin_series(bitcoin, terms)
    for day in range(START, START + DAYS):
        go_to_day(day)
        scene.transfer(HOLDER, BUYER, FLEET // 1_000)
    scene.fall_silent()
    while scene.distributor.progress().next_day < terms.end_day:
        scene.settle()
    for _ in range(3):
        scene.fund(DAYS * REWARD)
    assert scene.distributor.ledger().repaid == DAYS * REWARD

    paid = {who: scene.claim(who) + scene.claim(who) for who in (HOLDER, BUYER)}

    sold = sum(range(1, DAYS + 1)) * REWARD // 1_000
    assert paid == {HOLDER: DAYS * REWARD - sold, BUYER: sold}
