# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle.veto_day`: the guardian cuts the pending tail, twice for a day at most."""

import pytest

from tests.unit.chain import ZERO, actor, event, go_to, now, refused, wait
from tests.unit.desk import FIRST_DAY, LONG, PRICE, Desk

pytestmark = pytest.mark.unit

GUARDIAN = actor("guardian")


def veto(desk: Desk, day: int) -> None:
    """Veto as the guardian."""
    desk.oracle.veto_day(day, sender=GUARDIAN)


def test_veto_day__newest__removes_it(desk: Desk) -> None:
    veto(desk, FIRST_DAY + 1)

    assert event(desk.oracle, "DaysRemoved")[1:] == (FIRST_DAY + 1, True, 1)
    assert desk.oracle.next_day() == FIRST_DAY + 1
    assert tuple(desk.oracle.day_record(FIRST_DAY + 1)) == (0,) * 7
    assert desk.oracle.revision_of(FIRST_DAY + 1) == 1
    assert desk.oracle.vetoes_of(FIRST_DAY + 1) == 1


def test_veto_day__in_the_middle__removes_all_after_it(desk: Desk) -> None:
    kept = tuple(desk.oracle.day_record(FIRST_DAY))
    desk.post()

    veto(desk, FIRST_DAY + 1)

    assert desk.oracle.next_day() == FIRST_DAY + 1
    assert tuple(desk.oracle.day_record(FIRST_DAY)) == kept
    assert tuple(desk.oracle.day_record(FIRST_DAY + 2)) == (0,) * 7
    assert [desk.oracle.revision_of(FIRST_DAY + index) for index in range(3)] == [0, 1, 0]


def test_veto_day__old_report__cannot_be_replayed(desk: Desk) -> None:
    veto(desk, FIRST_DAY + 1)
    facts = desk.next_facts()
    old = desk.sign(facts, revision=0)

    with refused("quorum: not a reporter", desk.state):
        desk.send(facts, old)

    desk.send(facts, desk.sign(facts, revision=1))
    assert event(desk.oracle, "DayReported").revision == 1


def test_veto_day__reports_of_later_days__stay_good(desk: Desk) -> None:
    """Only the vetoed day needs new signatures; a later one fits again if the new day does."""
    third = desk.next_facts()
    signed = desk.sign(third)
    desk.post(third)
    veto(desk, FIRST_DAY + 1)
    desk.post()

    desk.send(third, signed)

    assert desk.oracle.next_day() == FIRST_DAY + 3


def test_veto_day__sums__are_those_of_the_new_day(desk: Desk) -> None:
    before = desk.oracle.day_record(FIRST_DAY)
    veto(desk, FIRST_DAY + 1)

    facts = desk.post(fees_sats=10**9)

    record = desk.oracle.day_record(FIRST_DAY + 1)
    assert record.hashprice_sum_wad == before.hashprice_sum_wad + facts.hashprice_wad
    assert record.revision == 1


def test_veto_day__twice_and_not_a_third_time(desk: Desk) -> None:
    day = FIRST_DAY + 1
    for vetoes in (1, 2):
        veto(desk, day)
        assert desk.oracle.vetoes_of(day) == vetoes
        desk.post()

    with refused("oracle: day vetoed twice", desk.state):
        veto(desk, day)

    assert desk.oracle.revision_of(day) == 2


def test_veto_day__each_day__has_its_own_two(desk: Desk) -> None:
    for _ in range(2):
        veto(desk, FIRST_DAY + 1)
        desk.post()

    veto(desk, FIRST_DAY)

    assert desk.oracle.next_day() == FIRST_DAY
    assert desk.oracle.vetoes_of(FIRST_DAY + 1) == 2


def test_veto_day__replacements__do_not_use_up_vetoes(desk: Desk) -> None:
    facts = desk.next_facts()
    desk.post(facts)
    for index in range(3):
        desk.replace(facts, PRICE + index)

    veto(desk, facts.day)
    desk.post(facts)
    veto(desk, facts.day)
    desk.post(facts)

    assert desk.oracle.revision_of(facts.day) == 5
    with refused("oracle: day vetoed twice", desk.state):
        veto(desk, facts.day)
    desk.replace(facts)
    assert desk.oracle.revision_of(facts.day) == 6


def test_veto_day__last_pending_second__removes_and_final_second_reverts(desk: Desk) -> None:
    final_at = desk.oracle.day_record(FIRST_DAY).final_at
    go_to(final_at)

    with refused("oracle: day not pending", desk.state):
        veto(desk, FIRST_DAY)


def test_veto_day__a_second_before_finality__removes(desk: Desk) -> None:
    go_to(desk.oracle.day_record(FIRST_DAY).final_at - 1)

    veto(desk, FIRST_DAY)

    assert desk.oracle.next_day() == FIRST_DAY


@pytest.mark.parametrize("offset", [-10, -1, 2, 100])
def test_veto_day__not_posted__reverts(desk: Desk, offset: int) -> None:
    with refused("oracle: day not pending", desk.state):
        veto(desk, FIRST_DAY + offset)


def test_veto_day__by_others__reverts(desk: Desk) -> None:
    for caller in (actor("owner"), actor("stranger"), desk.signers[0].address, ZERO):
        with refused("oracle: not the guardian", desk.state):
            desk.oracle.veto_day(FIRST_DAY + 1, sender=caller)


def test_veto_day__long_window__leaves_days_for_it(desk: Desk) -> None:
    """An unusual day can be vetoed on its third day, when an ordinary one is final long since."""
    wait(10 * LONG)
    facts = desk.post(price=PRICE * 2)
    go_to(now() + LONG - 1)

    veto(desk, facts.day)

    assert desk.oracle.next_day() == facts.day
