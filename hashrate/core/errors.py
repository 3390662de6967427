# SPDX-License-Identifier: AGPL-3.0-only
"""Every error this package raises on purpose. Each message is one line for the operator."""


class HashrateError(Exception):
    """Base of all errors below: bad input or bad data, never a defect of the program."""


class NumberFormatError(HashrateError):
    """A text is not the number or date it should be."""


class AmountError(HashrateError):
    """A text is not an amount with its unit."""


class InvalidBitsError(HashrateError):
    """A compact target is negative, zero, wider than 256 bits or above the network's limit."""


class BlockOrderError(HashrateError):
    """Blocks, segments or days do not follow one another without a gap."""


class HeaderError(HashrateError):
    """A block header, or a chain of them, is not what consensus asks for."""


class NoBlocksError(HashrateError):
    """A day has no block and no day before it to repeat."""


class FractionalFeesError(HashrateError):
    """The fees of a whole day are not a whole number of satoshi."""


class SourceSpecError(HashrateError):
    """A `--source` text names no source, or gives it an unknown or unusable option."""


class MissingFileError(HashrateError):
    """A file or folder that should be read does not exist or cannot be read."""


class MalformedDataError(HashrateError):
    """A file's content is not what it should be; the message names file, row and column."""


class UnknownDayError(HashrateError):
    """A source knows nothing of the day asked for."""


class ReportFormatError(HashrateError):
    """A report has a missing, unknown or malformed field; the message names the field."""


class ReportMismatchError(HashrateError):
    """Signed reports that should be about the same facts differ; the message names the field."""


class SignatureInvalidError(HashrateError):
    """A signature does not recover to the address it is given for."""


class QuorumMissingError(HashrateError):
    """Too few, or too many, signatures for the threshold."""


class PriceSpreadError(HashrateError):
    """No quorum of signers agrees on the price within the spread."""


class RetryableError(HashrateError):
    """Base of what may pass by itself: nothing was decided, the next cycle tries again."""


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
    """Fewer sources answered than must agree."""


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


class SettingsError(HashrateError):
    """A setting is missing, malformed or contradicts another; the message names the setting."""


class KeystoreError(HashrateError):
    """A key file or its password file is missing, readable by others, or does not open."""


class JournalError(HashrateError):
    """The journal cannot be read or written; nothing is signed or sent without it."""


class JournalLockedError(JournalError):
    """Another process works with this journal."""


class RpcUnavailableError(RetryableError):
    """The EVM node does not answer, or answers with something that is no JSON-RPC."""


class RpcRefusedError(HashrateError):
    """The EVM node answered with an error; `reason` is the contract's, where there is one."""

    def __init__(self, message: str, reason: str | None = None) -> None:
        super().__init__(message)
        self.reason = reason


class WrongChainError(HashrateError):
    """The EVM node is on another chain, or the contract is not the oracle that is configured."""


class TransmitterFundsError(RetryableError):
    """The account that pays for gas cannot pay."""


class DayNotDueError(RetryableError):
    """A day is not over, or not settled deep enough in the Bitcoin chain."""


class PeerReportError(HashrateError):
    """What a peer serves cannot be used; the message says why."""


class PeerBehindError(PeerReportError):
    """A peer signed for another revision or membership: it has not seen the newest block yet."""
