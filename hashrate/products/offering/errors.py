# SPDX-License-Identifier: AGPL-3.0-only
"""Every error of offerings; each message is one line."""

from hashrate.core.errors import HashrateError


class OfferingTermsError(HashrateError):
    """Terms of a round that the contract would refuse, or a price nobody can read."""
