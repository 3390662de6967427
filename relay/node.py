# SPDX-License-Identifier: AGPL-3.0-only
"""The node: blocks, logs and calls, in batches, and nothing it says is taken for what cannot be."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError, WrongChainError
from hashrate.evm.rpc import EvmRpc, number_from_hex
from relay.inquiry import Call

BATCH_CALLS = 100
_MOST_NUMBER = 2**53
_MOST_TIME = 2**40


@dataclass(frozen=True, slots=True)
class Head:
    """The newest block; `timestamp` is its time [unix s]."""

    number: int
    hash: str
    timestamp: int


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One log of a block; `topics` and `data` are hexadecimal with 0x."""

    block: int
    log_index: int
    transaction: str
    topics: tuple[str, ...]
    data: str

    @classmethod
    def read(cls, log: Mapping[str, Any]) -> Self:
        """Read a log as a node gives it.

        Raises:
            RpcUnavailableError: it is something else.
        """
        try:
            return cls(
                number_from_hex(log["blockNumber"]),
                number_from_hex(log["logIndex"]),
                str(log["transactionHash"]),
                tuple(str(each) for each in log["topics"]),
                str(log["data"]),
            )
        except (KeyError, TypeError) as error:
            raise RpcUnavailableError("evm node: eth_getLogs: not a log") from error

    def number(self, place: int) -> int:
        """Return a topic as a number.

        Raises:
            RpcUnavailableError: there is none.
        """
        try:
            return int(self.topics[place], 16)
        except (IndexError, ValueError) as error:
            raise RpcUnavailableError("evm node: eth_getLogs: a topic is missing") from error

    def account(self, place: int) -> ChecksumAddress:
        """Return a topic as an account.

        Raises:
            RpcUnavailableError: there is none.
        """
        number = self.number(place) % 2**160
        return to_checksum_address(number.to_bytes(20, "big"))


class Node:
    """Reads one chain. Waits; any thread may use it."""

    def __init__(self, rpc: EvmRpc, chain_id: int) -> None:
        """Name the chain; nothing is read yet."""
        self._rpc = rpc
        self.chain_id = chain_id

    def require_chain(self) -> None:
        """Check that the node is on the right chain.

        Raises:
            WrongChainError: it is on another.
            RpcUnavailableError: the node does not answer.
        """
        self._require_id(self._rpc.chain_id())

    def head(self) -> Head:
        """Read the newest block, and with it that the node is still on our chain.

        Raises:
            WrongChainError: it is on another.
            RpcUnavailableError: the node does not answer, or with no block that can be.
        """
        chain_id, block = self._rpc.batch(
            [("eth_chainId", []), ("eth_getBlockByNumber", ["latest", False])]
        )
        self._require_id(number_from_hex(_answered(chain_id)))
        return _head(_answered(block))

    def block_hash(self, number: int) -> str:
        """Read the hash of a block of the present chain, empty if it is not that long."""
        block = self._rpc.request("eth_getBlockByNumber", hex(number), False)
        return str(block.get("hash")) if isinstance(block, dict) else ""

    def times(self, numbers: Sequence[int]) -> dict[int, int]:
        """Read the times of blocks [unix s].

        Raises:
            RpcUnavailableError: the node does not answer, or not for all of them.
        """
        times: dict[int, int] = {}
        for start in range(0, len(numbers), BATCH_CALLS):
            part = numbers[start : start + BATCH_CALLS]
            asked = [("eth_getBlockByNumber", [hex(each), False]) for each in part]
            for number, block in zip(part, self._rpc.batch(asked), strict=True):
                times[number] = _head(_answered(block)).timestamp
        return times

    def logs(
        self, addresses: Sequence[str], topics: Sequence[str], first: int, last: int
    ) -> list[dict[str, Any]]:
        """Read the logs of some contracts and blocks, both included.

        Raises:
            RpcUnavailableError: the node does not answer, or with something else.
            RpcRefusedError: the node refuses: too many, perhaps.
        """
        where = {
            "address": list(addresses),
            "topics": [list(topics)],
            "fromBlock": hex(first),
            "toBlock": hex(last),
        }
        logs = self._rpc.request("eth_getLogs", where)
        if not isinstance(logs, list) or not all(isinstance(each, dict) for each in logs):
            raise RpcUnavailableError("evm node: eth_getLogs: not a list of logs")
        return logs

    def call(self, to: ChecksumAddress, data: str) -> bytes:
        """Call a contract at the newest block."""
        return self._rpc.call(to, data)

    def results(self, calls: Sequence[Call], block: int | None) -> list[Any]:
        """Make calls; in place of one that was refused there is its RpcRefusedError."""
        results: list[Any] = []
        for start in range(0, len(calls), BATCH_CALLS):
            part = calls[start : start + BATCH_CALLS]
            results += self._rpc.batch([_eth_call(call, block) for call in part])
        return results

    def newest(self, calls: Sequence[Call]) -> tuple[Head, list[Any]]:
        """Read the newest block and make calls, in one request."""
        requests = [_eth_call(call, None) for call in calls]
        block, *results = self._rpc.batch([("eth_getBlockByNumber", ["latest", False]), *requests])
        return _head(_answered(block)), results

    def _require_id(self, chain_id: int) -> None:
        if chain_id != self.chain_id:
            raise WrongChainError(f"the node is on chain {chain_id}, not {self.chain_id}")


def _eth_call(call: Call, block: int | None) -> tuple[str, list[Any]]:
    return "eth_call", [call.fields(), "latest" if block is None else hex(block)]


def _answered(result: Any) -> Any:
    if isinstance(result, RpcRefusedError):
        raise RpcUnavailableError(str(result)) from result
    return result


def _head(block: Any) -> Head:
    if not isinstance(block, dict):
        raise RpcUnavailableError("evm node: no block")
    number, time = (number_from_hex(block.get(name)) for name in ("number", "timestamp"))
    if not (0 <= number < _MOST_NUMBER and 0 <= time < _MOST_TIME) or number == time == 0:
        raise RpcUnavailableError("evm node: no block that can be")
    return Head(number, str(block.get("hash")), time)
