# SPDX-License-Identifier: AGPL-3.0-only
"""Days of the widest hashprice and price filled the sum of USD: then no day fitted any more."""

from dataclasses import replace

import pytest

from hashrate.core.types import Wad
from tests.unit.chain import go_to, refused
from tests.unit.reporting import Reporting, posting_time

pytestmark = pytest.mark.unit

WIDEST_PRICE = 2**56 - 1
# the greatest hashprice whose value in USD [1e18] stays below 2**104 at that price
GREATEST = ((2**104) * 10**16 - 1) // WIDEST_PRICE


@pytest.mark.parametrize(
    ("hashprice", "is_taken"), [(GREATEST, True), (GREATEST + 1, False), (2**112 - 1, False)]
)
def test_report_day__usd_of_a_day__leaves_room_for_all_that_follow(
    genesis: None, hashprice: int, is_taken: bool
) -> None:
    reporting = Reporting.open()
    facts = replace(reporting.next_facts(), hashprice_wad=Wad(hashprice))
    go_to(posting_time(facts.day))
    signed = reporting.sign(facts, [WIDEST_PRICE] * reporting.threshold)

    if is_taken:
        reporting.send(facts, signed)
        assert reporting.oracle.day_record(facts.day).usd_sum_wad * 2**16 < 2**120
    else:
        with refused("oracle: usd too wide", reporting.state):
            reporting.send(facts, signed)
