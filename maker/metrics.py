# SPDX-License-Identifier: AGPL-3.0-only
"""What Prometheus reads, and whether the maker does its work."""

import threading

from starlette.applications import Starlette

from hashrate.service.clock import Clock
from hashrate.service.metrics import ProgramMetrics, health_answer, operator_app


class MakerMetrics(ProgramMetrics):
    """The maker's metrics."""

    def __init__(self) -> None:
        super().__init__("hashrate_maker")
        self.cycles = self._counter("cycles", "Looks at the market, by result.", "result")
        self.orders = self._counter("orders", "Orders signed, by outcome.", "outcome")
        self.cancellations = self._counter("cancellations", "Cancellations, by reason.", "reason")
        self.redemptions = self._counter("redemptions", "Months redeemed.")
        self.open_orders = self._gauge("open_orders", "Orders that can be filled.")
        self.position = self._gauge("position_contracts", "LONG less SHORT.", "contract")
        self.profit = self._gauge("profit", "Of all trades, valued now [sat, cents].", "money")
        self.loss_left = self._gauge("loss_left", "Until the limit [sat, cents].", "money")
        self.gas_wei = self._gauge("gas_wei", "What the account has for gas [wei].")
        self.gas_reserve_wei = self._gauge("gas_reserve_wei", "What it must have [wei].")
        self.is_stopped = self._gauge("stopped", "1 once the loss limit was reached.")
        self.is_quiet = self._gauge("quiet", "1 while nothing is quoted on purpose.")
        self.last_success = self._gauge(
            "last_success_timestamp_seconds", "When a look last succeeded [unix s]."
        )


class MakerHealth:
    """Knows when a look last succeeded; read by another thread."""

    def __init__(self, clock: Clock, silent_seconds: float) -> None:
        """Start as if one had just succeeded."""
        self._clock = clock
        self._silent_seconds = silent_seconds
        self._lock = threading.Lock()
        self._last = clock.now()
        self._stopped = ""

    def succeeded(self) -> None:
        """Note that a look succeeded."""
        with self._lock:
            self._last = self._clock.now()

    def stopped(self, reason: str) -> None:
        """Note that the maker has stopped for good."""
        with self._lock:
            self._stopped = reason

    def complaints(self) -> list[str]:
        """Describe what is wrong; nothing if all is well."""
        with self._lock:
            silent, reason = self._clock.now() - self._last, self._stopped
        wrong = [f"stopped: {reason}"] if reason else []
        if silent > self._silent_seconds:
            wrong.append(f"no look succeeded for {silent} s")
        return wrong


def make_operator_app(health: MakerHealth, metrics: MakerMetrics) -> Starlette:
    """Make the application that monitoring asks: `/health` and `/metrics`."""
    return operator_app("/health", health_answer(health.complaints), metrics)
