# SPDX-License-Identifier: AGPL-3.0-only
"""Every error of strips and notes; each message is one line."""

from hashrate.core.errors import HashrateError


class TrancheTermsError(HashrateError):
    """Terms of a product that the contract would refuse."""


class QuoteError(HashrateError):
    """Nothing can be said of a note from what is given."""
