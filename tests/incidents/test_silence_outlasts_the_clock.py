# SPDX-License-Identifier: AGPL-3.0-only
"""Silence declared after the year 2106 ran into the next field of the series' word.

`silenced_at` was packed without a look at its width. A time of 2**32 seconds or more added one to
the count of short days: a phantom short day, so that every repayment looked for a day that never
was, and arrears and claims read the levels of nobody.
"""

import pytest

from reference.units import DAY_SECONDS
from tests.unit.chain import actor, go_to
from tests.unit.scene import FLEET, START, TERMS, Scene, System

pytestmark = pytest.mark.unit

END_OF_THE_FIELD = 2**32


@pytest.fixture
def running(system: System, bitcoin: object) -> Scene:
    """A series without an end in which one day was paid."""
    scene = system.begin_series(bitcoin, TERMS, holder_ths=FLEET)
    scene.fund(50_000)
    scene.report_at_hashprice()
    scene.settle()
    return scene


def test_declare_silence__after_2106__leaves_no_phantom_short_day(running: Scene) -> None:
    go_to(END_OF_THE_FIELD + DAY_SECONDS)

    running.distributor.declare_silence(sender=actor("keeper"))

    progress = running.distributor.progress()
    assert (progress.shortfalls, progress.repaid_shortfalls) == (0, 0)
    assert progress.silenced_at == END_OF_THE_FIELD - 1
    assert running.claim(actor("holder")) == 50_000
    running.fund(50_000)
    assert running.settle(1) == 1
    assert running.distributor.progress().next_day == START + 2
