# SPDX-License-Identifier: AGPL-3.0-only
"""A quorum could take the guardian's veto away by replacing a day until no revision was left.

A revision has 8 bits and every veto and every replacement takes one. After 255 replacements, all of
them possible within one block, `veto_day` reverted with "history: too many revisions": a bought
quorum's report became final after one window instead of three, whatever the guardian did. Two
revisions have to stay in reserve for the two vetoes of a day.
"""

from dataclasses import replace

import pytest

from hashrate.core.types import Sats
from tests.unit.chain import actor, refused
from tests.unit.reporting import Reporting

pytestmark = pytest.mark.unit

REVISIONS = 256


def test_veto_day__replaced_as_often_as_can_be__still_removes_twice() -> None:
    reporting = Reporting.open(1, 1)
    facts = reporting.post()
    false = replace(facts, fees_sats=Sats(facts.fees_sats + 1))
    with refused("oracle: too many replacements"):
        for _ in range(REVISIONS):
            reporting.replace(false)
    assert reporting.oracle.revision_of(facts.day) == REVISIONS - 3

    for _ in range(2):
        reporting.oracle.veto_day(facts.day, sender=actor("guardian"))

        assert reporting.oracle.next_day() == facts.day
        reporting.post(false)
