# SPDX-License-Identifier: AGPL-3.0-only
"""Deploy contracts on the benchmarks' node and call them."""

import functools
import json
import shutil
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from benchmarks.errors import CompilationError
from benchmarks.node import Node, Receipt
from testing.chain import Functions, encode_constructor
from testing.compiler import Artifact, compiled

_SOLC = Path(__file__).resolve().parent / "peers/compile.js"


class Contract:
    """A contract on a node."""

    def __init__(self, node: Node, address: str, artifact: Artifact) -> None:
        self.node = node
        self.address = to_checksum_address(address)
        self._functions = Functions(artifact.abi)

    def data(self, name: str, *arguments: Any) -> str:
        """Encode a call."""
        return "0x" + self._functions.encode(name, arguments).hex()

    def send(self, name: str, *arguments: Any, sender: str) -> Receipt:
        """Send a transaction, alone in its block."""
        return self.call(name, *arguments, sender=sender).send()

    def call(self, name: str, *arguments: Any, sender: str) -> "Call":
        """Make a transaction that is not sent yet."""
        return Call(self, sender, self.data(name, *arguments))

    def send_many(self, name: str, calls: Iterable[tuple[Any, ...]], *, sender: str) -> None:
        """Send one transaction for each tuple of arguments, many to a block."""
        self.node.send_many(sender, ((self.address, self.data(name, *each)) for each in calls))

    def read(self, name: str, *arguments: Any) -> Any:
        """Return what a view says: one value, or a tuple."""
        output = self.node.call(self.address, self.data(name, *arguments))
        return self._functions.decode(name, len(arguments), output)


@dataclass(frozen=True)
class Call:
    """A transaction to a contract that is not sent yet."""

    contract: Contract
    sender: str
    data: str

    def send(self) -> Receipt:
        """Mine it, alone in its block."""
        return self.contract.node.send(self.sender, self.data, self.contract.address)

    def trace(self) -> dict[str, Any]:
        """Run it as if it were mined next; return the steps it takes."""
        return self.contract.node.trace(self.sender, self.data, self.contract.address)


@dataclass(frozen=True)
class NodeChain:
    """A node as the builders of `testing` know chains."""

    node: Node

    def deploy(self, name: str, *arguments: Any, sender: str) -> Contract:
        """Deploy a contract of ours and return it."""
        return self.deploy_artifact(compiled(name), *arguments, sender=sender)

    def deploy_artifact(self, artifact: Artifact, *arguments: Any, sender: str) -> Contract:
        """Deploy a compiled contract and return it."""
        code = artifact.initcode + encode_constructor(artifact.abi, arguments)
        return Contract(self.node, self._deploy_code(code, sender), artifact)

    def deploy_blueprint(self, name: str, sender: str) -> str:
        """Deploy a contract's creation code as an ERC-5202 blueprint and return its address."""
        return self._deploy_code(compiled(name).blueprint, sender)

    def at(self, name: str, address: str) -> Contract:
        """Return a contract that another one deployed."""
        return Contract(self.node, address, compiled(name))

    def _deploy_code(self, code: bytes, sender: str) -> str:
        receipt = self.node.send(sender, "0x" + code.hex())
        if receipt.contract is None:
            raise CompilationError("the transaction created no contract")
        return str(to_checksum_address(receipt.contract))


@functools.cache
def solidity_artifacts() -> dict[str, Artifact]:
    """Compile the Solidity peers: optimizer on with 200 runs, for cancun."""
    program = shutil.which("node")
    if program is None:
        raise CompilationError("node is missing: the Solidity peers cannot be compiled")
    run = subprocess.run([program, str(_SOLC)], capture_output=True, text=True, check=False)
    if run.returncode != 0:
        raise CompilationError(run.stderr or run.stdout)
    return {
        name: Artifact(bytes.fromhex(item["code"]), item["abi"])
        for name, item in json.loads(run.stdout).items()
    }


def silent_account(index: int) -> str:
    """Return one of many addresses that never send anything."""
    return to_checksum_address(keccak(b"holder" + index.to_bytes(4, "big"))[-20:])
