# SPDX-License-Identifier: AGPL-3.0-only
"""What Prometheus reads, and whether the maker does its work."""

import threading

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hashrate.core.version import installed_version
from hashrate.service.clock import Clock

_PREFIX = "hashrate_maker"


class MakerMetrics:
    """The maker's metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
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
        build = Gauge(
            f"{_PREFIX}_build_info",
            "Version of the program, always 1.",
            ["version"],
            registry=self.registry,
        )
        build.labels(installed_version()).set(1)

    def text(self) -> bytes:
        """Return all metrics in Prometheus' text form."""
        return generate_latest(self.registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"{_PREFIX}_{name}", about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"{_PREFIX}_{name}", about, labels, registry=self.registry)


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

    async def show_health(_request: Request) -> Response:
        wrong = health.complaints()
        body = {"status": "late" if wrong else "ok", "reasons": wrong}
        return JSONResponse(body, status_code=503 if wrong else 200)

    async def show_metrics(_request: Request) -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return Starlette(
        routes=[
            Route("/health", show_health, methods=["GET"]),
            Route("/metrics", show_metrics, methods=["GET"]),
        ]
    )
