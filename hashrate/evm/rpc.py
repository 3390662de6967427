# SPDX-License-Identifier: AGPL-3.0-only
"""A small JSON-RPC client for EVM nodes: bounded in time and size, and without hidden retries."""

import json
import time
from collections.abc import Sequence
from typing import Any

from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_typing import ChecksumAddress

from hashrate.evm.errors import NodeRefusedError, RpcRefusedError, RpcUnavailableError
from hashrate.service.errors import NoAnswerError, SourceShapeError
from hashrate.service.fetch import BlockingFetcher, Bounds, Request
from hashrate.service.json_rpc import Call, RpcFault, results_of, written

MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_ANSWER_SECONDS = 60.0
_NODE = "evm node"
_RECEIPT_PAUSE_SECONDS = 0.01  # a node that is waited for is a local one
_ERROR_SELECTOR = "0x08c379a0"
_MAX_REASON = 200
_REVERT_CODE = 3
_REVERT_WORDS = ("revert", "vm execution error")  # geth and its heirs; OpenEthereum, Nethermind


class EvmRpc:
    """One EVM node. The endpoint may hold a secret, so it is in no message."""

    def __init__(self, url: str, timeout_seconds: float = 10.0) -> None:
        """Prepare the client; nothing is sent yet."""
        bounds = Bounds(
            timeout_seconds=timeout_seconds,
            total_seconds=MAX_ANSWER_SECONDS,
            max_bytes=MAX_BODY_BYTES,
        )
        self._fetcher = BlockingFetcher(bounds)
        self._url = url

    def close(self) -> None:
        """Close the connections."""
        self._fetcher.close()

    def request(self, method: str, *params: Any) -> Any:
        """Call a method and give its result.

        Raises:
            RpcUnavailableError: no answer, or one that is no JSON-RPC.
            RpcRefusedError: the node answered with an error.
        """
        (result,) = self._ask(method, [Call(method, params)])
        if isinstance(result, RpcRefusedError):
            raise result
        return result

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Call several methods in one request.

        Returns:
            Their results in order; in place of one that was refused its RpcRefusedError.

        Raises:
            RpcUnavailableError: no answer, or one that is no JSON-RPC, for any of them.
        """
        return self._ask("batch", [Call(method, tuple(params)) for method, params in calls])

    def _ask(self, what: str, calls: Sequence[Call]) -> list[Any]:
        if not calls:
            return []
        body = json.dumps(written(calls, jsonrpc="2.0")).encode()
        try:
            answer = self._fetcher.fetch(Request("POST", self._url, body=body))
            results = results_of(f"{_NODE}: {what}", calls, json.loads(answer.body))
        except NoAnswerError as error:
            raise RpcUnavailableError(f"{_NODE}: {what}: {error}") from error
        except SourceShapeError as error:
            raise RpcUnavailableError(str(error)) from error
        except (ValueError, RecursionError) as error:
            why = f"HTTP {answer.status} without JSON"
            raise RpcUnavailableError(f"{_NODE}: {what}: {why}") from error
        return [
            _refusal(call.method, result) if isinstance(result, RpcFault) else result
            for call, result in zip(calls, results, strict=True)
        ]

    def chain_id(self) -> int:
        """Read the EIP-155 chain id."""
        return _number(self._answer_to("eth_chainId"), "eth_chainId")

    def block(self, number: int | None = None) -> dict[str, Any]:
        """Read a block's header, the newest if no number is given."""
        tag = "latest" if number is None else hex(number)
        block = self._answer_to("eth_getBlockByNumber", tag, False)
        if not isinstance(block, dict):
            raise RpcUnavailableError(f"evm node: no block {tag}")
        return block

    def nonce(self, account: ChecksumAddress, tag: str = "latest") -> int:
        """Count an account's transactions, mined (`latest`) or with waiting ones (`pending`)."""
        name = "eth_getTransactionCount"
        return _number(self._answer_to(name, account, tag), name)

    def balance(self, account: ChecksumAddress) -> int:
        """Read an account's balance [wei]."""
        return _number(self._answer_to("eth_getBalance", account, "latest"), "eth_getBalance")

    def call(self, to: ChecksumAddress, data: str, block: int | None = None) -> bytes:
        """Call a contract without a transaction.

        Raises:
            RpcRefusedError: the contract refused.
            NodeRefusedError: the node did.
            RpcUnavailableError: no answer.
        """
        tag = "latest" if block is None else hex(block)
        result = self._answer_to("eth_call", {"to": to, "data": data}, tag)
        try:
            return bytes.fromhex(result.removeprefix("0x"))
        except (AttributeError, ValueError) as error:
            raise RpcUnavailableError("evm node: eth_call: not hexadecimal") from error

    def estimate_gas(self, sender: ChecksumAddress, to: ChecksumAddress, data: str) -> int:
        """Find what a transaction would use [gas].

        Raises:
            RpcRefusedError: the contract would refuse it; with its reason.
            NodeRefusedError: the node does.
            RpcUnavailableError: no answer.
        """
        transaction = {"from": sender, "to": to, "data": data}
        return _number(self._answer_to("eth_estimateGas", transaction), "eth_estimateGas")

    def _answer_to(self, method: str, *params: Any) -> Any:
        """Ask; a refusal is raised as the contract's or as the node's own."""
        try:
            return self.request(method, *params)
        except RpcRefusedError as error:
            if error.is_revert:
                raise
            raise NodeRefusedError(str(error)) from error

    def send_raw(self, raw: str) -> str:
        """Hand over a signed transaction; gives its hash."""
        return str(self.request("eth_sendRawTransaction", raw))

    def receipt(self, tx_hash: str) -> dict[str, Any] | None:
        """Read a transaction's receipt, None while it is not in a block."""
        receipt = self._answer_to("eth_getTransactionReceipt", tx_hash)
        return receipt if isinstance(receipt, dict) and receipt.get("blockNumber") else None

    def wait_for_receipt(self, tx_hash: str, patience_seconds: float) -> dict[str, Any] | None:
        """Read a transaction's receipt once it is in a block, None if it is in none in time."""
        deadline = time.monotonic() + patience_seconds
        while (receipt := self.receipt(tx_hash)) is None and time.monotonic() < deadline:
            time.sleep(_RECEIPT_PAUSE_SECONDS)
        return receipt

    def knows(self, tx_hash: str) -> bool:
        """Return whether the node has a transaction, waiting or mined."""
        return self._answer_to("eth_getTransactionByHash", tx_hash) is not None

    def priority_fee(self) -> int:
        """Read the suggested priority fee [wei per gas]."""
        return _number(self.request("eth_maxPriorityFeePerGas"), "eth_maxPriorityFeePerGas")

    def logs(
        self, address: ChecksumAddress, topics: list[str], first: int, last: int | None = None
    ) -> list[dict[str, Any]]:
        """Read a contract's logs from a block on, up to another one or to the newest.

        Raises:
            RpcRefusedError: mostly because the range is wider than the node allows.
            RpcUnavailableError: no answer.
        """
        until = "latest" if last is None else hex(last)
        where = {"address": address, "topics": topics, "fromBlock": hex(first), "toBlock": until}
        logs = self.request("eth_getLogs", where)
        if not isinstance(logs, list):
            raise RpcUnavailableError("evm node: eth_getLogs: not a list")
        return logs


def number_from_hex(text: object) -> int:
    """Read a quantity of the JSON-RPC interface, zero if it is not there."""
    return _number(text, "quantity") if text is not None else 0


def _refusal(method: str, fault: RpcFault) -> RpcRefusedError:
    message = f"{_NODE}: {method}: {fault.message[:_MAX_REASON]}"
    reason = _reason_from_data(fault.data)
    return RpcRefusedError(message, reason, is_revert=reason is not None or _is_revert(fault))


def _is_revert(fault: RpcFault) -> bool:
    """Return whether a contract refused, not the node: revert data, code 3 or the word for it."""
    words = fault.message.lower()
    data = fault.data.get("data") if isinstance(fault.data, dict) else fault.data
    has_data = isinstance(data, str) and len(data) > len("0x") and data.startswith("0x")
    return fault.code == _REVERT_CODE or has_data or any(word in words for word in _REVERT_WORDS)


def _reason_from_data(data: object) -> str | None:
    """Decode `Error(string)`, which nodes give as text or wrapped in an object."""
    if isinstance(data, dict):
        data = data.get("data")
    if not isinstance(data, str) or not data.startswith(_ERROR_SELECTOR):
        return None
    try:
        (reason,) = decode(["string"], bytes.fromhex(data[len(_ERROR_SELECTOR) :]))
    except (DecodingError, ValueError):
        return None
    return str(reason)[:_MAX_REASON]


def _number(text: object, what: str) -> int:
    try:
        return int(str(text), 16)
    except ValueError as error:
        raise RpcUnavailableError(f"evm node: {what}: not a number") from error
