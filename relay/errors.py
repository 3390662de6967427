# SPDX-License-Identifier: AGPL-3.0-only
"""Every error of the relay. Each message is one line for whoever sent the order."""

from oracles.errors import HashrateError


class OrderFormatError(HashrateError):
    """An order has a missing, unknown or malformed field; the message begins with its path."""


class OrderSignatureError(HashrateError):
    """The signature of an order is not its maker's, as the engine checks it."""


class OrderRefusedError(HashrateError):
    """The engine would not fill the order now; the message says why."""
