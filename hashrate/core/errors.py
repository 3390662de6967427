# SPDX-License-Identifier: AGPL-3.0-only
"""The base of every error that is raised on purpose, and those of this package.

Each package has its own in its `errors.py`. Each message is one line for the operator.
"""


class HashrateError(Exception):
    """Base of all errors below: bad input or bad data, never a defect of the program."""


class NumberFormatError(HashrateError):
    """A text is not the number or date it should be."""


class AmountError(HashrateError):
    """A text is not an amount with its unit."""


class BlockOrderError(HashrateError):
    """Blocks, segments or days do not follow one another without a gap."""


class MissingFileError(HashrateError):
    """A file or folder that should be read does not exist or cannot be read."""


class RetryableError(HashrateError):
    """Base of what may pass by itself: nothing was decided, the next cycle tries again."""


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
