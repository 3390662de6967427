# SPDX-License-Identifier: AGPL-3.0-only
"""What can go wrong while measuring."""


class BenchmarkError(Exception):
    """Base of all errors of this package."""


class NodeError(BenchmarkError):
    """The local node is missing, does not start or refuses a request."""


class TransactionFailedError(BenchmarkError):
    """A transaction that had to succeed did not."""


class CompilationError(BenchmarkError):
    """A peer does not compile, or its compiler is missing."""


class ResultsError(BenchmarkError):
    """Results that are not complete, or not numbers."""


class HistoryError(BenchmarkError):
    """The history did not come out as it was meant to, so nothing measured on it counts."""
