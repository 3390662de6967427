# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle.replace_day`: a quorum corrects itself while the day is pending."""

from dataclasses import replace

import pytest

from hashrate.core.types import DayFacts, Sats
from tests.unit.chain import actor, event, events, go_to, now, refused, wait
from tests.unit.desk import FIRST_DAY, LONG, PRICE, SHORT, Desk, true_facts

pytestmark = pytest.mark.unit

DAY = FIRST_DAY + 1


def corrected(desk: Desk, day: int = DAY) -> DayFacts:
    """Return true facts of a posted day, with fees other than it was posted with."""
    return true_facts(day, desk.oracle.day_record(day - 1).last_height + 1, fees_sats=10**9)


def signed_tuples(desk: Desk, facts: DayFacts, revision: int) -> list[tuple[int, ...]]:
    """Return signatures over a revision, ready for a call."""
    return [each.as_tuple() for each in desk.sign(facts, revision=revision)]


def test_replace_day__newest__takes_its_place(desk: Desk) -> None:
    wait(60)
    facts = corrected(desk)

    desk.replace(facts, PRICE + 5)

    assert event(desk.oracle, "DaysRemoved")[1:] == (DAY, False, 1)


def test_replace_day__newest__is_stored_with_its_revision(desk: Desk) -> None:
    facts = corrected(desk)

    desk.replace(facts, PRICE + 5)

    reported = event(desk.oracle, "DayReported")
    assert (reported.revision, reported.fees_sats, reported.btc_usd_e8) == (1, 10**9, PRICE + 5)
    record = desk.oracle.day_record(DAY)
    first = desk.oracle.day_record(FIRST_DAY)
    assert record.hashprice_sum_wad == first.hashprice_sum_wad + facts.hashprice_wad
    assert (record.btc_usd_e8, record.revision) == (PRICE + 5, 1)
    assert desk.oracle.revision_of(DAY) == 1
    assert desk.oracle.vetoes_of(DAY) == 0
    assert desk.oracle.next_day() == DAY + 1


def test_replace_day__window__starts_again(desk: Desk) -> None:
    go_to(desk.oracle.day_record(DAY).final_at - 1)

    desk.replace(corrected(desk))

    assert desk.oracle.day_record(DAY).final_at == now() + SHORT


def test_replace_day__in_the_middle__removes_all_after_it(desk: Desk) -> None:
    desk.post()

    desk.replace(corrected(desk))

    assert len(events(desk.oracle, "DaysRemoved")) == 1
    assert desk.oracle.next_day() == DAY + 1
    assert [desk.oracle.revision_of(DAY + index) for index in range(2)] == [1, 0]
    desk.post()


def test_replace_day__with_more_blocks__shifts_the_days_after(desk: Desk) -> None:
    third = desk.next_facts()
    signed = desk.sign(third)
    desk.post(third)
    last = desk.oracle.day_record(FIRST_DAY).last_height
    desk.replace(true_facts(DAY, last + 1, blocks=145))

    with refused("oracle: replace the day before", desk.state):
        desk.send(third, signed)

    desk.post()


def test_replace_day__any_number_of_times__and_then_vetoed_twice(desk: Desk) -> None:
    for index in range(4):
        desk.replace(corrected(desk), PRICE + index)

    for _ in range(2):
        desk.oracle.veto_day(DAY, sender=actor("guardian"))
        desk.post()

    assert desk.oracle.revision_of(DAY) == 6
    desk.replace(corrected(desk))


@pytest.mark.parametrize("revision", [0, 2])
def test_replace_day__other_revision__reverts(desk: Desk, revision: int) -> None:
    facts = corrected(desk)

    with refused("quorum: not a reporter", desk.state):
        desk.oracle.replace_day(facts.as_tuple(), signed_tuples(desk, facts, revision))


def test_replace_day__too_few_signatures__reverts(desk: Desk) -> None:
    facts = corrected(desk)

    with refused("quorum: too few signatures", desk.state):
        desk.oracle.replace_day(facts.as_tuple(), signed_tuples(desk, facts, 1)[:1])


def test_replace_day__untrue_facts__reverts_and_keeps_the_old(desk: Desk) -> None:
    facts = replace(corrected(desk), subsidy_sats=Sats(1))

    with refused("oracle: subsidy off schedule", desk.state):
        desk.replace(facts)

    assert desk.oracle.next_day() == DAY + 1


def test_replace_day__final__reverts(desk: Desk) -> None:
    facts = corrected(desk)
    go_to(desk.oracle.day_record(DAY).final_at)

    with refused("oracle: day not pending", desk.state):
        desk.replace(facts)


@pytest.mark.parametrize("offset", [-1, 2, 50])
def test_replace_day__not_posted__reverts(desk: Desk, offset: int) -> None:
    facts = replace(desk.next_facts(), day=FIRST_DAY + offset)

    with refused("oracle: day not pending", desk.state):
        desk.replace(facts)


def test_replace_day__first_day__takes_the_long_window_again(empty: Desk) -> None:
    facts = empty.post()
    wait(LONG - 1)

    empty.replace(facts)

    assert empty.oracle.day_record(FIRST_DAY).final_at == now() + LONG


def test_replace_day__finality__never_falls_below_the_day_before(desk: Desk) -> None:
    wait(100)
    desk.replace(corrected(desk))

    first, second = (desk.oracle.day_record(FIRST_DAY + index).final_at for index in range(2))
    assert first <= second
