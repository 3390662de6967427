# SPDX-License-Identifier: AGPL-3.0-only
"""When a day of an exchange or a pool is over, by two clocks."""

from dataclasses import dataclass

from hashrate.core.types import DayIndex, Observation, UnixSeconds
from hashrate.core.units import DAY_SECONDS, day_start, iso_from_day
from oracles.sources.errors import DayNotClosedError

_HALF_DAY = DAY_SECONDS // 2


@dataclass(frozen=True, slots=True)
class DayBoundary:
    """Where a service's days begin and when they count as closed.

    Attributes:
        offset_seconds: from midnight UTC to the beginning of the service's day [s]; negative east
            of Greenwich.
        delay_seconds: from the end of a day until its numbers no longer change [s].
    """

    offset_seconds: int = 0
    delay_seconds: int = 60

    def __post_init__(self) -> None:
        """Refuse a boundary nearer to another midnight, or a delay that is negative.

        Raises:
            ValueError: it is.
        """
        if abs(self.offset_seconds) > _HALF_DAY or self.delay_seconds < 0:
            raise ValueError("the day's offset is over half a day, or the delay is negative")

    def start(self, day: DayIndex) -> UnixSeconds:
        """Find the first second of the service's day [unix s]."""
        return UnixSeconds(day_start(day) + self.offset_seconds)

    def end(self, day: DayIndex) -> UnixSeconds:
        """Find the second after the service's day [unix s]."""
        return UnixSeconds(self.start(day) + DAY_SECONDS)

    def require_closed(
        self, day: DayIndex, source: str, now: UnixSeconds, seen: Observation | None = None
    ) -> None:
        """Check that a day is over, by this machine's clock and by the service's.

        Args:
            day: the day asked for.
            source: id of the source, for the error.
            now: this machine's time [unix s].
            seen: the service's answer; its clock counts too where it tells the time.

        Raises:
            DayNotClosedError: one of the clocks says that the day is not closed yet.
        """
        closes_at = self.end(day) + self.delay_seconds
        clocks = [now]
        if seen is not None and seen.server_time is not None:
            clocks.append(seen.server_time)
        if min(clocks) < closes_at:
            raise DayNotClosedError(f"{source}: {iso_from_day(day)} is not closed yet")
