# SPDX-License-Identifier: AGPL-3.0-only
"""With the shortest output deadline the guardian alone decided what a day pays.

Two vetoes and three windows of 12 hours end later than 24 hours after the day's own finality, so an
output that was true and reported again at once came too late, and the day settled as fully
delivered: here a fleet that stood still paid its whole hashprice out of the issuer's escrow. The
threat model says that the guardian never changes a number. The shortest deadline has to leave room
for two vetoes.
"""

from dataclasses import replace
from typing import Any

import boa
import pytest

from reference.units import DAY_SECONDS, HOUR_SECONDS
from tests.unit.chain import actor, event, go_to, wait
from tests.unit.scene import FLEET, START, TERMS, Scene, System

pytestmark = pytest.mark.unit

CREDITED, DELIVERED = 500, FLEET // 100  # the fleet ran for a quarter of an hour


def with_shortest_deadline(system: System, bitcoin: Any) -> Scene:
    """Begin a series with the shortest output deadline in whole days that terms may have."""
    days = 1
    while True:
        deadline = days * DAY_SECONDS
        terms = replace(TERMS, guaranteed_uptime_bps=0, output_deadline_seconds=deadline)
        try:
            return system.begin_series(bitcoin, terms)
        except boa.BoaError:
            days += 1
            assert days <= 30, "no deadline is allowed"


def test_settle__output_vetoed_twice_and_reported_again_within_the_hour__counts(
    system: System, bitcoin: Any
) -> None:
    scene = with_shortest_deadline(system, bitcoin)
    scene.fund(50_000)
    scene.report(CREDITED, DELIVERED, wait=False)
    oracle = scene.reporting.oracle
    for _ in range(2):
        go_to(oracle.output_record(scene.address, START).final_at - 1)
        oracle.veto_output(scene.address, START, sender=actor("guardian"))
        wait(HOUR_SECONDS)
        scene.reporting.post_output(scene.address, START, CREDITED, DELIVERED)
    deadline = scene.final_at(START) + scene.distributor.terms().output_deadline_seconds
    go_to(max(oracle.output_record(scene.address, START).final_at, deadline + 1))

    scene.settle(1)

    settled = event(scene.distributor, "DaySettled")
    assert (settled.is_deemed, settled.reward) == (False, CREDITED)
