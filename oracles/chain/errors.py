# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of sending transactions."""

from hashrate.core.errors import RetryableError


class TransmitterFundsError(RetryableError):
    """The account that pays for gas cannot pay."""


class TransmitterRefusedError(RetryableError):
    """The node does not take a transaction, for a reason of its own; its words are given."""


class LaneStuckError(RetryableError):
    """No transaction can be made until one that waits is settled; says what it waits for."""
