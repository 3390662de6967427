# SPDX-License-Identifier: AGPL-3.0-only
"""Times as people read them."""

from oracles.units import DAY_SECONDS, day_from_time, iso_from_day


def utc_text(seconds: int) -> str:
    """Write a time [unix s] as date, time of day and UTC."""
    rest = seconds % DAY_SECONDS
    clock = f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}"
    return f"{iso_from_day(day_from_time(seconds))} {clock} UTC"
