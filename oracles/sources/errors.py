# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of sources: nodes, explorers, exchanges, pools."""

from collections.abc import Mapping

from hashrate.core.errors import HashrateError, RetryableError


class NodeSyncingError(RetryableError):
    """A Bitcoin node has not caught up with the chain yet."""


class StaleTipError(RetryableError):
    """A Bitcoin source's newest block is older than allowed."""


class UnknownBlockError(RetryableError):
    """A Bitcoin source does not know a height or a block yet, or no longer."""


class DayNotOverError(RetryableError):
    """The tip's mediantime has not passed the end of the day."""


class DayNotClosedError(RetryableError):
    """An exchange's candle or a pool's day is missing, or not closed yet."""


class ClockSkewError(RetryableError):
    """This machine's clock and a source's differ by more than allowed."""


class TooFewSourcesError(RetryableError):
    """Fewer sources answered than must agree; `said` is what the others did answer."""

    def __init__(self, message: str, said: Mapping[str, object] | None = None) -> None:
        """Keep the answers by source beside the message."""
        super().__init__(message)
        self.said = dict(said or {})


class SourcesDisagreeError(RetryableError):
    """Sources contradict one another; the message says who, where and by how much."""


class SourceAnswerError(HashrateError):
    """A source answered with an error of its own in place of the data."""

    def __init__(self, message: str, code: int | str) -> None:
        """Keep the source's own error code beside the message."""
        super().__init__(message)
        self.code = code


class WrongNetworkError(HashrateError):
    """A Bitcoin source is on another network than the one configured."""


class BlockPrunedError(HashrateError):
    """A Bitcoin node has thrown the block's data away."""
