# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of asking and answering over HTTP."""

from hashrate.core.errors import RetryableError


class NoAnswerError(RetryableError):
    """A server was not reached, or broke off; no message of it shows the address."""


class LateAnswerError(NoAnswerError):
    """The whole of an answer did not come in time."""


class LargeAnswerError(NoAnswerError):
    """An answer is larger than allowed."""


class EncodedAnswerError(NoAnswerError):
    """An answer is compressed although that was declined."""
