# SPDX-License-Identifier: AGPL-3.0-only
"""Every error of the relay. Each message is one line for whoever sent the order."""

from hashrate.core.errors import HashrateError
from hashrate.evm.errors import RpcUnavailableError
from hashrate.orders.errors import OrderFormatError
from hashrate.service.refusals import REFUSALS, Refusal


class OrderRefusedError(HashrateError):
    """An order is not listed; `reason` is a word for programs, the message one for people."""

    def __init__(self, reason: str, message: str) -> None:
        super().__init__(message)
        self.reason = reason


class RelayStoreError(HashrateError):
    """The relay's database cannot be opened, read or written."""


_LATER = Refusal(503, "unavailable", "the relay cannot check this now", retry_seconds=5)
RELAY_REFUSALS = {
    **REFUSALS,
    OrderFormatError: Refusal(400, "malformed"),
    OrderRefusedError: Refusal(422, None),
    RelayStoreError: _LATER,
    RpcUnavailableError: _LATER,
    TimeoutError: _LATER,
}
"""How the relay answers what goes wrong."""
