# SPDX-License-Identifier: AGPL-3.0-only
"""A local anvil node, spoken to in plain JSON-RPC with every block time chosen by us."""

import http.client
import itertools
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

from benchmarks.errors import NodeError, TransactionFailedError

ROOT = Path(__file__).resolve().parent.parent
CHAIN_ID = 31337
BLOCK_SECONDS = 12
_LOCAL_ANVIL = ROOT / "node_modules/@foundry-rs/anvil-linux-amd64/bin/anvil"
_BLOCK_GAS = 1_000_000_000
_CALL_GAS = 30_000_000
_BULK_SIZE = 500
_START_SECONDS = 30


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
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self._process = subprocess.Popen(
            [_anvil(), *_options(start, port)],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._http = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        try:
            self._wait_until_up()
        except BaseException:
            self._stop()
            raise
        self.accounts: list[str] = self.rpc("eth_accounts")

    def __enter__(self) -> "Node":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop()

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

    # ------------------------------------------------------------ Process

    def _wait_until_up(self) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while True:
            try:
                self.rpc("eth_chainId")
                return
            except OSError as error:
                self._http.close()
                if self._process.poll() is not None or time.monotonic() > deadline:
                    raise NodeError("anvil did not start") from error
                time.sleep(0.05)

    def _stop(self) -> None:
        self._http.close()
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def _anvil() -> str:
    """Find the anvil program itself: npm's wrapper would leave it running when it is ended."""
    if _LOCAL_ANVIL.exists():
        return str(_LOCAL_ANVIL)
    found = shutil.which("anvil")
    if found is None:
        raise NodeError("anvil is missing: run make setup-node, which needs npm")
    return found


def _options(start: int, port: int) -> list[str]:
    options: dict[str, object] = {
        "hardfork": "cancun",
        "chain-id": CHAIN_ID,
        "host": "127.0.0.1",
        "port": port,
        "timestamp": start,
        "accounts": 20,
        "balance": 1_000_000,
        "gas-limit": _BLOCK_GAS,
        "base-fee": 0,
        "gas-price": 0,
        "order": "fifo",
    }
    return [part for name, value in options.items() for part in (f"--{name}", str(value))]


def _request(sender: str, data: str, to: str | None) -> dict[str, str]:
    request = {"from": sender, "data": data, "gas": hex(_CALL_GAS), "gasPrice": "0x0"}
    return request if to is None else {**request, "to": to}


def _parts(calls: Iterable[tuple[str, str]], size: int) -> Iterable[list[tuple[str, str]]]:
    rest = iter(calls)
    while part := list(itertools.islice(rest, size)):
        yield part


def free_port() -> int:
    """Find a port that was free a moment ago."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
