# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of Bitcoin's arithmetic: targets, blocks, fees."""

from hashrate.core.errors import HashrateError


class InvalidBitsError(HashrateError):
    """A compact target is negative, zero, wider than 256 bits or above the network's limit."""


class NoBlocksError(HashrateError):
    """A day has no block and no day before it to repeat."""


class FractionalFeesError(HashrateError):
    """The fees of a whole day are not a whole number of satoshi."""
