# SPDX-License-Identifier: AGPL-3.0-only
"""What the exchanges have in common: one candle of one UTC day, and a price that is one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from hashrate.core.types import DayIndex, Price, UnixSeconds, UsdE8
from hashrate.core.units import USD_E8, iso_from_day
from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Integer, shaped
from oracles.sources.day_end import DayBoundary
from oracles.sources.errors import DayNotClosedError

CANDLE_SECONDS = 86_400
UTC_DAY = DayBoundary()


@dataclass(frozen=True, slots=True)
class Candles:
    """How an exchange lists candles.

    Attributes:
        name: what the list is called in the answer.
        start: where a candle holds the time at which it begins [unix s].
        kind: the shape of a whole candle.
        close: gives the closing price of one [USD].
        close_name: where a candle holds it, as errors write it.
    """

    name: str
    start: int | str
    kind: Any
    close: Callable[[Any], Fraction]
    close_name: str


def close_of(source: str, day: DayIndex, rows: Iterable[Any], candles: Candles) -> Price:
    """Find the day's candle and give its closing price (one floor).

    Of other candles only the time is read: what else they hold is theirs.

    Args:
        source: id of the source.
        day: the UTC day.
        rows: the candles as they came.
        candles: how they are written.

    Raises:
        DayNotClosedError: none of them begins with the day.
        SourceShapeError: the day's candle has another shape, or a price of zero; or none is the
            day's, and one does not tell its time.
    """
    odd: list[SourceShapeError] = []
    for i, row in enumerate(rows):
        within = f"{candles.name}[{i}]"
        try:
            start = _start(source, row, candles.start, within)
        except SourceShapeError as error:
            odd.append(error)
            continue
        if start == UTC_DAY.start(day):
            close = candles.close(shaped(source, candles.kind, row, within))
            usd_e8 = UsdE8(int(close * USD_E8))
            if usd_e8 == 0:
                raise SourceShapeError(source, within + candles.close_name, "is not a price")
            return Price(usd_e8, UnixSeconds(start + CANDLE_SECONDS), source)
    if odd:
        raise odd[0]
    raise DayNotClosedError(f"{source}: no candle of {iso_from_day(day)}")


def _start(source: str, row: Any, place: int | str, within: str) -> int:
    try:
        value = row[place]
    except (KeyError, IndexError, TypeError):
        raise SourceShapeError(source, within, "is not a candle") from None
    start: int = shaped(source, Integer, value, f"{within}[{place!r}]")
    return start
