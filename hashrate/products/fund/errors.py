# SPDX-License-Identifier: AGPL-3.0-only
"""Every error of funds; each message is one line."""

from hashrate.core.errors import HashrateError


class BasketError(HashrateError):
    """A basket that the contract would refuse, or an amount of shares nobody can read."""
