# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of a cycle."""

from hashrate.core.errors import RetryableError


class DayNotDueError(RetryableError):
    """A day is not over, or not settled deep enough in the Bitcoin chain."""
