# SPDX-License-Identifier: AGPL-3.0-only
"""Every error of orders. Each message is one line for whoever made or sent the order."""

from hashrate.core.errors import HashrateError


class OrderFormatError(HashrateError):
    """An order has a missing, unknown or malformed field; the message begins with its path."""


class RelayAnswerError(HashrateError):
    """A running relay cannot be reached, refuses, or answers with something else."""


class OrderSignatureError(HashrateError):
    """A key signs an order of another maker."""
