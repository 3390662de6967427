# SPDX-License-Identifier: AGPL-3.0-only
"""What makes a day report impossible, and what makes it usual (rules.md §1.2)."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor

from .errors import Cause, require
from .units import DAY_SECONDS, HOUR_SECONDS, WAD

RETARGET_BLOCKS = 2016
INITIAL_SUBSIDY_SATS = 50 * 10**8
SHORT_WINDOW_SECONDS = 12 * HOUR_SECONDS
LONG_WINDOW_SECONDS = 72 * HOUR_SECONDS
HASHES_PER_DIFFICULTY = 2**32

MAX_HASHPRICE_WAD = 2**112 - 1
MAX_DIFFICULTY_WAD = 2**120 - 1
MAX_BTC_USD_E8 = 2**56 - 1
MAX_HEIGHT = 2**31 - 1
MAX_FEES_SATS = 2**51 - 1

RECOVERY_WINDOW_SECONDS = 10 * DAY_SECONDS
DIFFICULTY_STEP = 4
DIFFICULTY_SLACK = Fraction(1, 2**14)
USUAL_HASHPRICE = (Fraction("0.4"), Fraction("2.5"))
USUAL_PRICE = (Fraction("0.58"), Fraction("1.5"))
USUAL_AT_SAME_DIFFICULTY = (1 / Fraction("1.05"), Fraction("1.05"))
USUAL_DIFFICULTY = (Fraction("0.7"), Fraction("1.4"))
USUAL_BLOCKS = (20, 400)
USUAL_FEES = Fraction(1, 4)
RETARGET_TOLERANCE = Fraction(3, 100)
PLAIN_TOLERANCE = Fraction(1, 10**6)


@dataclass(frozen=True)
class DayFacts:
    """What all reporters sign alike about a day.

    first_height, last_height: [block heights]; subsidy_sats, fees_sats: [satoshi];
    hashprice_wad: [satoshi per TH/s per day, 1e18]; difficulty_wad: [1e18], mean over blocks.
    """

    day: int
    first_height: int
    last_height: int
    subsidy_sats: int
    fees_sats: int
    hashprice_wad: int
    difficulty_wad: int

    @property
    def blocks(self) -> int:
        """Return how many blocks the day has."""
        return self.last_height - self.first_height + 1

    @property
    def has_retarget(self) -> bool:
        """Return whether a multiple of 2016 lies in the day's heights."""
        if self.blocks <= 0:
            return False
        return self.last_height // RETARGET_BLOCKS > (self.first_height - 1) // RETARGET_BLOCKS


@dataclass(frozen=True)
class Network:
    """Constants of the Bitcoin network a deployment reports.

    unit_hashes: hashes per second of one unit of hashrate, 10^12 (TH/s) on mainnet.
    """

    first_day: int
    first_height: int
    halving_blocks: int = 210_000
    unit_hashes: int = 10**12


@dataclass(frozen=True)
class PricedDay:
    """A day's facts with the price taken [USD per BTC, 1e8]."""

    facts: DayFacts
    btc_usd_e8: int


def subsidy_of(first_height: int, last_height: int, halving_blocks: int) -> int:
    """Return the subsidy of the heights from first to last, both included [satoshi]."""
    total = 0
    for era in range(INITIAL_SUBSIDY_SATS.bit_length()):
        first = max(first_height, era * halving_blocks)
        last = min(last_height, (era + 1) * halving_blocks - 1)
        total += max(last - first + 1, 0) * (INITIAL_SUBSIDY_SATS >> era)
    return total


def check_alone(priced: PricedDay, network: Network) -> None:
    """Refuse a day that is impossible whatever came before."""
    facts = priced.facts
    require(facts.last_height >= facts.first_height - 1, Cause.HEIGHTS)
    require(facts.last_height <= MAX_HEIGHT, Cause.TOO_WIDE)
    require(facts.first_height <= MAX_HEIGHT, Cause.TOO_WIDE)
    require(0 not in (facts.hashprice_wad, facts.difficulty_wad), Cause.ZERO_VALUE)
    require(priced.btc_usd_e8 != 0, Cause.ZERO_VALUE)
    require(facts.hashprice_wad <= MAX_HASHPRICE_WAD, Cause.TOO_WIDE)
    require(facts.difficulty_wad <= MAX_DIFFICULTY_WAD, Cause.TOO_WIDE)
    require(priced.btc_usd_e8 <= MAX_BTC_USD_E8, Cause.TOO_WIDE)
    require(facts.fees_sats <= MAX_FEES_SATS, Cause.TOO_WIDE)
    due = subsidy_of(facts.first_height, facts.last_height, network.halving_blocks)
    require(facts.subsidy_sats == due, Cause.SUBSIDY)


def check_empty(facts: DayFacts, before: DayFacts) -> None:
    """Refuse a day without blocks that says anything but what the day before said."""
    if facts.blocks == 0:
        require(facts.fees_sats == 0, Cause.EMPTY_DAY)
        require(facts.hashprice_wad == before.hashprice_wad, Cause.EMPTY_DAY)
        require(facts.difficulty_wad == before.difficulty_wad, Cause.EMPTY_DAY)


def follows(facts: DayFacts, before: DayFacts, last_height_before: int) -> bool:
    """Return whether a day can follow the day before, or one of the two must be false.

    `last_height_before` [height] is where the day before the day before ended.
    """
    if facts.first_height != before.last_height + 1:
        return False
    if facts.difficulty_wad == before.difficulty_wad:
        return True
    # the heights of both days, as far as they are known from where days ended
    heights = range(last_height_before + 1, facts.last_height + 1)
    newest_retarget = facts.last_height // RETARGET_BLOCKS * RETARGET_BLOCKS
    came_back = before.last_height <= last_height_before
    step = Fraction(facts.difficulty_wad, before.difficulty_wad)
    most = DIFFICULTY_STEP * (1 + DIFFICULTY_SLACK)
    return (newest_retarget in heights or came_back) and 1 / most <= step <= most


def expected_hashprice_wad(facts: DayFacts, network: Network) -> int:
    """Return e [satoshi per TH/s per day, 1e18] from the day's sums; it needs blocks."""
    sats_per_block = Fraction(facts.subsidy_sats + facts.fees_sats, facts.blocks)
    hashes_per_block = Fraction(facts.difficulty_wad, WAD) * HASHES_PER_DIFFICULTY
    hashes_per_day = DAY_SECONDS * network.unit_hashes
    return floor(sats_per_block / hashes_per_block * hashes_per_day * WAD)


def _between(value: int, reference: int, bounds: tuple[Fraction, Fraction]) -> bool:
    return bounds[0] * reference <= value <= bounds[1] * reference


def is_usual(priced: PricedDay, before: PricedDay | None, network: Network) -> bool:
    """Return whether a possible day takes the short window."""
    facts = priced.facts
    if before is None or not USUAL_BLOCKS[0] <= facts.blocks <= USUAL_BLOCKS[1]:
        return False
    expected = expected_hashprice_wad(facts, network)
    tolerance = RETARGET_TOLERANCE if facts.has_retarget else PLAIN_TOLERANCE
    same_difficulty = facts.difficulty_wad == before.facts.difficulty_wad
    usual_hashprice = USUAL_AT_SAME_DIFFICULTY if same_difficulty else USUAL_HASHPRICE
    return (
        _between(facts.hashprice_wad, before.facts.hashprice_wad, usual_hashprice)
        and _between(priced.btc_usd_e8, before.btc_usd_e8, USUAL_PRICE)
        and _between(facts.difficulty_wad, before.facts.difficulty_wad, USUAL_DIFFICULTY)
        and facts.fees_sats <= USUAL_FEES * facts.subsidy_sats
        and abs(facts.hashprice_wad - expected) <= tolerance * expected
    )
