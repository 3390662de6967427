# SPDX-License-Identifier: AGPL-3.0-only
"""What Prometheus reads."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from hashrate.core.version import installed_version

_PREFIX = "hashrate_relay"
_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0)


class RelayMetrics:
    """The relay's metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = self._counter(
            "requests", "Requests by route and status.", "route", "status"
        )
        self.submissions = self._counter("submissions", "Orders handed in, by outcome.", "outcome")
        self.dropped = self._counter("dropped", "Orders taken off the book, by reason.", "reason")
        self.reorganisations = self._counter("reorganisations", "Blocks that were replaced.")
        self.failures = self._counter(
            "cycle_failures", "Failed cycles of the watcher, by error.", "error"
        )
        self.orders = self._gauge("open_orders", "Orders on the book.")
        self.makers = self._gauge("makers", "Makers of orders on the book.")
        self.waiting = self._gauge("waiting_checks", "Orders that wait to be checked again.")
        self.block = self._gauge("block", "The newest block the book follows.")
        self.block_time = self._gauge("block_timestamp_seconds", "Its time [unix s].")
        self.last_success = self._gauge(
            "last_success_timestamp_seconds", "When the book last followed the chain [unix s]."
        )
        self.cycle_seconds = self._histogram("cycle_seconds", "Length of a watcher's cycle [s].")
        self.request_seconds = self._histogram("request_seconds", "Length of a request [s].")
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

    def _gauge(self, name: str, about: str) -> Gauge:
        return Gauge(f"{_PREFIX}_{name}", about, registry=self.registry)

    def _histogram(self, name: str, about: str) -> Histogram:
        return Histogram(f"{_PREFIX}_{name}", about, registry=self.registry, buckets=_BUCKETS)
