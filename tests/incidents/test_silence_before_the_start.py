# SPDX-License-Identifier: AGPL-3.0-only
"""Anyone could end a series before it began, while the oracle was silent for older reasons.

Silence counted from the newest final day alone. In the hours in which an oracle comes back from
half a year of silence (its reports pending), and before, every newly listed series could be ended
by a stranger: its last day was behind it before its first, its tokens earned nothing, and its bond
went back to the issuer. Where there is no final day at all the series' own first day counted.
"""

from dataclasses import replace
from typing import Any

import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import actor, go_to_day, now, refused
from tests.unit.scene import START, TERMS, System

pytestmark = pytest.mark.unit


def test_declare_silence__series_has_not_begun__reverts(system: System, bitcoin: Any) -> None:
    go_to_day(START + 1)
    day = system.reporting.post().day
    go_to_day(day + 200)
    start = now() // DAY_SECONDS + 10
    scene = system.list_series(bitcoin, replace(TERMS, start_day=start, end_day=start + 365))

    with refused("dist: oracle not silent", scene.state):
        scene.distributor.declare_silence(sender=actor("stranger"))
