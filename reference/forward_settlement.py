# SPDX-License-Identifier: AGPL-3.0-only
"""What a series of forwards pays, day by day (forwards.md §7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Protocol

from .errors import Cause, require
from .forward_terms import ForwardTerms, Metric
from .oracle import OracleModel
from .units import DAY_SECONDS, day_start

GRACE_SECONDS = 60 * DAY_SECONDS
FALLBACK_DAYS = 7


@dataclass(frozen=True)
class ForwardDay:
    """What an index says of a day, posted and perhaps final.

    hashprice_wad, usd_wad: [satoshi, USD per TH/s per day; 1e18]; difficulty_wad: [1e18];
    final_at: [unix s].
    """

    day: int
    hashprice_wad: int
    usd_wad: int
    difficulty_wad: int
    final_at: int

    def value_wad(self, metric: Metric) -> int:
        """Return the day's value of a metric [1e18]."""
        return {
            Metric.HASHPRICE_SATS: self.hashprice_wad,
            Metric.HASHPRICE_USD: self.usd_wad,
            Metric.DIFFICULTY: self.difficulty_wad,
        }[metric]


class DaySource(Protocol):
    """Days of an index: contiguous from its first, some of them pending."""

    @property
    def first_day(self) -> int:
        """Return the first day the index ever has."""
        ...

    def days(self) -> Sequence[ForwardDay]:
        """Return all posted days, oldest first."""
        ...


@dataclass(frozen=True)
class OracleDays:
    """The days of the oracle's model."""

    oracle: OracleModel

    @property
    def first_day(self) -> int:
        """Return the first day the index ever has."""
        return self.oracle.first_day

    def days(self) -> list[ForwardDay]:
        """Return all posted days, oldest first."""
        return [
            ForwardDay(
                posted.priced.facts.day,
                posted.priced.facts.hashprice_wad,
                posted.priced.facts.hashprice_wad * posted.priced.btc_usd_e8 // 10**16,
                posted.priced.facts.difficulty_wad,
                posted.final_at,
            )
            for posted in self.oracle.days
        ]


@dataclass(frozen=True)
class Settlement:
    """What a contract pays to each side [base units], and how many days had to be made up."""

    long_payout: int
    short_payout: int
    missing_days: int


def deadline_of(terms: ForwardTerms) -> int:
    """Return when what is not final no longer counts [unix s]."""
    return day_start(terms.end_day) + GRACE_SECONDS


def is_due(terms: ForwardTerms, days: Sequence[ForwardDay], now: int) -> bool:
    """Return whether a series can be settled at `now` [unix s]."""
    last_is_final = any(each.day == terms.end_day - 1 and each.final_at <= now for each in days)
    return terms.is_over(now) and (last_is_final or now >= deadline_of(terms))


def mean_of_last(
    terms: ForwardTerms, days: Sequence[ForwardDay], count: int, now: int
) -> tuple[int, int]:
    """Return the mean of the newest final days [tick], and the newest of them [day] (§6.1)."""
    final = [each for each in days if each.final_at <= now]
    require(1 <= count <= FALLBACK_DAYS, Cause.INVALID_ORDER)
    require(len(final) >= count, Cause.NOT_FINAL)
    newest = final[-count:]
    ticks = sum((terms.metric.ticks(each.value_wad(terms.metric)) for each in newest), Fraction(0))
    return floor(ticks / count), newest[-1].day


def settlement(terms: ForwardTerms, days: Sequence[ForwardDay], now: int) -> Settlement:
    """Return what a series pays; the same at any `now` from when it is due."""
    require(is_due(terms, days, now), Cause.NOT_FINAL)
    counted = {each.day: each for each in days if each.final_at <= deadline_of(terms)}
    values = {
        day: terms.metric.ticks(each.value_wad(terms.metric)) for day, each in counted.items()
    }
    newest = sorted(values)[-FALLBACK_DAYS:]
    mean = Fraction(sum(values[day] for day in newest), FALLBACK_DAYS)
    window = range(terms.first_day, terms.end_day)
    ticks = sum((values.get(day, mean) for day in window), Fraction(0))
    missing = sum(day not in values for day in window)
    gross = floor(ticks * terms.tick_value)
    least = sum(terms.floor_ticks * terms.tick_value for _ in window)
    most = sum(terms.cap_ticks * terms.tick_value for _ in window)
    long_payout = min(max(gross, least), most) - least
    return Settlement(long_payout, terms.pair_cost - long_payout, missing)
