# SPDX-License-Identifier: AGPL-3.0-only
"""Every error of the relay. Each message is one line for whoever sent the order."""

from hashrate.core.errors import HashrateError, RetryableError


class OrderRefusedError(HashrateError):
    """An order is not listed; `reason` is a word for programs, the message one for people."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class TooManyError(RetryableError):
    """A limit is reached; `retry_seconds` is when to try again [s]."""

    def __init__(self, message: str, retry_seconds: int) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds


class RelayAnswerError(HashrateError):
    """A running relay cannot be reached, refuses, or answers with something else."""


class RelayStoreError(HashrateError):
    """The relay's database cannot be opened, read or written."""
