# SPDX-License-Identifier: AGPL-3.0-only
"""Calendar months and fortnights of UTC days, as forwards are listed and named for."""

import datetime as dt
import re
from collections.abc import Iterator
from dataclasses import dataclass

from hashrate.core.types import DayIndex
from hashrate.core.units import day_from_time
from hashrate.products.forwards.errors import ContractCodeError

LISTED_MONTHS = 36
MONTHS_PER_YEAR = 12
FORTNIGHT_DAYS = 14
FIRST_FORTNIGHT = DayIndex(20_458)  # Monday, 2026-01-05; one begins every second Monday from it

_EPOCH_ORDINAL = dt.date(1970, 1, 1).toordinal()
_CENTURY = 2_000
_YEARS = range(2009, 2_100)
_NAMES = ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC")
_LETTERS = "FGHJKMNQUVXZ"
_NAMED = re.compile(r"([A-Z]{3})(\d{2})", re.ASCII)
_LETTERED = re.compile(rf"([{_LETTERS}])(\d{{2}})", re.ASCII)
_ISO = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in UTC; later months are greater.

    Attributes:
        year: four digits, 2009 to 2099.
        month: 1 to 12.
    """

    year: int
    month: int

    def __post_init__(self) -> None:
        """Refuse a month that codes cannot name.

        Raises:
            ContractCodeError: no such month, or out of the century.
        """
        if self.year not in _YEARS or not 1 <= self.month <= MONTHS_PER_YEAR:
            raise ContractCodeError(f"{self.year}-{self.month:02} is not a month of 2009 to 2099")

    @property
    def first_day(self) -> DayIndex:
        """Return its first UTC day."""
        return DayIndex(dt.date(self.year, self.month, 1).toordinal() - _EPOCH_ORDINAL)

    @property
    def end_day(self) -> DayIndex:
        """Return the first UTC day after it."""
        return self.plus(1).first_day

    @property
    def days(self) -> int:
        """Count its days, 28 to 31."""
        return self.end_day - self.first_day

    def plus(self, months: int) -> "Month":
        """Return the month so many months later; earlier for a negative number."""
        years, month = divmod(self.month - 1 + months, MONTHS_PER_YEAR)
        return Month(self.year + years, month + 1)

    def __str__(self) -> str:
        """Write it as contract codes do, such as JAN27."""
        return f"{_NAMES[self.month - 1]}{self.year % 100:02}"


@dataclass(frozen=True, slots=True, order=True)
class Fortnight:
    """Fourteen days in UTC from a Monday on: about as long as a difficulty epoch.

    Attributes:
        first_day: every second Monday from 2026-01-05 on.
    """

    first_day: DayIndex

    def __post_init__(self) -> None:
        """Refuse a day on which no fortnight begins.

        Raises:
            ContractCodeError: it is none, or out of the century.
        """
        if (self.first_day - FIRST_FORTNIGHT) % FORTNIGHT_DAYS:
            raise ContractCodeError(f"no fortnight begins on day {self.first_day}")
        month_of_day(self.first_day)

    @property
    def end_day(self) -> DayIndex:
        """Return the first UTC day after it."""
        return DayIndex(self.first_day + FORTNIGHT_DAYS)

    @property
    def days(self) -> int:
        """Count its days."""
        return FORTNIGHT_DAYS

    def __str__(self) -> str:
        """Write it as contract codes do, such as 04JAN27."""
        date = dt.date.fromordinal(_EPOCH_ORDINAL + self.first_day)
        return f"{date.day:02}{_NAMES[date.month - 1]}{date.year % 100:02}"


def month_of_day(day: DayIndex) -> Month:
    """Find the month a UTC day lies in.

    Raises:
        ContractCodeError: it is out of the century.
    """
    try:
        date = dt.date.fromordinal(_EPOCH_ORDINAL + day)
    except (ValueError, OverflowError) as error:
        raise ContractCodeError(f"day {day} is in no month of 2009 to 2099") from error
    return Month(date.year, date.month)


def standard_months(now: int) -> list[Month]:
    """List the months that can be listed at a time [unix s]: the next 36, the present one not."""
    present = month_of_day(day_from_time(now))
    return [present.plus(ahead) for ahead in range(1, LISTED_MONTHS + 1)]


def months_between(first: Month, last: Month) -> Iterator[Month]:
    """Return every month from `first` to `last`, both included; none if they are the wrong way."""
    while first <= last:
        yield first
        first = first.plus(1)


def parse_month(text: str) -> Month:
    """Read a month written JAN27, F27 (the futures month letters) or 2027-01, in any case.

    Raises:
        ContractCodeError: anything else.
    """
    upper = text.strip().upper()
    if (named := _NAMED.fullmatch(upper)) is not None and named[1] in _NAMES:
        return Month(_CENTURY + int(named[2]), _NAMES.index(named[1]) + 1)
    if (lettered := _LETTERED.fullmatch(upper)) is not None:
        return Month(_CENTURY + int(lettered[2]), _LETTERS.index(lettered[1]) + 1)
    if (iso := _ISO.fullmatch(upper)) is not None:
        return Month(int(iso[1]), int(iso[2]))
    raise ContractCodeError(f"{text!r} is not a month such as JAN27, F27 or 2027-01")


def parse_months(text: str) -> list[Month]:
    """Read a month, a range JAN27:MAR27, a quarter 1Q27 or a year CAL27.

    Raises:
        ContractCodeError: none of these, or a range that ends before it begins.
    """
    upper = text.strip().upper()
    if (quarter := re.fullmatch(r"([1-4])Q(\d{2})", upper, re.ASCII)) is not None:
        first = Month(_CENTURY + int(quarter[2]), 3 * int(quarter[1]) - 2)
        return list(months_between(first, first.plus(2)))
    if (year := re.fullmatch(r"CAL(\d{2})", upper, re.ASCII)) is not None:
        first = Month(_CENTURY + int(year[1]), 1)
        return list(months_between(first, first.plus(MONTHS_PER_YEAR - 1)))
    begin, colon, end = upper.partition(":")
    if not colon:
        return [parse_month(upper)]
    months = list(months_between(parse_month(begin), parse_month(end)))
    if not months:
        raise ContractCodeError(f"{text!r} ends before it begins")
    return months


def parse_windows(text: str) -> list[Month | Fortnight]:
    """Read what `parse_months` reads, or a fortnight by its first day, such as 04JAN27.

    Raises:
        ContractCodeError: none of these, or no fortnight begins on the day.
    """
    dated = re.fullmatch(r"(\d{2})([A-Z]{3}\d{2})", text.strip().upper(), re.ASCII)
    if dated is None:
        return [*parse_months(text)]
    month = parse_month(dated[2])
    if not 1 <= int(dated[1]) <= month.days:
        raise ContractCodeError(f"{text!r} is no day")
    return [Fortnight(DayIndex(month.first_day + int(dated[1]) - 1))]
