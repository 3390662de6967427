# SPDX-License-Identifier: AGPL-3.0-only
"""What the mining pools have in common: units, and a day's row out of a list."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Protocol, TypeVar

from hashrate.core.errors import NumberFormatError
from hashrate.core.types import DayIndex, Sats, Wad
from hashrate.core.units import DAY_SECONDS, SATS_PER_BTC, WAD, iso_from_day
from hashrate.service.errors import SourceShapeError
from oracles.sources.day_end import DayBoundary
from oracles.sources.errors import DayNotClosedError

POOL_DAY = DayBoundary(delay_seconds=3_600)
"""A day from midnight to midnight UTC that a pool books within the hour after."""

_HASHES_PER_THS = 10**12
_PREFIXES = {"": 0, "k": 3, "m": 6, "g": 9, "t": 12, "p": 15, "e": 18, "z": 21}


class _Dated(Protocol):
    @property
    def starts_at(self) -> int:
        """Return the first second of the row's day [unix s]."""


_Row = TypeVar("_Row", bound=_Dated)


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


def row_of_day(
    source: str, day: DayIndex, boundary: DayBoundary, rows: Iterable[_Row], name: str
) -> _Row:
    """Find the one row of a day.

    Args:
        source: id of the source.
        day: the day asked for.
        boundary: where the pool's days begin.
        rows: one for each day, in any order.
        name: what the list is called in the answer.

    Raises:
        DayNotClosedError: there is none: the pool has not booked the day yet.
        SourceShapeError: there are two, or the pool's days begin at another time.
    """
    found = []
    for i, row in enumerate(rows):
        if (row.starts_at - boundary.offset_seconds) % DAY_SECONDS:
            raise SourceShapeError(source, f"{name}[{i}]", "does not begin where a day should")
        if row.starts_at == boundary.start(day):
            found.append(row)
    if len(found) > 1:
        raise SourceShapeError(source, name, f"has {iso_from_day(day)} {len(found)} times")
    if not found:
        raise DayNotClosedError(f"{source}: {iso_from_day(day)} is not booked yet")
    return found[0]
