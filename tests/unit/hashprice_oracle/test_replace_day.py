# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle.replace_day`: a quorum corrects itself while the day is pending."""

from dataclasses import replace

import pytest

from hashrate.core.types import DayFacts, Sats
from tests.unit.chain import actor, event, events, go_to, now, refused, wait
from tests.unit.reporting import FIRST_DAY, LONG, PRICE, SHORT, Reporting, true_facts

pytestmark = pytest.mark.unit

DAY = FIRST_DAY + 1


def corrected(reporting: Reporting, day: int = DAY) -> DayFacts:
    """Return true facts of a posted day, with fees other than it was posted with."""
    return true_facts(day, reporting.oracle.day_record(day - 1).last_height + 1, fees_sats=10**9)


def signed_tuples(reporting: Reporting, facts: DayFacts, revision: int) -> list[tuple[int, ...]]:
    """Return signatures over a revision, ready for a call."""
    return [each.as_tuple() for each in reporting.sign(facts, revision=revision)]


def test_replace_day__newest__takes_its_place(reporting: Reporting) -> None:
    wait(60)
    facts = corrected(reporting)

    reporting.replace(facts, PRICE + 5)

    assert event(reporting.oracle, "DaysRemoved")[1:] == (DAY, False, 1)


def test_replace_day__newest__is_stored_with_its_revision(reporting: Reporting) -> None:
    facts = corrected(reporting)

    reporting.replace(facts, PRICE + 5)

    reported = event(reporting.oracle, "DayReported")
    assert (reported.revision, reported.fees_sats, reported.btc_usd_e8) == (1, 10**9, PRICE + 5)
    record = reporting.oracle.day_record(DAY)
    first = reporting.oracle.day_record(FIRST_DAY)
    assert record.hashprice_sum_wad == first.hashprice_sum_wad + facts.hashprice_wad
    assert (record.btc_usd_e8, record.revision) == (PRICE + 5, 1)
    assert reporting.oracle.revision_of(DAY) == 1
    assert reporting.oracle.vetoes_of(DAY) == 0
    assert reporting.oracle.next_day() == DAY + 1


def test_replace_day__window__starts_again(reporting: Reporting) -> None:
    go_to(reporting.oracle.day_record(DAY).final_at - 1)

    reporting.replace(corrected(reporting))

    assert reporting.oracle.day_record(DAY).final_at == now() + SHORT


def test_replace_day__in_the_middle__removes_all_after_it(reporting: Reporting) -> None:
    reporting.post()

    reporting.replace(corrected(reporting))

    assert len(events(reporting.oracle, "DaysRemoved")) == 1
    assert reporting.oracle.next_day() == DAY + 1
    assert [reporting.oracle.revision_of(DAY + index) for index in range(2)] == [1, 0]
    reporting.post()


def test_replace_day__with_more_blocks__shifts_the_days_after(reporting: Reporting) -> None:
    third = reporting.next_facts()
    signed = reporting.sign(third)
    reporting.post(third)
    last = reporting.oracle.day_record(FIRST_DAY).last_height
    reporting.replace(true_facts(DAY, last + 1, blocks=145))

    with refused("oracle: replace the day before", reporting.state):
        reporting.send(third, signed)

    reporting.post()


def test_replace_day__any_number_of_times__and_then_vetoed_twice(reporting: Reporting) -> None:
    for index in range(4):
        reporting.replace(corrected(reporting), PRICE + index)

    for _ in range(2):
        reporting.oracle.veto_day(DAY, sender=actor("guardian"))
        reporting.post()

    assert reporting.oracle.revision_of(DAY) == 6
    reporting.replace(corrected(reporting))


@pytest.mark.parametrize("revision", [0, 2])
def test_replace_day__other_revision__reverts(reporting: Reporting, revision: int) -> None:
    facts = corrected(reporting)

    with refused("quorum: not a reporter", reporting.state):
        reporting.oracle.replace_day(facts.as_tuple(), signed_tuples(reporting, facts, revision))


def test_replace_day__too_few_signatures__reverts(reporting: Reporting) -> None:
    facts = corrected(reporting)

    with refused("quorum: too few signatures", reporting.state):
        reporting.oracle.replace_day(facts.as_tuple(), signed_tuples(reporting, facts, 1)[:1])


def test_replace_day__untrue_facts__reverts_and_keeps_the_old(reporting: Reporting) -> None:
    facts = replace(corrected(reporting), subsidy_sats=Sats(1))

    with refused("oracle: subsidy off schedule", reporting.state):
        reporting.replace(facts)

    assert reporting.oracle.next_day() == DAY + 1


def test_replace_day__final__reverts(reporting: Reporting) -> None:
    facts = corrected(reporting)
    go_to(reporting.oracle.day_record(DAY).final_at)

    with refused("oracle: day not pending", reporting.state):
        reporting.replace(facts)


@pytest.mark.parametrize("offset", [-1, 2, 50])
def test_replace_day__not_posted__reverts(reporting: Reporting, offset: int) -> None:
    facts = replace(reporting.next_facts(), day=FIRST_DAY + offset)

    with refused("oracle: day not pending", reporting.state):
        reporting.replace(facts)


def test_replace_day__first_day__takes_the_long_window_again(empty: Reporting) -> None:
    facts = empty.post()
    wait(LONG - 1)

    empty.replace(facts)

    assert empty.oracle.day_record(FIRST_DAY).final_at == now() + LONG


def test_replace_day__finality__never_falls_below_the_day_before(reporting: Reporting) -> None:
    wait(100)
    reporting.replace(corrected(reporting))

    first, second = (reporting.oracle.day_record(FIRST_DAY + index).final_at for index in range(2))
    assert first <= second
