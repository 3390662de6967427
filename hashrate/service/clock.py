# SPDX-License-Identifier: AGPL-3.0-only
"""The operator's clock. It decides when to wait and what is late, never what is signed."""

import threading
import time
from typing import Protocol


class Clock(Protocol):
    """Returns the time and waits."""

    def now(self) -> int:
        """Return the time [unix s]."""

    def sleep(self, seconds: float) -> None:
        """Wait, or less when asked to stop."""


class SystemClock:
    """The machine's clock; `stop` ends a wait at once."""

    def __init__(self, stop: threading.Event | None = None) -> None:
        """Watch an event that ends waits."""
        self._stop = stop or threading.Event()

    def now(self) -> int:
        """Return the time [unix s]."""
        return int(time.time())

    def sleep(self, seconds: float) -> None:
        """Wait, or less when asked to stop."""
        self._stop.wait(seconds)
