# SPDX-License-Identifier: AGPL-3.0-only
"""What the mining pools have in common: units, and a day's row out of a list."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator

from hashrate.core.errors import NumberFormatError
from hashrate.core.types import DayIndex, Sats, Wad
from hashrate.core.units import DAY_SECONDS, SATS_PER_BTC, WAD, day_from_iso, iso_from_day
from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Shape, shaped
from oracles.sources.day_end import DayBoundary
from oracles.sources.errors import DayNotClosedError

POOL_DAY = DayBoundary(delay_seconds=3_600)
"""A day from midnight to midnight UTC that a pool books within the hour after."""

_HASHES_PER_THS = 10**12
_PREFIXES = {"": 0, "k": 3, "m": 6, "g": 9, "t": 12, "p": 15, "e": 18, "z": 21}


def _iso_day(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("is not a text")
    try:
        day_from_iso(value)
    except NumberFormatError as error:
        raise ValueError("is not a date") from error
    return value


IsoDay = Annotated[str, BeforeValidator(_iso_day)]
"""A day, written YYYY-MM-DD."""


class Dated(Shape):
    """What has to be read of every row: the day it is about."""

    @property
    def starts_at(self) -> int:
        """Return the first second of the row's day [unix s]."""
        raise NotImplementedError


_Row = TypeVar("_Row", bound=Dated)


def hashes_per_second(unit: str) -> int:
    """Read a unit of hashrate, such as `Gh/s` or `TH/s` [H/s].

    Raises:
        NumberFormatError: it is none; a bare number never has a unit by default.
    """
    prefix, found, rest = unit.lower().partition("h/s")
    if not found or rest or prefix not in _PREFIXES:
        raise NumberFormatError(f"{unit!r} is not a unit of hashrate")
    return int(10 ** _PREFIXES[prefix])


def ths_wad(hashrate: Fraction, hashes: int) -> Wad:
    """Convert a hashrate to TH/s [1e18] (one floor).

    Args:
        hashrate: in the unit.
        hashes: the unit [H/s].
    """
    return Wad(int(hashrate * hashes * WAD / _HASHES_PER_THS))


def sats(btc: Fraction) -> Sats:
    """Convert BTC to satoshi; a fraction of a satoshi is dropped (one floor)."""
    return Sats(int(btc * SATS_PER_BTC))


def rows_of_day(
    source: str,
    day: DayIndex,
    boundary: DayBoundary,
    values: Sequence[Any],
    kinds: tuple[type[Dated], type[_Row]],
    name: str,
) -> list[_Row]:
    """Find the rows of a day. Of other rows only the day is read: what else they hold is theirs.

    Args:
        source: id of the source.
        day: the day asked for.
        boundary: where the pool's days begin.
        values: the rows as they came, in any order.
        kinds: the shape of a row's day alone, and of a whole row.
        name: what the list is called in the answer.

    Raises:
        SourceShapeError: a row of the day has another shape; or no row is of the day, and one
            does not tell its day, or tells one that begins at another time.
    """
    dated, whole = kinds
    found: list[_Row] = []
    odd: list[SourceShapeError] = []
    for i, value in enumerate(values):
        within = f"{name}[{i}]"
        try:
            starts_at = shaped(source, dated, value, within).starts_at
        except SourceShapeError as error:
            odd.append(error)
            continue
        if starts_at == boundary.start(day):
            found.append(shaped(source, whole, value, within))
        elif (starts_at - boundary.offset_seconds) % DAY_SECONDS:
            odd.append(SourceShapeError(source, within, "does not begin where a day should"))
    if not found and odd:
        raise odd[0]
    return found


def only_row(source: str, day: DayIndex, rows: Sequence[_Row], name: str) -> _Row:
    """Return the one row of a day.

    Raises:
        DayNotClosedError: there is none: the pool has not booked the day yet.
        SourceShapeError: there are two.
    """
    if len(rows) > 1:
        raise SourceShapeError(source, name, f"has {iso_from_day(day)} {len(rows)} times")
    if not rows:
        raise DayNotClosedError(f"{source}: {iso_from_day(day)} is not booked yet")
    return rows[0]


def row_of_day(
    source: str,
    day: DayIndex,
    boundary: DayBoundary,
    values: Sequence[Any],
    kinds: tuple[type[Dated], type[_Row]],
    name: str,
) -> _Row:
    """Find the one row of a day; see `rows_of_day` and `only_row`."""
    return only_row(source, day, rows_of_day(source, day, boundary, values, kinds, name), name)
