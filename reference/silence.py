# SPDX-License-Identifier: AGPL-3.0-only
"""What a series goes by once the oracle has been silent too long (rules.md §6)."""

from dataclasses import dataclass

from .errors import Cause, require
from .facts import DayPrices, FactSource
from .units import DAY_SECONDS, day_start, floor_mean

SILENCE_SECONDS = 180 * DAY_SECONDS
MEAN_DAYS = 7


@dataclass(frozen=True)
class Silence:
    """What was frozen at the call.

    last_final_day: [day], None if there was none; mean: the prices every later day goes by, None if
    there was no final day; called_at: [unix s], the F_d of every later day.
    """

    last_final_day: int | None
    mean: DayPrices | None
    called_at: int

    def covers(self, day: int) -> bool:
        """Return whether a day settles by the mean instead of by the oracle."""
        return self.last_final_day is None or day > self.last_final_day


def declare(oracle: FactSource, start_day: int, now: int) -> Silence:
    """Return the silence that begins at `now` [unix s]; refused while the oracle is heard."""
    newest = oracle.last_final_day(now)
    begun_at = day_start(max(oracle.first_day, start_day) + 1)
    require(now > begun_at + SILENCE_SECONDS, Cause.NOT_SILENT)
    if newest is None:
        return Silence(None, None, now)
    first = max(newest - MEAN_DAYS + 1, oracle.first_day)
    finals = [oracle.final_prices(day, now) for day in range(first, newest + 1)]
    known = [final for final in finals if final is not None]
    require(now > known[-1].final_at + SILENCE_SECONDS, Cause.NOT_SILENT)
    mean = DayPrices(
        floor_mean(final.prices.hashprice_wad for final in known),
        floor_mean(final.prices.btc_usd_e8 for final in known),
    )
    return Silence(newest, mean, now)
