# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle`: a day that cannot follow the day before, while that is pending and after."""

from dataclasses import replace

import pytest

from hashrate.core.types import BlockHeight, DayFacts, Sats
from tests.unit.chain import actor, go_to, now, refused
from tests.unit.reporting import (
    BLOCKS,
    DELAY,
    DIFFICULTY,
    LONG,
    PRICE,
    RECOVERY,
    SHORT,
    Reporting,
    posting_time,
    true_facts,
)

pytestmark = pytest.mark.unit

RETARGET = 2016 * 431
UNFIT = "oracle: replace the day before"


def shifted(reporting: Reporting, by: int) -> DayFacts:
    """Return consistent facts of the next day at heights that do not go on."""
    facts = reporting.next_facts()
    return true_facts(facts.day, facts.first_height + by)


@pytest.mark.parametrize("by", [-BLOCKS, -1, 1, 10**6])
def test_report_day__other_heights_after_a_pending_day__reverts(empty: Reporting, by: int) -> None:
    empty.post()
    facts = shifted(empty, by)
    final_at = empty.oracle.day_record(facts.day - 1).final_at
    go_to(final_at - 1)

    with refused(UNFIT, empty.state):
        empty.send(facts, empty.sign(facts))


@pytest.mark.parametrize("by", [-BLOCKS, -1, 1, 10**6])
def test_report_day__other_heights_after_a_final_day__take_the_recovery_window(
    empty: Reporting, by: int
) -> None:
    empty.post()
    facts = shifted(empty, by)
    go_to(empty.oracle.day_record(facts.day - 1).final_at)

    empty.send(facts, empty.sign(facts))

    record = empty.oracle.day_record(facts.day)
    assert (record.final_at, record.last_height) == (now() + RECOVERY, facts.last_height)


@pytest.mark.parametrize("difficulty", [DIFFICULTY + 1, DIFFICULTY - 1, 5 * DIFFICULTY])
def test_report_day__other_difficulty_after_a_final_day__takes_the_recovery_window(
    empty: Reporting, difficulty: int
) -> None:
    empty.post()
    facts = empty.next_facts(difficulty_wad=difficulty)
    go_to(empty.oracle.day_record(facts.day - 1).final_at - 1)
    with refused(UNFIT, empty.state):
        empty.send(facts, empty.sign(facts))
    go_to(now() + 1)

    empty.send(facts, empty.sign(facts))

    assert empty.oracle.day_record(facts.day).final_at == now() + RECOVERY


def test_replace_day__false_day_pending__is_replaced_not_left_behind(empty: Reporting) -> None:
    """A lie in a pending day needs no recovery: the quorum replaces it and goes on at once."""
    true = empty.next_facts()
    empty.post(true_facts(true.day, true.first_height, blocks=300))
    following = true_facts(true.day + 1, true.last_height + 1)
    go_to(posting_time(following.day))
    with refused(UNFIT, empty.state):
        empty.send(following, empty.sign(following))

    empty.replace(true)
    empty.send(following, empty.sign(following))

    assert empty.oracle.day_record(following.day).last_height == following.last_height


def test_report_day__recovery_inside_a_pending_recovery__reverts(empty: Reporting) -> None:
    """Two false jumps in a row cannot both be pending."""
    empty.post()
    facts = shifted(empty, 10**6)
    go_to(empty.oracle.day_record(facts.day - 1).final_at)
    empty.send(facts, empty.sign(facts))
    go_to(max(now(), posting_time(facts.day + 1)))
    again = shifted(empty, -(10**6))

    with refused(UNFIT, empty.state):
        empty.send(again, empty.sign(again))


def test_report_day__without_blocks_at_other_heights__takes_the_recovery_window(
    empty: Reporting,
) -> None:
    empty.post()
    facts = empty.next_facts()
    moved = replace(
        facts,
        first_height=BlockHeight(facts.first_height + 7),
        last_height=BlockHeight(facts.first_height + 6),
        subsidy_sats=Sats(0),
        fees_sats=Sats(0),
    )
    go_to(empty.oracle.day_record(facts.day - 1).final_at)

    empty.send(moved, empty.sign(moved))

    assert empty.oracle.day_record(facts.day).final_at == now() + RECOVERY


def test_report_day__retarget_behind_a_return_from_heights_too_high__follows(
    genesis: None,
) -> None:
    """The day before lies below the false one: no multiple of 2016 is seen, and one was there."""
    reporting = Reporting.open(first_height=RETARGET - 3 * BLOCKS)
    reporting.post()
    first = reporting.next_facts().first_height
    false = reporting.post(blocks=50_000, fees_sats=0)
    go_to(reporting.oracle.day_record(false.day).final_at)
    reporting.post(true_facts(false.day + 1, first))
    true = true_facts(
        false.day + 2, first + BLOCKS, blocks=2 * BLOCKS, difficulty_wad=DIFFICULTY * 11 // 10
    )
    assert true.first_height < RETARGET <= true.last_height

    reporting.post(true)

    # it follows: no further recovery, no window beyond the recovery's
    assert reporting.oracle.day_record(true.day).final_at == now() + RECOVERY


def test_report_day__after_a_recovery__later_days_wait_for_it(empty: Reporting) -> None:
    empty.post()
    facts = shifted(empty, 10**6)
    go_to(empty.oracle.day_record(facts.day - 1).final_at)
    empty.send(facts, empty.sign(facts))
    final_at = empty.oracle.day_record(facts.day).final_at

    following = empty.post()

    assert now() + LONG < final_at
    assert empty.oracle.day_record(following.day).final_at == final_at


def test_recovery__abused_by_a_bought_quorum__is_out_of_office_before_the_day_is_final(
    genesis: None,
) -> None:
    """A bought key is removed and an honest one added before what they posted is final."""
    reporting = Reporting.open(3, 2)
    reporting.post()
    lie = shifted(reporting, 10**6)
    go_to(reporting.oracle.day_record(lie.day - 1).final_at)
    reporting.send(lie, reporting.sign(lie))
    posted_at = now()
    owner, guardian = actor("owner"), actor("guardian")

    reporting.oracle.remove_reporter(reporting.signers[0].address, sender=owner)
    reporting.oracle.schedule_membership([actor("honest")], 2, sender=owner)
    go_to(posted_at + DELAY)
    reporting.oracle.apply_membership(sender=actor("anyone"))
    assert now() < reporting.oracle.day_record(lie.day).final_at
    reporting.oracle.veto_day(lie.day, sender=guardian)

    with refused("quorum: not a reporter"):
        reporting.send(lie, reporting.sign(lie))


def test_report_day__ordinary__keeps_the_short_window(reporting: Reporting) -> None:
    go_to(reporting.oracle.day_record(reporting.oracle.next_day() - 1).final_at + SHORT)
    facts = reporting.next_facts()
    reporting.send(facts, reporting.sign(facts, [PRICE] * 2))

    assert reporting.oracle.day_record(facts.day).final_at == now() + SHORT
