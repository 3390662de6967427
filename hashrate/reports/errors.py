# SPDX-License-Identifier: AGPL-3.0-only
"""Errors of reports and their signatures."""

from hashrate.core.errors import HashrateError


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
