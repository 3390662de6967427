# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of a cycle."""

from hashrate.core.errors import HashrateError, RetryableError


class DayNotDueError(RetryableError):
    """A day is not over, or not settled deep enough in the Bitcoin chain."""


class ProofError(HashrateError):
    """A day cannot be proven, or not by this source's chain."""
