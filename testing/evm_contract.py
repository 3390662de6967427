# SPDX-License-Identifier: AGPL-3.0-only
"""Deploy and call contracts on a node from a test, by ABI and without a framework."""

from typing import Any

from eth_abi import decode, encode
from eth_utils import keccak, to_checksum_address

from hashrate.evm.rpc import EvmRpc
from testing.build import Compiled

_GAS = hex(30_000_000)


class EvmContract:
    """A contract at an address; transactions come from accounts the node signs for."""

    def __init__(self, rpc: EvmRpc, compiled: Compiled, address: str) -> None:
        self.rpc = rpc
        self.address = to_checksum_address(address)
        self._functions = {
            (entry["name"], len(entry["inputs"])): entry
            for entry in compiled.abi
            if entry["type"] == "function"
        }

    def call(self, name: str, *arguments: Any) -> Any:
        """Read a view."""
        entry = self._functions[name, len(arguments)]
        data = self.rpc.call(self.address, self._encode(entry, arguments))
        values = decode([_canonical(output) for output in entry["outputs"]], data)
        return values[0] if len(values) == 1 else values

    def send(self, sender: str, name: str, *arguments: Any) -> dict[str, Any]:
        """Send a transaction and give its receipt; a revert fails the test."""
        data = self._encode(self._functions[name, len(arguments)], arguments)
        return transact(self.rpc, sender, self.address, data)

    def submit(self, sender: str, name: str, *arguments: Any, gas: int) -> None:
        """Hand a transaction to the node and do not wait for its block."""
        data = self._encode(self._functions[name, len(arguments)], arguments)
        call = {"from": sender, "to": self.address, "data": data, "gas": hex(gas)}
        self.rpc.request("eth_sendTransaction", call)

    def _encode(self, entry: dict[str, Any], arguments: tuple[Any, ...]) -> str:
        types = [_canonical(each) for each in entry["inputs"]]
        selector = keccak(text=f"{entry['name']}({','.join(types)})")[:4]
        return "0x" + (selector + encode(types, arguments)).hex()


def deploy(
    rpc: EvmRpc, compiled: Compiled, sender: str, *arguments: Any, blueprint: bool = False
) -> EvmContract:
    """Deploy a contract, or its ERC-5202 blueprint."""
    if blueprint:
        data = compiled.blueprint
    else:
        inputs = next((e["inputs"] for e in compiled.abi if e["type"] == "constructor"), [])
        data = compiled.bytecode + encode([_canonical(each) for each in inputs], arguments).hex()
    receipt = transact(rpc, sender, None, data)
    return EvmContract(rpc, compiled, receipt["contractAddress"])


def transact(rpc: EvmRpc, sender: str, to: str | None, data: str) -> dict[str, Any]:
    """Send a transaction from an account of the node's and wait for its receipt."""
    transaction = {"from": sender, "data": data, "gas": _GAS} | ({"to": to} if to else {})
    tx_hash = rpc.request("eth_sendTransaction", transaction)
    receipt = rpc.receipt(tx_hash)
    while receipt is None:
        receipt = rpc.receipt(tx_hash)
    if int(receipt["status"], 16) != 1:
        rpc.request("eth_call", transaction, "latest")  # raises with the reason
        raise AssertionError(f"transaction {tx_hash} failed")
    return receipt


def _canonical(entry: dict[str, Any]) -> str:
    kind: str = entry["type"]
    if not kind.startswith("tuple"):
        return kind
    members = ",".join(_canonical(each) for each in entry["components"])
    return f"({members}){kind.removeprefix('tuple')}"
