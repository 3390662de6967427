# SPDX-License-Identifier: AGPL-3.0-only
"""Every error the commands raise on purpose. Each message is one line for the operator."""

from hashrate.core.errors import HashrateError


class ScriptError(HashrateError):
    """Base of all errors below."""


class ParameterError(ScriptError):
    """A parameter file is missing, malformed, or does not fit the network."""


class RecordError(ScriptError):
    """A deployment record is missing, malformed, or does not fit the chain."""


class WorkTreeError(ScriptError):
    """The git tree is not what a live deployment needs."""


class VerificationError(ScriptError):
    """Something on the chain does not read back as it was written."""


class ReportError(ScriptError):
    """A report does not fit the oracle it should be posted to."""


class RefusalError(ScriptError):
    """A contract refused; the message carries its reason and what to do."""


class DevnetError(ScriptError):
    """The local network cannot start, or something of it ended."""
