# SPDX-License-Identifier: AGPL-3.0-only
"""What is refused of forwards. Each message is one line for the trader."""

from hashrate.core.errors import HashrateError


class ContractCodeError(HashrateError):
    """A text names no month, contract or strip."""


class PriceError(HashrateError):
    """A text is no price, or not a whole number of ticks, or outside floor and cap."""


class TermsError(HashrateError):
    """Terms of a series that the vault would refuse."""


class PositionError(HashrateError):
    """A series or a position cannot be read, marked, settled or redeemed now."""
