# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of asking and answering over HTTP, and of processes that a program starts."""

from hashrate.core.errors import HashrateError, RetryableError


class NoAnswerError(RetryableError):
    """A server was not reached, or broke off; no message of it shows the address."""


class LateAnswerError(NoAnswerError):
    """The whole of an answer did not come in time."""


class LargeAnswerError(NoAnswerError):
    """An answer is larger than allowed."""


class EncodedAnswerError(NoAnswerError):
    """An answer is compressed although that was declined."""


class SourceUnavailableError(RetryableError):
    """A source cannot be reached, times out, is overloaded, or answers with a page for people."""


class SourceRefusedError(HashrateError):
    """A source refuses the request: bad credentials, a ban, or a request it does not know."""

    def __init__(self, message: str, status: int) -> None:
        super().__init__(message)
        self.status = status


class SourceShapeError(HashrateError):
    """A source's answer is not of the documented shape; the message names the field."""

    def __init__(self, source: str, field: str, why: str) -> None:
        """Name the source, the field and what is wrong with it."""
        super().__init__(f"{source}: {field}: {why}")
        self.field = field


class SourceTooLargeError(HashrateError):
    """A source's answer is larger than allowed."""


class RequestError(HashrateError):
    """A request is not what it should be; the message never repeats what was given."""


class MediaTypeError(RequestError):
    """A body is of another kind than is read."""


class LargeBodyError(RequestError):
    """A body is larger than allowed."""


class LateBodyError(RequestError):
    """A body did not come in time."""


class BrokenBodyError(RequestError):
    """A client went away before its body was there."""


class TooManyError(RetryableError):
    """A limit is reached; `retry_seconds` is when to try again [s]."""

    def __init__(self, message: str, retry_seconds: int) -> None:
        super().__init__(message)
        self.retry_seconds = retry_seconds


class SettingsError(HashrateError):
    """A setting is missing, malformed or contradicts another; the message names the setting."""


class KeystoreError(HashrateError):
    """A key file or its password file is missing, readable by others, or does not open."""


class ProcessEndedError(HashrateError):
    """A process that this program needs ended by itself; the message ends with what it said."""
