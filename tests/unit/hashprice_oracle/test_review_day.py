# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle.review_day`: proof-of-work chooses how long a pending day waits, no more."""

from dataclasses import replace

import boa
import pytest

from hashrate.core.types import Wad
from reference.units import DAY_SECONDS
from tests.unit.chain import ZERO, actor, event, go_to, now, refused, wait
from tests.unit.reporting import (
    BLOCKS,
    FIRST_DAY,
    FIRST_HEIGHT,
    LONG,
    PRICE,
    RECOVERY,
    SHORT,
    Reporting,
    posting_time,
    true_facts,
)
from tests.unit.reviewing import (
    ANYTHING,
    BURN,
    EMPTY,
    LONG_ANSWER,
    NOTHING,
    REST,
    REVERT,
    SHORT_ANSWER,
    TOTAL,
    UNPROVEN,
    WINDOW,
    Reviewing,
)

pytestmark = pytest.mark.unit


@pytest.fixture(scope="session")
def deployed_reviewing(genesis: None) -> Reviewing:
    """An oracle with headers, deployed once."""
    return Reviewing.begin()


@pytest.fixture
def reviewing(deployed_reviewing: Reviewing) -> Reviewing:
    """An oracle with headers and a first day that is final."""
    deployed_reviewing.post()
    go_to(deployed_reviewing.final_at(FIRST_DAY))
    return deployed_reviewing


# Contradiction


@pytest.mark.parametrize(
    "changes",
    [
        {"last_height": FIRST_HEIGHT + 2 * BLOCKS},
        {"last_height": FIRST_HEIGHT + 2 * BLOCKS - 2},
        {"difficulty_wad": 10**32 + 1},
        {"difficulty_wad": 10**32 - 1},
    ],
)
def test_review_day__contradicted__waits_for_the_dispute_window(
    reviewing: Reviewing, changes: dict[str, int]
) -> None:
    facts = reviewing.post()
    record, revision = reviewing.oracle.day_record(facts.day), reviewing.oracle.revision_of
    reviewing.prove(facts, **changes)
    assert revision(facts.day) == 0

    reviewing.oracle.review_day(facts.day)

    log = event(reviewing.oracle, "DayReviewed")
    assert (log.day, log.is_true, log.final_at) == (facts.day, False, now() + WINDOW)
    assert reviewing.oracle.disputes_end() == now() + TOTAL
    # nothing but finality has moved
    assert reviewing.oracle.day_record(facts.day)._replace(final_at=0) == record._replace(
        final_at=0
    )


@pytest.mark.parametrize(
    ("least", "greatest", "is_true"),
    [(0, ANYTHING, True), (0, 0, True), (1, ANYTHING, False), (0, -1, False), (-5, -1, False)],
)
def test_review_day__hashprice_at_the_bounds__is_judged_exactly(
    reviewing: Reviewing, least: int, greatest: int, is_true: bool
) -> None:
    facts = reviewing.post()
    price = facts.hashprice_wad
    bounds = [price + least, greatest if greatest == ANYTHING else price + greatest]
    reviewing.headers.set_bounds(facts.day, [facts.last_height, facts.difficulty_wad, *bounds])

    if is_true:
        with refused(NOTHING, reviewing.state):
            reviewing.review(facts.day)
    else:
        assert reviewing.review(facts.day) == now() + WINDOW


def test_review_day__contradicted_again__needs_a_day_and_ends_with_the_dispute(
    reviewing: Reviewing,
) -> None:
    day = reviewing.lie().day
    began = now()
    first = reviewing.review(day)
    wait(DAY_SECONDS - 1)
    with refused(NOTHING, reviewing.state):
        reviewing.review(day)
    wait(1)

    assert reviewing.review(day) == first + DAY_SECONDS

    while now() + 2 * DAY_SECONDS < began + WINDOW:
        wait(DAY_SECONDS)
        assert reviewing.review(day) == now() + WINDOW
    go_to(reviewing.final_at(day) - 2 * DAY_SECONDS)
    assert reviewing.review(day) == began + TOTAL
    go_to(began + TOTAL - 1)
    with refused(NOTHING, reviewing.state):
        reviewing.review(day)
    go_to(began + TOTAL)
    with refused("oracle: day not pending", reviewing.state):
        reviewing.review(day)


def test_review_day__within_a_longer_wait__is_never_shortened(reviewing: Reviewing) -> None:
    """A contradiction may not bring finality forward: the end of a dispute is near."""
    day = reviewing.lie().day
    began = now()
    reviewing.review(day)
    go_to(began + TOTAL - DAY_SECONDS * 12)
    assert reviewing.final_at(day) <= now()  # nobody looked again
    later = reviewing.lie().day
    reviewing.review(later)
    assert reviewing.final_at(later) == began + TOTAL
    go_to(began + TOTAL - LONG + 1)
    true = reviewing.next_facts()
    # an unusual day, final after the end of the dispute
    reviewing.prove(true)
    reviewing.post(replace(true, hashprice_wad=Wad(true.hashprice_wad * 2)))
    assert reviewing.final_at(true.day) > began + TOTAL

    with refused(NOTHING, reviewing.state):
        reviewing.review(true.day)


def test_review_day__while_disputes_rest__the_quorum_stands_alone(reviewing: Reviewing) -> None:
    reviewing.review(reviewing.lie().day)
    end = reviewing.oracle.disputes_end()
    go_to(end + REST - 2 * SHORT)
    while reviewing.oracle.next_day() * DAY_SECONDS + DAY_SECONDS < now():
        lie = reviewing.lie()
    assert now() < end + REST
    with refused(NOTHING, reviewing.state):
        reviewing.review(lie.day)

    go_to(max(end + REST, posting_time(lie.day + 1)))
    day = reviewing.lie().day

    assert reviewing.review(day) == now() + WINDOW
    assert reviewing.oracle.disputes_end() == now() + TOTAL


def test_review_day__every_day_of_a_year_contradicted__delays_by_two_windows_of_six(
    reviewing: Reviewing,
) -> None:
    """Each finality is that without proofs, or the end of the dispute then running."""
    ends = set()
    plain = reviewing.final_at(reviewing.oracle.next_day() - 1)
    for _ in range(365):
        day = reviewing.lie().day
        plain = max(plain, reviewing.final_at(day))
        posted = reviewing.final_at(day)
        try:
            reviewing.review(day)
        except boa.BoaError:
            assert reviewing.final_at(day) == posted
        ends.add(reviewing.oracle.disputes_end())
        assert reviewing.final_at(day) <= max(now() + LONG, reviewing.oracle.disputes_end())

    ordered = sorted(ends)
    assert len(ordered) == 365 // 84 + 1
    assert all(b - a >= TOTAL + REST for a, b in zip(ordered, ordered[1:], strict=False))


# Agreement


def test_review_day__agreed_without_a_dispute__reverts(reviewing: Reviewing) -> None:
    facts = reviewing.post()
    reviewing.prove(facts)

    with refused(NOTHING, reviewing.state):
        reviewing.review(facts.day)


def test_review_day__lie_replaced_by_the_truth__ends_the_dispute(reviewing: Reviewing) -> None:
    true = reviewing.lie()
    began = now()
    reviewing.review(true.day)
    wait(3 * DAY_SECONDS)
    reviewing.replace(true)
    # a wait belongs to the day
    assert reviewing.final_at(true.day) == began + WINDOW

    reviewing.oracle.review_day(true.day)

    assert event(reviewing.oracle, "DayReviewed").is_true
    assert reviewing.final_at(true.day) == now() + LONG
    assert reviewing.oracle.disputes_end() == now() - REST
    # the next lie is disputed at once
    day = reviewing.lie().day
    assert reviewing.review(day) == now() + WINDOW


def test_review_day__agreed_before_a_waiting_day__waits_for_that(reviewing: Reviewing) -> None:
    """Finality never falls from day to day: an agreement is held back by the day before."""
    first = reviewing.lie().day
    second = reviewing.lie()
    reviewing.review(second.day)
    went = now()
    wait(DAY_SECONDS)
    reviewing.replace(second)
    reviewing.headers.set_bounds(first, [1, 1, 1, 1])
    assert reviewing.final_at(second.day) == went + WINDOW

    # the day before became final meanwhile, or waits less
    assert reviewing.review(second.day) == max(now() + LONG, reviewing.final_at(first))


def test_review_day__recovery_agreed__keeps_the_recovery_window(reviewing: Reviewing) -> None:
    facts = reviewing.next_facts()
    moved = true_facts(facts.day, facts.first_height + 1_000)
    reviewing.post(moved)
    reviewing.prove(moved, last_height=1)
    assert reviewing.final_at(moved.day) == now() + RECOVERY
    disputed = reviewing.review(moved.day)
    assert disputed == now() + WINDOW
    wait(DAY_SECONDS)
    reviewing.prove(moved)

    assert reviewing.review(moved.day) == now() + RECOVERY

    wait(1)
    with refused(NOTHING, reviewing.state):
        reviewing.review(moved.day)


def test_review_day__first_day_agreed__takes_the_long_window(
    deployed_reviewing: Reviewing,
) -> None:
    reviewing = deployed_reviewing
    true = reviewing.lie()
    assert true.day == FIRST_DAY
    reviewing.review(true.day)
    reviewing.replace(true)

    assert reviewing.review(true.day) == now() + LONG


# A wait belongs to the day


def test_review_day__lie_sent_again_after_its_predecessor_was_replaced__still_waits(
    reviewing: Reviewing,
) -> None:
    before = reviewing.post()
    lie = reviewing.lie().day
    report = true_facts(lie, before.last_height + 1, BLOCKS + 7)
    signatures = reviewing.sign(report)
    waits = reviewing.review(lie)
    reviewing.replace(before)
    assert reviewing.oracle.next_day() == lie

    reviewing.send(report, signatures)

    assert reviewing.final_at(lie) == waits > now() + LONG


def test_review_day__lie_that_replaces_itself_five_times__gains_nothing(
    reviewing: Reviewing,
) -> None:
    lie = reviewing.lie().day
    waits = reviewing.review(lie)
    first = reviewing.oracle.day_record(lie - 1).last_height + 1
    for extra in range(8, 13):
        wait(3_600)
        reviewing.replace(true_facts(lie, first, BLOCKS + extra))
        assert reviewing.final_at(lie) == waits


def test_review_day__lie_vetoed_and_sent_again__still_waits(reviewing: Reviewing) -> None:
    lie = reviewing.lie().day
    waits = reviewing.review(lie)
    reviewing.oracle.veto_day(lie, sender=actor("guardian"))
    first = reviewing.oracle.day_record(lie - 1).last_height + 1

    reviewing.post(true_facts(lie, first, BLOCKS + 7))

    assert reviewing.final_at(lie) == waits


def test_report_day__sent_again_after_the_dispute_ended__waits_no_longer(
    reviewing: Reviewing,
) -> None:
    """The finality that was waited for counts until the dispute's end only."""
    lie = reviewing.lie().day
    began = now()
    for _ in range(14):
        reviewing.review(lie)
        wait(DAY_SECONDS)
    reviewing.oracle.veto_day(lie, sender=actor("guardian"))
    go_to(began + TOTAL)
    true = reviewing.next_facts()

    reviewing.post(true)

    assert reviewing.final_at(true.day) == now() + SHORT


# Later days


def test_review_day__contradicted__later_days_are_sent_again_as_they_are(
    reviewing: Reviewing,
) -> None:
    lie = reviewing.lie().day
    later = [reviewing.next_facts()]
    go_to(max(posting_time(lie + 1), now()))
    signatures = reviewing.sign(later[0])
    reviewing.send(later[0], signatures)
    reviewing.post()

    reviewing.oracle.review_day(lie)

    assert event(reviewing.oracle, "DayReviewed").day == lie
    assert reviewing.oracle.next_day() == lie + 1
    reviewing.send(later[0], signatures)
    assert reviewing.final_at(lie + 1) == reviewing.final_at(lie) == now() + WINDOW


# Refusals


def test_review_day__day_not_pending__reverts(reviewing: Reviewing) -> None:
    reviewing.headers.set_bounds(FIRST_DAY, [1, 1, 1, 1])
    for day in (FIRST_DAY - 1, FIRST_DAY, FIRST_DAY + 1, 2**256 - 1):
        with refused("oracle: day not pending", reviewing.state):
            reviewing.review(day)


def test_review_day__day_not_proven__reverts(reviewing: Reviewing) -> None:
    day = reviewing.post().day

    with refused(UNPROVEN, reviewing.state):
        reviewing.review(day)


def test_review_day__no_header_contract__reverts(genesis: None) -> None:
    reporting = Reporting.open()
    day = reporting.post().day
    assert (reporting.oracle.BITCOIN_HEADERS(), reporting.oracle.disputes_end()) == (ZERO, 1)

    with refused(UNPROVEN, reporting.state):
        reporting.oracle.review_day(day)


# A hostile header contract


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (REVERT, "headers: hostile"),
        (BURN, ""),
        (SHORT_ANSWER, ""),
        (EMPTY, UNPROVEN),
    ],
)
def test_review_day__headers_that_fail__only_the_review_fails(
    reviewing: Reviewing, answer: int, reason: str
) -> None:
    true = reviewing.lie()
    reviewing.headers.set_answer(answer)
    with refused(reason, reviewing.state):
        reviewing.review(true.day)
    spent = reviewing.oracle._computation.get_gas_used()
    assert spent < 150_000, f"a review spends {spent} gas on a hostile contract"

    reviewing.replace(true)
    reviewing.oracle.veto_day(true.day, sender=actor("guardian"))
    reviewing.post(true)
    go_to(reviewing.final_at(true.day))

    assert reviewing.oracle.last_final_day() == true.day


def test_review_day__five_words__the_first_four_count(reviewing: Reviewing) -> None:
    day = reviewing.lie().day
    reviewing.headers.set_answer(LONG_ANSWER)

    assert reviewing.review(day) == now() + WINDOW


@pytest.mark.parametrize("revisions", [0, 1])
def test_review_day__answered_by_another_revision_of_that_day__ends_the_dispute(
    reviewing: Reviewing, revisions: int
) -> None:
    """The same report proven true after all leaves the dispute running; a new one ends it."""
    true = reviewing.next_facts()
    reviewing.post(true)
    reviewing.prove(true, last_height=1)
    reviewing.review(true.day)
    end = reviewing.oracle.disputes_end()
    for _ in range(revisions):
        reviewing.replace(true, PRICE + 1)
    reviewing.prove(true)

    reviewing.review(true.day)

    assert (reviewing.oracle.disputes_end() == end) == (revisions == 0)
