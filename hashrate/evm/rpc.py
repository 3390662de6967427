# SPDX-License-Identifier: AGPL-3.0-only
"""A small JSON-RPC client for EVM nodes: bounded in time and size, and without hidden retries."""

import itertools
import time
from collections.abc import Sequence
from typing import Any

import httpx
from eth_abi.abi import decode
from eth_abi.exceptions import DecodingError
from eth_typing import ChecksumAddress

from hashrate.core.errors import RpcRefusedError, RpcUnavailableError

MAX_BODY_BYTES = 8 * 1024 * 1024
MAX_ANSWER_SECONDS = 60.0
_ERROR_SELECTOR = "0x08c379a0"
_MAX_REASON = 200


class EvmRpc:
    """One EVM node. The endpoint may hold a secret, so it is in no message."""

    def __init__(self, url: str, timeout_seconds: float = 10.0) -> None:
        """Prepare the client; nothing is sent yet."""
        self._client = httpx.Client(timeout=timeout_seconds, trust_env=False)
        self._url = url
        self._ids = itertools.count(1)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def request(self, method: str, *params: Any) -> Any:
        """Call a method and give its result.

        Raises:
            RpcUnavailableError: no answer, or one that is no JSON-RPC.
            RpcRefusedError: the node answered with an error.
        """
        answer = self._post(method, self._body(method, params))
        if not isinstance(answer, dict):
            raise RpcUnavailableError("evm node: the answer is no JSON object")
        return _result(method, answer)

    def batch(self, calls: Sequence[tuple[str, Sequence[Any]]]) -> list[Any]:
        """Call several methods in one request.

        Returns:
            Their results in order; in place of one that was refused its RpcRefusedError.

        Raises:
            RpcUnavailableError: no answer, or one that is no JSON-RPC, for any of them.
        """
        bodies = [self._body(method, params) for method, params in calls]
        answers = self._post("batch", bodies) if bodies else []
        if not isinstance(answers, list):
            raise RpcUnavailableError("evm node: it does not answer batches")
        by_id = {each.get("id"): each for each in answers if isinstance(each, dict)}
        return [_result_or_refusal(body["method"], by_id.get(body["id"], {})) for body in bodies]

    def _body(self, method: str, params: Sequence[Any]) -> dict[str, Any]:
        name = {"jsonrpc": "2.0", "id": next(self._ids)}
        return {**name, "method": method, "params": list(params)}

    def _post(self, what: str, body: Any) -> Any:
        try:
            with self._client.stream("POST", self._url, json=body) as response:
                return _read_answer(response)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise RpcUnavailableError(f"evm node: {what}: {type(error).__name__}") from error

    def chain_id(self) -> int:
        """Read the EIP-155 chain id."""
        return _number(self.request("eth_chainId"), "eth_chainId")

    def block(self, number: int | None = None) -> dict[str, Any]:
        """Read a block's header, the newest if no number is given."""
        tag = "latest" if number is None else hex(number)
        block = self.request("eth_getBlockByNumber", tag, False)
        if not isinstance(block, dict):
            raise RpcUnavailableError(f"evm node: no block {tag}")
        return block

    def nonce(self, account: ChecksumAddress, tag: str = "latest") -> int:
        """Count an account's transactions, mined (`latest`) or with waiting ones (`pending`)."""
        name = "eth_getTransactionCount"
        return _number(self.request(name, account, tag), name)

    def balance(self, account: ChecksumAddress) -> int:
        """Read an account's balance [wei]."""
        return _number(self.request("eth_getBalance", account, "latest"), "eth_getBalance")

    def call(self, to: ChecksumAddress, data: str, block: int | None = None) -> bytes:
        """Call a contract without a transaction."""
        tag = "latest" if block is None else hex(block)
        result = self.request("eth_call", {"to": to, "data": data}, tag)
        try:
            return bytes.fromhex(result.removeprefix("0x"))
        except (AttributeError, ValueError) as error:
            raise RpcUnavailableError("evm node: eth_call: not hexadecimal") from error

    def estimate_gas(self, sender: ChecksumAddress, to: ChecksumAddress, data: str) -> int:
        """Find what a transaction would use; a revert is a refusal with its reason."""
        transaction = {"from": sender, "to": to, "data": data}
        return _number(self.request("eth_estimateGas", transaction), "eth_estimateGas")

    def send_raw(self, raw: str) -> str:
        """Hand over a signed transaction; gives its hash."""
        return str(self.request("eth_sendRawTransaction", raw))

    def receipt(self, tx_hash: str) -> dict[str, Any] | None:
        """Read a transaction's receipt, None while it is not in a block."""
        receipt = self.request("eth_getTransactionReceipt", tx_hash)
        return receipt if isinstance(receipt, dict) and receipt.get("blockNumber") else None

    def knows(self, tx_hash: str) -> bool:
        """Return whether the node has a transaction, waiting or mined."""
        return self.request("eth_getTransactionByHash", tx_hash) is not None

    def priority_fee(self) -> int:
        """Read the suggested priority fee [wei per gas]."""
        return _number(self.request("eth_maxPriorityFeePerGas"), "eth_maxPriorityFeePerGas")

    def logs(self, address: ChecksumAddress, topics: list[str], first: int) -> list[dict[str, Any]]:
        """Read a contract's logs from a block on."""
        where = {"address": address, "topics": topics, "fromBlock": hex(first), "toBlock": "latest"}
        logs = self.request("eth_getLogs", where)
        if not isinstance(logs, list):
            raise RpcUnavailableError("evm node: eth_getLogs: not a list")
        return logs


def number_from_hex(text: object) -> int:
    """Read a quantity of the JSON-RPC interface, zero if it is not there."""
    return _number(text, "quantity") if text is not None else 0


def _result(method: str, answer: dict[str, Any]) -> Any:
    if answer.get("error") is not None:
        raise _refusal(method, answer["error"])
    if "result" not in answer:
        raise RpcUnavailableError(f"evm node: {method}: neither result nor error")
    return answer["result"]


def _result_or_refusal(method: str, answer: dict[str, Any]) -> Any:
    try:
        return _result(method, answer)
    except RpcRefusedError as error:
        return error


def _read_answer(response: httpx.Response) -> Any:
    body = bytearray()
    deadline = time.monotonic() + MAX_ANSWER_SECONDS
    for chunk in response.iter_bytes():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise RpcUnavailableError("evm node: the answer is too large")
        if time.monotonic() > deadline:
            raise RpcUnavailableError("evm node: the answer takes too long")
    try:
        return httpx.Response(200, content=bytes(body)).json()
    except (ValueError, RecursionError) as error:
        status = response.status_code
        raise RpcUnavailableError(f"evm node: HTTP {status} without JSON") from error


def _refusal(method: str, error: object) -> RpcRefusedError:
    if not isinstance(error, dict):
        return RpcRefusedError(f"evm node: {method}: {str(error)[:_MAX_REASON]}")
    message = str(error.get("message"))[:_MAX_REASON]
    reason = _reason_from_data(error.get("data"))
    return RpcRefusedError(f"evm node: {method}: {message}", reason)


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
