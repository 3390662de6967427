# SPDX-License-Identifier: AGPL-3.0-only
"""Whoever agreed first could keep a dispute from ever being answered, and put disputes to sleep.

An agreement was refused unless it brought the day's finality forward, and so was the answer to a
dispute. Anybody can have the report that began a dispute reviewed once proof has turned (a stale
chain was forked and caught up), or the truth posted again under its old revision (the day before
it was replaced, which cuts it off). That is no answer, but it brings finality forward all there is:
the next revision, which would have been one, brought nothing more and was refused. The dispute ran
out, and for 56 days after it no false day could have been contradicted. An answer now counts even
where it brings nothing forward.
"""

import pytest

from tests.unit.chain import now, refused, wait
from tests.unit.reporting import LONG, true_facts
from tests.unit.reviewing import NOTHING, REST, WINDOW, Reviewing

pytestmark = pytest.mark.unit


def test_review_day__fork_caught_up_and_agreed_at_once__can_still_be_answered(
    reviewing: Reviewing,
) -> None:
    true = reviewing.post()
    reviewing.prove(true, last_height=1)
    reviewing.review(true.day)
    end = reviewing.oracle.disputes_end()
    reviewing.prove(true)
    agreed = reviewing.review(true.day)
    assert agreed == now() + LONG
    assert reviewing.oracle.disputes_end() == end
    wait(60)
    # a quorum stands by what it said
    reviewing.replace(true)
    assert reviewing.final_at(true.day) == agreed

    assert reviewing.review(true.day) == agreed

    # once: there is nothing more to answer
    with refused(NOTHING, reviewing.state):
        reviewing.review(true.day)
    assert_answered(reviewing)


def test_review_day__two_lies_and_the_later_one_disputed_first__can_still_be_answered(
    reviewing: Reviewing,
) -> None:
    first = reviewing.lie()
    second = true_facts(first.day + 1, first.last_height + 1)
    reviewing.post()
    reviewing.prove(second)
    reviewing.review(second.day)
    end = reviewing.oracle.disputes_end()
    reviewing.review(first.day)
    reviewing.replace(first)
    reviewing.review(first.day)
    # the truth of the later day is a report of the revision that began the dispute
    reviewing.post(second)
    agreed = reviewing.review(second.day)
    assert reviewing.oracle.disputes_end() == end
    wait(60)
    reviewing.replace(second)

    assert reviewing.review(second.day) == agreed

    assert_answered(reviewing)


def assert_answered(reviewing: Reviewing) -> None:
    """Check that the dispute is over without a rest: the next lie is disputed at once."""
    assert reviewing.oracle.disputes_end() == now() - REST
    assert reviewing.review(reviewing.lie().day) == now() + WINDOW
