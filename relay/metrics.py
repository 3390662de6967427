# SPDX-License-Identifier: AGPL-3.0-only
"""What Prometheus reads."""

from hashrate.service.metrics import ProgramMetrics

_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.05, 0.1, 0.5, 2.0)


class RelayMetrics(ProgramMetrics):
    """The relay's metrics."""

    def __init__(self) -> None:
        super().__init__("hashrate_relay")
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
        self.cycle_seconds = self._histogram(
            "cycle_seconds", "Length of a watcher's cycle [s].", _BUCKETS
        )
        self.request_seconds = self._histogram(
            "request_seconds", "Length of a request [s].", _BUCKETS
        )
