# SPDX-License-Identifier: AGPL-3.0-only
"""Times as people read them."""

import datetime as dt

from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS, day_from_time, iso_from_day

_LAST_DAY = dt.date.max.toordinal() - dt.date(1970, 1, 1).toordinal()


def day_text(day: DayIndex) -> str:
    """Write a UTC day as its date; calendars end with the year 9999, numbers do not."""
    return iso_from_day(day) if day <= _LAST_DAY else "after the year 9999"


def utc_text(seconds: int) -> str:
    """Write a time [unix s] as date, time of day and UTC."""
    day = day_from_time(seconds)
    if day > _LAST_DAY:
        return day_text(day)
    rest = seconds % DAY_SECONDS
    return f"{day_text(day)} {rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02} UTC"
