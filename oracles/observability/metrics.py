# SPDX-License-Identifier: AGPL-3.0-only
"""What Prometheus reads."""

import math
from dataclasses import dataclass
from itertools import product

from hashrate.core.errors import HashrateError
from hashrate.service.clock import Clock
from hashrate.service.metrics import ProgramMetrics
from oracles.journal.models import WorkKind

PEER_RESULTS = ("agrees", "none_yet", "behind", "differs", "unreachable", "unusable")
"""What asking a peer comes to."""
_OUTCOMES = (
    "signed", "posted", "sent", "not_due", "no_quorum", "prices_apart", "not_our_turn",
    "no_transmitter", "fee_too_high", "refused",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Names:
    """What is measured one by one; a series that begins with its first event hides that event.

    Attributes:
        sources: Bitcoin sources, exchanges and pools.
        nodes: EVM nodes.
        peers: the other reporters.
        series: distributors that are settled.
        steps: of a cycle.
    """

    sources: tuple[str, ...] = ()
    nodes: tuple[str, ...] = ()
    peers: tuple[str, ...] = ()
    series: tuple[str, ...] = ()
    steps: tuple[str, ...] = ()


class Metrics(ProgramMetrics):
    """The daemon's metrics."""

    def __init__(self) -> None:
        super().__init__("hashrate")
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
        self.source_answer = self._gauge(
            "source_last_answer_timestamp_seconds",
            "When a source was last of use [unix s].",
            "source",
        )
        self.source_failure = self._gauge(
            "source_last_failure_timestamp_seconds",
            "When a source last was asked in vain [unix s].",
            "source",
        )
        self.source_failures = self._counter(
            "source_failures", "Questions that a source did not answer.", "source"
        )
        self.source_differs = self._counter(
            "source_differs", "Answers of a source that others contradict.", "source"
        )
        self.node_in_use = self._gauge("evm_node_in_use", "Whether an EVM node is asked.", "node")
        self.node_good = self._gauge(
            "evm_node_last_good_timestamp_seconds",
            "When an EVM node last was on the chain and level with the others [unix s].",
            "node",
        )
        self.head_age = self._gauge(
            "evm_head_age_seconds", "Age of an EVM node's newest block [s].", "node"
        )
        self.peer_answer = self._gauge(
            "peer_last_answer_timestamp_seconds",
            "When a peer last answered usably [unix s].",
            "peer",
        )
        self.reports_left = self._gauge(
            "transmitter_reports_left", "Reports that the balance pays for at the fee cap."
        )
        self.journal_bytes = self._gauge("journal_bytes", "Size of the journal's file [bytes].")
        self.mismatches = self._counter(
            "posted_day_mismatches", "Posted days that differ from our own facts."
        )
        self.contradicted_days = self._gauge(
            "contradicted_days", "Pending days that our own facts contradict."
        )
        self.unproven_days = self._gauge(
            "unproven_days", "Of them, those that no proof-of-work contradicts on chain yet."
        )
        self.watch_gas = self._gauge(
            "watch_gas", "Gas that proofs and reviews took within a day [gas]."
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
        self.cycle_seconds = self._histogram("cycle_seconds", "Length of a cycle [s].")

    def begin(self, names: Names, now: int) -> None:
        """Make every series that an alert asks for, at nothing or at the start [unix s]."""
        self.reports_left.set(math.inf)  # where nothing is sent, nothing is needed
        for source in names.sources:
            self.source_answer.labels(source).set(now)
            self.source_failure.labels(source).set(now)
            self.source_failures.labels(source)
            self.source_differs.labels(source)
        for node in names.nodes:
            self.node_in_use.labels(node).set(0)
            self.node_good.labels(node).set(now)
            self.head_age.labels(node).set(0)
        for peer in names.peers:
            self.peer_answer.labels(peer).set(now)
        for peer, result in product(names.peers, PEER_RESULTS):
            self.peer_answers.labels(peer, result)
        for series in names.series:
            self.unsettled_days.labels(series).set(0)
        for step in names.steps:
            self.step_success.labels(step).set(now)
        for work in WorkKind:
            self.transactions.labels(work)
        for kind, outcome in product(("day", "output"), _OUTCOMES):
            self.reports.labels(kind, outcome)
        for result in ("ok", "failed", "crashed"):
            self.cycles.labels(result)


class SourceWatch:
    """Notes in the metrics how sources do."""

    def __init__(self, metrics: Metrics, clock: Clock) -> None:
        self._metrics = metrics
        self._clock = clock

    def answered(self, source: str) -> None:
        """Note that a source was of use."""
        self._metrics.source_answer.labels(source).set(self._clock.now())

    def failed(self, source: str, error: HashrateError) -> None:
        """Note that it was not."""
        self._metrics.source_failures.labels(source).inc()
        self._metrics.source_failure.labels(source).set(self._clock.now())

    def differed(self, source: str) -> None:
        """Note that others contradict it."""
        self._metrics.source_differs.labels(source).inc()
