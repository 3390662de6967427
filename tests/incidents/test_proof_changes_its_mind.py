# SPDX-License-Identifier: AGPL-3.0-only
"""A proof that contradicts and agrees in turn could have put a true day off for ever.

The first draft of `review_day` ended a dispute, without a rest, at every agreement. A header
contract that is wrong, or a fork that is brought again and again, contradicts a true day, agrees,
and contradicts it again: each time a fresh dispute of 28 days began. What answers a dispute has to
be another report of the day that began it, which takes a quorum or the guardian. The day after a
disputed one inherits its wait when it is sent again, and is no answer either.
"""

import boa
import pytest

from tests.unit.chain import go_to, now, wait
from tests.unit.reporting import LONG, posting_time
from tests.unit.reviewing import FICKLE, TOTAL, Reviewing

pytestmark = pytest.mark.unit


def test_review_day__headers_that_change_their_answer__delay_to_the_disputes_end(
    reviewing: Reviewing,
) -> None:
    """A proof that contradicts and agrees in turn may not start a dispute again and again."""
    true = reviewing.next_facts()
    reviewing.prove(true)
    reviewing.post(true)
    reviewing.headers.set_answer(FICKLE)
    go_to(now() + 1 - now() % 2)
    reviewing.review(true.day)
    end = reviewing.oracle.disputes_end()
    assert end == now() + TOTAL
    for _ in range(30):
        if now() + 2 * LONG >= reviewing.final_at(true.day):
            wait(LONG // 2)
        wait(1)
        for second in (0, 1):
            if now() >= reviewing.final_at(true.day):
                break
            go_to(now() + (now() + second) % 2)
            try:
                reviewing.review(true.day)
            except boa.BoaError:
                continue
        assert reviewing.final_at(true.day) <= end
        assert reviewing.oracle.disputes_end() == end

    go_to(end)
    assert reviewing.oracle.last_final_day() == true.day


def test_review_day__fickle_headers_and_a_day_cut_off__start_no_second_dispute(
    reviewing: Reviewing,
) -> None:
    """A day that inherits the wait of one before it is not the answer to that dispute."""
    first = reviewing.post()
    second = reviewing.next_facts()
    go_to(max(posting_time(second.day), now()))
    signatures = reviewing.sign(second)
    reviewing.prove(first, last_height=1)
    reviewing.review(first.day)
    end = reviewing.oracle.disputes_end()
    reviewing.send(second, signatures)
    reviewing.prove(first)
    reviewing.review(first.day)
    reviewing.send(second, signatures)
    reviewing.prove(second)

    reviewing.review(second.day)

    assert reviewing.oracle.disputes_end() == end
    reviewing.prove(first, last_height=1)
    if now() < reviewing.final_at(first.day):
        reviewing.review(first.day)
    assert reviewing.oracle.disputes_end() == end
    assert reviewing.final_at(first.day) <= end
