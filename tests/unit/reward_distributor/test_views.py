# SPDX-License-Identifier: AGPL-3.0-only
"""The distributor's views: what a page shows before anybody acts."""

from dataclasses import replace
from typing import Any

import boa
import pytest

from tests.unit.chain import actor, event, go_to, go_to_day, refused, wait
from tests.unit.scene import DAY_SECONDS, FLEET, START, TERMS, Scene, System

pytestmark = pytest.mark.unit

REWARD = 50_000
HOLDER = actor("holder")
NOTHING, ENDED, NOT_OVER, NOT_FINAL, OUTPUT_NOT_FINAL, FUNDS = 0, 1, 2, 4, 8, 16
REASONS = {
    ENDED: "dist: series ended",
    NOT_OVER: "dist: day not over",
    NOT_FINAL: "dist: day not final",
    OUTPUT_NOT_FINAL: "dist: output not final",
    FUNDS: "dist: awaiting funds",
}


def require_wait(scene: Scene, wait_flag: int) -> None:
    """Check that the preview says why a day waits, and that `settle` gives the same reason."""
    assert scene.distributor.preview_day().wait == wait_flag
    if wait_flag != NOTHING:
        with refused(REASONS[wait_flag], scene.state):
            scene.settle()


def test_preview_day__through_a_days_life__says_what_settle_does(
    system: System, bitcoin: Any
) -> None:
    scene = system.begin_series(bitcoin, replace(TERMS, end_day=START + 1))
    require_wait(scene, NOT_OVER)
    go_to_day(START + 1)
    require_wait(scene, NOT_FINAL)
    day = scene.report_prices(wait=False)
    require_wait(scene, NOT_FINAL)
    wait(60)
    scene.reporting.post_output(scene.address, day, 48_500, FLEET * 97 // 100)
    scene.await_final(day)
    require_wait(scene, OUTPUT_NOT_FINAL)
    wait(60)
    require_wait(scene, FUNDS)
    scene.fund(10**6)
    require_wait(scene, NOTHING)
    scene.settle()
    require_wait(scene, ENDED)


def test_preview_day__ready__equals_the_event(running: Scene) -> None:
    running.fund(10**6)
    running.report(48_500, FLEET * 97 // 100)

    preview = running.distributor.preview_day()
    running.settle(1)

    settled = event(running.distributor, "DaySettled")
    assert tuple(preview)[1:] == settled[2:7]


def test_preview_claim__anyone__equals_the_claim(running: Scene) -> None:
    running.fund(10**6)
    running.report_at_hashprice()
    running.settle()

    assert tuple(running.distributor.preview_claim(HOLDER)) == (REWARD, True)
    assert tuple(running.distributor.preview_claim(actor("stranger"))) == (0, True)
    assert running.claim(HOLDER) == REWARD
    assert tuple(running.distributor.preview_claim(HOLDER)) == (0, True)


def test_preview_claim__before_the_start__is_nothing(listed: Scene) -> None:
    assert tuple(listed.distributor.preview_claim(HOLDER)) == (0, True)


def test_claim_state__after_a_claim__stands_at_the_next_day(running: Scene) -> None:
    before = running.distributor.claim_state(HOLDER)
    running.fund(10**6)
    running.report_at_hashprice()
    running.settle()
    running.claim(HOLDER)

    after = running.distributor.claim_state(HOLDER)

    assert (before.paid.day, before.paid.index, before.level) == (0, 0, 0)
    assert (after.paid.day, after.paid.index, after.level) == (START + 1, 0, 0)
    assert after.arrears == after.paid
    assert 0 <= after.fraction < 2**128


def test_ledger__through_a_life__promised_is_paid_repaid_and_owed(
    system: System, bitcoin: Any
) -> None:
    scene = system.begin_series(bitcoin, replace(TERMS, grace_seconds=0), bond=20_000)
    for amount in (10_000, 70_000, 1, 200_000):
        scene.fund(amount)
        scene.report_at_hashprice()
        scene.settle()
        ledger = scene.distributor.ledger()
        assert ledger.promised == ledger.paid + ledger.repaid + ledger.arrears
        assert scene.inside() == (
            ledger.escrow + ledger.bond + ledger.paid + ledger.repaid - ledger.claimed
        )
        scene.claim(HOLDER)


def test_views__of_a_long_pending_day__are_the_same_whoever_asks(running: Scene) -> None:
    day = running.report_prices()
    go_to(running.final_at(day) + TERMS.output_deadline_seconds + 1)

    with boa.env.prank(actor("stranger")):
        theirs = running.distributor.preview_day()

    assert running.distributor.preview_day() == theirs
    assert theirs.held_work == FLEET * DAY_SECONDS
