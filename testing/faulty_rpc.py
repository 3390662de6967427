# SPDX-License-Identifier: AGPL-3.0-only
"""A connection to a real node that breaks where a test wants it to."""

from typing import Any

from hashrate.evm.errors import RpcUnavailableError
from hashrate.evm.rpc import EvmRpc


class FaultyRpc(EvmRpc):
    """Passes everything on, except what a test breaks."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.is_dead = False
        self.lose_answer_of: str | None = None
        self.lose_request_of: str | None = None
        self.sent: list[str] = []

    def request(self, method: str, *params: Any) -> Any:
        """Call a method, or break."""
        if self.is_dead or self._takes("lose_request_of", method):
            raise RpcUnavailableError(f"evm node: {method}: ConnectError")
        if method == "eth_sendRawTransaction":
            self.sent.append(params[0])
        result = super().request(method, *params)
        if self._takes("lose_answer_of", method):
            raise RpcUnavailableError(f"evm node: {method}: ReadTimeout")
        return result

    def _takes(self, fault: str, method: str) -> bool:
        """Return whether a fault that happens once happens now."""
        if getattr(self, fault) != method:
            return False
        setattr(self, fault, None)
        return True
