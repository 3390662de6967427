# SPDX-License-Identifier: AGPL-3.0-only
"""What a hedge refuses. The message is one line for the miner."""

from hashrate.core.errors import HashrateError


class HedgeError(HashrateError):
    """A hedge cannot be worked out from what was given."""
