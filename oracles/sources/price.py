# SPDX-License-Identifier: AGPL-3.0-only
"""What the exchanges have in common: one candle of one UTC day, and a price that is one."""

from collections.abc import Iterable
from fractions import Fraction

from hashrate.core.types import DayIndex, Price, UnixSeconds, UsdE8
from hashrate.core.units import USD_E8, iso_from_day
from hashrate.service.errors import SourceShapeError
from oracles.sources.day_end import DayBoundary
from oracles.sources.errors import DayNotClosedError

CANDLE_SECONDS = 86_400
UTC_DAY = DayBoundary()


def close_of(source: str, day: DayIndex, candles: Iterable[tuple[int, str, Fraction]]) -> Price:
    """Find the day's candle and give its closing price (one floor).

    Args:
        source: id of the source.
        day: the UTC day.
        candles: for each, when it begins [unix s], what its closing price is called in the answer,
            and the closing price [USD].

    Raises:
        DayNotClosedError: none of them begins with the day.
        SourceShapeError: its price is zero.
    """
    for start, name, close in candles:
        if start == UTC_DAY.start(day):
            usd_e8 = UsdE8(int(close * USD_E8))
            if usd_e8 == 0:
                raise SourceShapeError(source, name, "is not a price")
            return Price(usd_e8, UnixSeconds(start + CANDLE_SECONDS), source)
    raise DayNotClosedError(f"{source}: no candle of {iso_from_day(day)}")
