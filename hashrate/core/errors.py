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
