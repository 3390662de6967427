# SPDX-License-Identifier: AGPL-3.0-only
"""What Prometheus reads."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

_PREFIX = "hashrate"


class Metrics:
    """The daemon's metrics, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.cycles = self._counter("cycles", "Cycles by result.", "result")
        self.reports = self._counter("reports", "Reports by kind and outcome.", "kind", "outcome")
        self.peer_answers = self._counter(
            "peer_answers", "Peers' answers by result.", "peer", "result"
        )
        self.step_errors = self._counter(
            "step_errors", "Failed steps of cycles, by error.", "step", "error"
        )
        self.step_success = self._gauge(
            "step_last_success_timestamp_seconds", "When a step last succeeded [unix s].", "step"
        )
        self.transactions = self._counter("transactions", "Transactions sent, by kind.", "kind")
        self.open_transactions = self._gauge(
            "open_transactions", "Transactions whose fate is not settled."
        )
        self.oldest_transaction = self._gauge(
            "oldest_transaction_seconds", "Age of the oldest of them [s], 0 if there is none."
        )
        self.mismatches = self._counter(
            "posted_day_mismatches", "Posted days that differ from our own facts."
        )
        self.failures = self._gauge("consecutive_failures", "Failed cycles in a row.")
        self.last_success = self._gauge(
            "last_success_timestamp_seconds", "When a cycle last succeeded [unix s]."
        )
        self.next_day_end = self._gauge(
            "next_day_end_timestamp_seconds", "When the next day to be posted ends [unix s]."
        )
        self.lateness = self._gauge(
            "lateness_seconds", "Time since the next day to be posted was over [s], 0 if it is not."
        )
        self.unsettled_days = self._gauge(
            "unsettled_days", "Final days a series has not settled.", "series"
        )
        self.balance = self._gauge(
            "transmitter_balance_wei", "Balance of the account that pays for gas [wei]."
        )
        self.price = self._gauge("btc_usd", "The last closing price signed [USD].")
        self.build = self._gauge("build_info", "Version of the program, always 1.", "version")
        self.cycle_seconds = Histogram(
            f"{_PREFIX}_cycle_seconds", "Length of a cycle [s].", registry=self.registry
        )

    def text(self) -> bytes:
        """Return all metrics in Prometheus' text form."""
        return generate_latest(self.registry)

    def _counter(self, name: str, about: str, *labels: str) -> Counter:
        return Counter(f"{_PREFIX}_{name}", about, labels, registry=self.registry)

    def _gauge(self, name: str, about: str, *labels: str) -> Gauge:
        return Gauge(f"{_PREFIX}_{name}", about, labels, registry=self.registry)
