# SPDX-License-Identifier: AGPL-3.0-only
"""What a note's face means: its price, and what it would have met in the past.

A face is written as a share of the net income that a TH/s had over the last 30 days, times the days
of the term. History is asked the same question on every past day: with the share of the income of
*its* last 30 days, when would the face have been met? Then the moves of a past start are applied to
the income of today. Amounts are integers of 1e-18 satoshi for one TH/s; every rounding is named.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from itertools import accumulate
from math import ceil

from hashrate.core.types import DayIndex, UsdE8, Wad
from hashrate.core.units import DAY_SECONDS, SATS_PER_BTC, USD_E8, WAD, iso_from_day
from hashrate.products.tranches.errors import QuoteError

TRAILING_DAYS = 30
YEAR_DAYS = 365
FACE_STEP_SATS = 10
"""Listed faces are in tens of satoshi (docs/market.md)."""
_MJ_PER_KWH = 3_600_000_000
_MICRO = 10**6
_BPS = 10_000


@dataclass(frozen=True, slots=True)
class Costs:
    """What a series takes off the hashprice.

    Attributes:
        efficiency_mj_per_th: energy of the machines [mJ per TH].
        power_price_usd_e6: of power [1e-6 USD per kWh].
        service_fee_wad: [sat per TH/s and day, 1e18].
        pool_fee_bps: of the income [1e-4].
    """

    efficiency_mj_per_th: int
    power_price_usd_e6: int
    service_fee_wad: int = 0
    pool_fee_bps: int = 0

    def net_of(self, hashprice_wad: Wad, btc_usd_e8: UsdE8) -> Wad:
        """Compute what a TH/s that runs all day leaves [sat, 1e18]: never negative.

        Source: docs/rules.md 3, for a day without an output report. Income rounds down, costs up.
        """
        income = hashprice_wad * (_BPS - self.pool_fee_bps) // _BPS
        used = self.efficiency_mj_per_th * DAY_SECONDS * self.power_price_usd_e6
        power = -(-used * SATS_PER_BTC * USD_E8 * WAD // (_MJ_PER_KWH * _MICRO * btc_usd_e8))
        return Wad(max(0, income - power - self.service_fee_wad))


@dataclass(frozen=True)
class Income:
    """The net income of a TH/s on consecutive days [sat, 1e18].

    Attributes:
        first: the first day.
        values: of each day.
    """

    first: DayIndex
    values: Sequence[int]

    @cached_property
    def _sums(self) -> list[int]:
        return [0, *accumulate(self.values)]

    @property
    def end(self) -> DayIndex:
        """Return the day after the last one."""
        return DayIndex(self.first + len(self.values))

    def total(self, first: int, end: int) -> int:
        """Add the days of [first, end) up [sat, 1e18]."""
        return self._sums[end - self.first] - self._sums[first - self.first]

    def trailing(self, day: int) -> int:
        """Return the mean of the 30 days before a day [sat per day, 1e18], rounded down.

        Raises:
            QuoteError: they are not all known.
        """
        if day - TRAILING_DAYS < self.first or day > self.end:
            when = iso_from_day(DayIndex(day))
            raise QuoteError(f"the {TRAILING_DAYS} days before {when} are not all known")
        return self.total(day - TRAILING_DAYS, day) // TRAILING_DAYS

    def reached(self, first: int, end: int, amount: int) -> int | None:
        """Count the days from `first` on that earn an amount; None if those to `end` do not."""
        start, stop = first - self.first, end - self.first
        place = bisect_left(self._sums, self._sums[start] + amount, start, stop + 1)
        return place - start if place <= stop else None

    def days(self, first: int, count: int) -> Sequence[int]:
        """Return some days [sat, 1e18]."""
        return self.values[first - self.first : first - self.first + count]


@dataclass(frozen=True, slots=True)
class Flow:
    """A term, day by day, of one TH/s [sat, 1e18].

    Attributes:
        face: what SENIOR is to get.
        senior, junior: what each day brings them; together what the TH/s earned.
    """

    face: int
    senior: Sequence[int]
    junior: Sequence[int]

    @property
    def paid(self) -> int:
        """Return what SENIOR got of its face in the term."""
        return sum(self.senior)

    @property
    def shortfall(self) -> int:
        """Return what is asked of JUNIOR at the end; 0 if the face was met."""
        return self.face - self.paid

    @property
    def met_after(self) -> int | None:
        """Return the day of the term, from 1, on which the face was met; None if it was not."""
        if self.shortfall:
            return None
        return next(day for day, sum_ in enumerate(accumulate(self.senior), 1) if sum_ == self.face)


def flow_of(face: int, incomes: Sequence[int]) -> Flow:
    """Divide the income of a term: SENIOR first, up to the face."""
    senior, left = [], face
    for income in incomes:
        senior.append(min(income, left))
        left -= senior[-1]
    junior = [income - part for income, part in zip(incomes, senior, strict=True)]
    return Flow(face, senior, junior)


def listed_face(trailing: int, days: int, share: Fraction) -> int:
    """Compute the face a note is listed with.

    Args:
        trailing: net income of a TH/s [sat per day, 1e18].
        days: of the term.
        share: of the income of the term.

    Returns:
        [sat per TH/s] in tens, rounded down.

    Raises:
        QuoteError: it is nothing.
    """
    face = int(trailing * days * share / (WAD * FACE_STEP_SATS)) * FACE_STEP_SATS
    if face == 0:
        raise QuoteError("a face of that share is nothing: less than ten satoshi a TH/s")
    return face


def price_of(flow: Flow, yearly: Fraction) -> Fraction:
    """Compute what SENIOR of one TH/s is worth at a yield [sat, 1e18], exactly.

    Simple interest: what day `i` of the term brings is divided by `1 + yield x (i + 1) / 365`.
    """
    return sum(
        (
            amount / (1 + yearly * (day + 1) / YEAR_DAYS)
            for day, amount in enumerate(flow.senior)
            if amount
        ),
        Fraction(0),
    )


@dataclass(frozen=True, slots=True)
class Past:
    """What a past start would have brought.

    Attributes:
        start: first day of the term.
        face: the same share of its own trailing income [sat, 1e18].
        paid: what SENIOR got of it in the term [sat, 1e18].
        met_after: the day of the term, from 1, on which the face was met; None if it was not.
        last: mean income of the term's last 30 days, or of all if it is shorter [sat, 1e18].
    """

    start: DayIndex
    face: int
    paid: int
    met_after: int | None
    last: int

    @property
    def paid_share(self) -> Fraction:
        """Return how much of its face SENIOR got in the term."""
        return Fraction(self.paid, self.face)

    @property
    def days_short(self) -> int | None:
        """Return how many days of the income at the end the shortfall is, rounded up.

        None where nothing was earned at the end any more.
        """
        shortfall = self.face - self.paid
        if shortfall == 0:
            return 0
        return -(-shortfall // self.last) if self.last else None


@dataclass(frozen=True)
class Record:
    """All past starts of a term and share.

    Attributes:
        days: of the term.
        pasts: the starts with an income to lend against, ascending by day.
        idle: how many days had none: nobody would have lent.
    """

    days: int
    pasts: Sequence[Past]
    idle: int

    @property
    def met(self) -> int:
        """Count the starts whose face was met."""
        return sum(past.met_after is not None for past in self.pasts)

    @cached_property
    def _by_day(self) -> list[int]:
        """List the days on which faces were met, ascending; a face not met is after all."""
        return sorted(past.met_after or self.days + 1 for past in self.pasts)

    def met_by(self, quantile: Fraction) -> int | None:
        """Return the day by which such a share of all starts had met the face; None if never."""
        day = self._by_day[max(0, ceil(len(self._by_day) * quantile) - 1)]
        return day if day <= self.days else None

    @property
    def worst(self) -> Past:
        """Return the start that brought the least of its face, else the one that took longest."""
        return min(self.pasts, key=lambda past: (past.paid_share, -(past.met_after or 0)))

    @property
    def median(self) -> Past:
        """Return the start in the middle."""
        ordered = sorted(self.pasts, key=lambda past: (-past.paid_share, past.met_after or 0))
        return ordered[(len(ordered) - 1) // 2]


def history(income: Income, since: DayIndex, days: int, share: Fraction) -> Record:
    """Ask every past day when a face of the same share of its trailing income was met.

    Args:
        income: of past days.
        since: the first start asked; later where fewer days are known before it.
        days: of the term.
        share: of the trailing income times the days.

    Raises:
        QuoteError: no day has 30 known days before it and a whole term after it.
    """
    first = max(since, income.first + TRAILING_DAYS)
    starts = range(first, income.end - days + 1)
    pasts = list(_pasts(income, starts, days, share))
    if not pasts:
        raise QuoteError(
            f"no past start has {TRAILING_DAYS} days with an income before it and {days} after it"
        )
    return Record(days, pasts, len(starts) - len(pasts))


def _pasts(income: Income, starts: range, days: int, share: Fraction) -> Iterator[Past]:
    for start in starts:
        # rounded down to 1e-18 satoshi
        face = income.trailing(start) * days * share.numerator // share.denominator
        if face == 0:
            continue
        end = start + days
        span = min(TRAILING_DAYS, days)
        last = income.total(end - span, end) // span
        paid = min(face, income.total(start, end))
        yield Past(DayIndex(start), face, paid, income.reached(start, end, face), last)


def repeated(past: Past, income: Income, days: int, face: int, trailing: int) -> Flow:
    """Apply a past start's moves to the income of today.

    Args:
        past: the start.
        income: it is a part of.
        days: of the term.
        face: of the note now [sat per TH/s, 1e18].
        trailing: income now [sat per day, 1e18].

    Returns:
        The term, each day's income rounded down.
    """
    before = income.trailing(past.start)
    return flow_of(face, [trailing * each // before for each in income.days(past.start, days)])
