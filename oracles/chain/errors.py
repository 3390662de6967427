# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of sending transactions."""

from hashrate.core.errors import RetryableError


class TransmitterFundsError(RetryableError):
    """The account that pays for gas cannot pay."""
