# SPDX-License-Identifier: AGPL-3.0-only
"""A day without blocks after a day with a retarget stopped the oracle for ever.

The empty day repeats the mean difficulty of the day before it, which the retarget has mixed. The
next true day has the new difficulty, and no multiple of 2016 lies in its heights or in those of the
empty day: it was refused, whoever signed it.
"""

from dataclasses import replace

import pytest

from hashrate.core.types import BlockHeight, Sats, Wad
from tests.unit.reporting import Reporting

pytestmark = pytest.mark.unit


def test_report_day__empty_day_after_a_retarget__accepts_the_new_difficulty() -> None:
    reporting = Reporting.open(
        1, 1, first_height=840_672 - 72
    )  # the retarget at 840672 is at its noon
    first = reporting.next_facts()
    reporting.post(first)
    empty = replace(
        reporting.next_facts(),
        last_height=BlockHeight(first.last_height),
        subsidy_sats=Sats(0),
        fees_sats=Sats(0),
        hashprice_wad=first.hashprice_wad,
        difficulty_wad=first.difficulty_wad,
    )
    reporting.post(empty)
    after = replace(reporting.next_facts(), difficulty_wad=Wad(first.difficulty_wad * 101 // 100))

    reporting.post(after)

    assert reporting.oracle.next_day() == after.day + 1
