# SPDX-License-Identifier: AGPL-3.0-only
"""A false day that became final stopped the oracle for good, or a lie could hide behind the remedy.

A day whose heights did not go on was refused whatever stood before it. So one false last height,
once final, refused every true day after it for ever: the owner's honest new quorum could not post
either. The remedy takes such a day after a final one, and late. Both ways in which that could serve
a lie are tried here: inside a pending tail, where the false day can still be replaced, and with a
short window, which would end before the keys are replaced.
"""

import pytest

from hashrate.core.types import DayFacts
from tests.unit.chain import actor, go_to, now, refused
from tests.unit.reporting import (
    BLOCKS,
    DELAY,
    DIFFICULTY,
    LONG,
    RECOVERY,
    SHORT,
    Reporting,
    posting_time,
    true_facts,
)

pytestmark = pytest.mark.unit

TOO_HIGH = 50_000  # [blocks] in one false day
RETARGET = 2016 * 431


@pytest.fixture
def reporting(genesis: None) -> Reporting:
    """An oracle of three reporters, two of them needed, with one true day."""
    reporting = Reporting.open(3, 2)
    reporting.post()
    return reporting


def post_false_height(reporting: Reporting) -> DayFacts:
    """Post a day that ends far too high; return the true facts of the day after it."""
    true = reporting.next_facts()
    false = reporting.post(blocks=TOO_HIGH, fees_sats=0)
    return true_facts(false.day + 1, true.first_height + BLOCKS)


def test_report_day__false_height_final__the_truth_goes_on_after_recovery(
    reporting: Reporting,
) -> None:
    true = post_false_height(reporting)
    go_to(reporting.oracle.day_record(true.day - 1).final_at)

    reporting.post(true)

    record = reporting.oracle.day_record(true.day)
    assert (record.last_height, record.final_at) == (true.last_height, now() + RECOVERY)
    for _ in range(3):
        following = reporting.post()
        assert reporting.oracle.day_record(following.day).last_height == following.last_height


def test_report_day__leap_inside_a_pending_tail__reverts(reporting: Reporting) -> None:
    """A bought quorum may not leave a pending day behind: whoever is honest can replace that."""
    facts = reporting.next_facts()
    leap = true_facts(facts.day, facts.first_height + TOO_HIGH)
    go_to(posting_time(leap.day))
    assert now() < reporting.oracle.day_record(leap.day - 1).final_at

    with refused("oracle: replace the day before", reporting.state):
        reporting.send(leap, reporting.sign(leap))


@pytest.mark.parametrize("is_difficulty", [False, True])
def test_report_day__leap_after_a_final_day__leaves_time_to_replace_the_quorum(
    reporting: Reporting, is_difficulty: bool
) -> None:
    facts = reporting.next_facts()
    if is_difficulty:
        leap = reporting.next_facts(difficulty_wad=DIFFICULTY * 101 // 100)
    else:
        leap = true_facts(facts.day, facts.first_height + TOO_HIGH)
    go_to(max(posting_time(leap.day), reporting.oracle.day_record(leap.day - 1).final_at))

    reporting.send(leap, reporting.sign(leap))

    posted_at, final_at = now(), reporting.oracle.day_record(leap.day).final_at
    assert final_at - posted_at == RECOVERY > max(SHORT, LONG, DELAY)
    owner = actor("owner")
    reporting.oracle.remove_reporter(reporting.signers[0].address, sender=owner)
    reporting.oracle.schedule_membership([actor("honest")], 2, sender=owner)
    go_to(posted_at + DELAY)
    reporting.oracle.apply_membership(sender=actor("anyone"))
    reporting.oracle.veto_day(leap.day, sender=actor("guardian"))
    with refused("quorum: not a reporter", reporting.state):
        reporting.send(leap, reporting.sign(leap))


def test_report_day__retarget_on_the_way_back__is_taken_at_once(genesis: None) -> None:
    """Back from heights too high, no multiple of 2016 seems to lie behind a true retarget."""
    reporting = Reporting.open(first_height=RETARGET - 3 * BLOCKS)
    reporting.post()
    true = post_false_height(reporting)
    go_to(reporting.oracle.day_record(true.day - 1).final_at)
    reporting.post(true)
    retargeted = true_facts(
        true.day + 1, true.last_height + 1, blocks=2 * BLOCKS, difficulty_wad=DIFFICULTY * 9 // 8
    )
    assert retargeted.first_height <= RETARGET <= retargeted.last_height
    go_to(max(posting_time(retargeted.day), now()))
    assert now() < reporting.oracle.day_record(true.day).final_at

    reporting.send(retargeted, reporting.sign(retargeted))

    assert reporting.oracle.day_record(retargeted.day).last_height == retargeted.last_height
