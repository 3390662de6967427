# SPDX-License-Identifier: AGPL-3.0-only
"""An oracle of five reporters and days it accepts: 144 blocks each at one difficulty."""

from dataclasses import dataclass, field, replace

import pytest

from reference import (
    Cause,
    DayFacts,
    Membership,
    ModelRevert,
    Network,
    OracleModel,
    PostedDay,
    Roles,
    SignedPrice,
)
from reference.day_rules import expected_hashprice_wad, subsidy_of
from reference.units import HOUR_SECONDS, day_start

FIRST_DAY = 20_000
FIRST_HEIGHT = 2016 * 430 + 10
REPORTERS = ["0xa1", "0xa2", "0xa3", "0xa4", "0xa5"]
OWNER, GUARDIAN, OUTSIDER = "0xb1", "0xb2", "0xb3"
THRESHOLD = 3
BLOCKS = 144
DIFFICULTY_WAD = 10**14 * 10**18
PRICE_E8 = 100_000 * 10**8
NETWORK = Network(FIRST_DAY, FIRST_HEIGHT)


def signed(*prices: int, first: int = 0) -> list[SignedPrice]:
    """Return signatures of consecutive reporters, one for each price [USD per BTC, 1e8]."""
    signers = REPORTERS[first : first + len(prices)]
    return [SignedPrice(signer, price) for signer, price in zip(signers, prices, strict=True)]


def agreed(price: int = PRICE_E8, signers: int = THRESHOLD) -> list[SignedPrice]:
    """Return signatures of the first reporters over one price."""
    return signed(*[price] * signers)


def facts_of(
    day: int,
    first_height: int,
    blocks: int = BLOCKS,
    fees_sats: int = 10**7,
    difficulty_wad: int = DIFFICULTY_WAD,
) -> DayFacts:
    """Return consistent facts of a day with blocks."""
    last = first_height + blocks - 1
    subsidy = subsidy_of(first_height, last, NETWORK.halving_blocks)
    facts = DayFacts(day, first_height, last, subsidy, fees_sats, 1, difficulty_wad)
    return replace(facts, hashprice_wad=expected_hashprice_wad(facts, NETWORK))


@dataclass
class Reporting:
    """An oracle and the clock of whoever posts to it."""

    oracle: OracleModel = field(
        default_factory=lambda: OracleModel(
            NETWORK, Membership(REPORTERS, THRESHOLD), Roles(OWNER, GUARDIAN)
        )
    )

    def next_facts(self) -> DayFacts:
        """Return facts of the next day that follow the newest."""
        newest = self.oracle.posted(self.oracle.next_day - 1)
        first = newest.priced.facts.last_height + 1 if newest else FIRST_HEIGHT
        difficulty = newest.priced.facts.difficulty_wad if newest else DIFFICULTY_WAD
        return facts_of(self.oracle.next_day, first, difficulty_wad=difficulty)

    def post(
        self,
        facts: DayFacts | None = None,
        prices: list[SignedPrice] | None = None,
        revision: int | None = None,
        now: int | None = None,
    ) -> PostedDay:
        """Post a day, by default the next one, an hour after its end."""
        facts = facts or self.next_facts()
        return self.oracle.post_day(
            facts,
            prices or agreed(),
            self.oracle.revision[facts.day] if revision is None else revision,
            self.oracle.membership.version,
            posting_time(facts.day) if now is None else now,
        )


def posting_time(day: int) -> int:
    """Return an hour after the day's end [unix s]."""
    return day_start(day + 1) + HOUR_SECONDS


def cause_of_post(
    reporting: Reporting,
    facts: DayFacts | None = None,
    prices: list[SignedPrice] | None = None,
    revision: int | None = None,
    now: int | None = None,
) -> Cause:
    """Return why the oracle refuses a report; fail if it accepts it."""
    with pytest.raises(ModelRevert) as refused:
        reporting.post(facts, prices, revision, now)
    return refused.value.cause
