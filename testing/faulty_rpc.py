# SPDX-License-Identifier: AGPL-3.0-only
"""A connection to a real node that breaks where a test wants it to."""

from collections.abc import Callable
from typing import Any

from eth_account.typed_transactions import TypedTransaction
from hexbytes import HexBytes

from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError
from hashrate.evm.rpc import EvmRpc


class FaultyRpc(EvmRpc):
    """Passes everything on, except what a test breaks.

    Attributes:
        is_dead: nothing is answered.
        lose_answer_of, lose_request_of: the method of which one answer or request is lost.
        refuses: words with which a method is refused.
        door: the words with which a transaction is refused, by its fields; None lets it in.
        hides: transactions that wait are not shown.
        sent: transactions that came through the door.
    """

    def __init__(self, url: str) -> None:
        super().__init__(url, timeout_seconds=60)
        self.is_dead = False
        self.lose_answer_of: str | None = None
        self.lose_request_of: str | None = None
        self.refuses: dict[str, str] = {}
        self.door: Callable[[dict[str, Any]], str | None] = lambda _: None
        self.hides = False
        self.sent: list[str] = []

    def request(self, method: str, *params: Any) -> Any:
        """Call a method, or break."""
        if self.is_dead or self._takes("lose_request_of", method):
            raise RpcUnavailableError(f"evm node: {method}: ConnectError")
        if method in self.refuses:
            raise RpcRefusedError(f"evm node: {method}: {self.refuses[method]}", is_revert=False)
        if method == "eth_sendRawTransaction":
            words = self.door(TypedTransaction.from_bytes(HexBytes(params[0])).as_dict())
            if words is not None:
                raise RpcRefusedError(f"evm node: {method}: {words}", is_revert=False)
            self.sent.append(params[0])
        result = super().request(method, *params)
        if method == "eth_getTransactionByHash" and self.hides and result:
            result = result if result.get("blockNumber") else None
        if self._takes("lose_answer_of", method):
            raise RpcUnavailableError(f"evm node: {method}: ReadTimeout")
        return result

    def _takes(self, fault: str, method: str) -> bool:
        """Return whether a fault that happens once happens now."""
        if getattr(self, fault) != method:
            return False
        setattr(self, fault, None)
        return True
