# SPDX-License-Identifier: AGPL-3.0-only
"""Whether the daemon does its work in time, and the endpoints that say so."""

import threading
from dataclasses import dataclass

from starlette.applications import Starlette

from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS, iso_from_day
from hashrate.service.clock import Clock
from hashrate.service.metrics import health_answer, operator_app
from oracles.observability.metrics import Metrics


@dataclass(frozen=True, slots=True)
class Deadlines:
    """When work is late.

    Attributes:
        cycle_seconds: since the last cycle that succeeded [s].
        day_seconds: since the end of the day that is posted next [s].
    """

    cycle_seconds: int
    day_seconds: int


class Health:
    """Knows when work was last done; read by another thread."""

    def __init__(self, clock: Clock, metrics: Metrics, deadlines: Deadlines) -> None:
        """Start as if a cycle had just succeeded."""
        self._clock = clock
        self._metrics = metrics
        self._deadlines = deadlines
        self._lock = threading.Lock()
        self._last_success = clock.now()
        metrics.last_success.set(self._last_success)
        self._next_day: DayIndex | None = None

    def succeeded(self) -> None:
        """Note that a cycle succeeded."""
        with self._lock:
            self._last_success = self._clock.now()
        self._metrics.last_success.set(self._last_success)

    def saw_next_day(self, day: DayIndex) -> None:
        """Note which day is posted next."""
        with self._lock:
            self._next_day = day
        end = (day + 1) * DAY_SECONDS
        self._metrics.next_day_end.set(end)
        self._metrics.lateness.set(max(0, self._clock.now() - end))

    def complaints(self) -> list[str]:
        """Describe what is late; nothing if all is well."""
        with self._lock:
            last_success, next_day = self._last_success, self._next_day
        now = self._clock.now()
        late = []
        if now - last_success > self._deadlines.cycle_seconds:
            late.append(f"no cycle succeeded for {now - last_success} s")
        if next_day is not None:
            overdue = now - (next_day + 1) * DAY_SECONDS
            if overdue > self._deadlines.day_seconds:
                late.append(f"{iso_from_day(next_day)} is not posted {overdue} s after its end")
        return late


def make_operator_app(health: Health, metrics: Metrics) -> Starlette:
    """Make the application that monitoring asks: `/healthz` and `/metrics`."""
    return operator_app("/healthz", health_answer(health.complaints), metrics)
