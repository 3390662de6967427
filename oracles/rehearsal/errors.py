# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of a rehearsal."""

from hashrate.core.errors import HashrateError


class RehearsalError(HashrateError):
    """A rehearsal lacks something, or a reporter in it ended by itself."""
