# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle.veto_day`: the guardian cuts the pending tail, twice for a day at most."""

import pytest

from tests.unit.chain import ZERO, actor, event, go_to, now, refused, wait
from tests.unit.reporting import FIRST_DAY, LONG, PRICE, Reporting

pytestmark = pytest.mark.unit

GUARDIAN = actor("guardian")


def veto(reporting: Reporting, day: int) -> None:
    """Veto as the guardian."""
    reporting.oracle.veto_day(day, sender=GUARDIAN)


def test_veto_day__newest__removes_it(reporting: Reporting) -> None:
    veto(reporting, FIRST_DAY + 1)

    assert event(reporting.oracle, "DaysRemoved")[1:] == (FIRST_DAY + 1, True, 1)
    assert reporting.oracle.next_day() == FIRST_DAY + 1
    assert tuple(reporting.oracle.day_record(FIRST_DAY + 1)) == (0,) * 7
    assert reporting.oracle.revision_of(FIRST_DAY + 1) == 1
    assert reporting.oracle.vetoes_of(FIRST_DAY + 1) == 1


def test_veto_day__in_the_middle__removes_all_after_it(reporting: Reporting) -> None:
    kept = tuple(reporting.oracle.day_record(FIRST_DAY))
    reporting.post()

    veto(reporting, FIRST_DAY + 1)

    assert reporting.oracle.next_day() == FIRST_DAY + 1
    assert tuple(reporting.oracle.day_record(FIRST_DAY)) == kept
    assert tuple(reporting.oracle.day_record(FIRST_DAY + 2)) == (0,) * 7
    assert [reporting.oracle.revision_of(FIRST_DAY + index) for index in range(3)] == [0, 1, 0]


def test_veto_day__old_report__cannot_be_replayed(reporting: Reporting) -> None:
    veto(reporting, FIRST_DAY + 1)
    facts = reporting.next_facts()
    old = reporting.sign(facts, revision=0)

    with refused("quorum: not a reporter", reporting.state):
        reporting.send(facts, old)

    reporting.send(facts, reporting.sign(facts, revision=1))
    assert event(reporting.oracle, "DayReported").revision == 1


def test_veto_day__reports_of_later_days__stay_good(reporting: Reporting) -> None:
    """Only the vetoed day needs new signatures; a later one fits again if the new day does."""
    third = reporting.next_facts()
    signed = reporting.sign(third)
    reporting.post(third)
    veto(reporting, FIRST_DAY + 1)
    reporting.post()

    reporting.send(third, signed)

    assert reporting.oracle.next_day() == FIRST_DAY + 3


def test_veto_day__sums__are_those_of_the_new_day(reporting: Reporting) -> None:
    before = reporting.oracle.day_record(FIRST_DAY)
    veto(reporting, FIRST_DAY + 1)

    facts = reporting.post(fees_sats=10**9)

    record = reporting.oracle.day_record(FIRST_DAY + 1)
    assert record.hashprice_sum_wad == before.hashprice_sum_wad + facts.hashprice_wad
    assert record.revision == 1


def test_veto_day__twice_and_not_a_third_time(reporting: Reporting) -> None:
    day = FIRST_DAY + 1
    for vetoes in (1, 2):
        veto(reporting, day)
        assert reporting.oracle.vetoes_of(day) == vetoes
        reporting.post()

    with refused("oracle: day vetoed twice", reporting.state):
        veto(reporting, day)

    assert reporting.oracle.revision_of(day) == 2


def test_veto_day__each_day__has_its_own_two(reporting: Reporting) -> None:
    for _ in range(2):
        veto(reporting, FIRST_DAY + 1)
        reporting.post()

    veto(reporting, FIRST_DAY)

    assert reporting.oracle.next_day() == FIRST_DAY
    assert reporting.oracle.vetoes_of(FIRST_DAY + 1) == 2


def test_veto_day__replacements__do_not_use_up_vetoes(reporting: Reporting) -> None:
    facts = reporting.next_facts()
    reporting.post(facts)
    for index in range(3):
        reporting.replace(facts, PRICE + index)

    veto(reporting, facts.day)
    reporting.post(facts)
    veto(reporting, facts.day)
    reporting.post(facts)

    assert reporting.oracle.revision_of(facts.day) == 5
    with refused("oracle: day vetoed twice", reporting.state):
        veto(reporting, facts.day)
    reporting.replace(facts)
    assert reporting.oracle.revision_of(facts.day) == 6


def test_veto_day__last_pending_second__removes_and_final_second_reverts(
    reporting: Reporting,
) -> None:
    final_at = reporting.oracle.day_record(FIRST_DAY).final_at
    go_to(final_at)

    with refused("oracle: day not pending", reporting.state):
        veto(reporting, FIRST_DAY)


def test_veto_day__a_second_before_finality__removes(reporting: Reporting) -> None:
    go_to(reporting.oracle.day_record(FIRST_DAY).final_at - 1)

    veto(reporting, FIRST_DAY)

    assert reporting.oracle.next_day() == FIRST_DAY


@pytest.mark.parametrize("offset", [-10, -1, 2, 100])
def test_veto_day__not_posted__reverts(reporting: Reporting, offset: int) -> None:
    with refused("oracle: day not pending", reporting.state):
        veto(reporting, FIRST_DAY + offset)


def test_veto_day__by_others__reverts(reporting: Reporting) -> None:
    for caller in (actor("owner"), actor("stranger"), reporting.signers[0].address, ZERO):
        with refused("oracle: not the guardian", reporting.state):
            reporting.oracle.veto_day(FIRST_DAY + 1, sender=caller)


def test_veto_day__long_window__leaves_days_for_it(reporting: Reporting) -> None:
    """An unusual day can be vetoed on its third day, when an ordinary one is final long since."""
    wait(10 * LONG)
    facts = reporting.post(price=PRICE * 2)
    go_to(now() + LONG - 1)

    veto(reporting, facts.day)

    assert reporting.oracle.next_day() == facts.day
