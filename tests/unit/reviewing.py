# SPDX-License-Identifier: AGPL-3.0-only
"""An oracle that reviews days by a double of the header contract."""

from dataclasses import dataclass, replace
from typing import Any

from hashrate.core.types import DayFacts
from testing.oracle import DISPUTE_WINDOW_SECONDS
from testing.titanoboa import BoaChain
from tests.unit.chain import DEPLOYER, actor
from tests.unit.reporting import BLOCKS, Reporting, true_facts

WINDOW = DISPUTE_WINDOW_SECONDS
TOTAL, REST = 2 * WINDOW, 4 * WINDOW
ANYTHING = 2**256 - 1
# members of the double's flag
BOUNDS, REVERT, BURN, SHORT_ANSWER, LONG_ANSWER, EMPTY, FICKLE = (1 << bit for bit in range(7))
NOTHING, UNPROVEN = "oracle: nothing to review", "oracle: day not proven"


@dataclass
class Reviewing(Reporting):
    """An oracle that asks a double of the header contract."""

    headers: Any = None

    @classmethod
    def begin(cls) -> "Reviewing":
        """Deploy both."""
        headers = BoaChain().deploy("testing/contracts/HeadersDouble.vy", sender=DEPLOYER).inside
        base = Reporting.open(bitcoin_headers=headers.address, dispute_window_seconds=WINDOW)
        return cls(base.oracle, base.signers, base.threshold, base.network, headers)

    def prove(self, facts: DayFacts, fees: int | None = None, **changes: int) -> None:
        """Let a day be proven with these facts; hashprice is exact, or without upper bound."""
        facts = replace(facts, **changes)
        greatest = facts.hashprice_wad if fees is None else ANYTHING
        bounds = [facts.last_height, facts.difficulty_wad, facts.hashprice_wad, greatest]
        self.headers.set_bounds(facts.day, bounds)

    def lie(self) -> DayFacts:
        """Post the next day with seven blocks too many; return what is true and proven of it."""
        true = self.next_facts()
        self.prove(true)
        self.post(true_facts(true.day, true.first_height, BLOCKS + 7))
        return true

    def review(self, day: int) -> int:
        """Review a day; return when it is final now [unix s]."""
        self.oracle.review_day(day, sender=actor("anyone"))
        return self.final_at(day)

    def final_at(self, day: int) -> int:
        """Return when a posted day is final [unix s]."""
        return int(self.oracle.day_record(day).final_at)
