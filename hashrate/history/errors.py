# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of reading past days."""

from hashrate.core.errors import HashrateError


class SourceSpecError(HashrateError):
    """A `--source` text names no source, or gives it an unknown or unusable option."""


class MalformedDataError(HashrateError):
    """A file's content is not what it should be; the message names file, row and column."""


class UnknownDayError(HashrateError):
    """A source knows nothing of the day asked for."""
