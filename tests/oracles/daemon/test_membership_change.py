# SPDX-License-Identifier: AGPL-3.0-only
"""Days that were pending when the reporters changed are signed again by those who are left."""

from dataclasses import replace

import pytest

from hashrate.core.types import DayIndex
from oracles.journal.journal import Subject
from oracles.journal.models import ReportKind
from testing.daemon_parts import POLICY, LocalReporter, Reporters
from testing.oracle_world import DAY_SECONDS, OracleWorld

pytestmark = pytest.mark.integration


def run(world: OracleWorld, reporters: list[LocalReporter]) -> None:
    """Let each reporter run twice, now."""
    for reporter in reporters * 2:
        reporter.clock.time = world.anvil.now()
        reporter.daemon.run_once()


def test_run_once__reporters_changed_while_days_are_pending__signs_and_posts_them_again(
    world: OracleWorld, reporters: Reporters
) -> None:
    """A bought key goes, the guardian vetoes: old signatures count no more, new ones come."""
    for reporter in reporters.all:
        reporter.change(policy=replace(POLICY, fallback_seconds=0))
    reporters.meet()
    first = world.first_day
    world.anvil.warp((first + 2) * DAY_SECONDS + 3_600)
    run(world, reporters.all)
    assert world.next_day() == first + 2
    before = [_held_version(reporters.all[1], day) for day in (first, first + 1)]
    assert before == [1, 1]

    world.oracle.send("remove_reporter", world.signers[0].address, sender=world.issuer)
    world.oracle.send("veto_day", first, sender=world.guardian)
    left = reporters.all[1:]
    run(world, left)

    assert world.next_day() == first + 2
    assert world.postings() == {first: 2, first + 1: 2}
    for reporter in left:
        assert [_held_version(reporter, day) for day in (first, first + 1)] == [2, 2]


def _held_version(reporter: LocalReporter, day: int) -> int:
    held = reporter.journal.held_report(Subject(ReportKind.DAY, DayIndex(day)))
    assert held is not None
    return held.signed.report.membership_version
