# SPDX-License-Identifier: AGPL-3.0-only
"""What the forwards commands refuse. Each message is one line for the trader."""

from commands.shell.errors import ScriptError


class ContractCodeError(ScriptError):
    """A text names no month, contract or strip."""


class PriceError(ScriptError):
    """A text is no price, or not a whole number of ticks, or outside floor and cap."""


class TermsError(ScriptError):
    """Terms of a series that the engine would refuse."""


class PositionError(ScriptError):
    """A series or a position cannot be read, marked, settled or redeemed now."""


class HedgeError(ScriptError):
    """A hedge cannot be worked out from what was given."""
