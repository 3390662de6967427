# SPDX-License-Identifier: AGPL-3.0-only
"""Every error of the maker. Each message is one line for its operator."""

from hashrate.core.errors import HashrateError, RetryableError


class PolicyError(HashrateError):
    """A policy makes no sense."""


class SimulationError(HashrateError):
    """Past days cannot be played."""


class MakerStateError(HashrateError):
    """The maker's file cannot be read or written, or says that it has stopped."""


class LivePriceError(RetryableError):
    """Exchanges do not answer, or do not agree."""


class SendError(RetryableError):
    """A transaction was not mined in time, or failed."""


class MakerStoppedError(HashrateError):
    """The loss limit was reached: nothing is quoted until the operator says so."""


class OldHeadError(RetryableError):
    """The node is too far behind the chain to quote by."""
