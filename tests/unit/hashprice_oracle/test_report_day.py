# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle.report_day`: one day after the other, none skipped, none twice."""

from dataclasses import replace

import pytest

from hashrate.core.types import DayIndex, UsdE8
from hashrate.reports.quorum import assemble
from hashrate.reports.report import DayReport, sign_day_report
from tests.unit.chain import actor, event, go_to, now, refused, wait
from tests.unit.reporting import (
    BLOCKS,
    DIFFICULTY,
    FIRST_DAY,
    FIRST_HEIGHT,
    LONG,
    PRICE,
    SHORT,
    Reporting,
    posting_time,
    reporters,
)

pytestmark = pytest.mark.unit


def test_report_day__first__is_stored_and_emitted(empty: Reporting) -> None:
    facts = empty.post()

    reported = event(empty.oracle, "DayReported")
    final_at = posting_time(FIRST_DAY) + LONG
    assert reported[1:] == (FIRST_DAY, 0, *facts.as_tuple()[1:], PRICE, final_at)
    assert tuple(empty.oracle.day_record(FIRST_DAY)) == (
        facts.hashprice_wad,
        facts.hashprice_wad * PRICE // 10**16,
        DIFFICULTY,
        PRICE,
        final_at,
        FIRST_HEIGHT + BLOCKS - 1,
        0,
    )
    assert empty.oracle.next_day() == FIRST_DAY + 1


def test_report_day__next__adds_to_the_sums(empty: Reporting) -> None:
    first = empty.post()
    second = empty.post(price=PRICE + 333, fees_sats=7 * 10**8 + 1)

    record = empty.oracle.day_record(FIRST_DAY + 1)
    assert record.hashprice_sum_wad == first.hashprice_wad + second.hashprice_wad
    assert record.usd_sum_wad == (
        first.hashprice_wad * PRICE // 10**16 + second.hashprice_wad * (PRICE + 333) // 10**16
    )
    assert record.difficulty_sum_wad == 2 * DIFFICULTY
    assert record.last_height == FIRST_HEIGHT + 2 * BLOCKS - 1


def test_report_day__by_anyone__is_accepted(empty: Reporting) -> None:
    """A transmitter needs no right, and can be nobody's key."""
    go_to(posting_time(FIRST_DAY))
    facts = empty.next_facts()
    signatures = [each.as_tuple() for each in empty.sign(facts)]

    empty.oracle.report_day(facts.as_tuple(), signatures, sender=actor("stranger"))

    assert empty.oracle.next_day() == FIRST_DAY + 1


def test_report_day__assembled_from_all_reporters__is_accepted(empty: Reporting) -> None:
    """What `hashrate.reports.quorum` picks out of all signed reports is what the contract takes."""
    go_to(posting_time(FIRST_DAY))
    report = DayReport(empty.next_facts(), 0, 1)
    prices = [PRICE + 9, PRICE * 2, PRICE]
    parts = [
        sign_day_report(signer, empty.domain, report, UsdE8(price))
        for signer, price in zip(reporters(3), prices, strict=True)
    ]

    empty.send(report.facts, assemble(parts, 2).signatures)

    assert event(empty.oracle, "DayReported").btc_usd_e8 == PRICE + 4


@pytest.mark.parametrize("offset", [-2, -1, 1, 2, 365], ids=lambda offset: f"{offset:+d}")
def test_report_day__skipped_or_repeated__reverts(reporting: Reporting, offset: int) -> None:
    facts = reporting.next_facts()
    other = replace(facts, day=DayIndex(facts.day + offset))
    go_to(posting_time(facts.day + 400))

    with refused("oracle: not the next day", reporting.state):
        reporting.send(other, reporting.sign(other))


def test_report_day__the_same_report_twice__reverts(reporting: Reporting) -> None:
    facts = reporting.next_facts()
    go_to(posting_time(facts.day))
    signatures = reporting.sign(facts)
    reporting.send(facts, signatures)

    with refused("oracle: not the next day", reporting.state):
        reporting.send(facts, signatures)


def test_report_day__before_the_first__reverts(empty: Reporting) -> None:
    facts = replace(empty.next_facts(), day=DayIndex(FIRST_DAY - 1))
    go_to(posting_time(FIRST_DAY))

    with refused("oracle: not the next day", empty.state):
        empty.send(facts, empty.sign(facts))


def test_report_day__day_not_over__reverts_until_midnight(reporting: Reporting) -> None:
    facts = reporting.next_facts()
    go_to((facts.day + 1) * 86_400 - 1)

    with refused("oracle: day not over", reporting.state):
        reporting.send(facts, reporting.sign(facts))

    wait(1)
    reporting.send(facts, reporting.sign(facts))


def test_report_day__first__takes_the_long_window(empty: Reporting) -> None:
    empty.post()

    assert empty.oracle.day_record(FIRST_DAY).final_at == now() + LONG


def test_report_day__ordinary__takes_the_short_window(reporting: Reporting) -> None:
    wait(10 * LONG)
    facts = reporting.post()

    assert reporting.oracle.day_record(facts.day).final_at == now() + SHORT


def test_report_day__after_a_day_that_waits_longer__is_not_final_before_it(
    empty: Reporting,
) -> None:
    """Finality never falls from day to day: the first day's 72 hours hold the second."""
    empty.post()
    first_final_at = empty.oracle.day_record(FIRST_DAY).final_at
    empty.post()
    assert now() + SHORT < first_final_at
    assert empty.oracle.day_record(FIRST_DAY + 1).final_at == first_final_at

    empty.post()
    empty.post()
    empty.post()

    times = [empty.oracle.day_record(FIRST_DAY + index).final_at for index in range(5)]
    assert times == sorted(times)
    assert times[4] == now() + SHORT


def test_report_day__many_late_days_at_once__each_waits_its_window(empty: Reporting) -> None:
    go_to(posting_time(FIRST_DAY + 30))
    for _ in range(5):
        empty.post()

    times = {empty.oracle.day_record(FIRST_DAY + index).final_at for index in range(5)}
    assert times == {now() + LONG}
    assert empty.oracle.last_final_day() == FIRST_DAY - 1


def test_report_day__clock_beyond_its_field__reverts(reporting: Reporting) -> None:
    """2106-02-07: the last second that a 32-bit time can hold."""
    facts = reporting.next_facts()
    go_to(2**32 - SHORT)

    with refused("history: value too wide", reporting.state):
        reporting.send(facts, reporting.sign(facts))
