# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of the journal."""

from hashrate.core.errors import HashrateError


class JournalError(HashrateError):
    """The journal cannot be read or written; nothing is signed or sent without it."""
