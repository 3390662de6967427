# SPDX-License-Identifier: AGPL-3.0-only
"""Contracts on a node, deployed and called by ABI and without a framework."""

from dataclasses import dataclass
from typing import Any

from eth_utils import to_checksum_address

from hashrate.evm.rpc import EvmRpc
from testing.chain import Abi, Functions, encode_constructor
from testing.compiler import Compiler

_GAS = hex(30_000_000)


@dataclass(frozen=True)
class EvmChain:
    """A node that signs for its senders; every transaction is mined at once."""

    rpc: EvmRpc
    compiler: Compiler = Compiler()

    def deploy(self, name: str, *arguments: Any, sender: str) -> "EvmContract":
        """Deploy a contract and return it."""
        artifact = self.compiler.compile(name)
        code = artifact.initcode + encode_constructor(artifact.abi, arguments)
        return EvmContract(self.rpc, self._deploy_code(code, sender), artifact.abi)

    def deploy_blueprint(self, name: str, sender: str) -> str:
        """Deploy a contract's creation code as an ERC-5202 blueprint and return its address."""
        return self._deploy_code(self.compiler.compile(name).blueprint, sender)

    def at(self, name: str, address: str) -> "EvmContract":
        """Return a contract that another one deployed."""
        return EvmContract(self.rpc, address, self.compiler.compile(name).abi)

    def _deploy_code(self, code: bytes, sender: str) -> str:
        receipt = transact(self.rpc, sender, None, "0x" + code.hex())
        return str(to_checksum_address(receipt["contractAddress"]))


class EvmContract:
    """A contract at an address."""

    def __init__(self, rpc: EvmRpc, address: str, abi: Abi) -> None:
        """Bind an ABI to an address."""
        self.rpc = rpc
        self.address = to_checksum_address(address)
        self._functions = Functions(abi)

    def read(self, name: str, *arguments: Any) -> Any:
        """Return what a view says: one value, or a tuple."""
        output = self.rpc.call(self.address, self.data(name, *arguments))
        return self._functions.decode(name, len(arguments), output)

    def send(self, name: str, *arguments: Any, sender: str) -> dict[str, Any]:
        """Send a transaction and return its receipt; a revert fails the test."""
        return transact(self.rpc, sender, self.address, self.data(name, *arguments))

    def submit(self, name: str, *arguments: Any, sender: str, gas: int) -> None:
        """Hand a transaction to the node and do not wait for its block."""
        data = self.data(name, *arguments)
        call = {"from": sender, "to": self.address, "data": data, "gas": hex(gas)}
        self.rpc.request("eth_sendTransaction", call)

    def data(self, name: str, *arguments: Any) -> str:
        """Return the calldata of a call."""
        return "0x" + self._functions.encode(name, arguments).hex()


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
