# SPDX-License-Identifier: AGPL-3.0-only
"""What Prometheus reads of a program, and the port that monitoring asks."""

from collections.abc import Awaitable, Callable, Sequence

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from hashrate.core.version import installed_version

Answer = Callable[[Request], Awaitable[Response]]


class ProgramMetrics:
    """A program's metrics, in a registry of their own; `build_info` is one of every program."""

    def __init__(self, prefix: str) -> None:
        """Start with the version alone; every name begins with the prefix."""
        self.registry = CollectorRegistry()
        self._prefix = prefix
        build = self._gauge("build_info", "Version of the program, always 1.", "version")
        build.labels(installed_version()).set(1)

    def text(self) -> bytes:
        """Return all metrics in Prometheus' text form."""
        return generate_latest(self.registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"{self._prefix}_{name}", about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"{self._prefix}_{name}", about, labels, registry=self.registry)

    def _histogram(
        self, name: str, about: str, buckets: Sequence[float] = Histogram.DEFAULT_BUCKETS
    ) -> Histogram:
        return Histogram(f"{self._prefix}_{name}", about, registry=self.registry, buckets=buckets)


def health_answer(complaints: Callable[[], list[str]]) -> Answer:
    """Make what answers 200 if there are no complaints, else 503 and which."""

    async def show_health(_request: Request) -> Response:
        wrong = complaints()
        body = {"status": "late" if wrong else "ok", "reasons": wrong}
        return JSONResponse(body, status_code=503 if wrong else 200)

    return show_health


def operator_app(path: str, show_health: Answer, metrics: ProgramMetrics) -> Starlette:
    """Make the application that monitoring asks: the program's health at a path, and `/metrics`."""

    async def show_metrics(_request: Request) -> Response:
        return Response(metrics.text(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return Starlette(
        routes=[
            Route(path, show_health, methods=["GET"]),
            Route("/metrics", show_metrics, methods=["GET"]),
        ]
    )
