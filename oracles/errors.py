# SPDX-License-Identifier: AGPL-3.0-only
"""Every error this package raises on purpose. Each message is one line for the operator."""


class HashrateError(Exception):
    """Base of all errors below: bad input or bad data, never a defect of the program."""


class NumberFormatError(HashrateError):
    """A text is not the number or date it should be."""


class InvalidBitsError(HashrateError):
    """A compact target is negative, zero, wider than 256 bits or above the network's limit."""


class BlockOrderError(HashrateError):
    """Blocks, segments or days do not follow one another without a gap."""


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
