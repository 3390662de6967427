# SPDX-License-Identifier: AGPL-3.0-only
"""A local anvil node, spoken to in plain JSON-RPC with every block time chosen by us."""

import http.client
import itertools
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import Any
from urllib.parse import urlsplit

from benchmarks.errors import NodeError, TransactionFailedError
from commands.shell.errors import DevnetError
from simulation.devnet.anvil import Anvil

BLOCK_SECONDS = 12
_FREE_GAS = ("--base-fee", "0", "--gas-price", "0")
_LARGE_BLOCKS = ("--gas-limit", "1000000000")
_CALL_GAS = 30_000_000
_BULK_SIZE = 500
_TIMEOUT_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Receipt:
    """A mined transaction that succeeded.

    Attributes:
        gas: what it cost as a whole, calldata and refunds included [gas].
        contract: address of the contract it created, if any.
    """

    gas: int
    contract: str | None


class Node:
    """An anvil process on a free loopback port; `with` stops it.

    `clock` is the time of the newest block [unix s]; each transaction is a block of its own.
    """

    def __init__(self, start: int) -> None:
        """Start anvil at a time.

        Args:
            start: time of the genesis block [unix s].
        """
        self.clock = start
        self._ids = itertools.count(1)
        try:
            self._anvil = Anvil(*_FREE_GAS, *_LARGE_BLOCKS, timestamp=start)
        except DevnetError as error:
            raise NodeError(str(error)) from error
        self.url = self._anvil.url
        address = urlsplit(self.url).netloc
        self._http = http.client.HTTPConnection(address, timeout=_TIMEOUT_SECONDS)
        self.accounts: list[str] = self.rpc("eth_accounts")

    @property
    def pid(self) -> int:
        """Return the id of its process."""
        return self._anvil.pid

    def __enter__(self) -> "Node":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._http.close()
        self._anvil.close()

    # ------------------------------------------------------------ JSON-RPC

    def rpc(self, method: str, *params: object) -> Any:
        """Call one method and give its result."""
        (result,) = self.batch([(method, params)])
        return result

    def batch(self, calls: Sequence[tuple[str, Sequence[object]]]) -> list[Any]:
        """Call several methods in one request and give their results in order."""
        requests = [
            {"jsonrpc": "2.0", "id": next(self._ids), "method": method, "params": list(params)}
            for method, params in calls
        ]
        body = json.dumps(requests if len(requests) > 1 else requests[0])
        self._http.request("POST", "/", body, {"Content-Type": "application/json"})
        answers = json.loads(self._http.getresponse().read())
        by_id = {a["id"]: a for a in (answers if isinstance(answers, list) else [answers])}
        for request in requests:
            if "error" in by_id[request["id"]]:
                raise NodeError(f"{request['method']}: {by_id[request['id']]['error']['message']}")
        return [by_id[request["id"]]["result"] for request in requests]

    # ------------------------------------------------------------ Time

    def go_to(self, when: int) -> None:
        """Choose the time of the next transaction [unix s]; never back."""
        if when <= self.clock:
            raise NodeError(f"the chain is at {self.clock}, {when} is over")
        self.clock = when - BLOCK_SECONDS

    # ------------------------------------------------------------ Transactions

    def send(self, sender: str, data: str, to: str | None = None) -> Receipt:
        """Mine one transaction as a block of its own.

        Raises:
            TransactionFailedError: it reverted.
        """
        self.clock += BLOCK_SECONDS
        self.rpc("evm_setNextBlockTimestamp", self.clock)
        transaction = self.rpc("eth_sendTransaction", _request(sender, data, to))
        receipt = None
        while receipt is None:
            receipt = self.rpc("eth_getTransactionReceipt", transaction)
        return self._checked(receipt, sender, data, to)

    def send_many(self, sender: str, calls: Iterable[tuple[str, str]]) -> list[Receipt]:
        """Mine many calls (to, data) of one sender in their order, many to a block.

        Raises:
            TransactionFailedError: one of them reverted.
        """
        receipts = []
        self.rpc("evm_setAutomine", False)
        nonce = int(self.rpc("eth_getTransactionCount", sender, "latest"), 16)
        for part in _parts(calls, _BULK_SIZE):
            hashes = []
            for to, data in part:
                request = {**_request(sender, data, to), "nonce": hex(nonce)}
                hashes.append(self.rpc("eth_sendTransaction", request))
                nonce += 1
            self.clock += BLOCK_SECONDS
            self.rpc("evm_setNextBlockTimestamp", self.clock)
            self.rpc("evm_mine")
            mined = self.batch([("eth_getTransactionReceipt", [h]) for h in hashes])
            receipts += [
                self._checked(receipt, sender, data, to)
                for receipt, (to, data) in zip(mined, part, strict=True)
            ]
        self.rpc("evm_setAutomine", True)
        return receipts

    def call(self, to: str, data: str) -> bytes:
        """Read from a contract at the time of the newest block."""
        answer: str = self.rpc("eth_call", {"to": to, "data": data}, "latest")
        return bytes.fromhex(answer[2:])

    def trace(self, sender: str, data: str, to: str) -> dict[str, Any]:
        """Run what `send` would mine next, without mining it; give the steps it takes."""
        time_override = {"time": hex(self.clock + BLOCK_SECONDS)}
        options = {"disableMemory": True, "blockOverrides": time_override}
        trace: dict[str, Any] = self.rpc(
            "debug_traceCall", _request(sender, data, to), "latest", options
        )
        return trace

    def _checked(self, receipt: dict[str, Any], sender: str, data: str, to: str | None) -> Receipt:
        if receipt is None or int(receipt["status"], 16) != 1:
            try:
                self.rpc("eth_call", _request(sender, data, to), "latest")
            except NodeError as error:
                raise TransactionFailedError(f"{to} {data[:10]}: {error}") from error
            raise TransactionFailedError(f"{to} {data[:10]} failed, or was not mined")
        return Receipt(int(receipt["gasUsed"], 16), receipt["contractAddress"])


def _request(sender: str, data: str, to: str | None) -> dict[str, str]:
    request = {"from": sender, "data": data, "gas": hex(_CALL_GAS), "gasPrice": "0x0"}
    return request if to is None else {**request, "to": to}


def _parts(calls: Iterable[tuple[str, str]], size: int) -> Iterable[list[tuple[str, str]]]:
    rest = iter(calls)
    while part := list(itertools.islice(rest, size)):
        yield part
