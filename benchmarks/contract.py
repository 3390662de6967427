# SPDX-License-Identifier: AGPL-3.0-only
"""Compile contracts, deploy them on a node and call them."""

import functools
import json
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_abi.abi import decode, encode
from eth_utils.abi import collapse_if_tuple, function_signature_to_4byte_selector
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak
from vyper.compiler import compile_from_file_input
from vyper.compiler.input_bundle import FilesystemInputBundle

from benchmarks.errors import CompilationError
from benchmarks.node import ROOT, Node, Receipt

_SHORT = 128  # of RLP: bytes below it stand for themselves
_SOLC = Path(__file__).resolve().parent / "peers/compile.js"


@dataclass(frozen=True)
class Artifact:
    """A compiled contract: its ABI and its creation code."""

    abi: list[dict[str, Any]]
    code: bytes


class Contract:
    """A contract on a node."""

    def __init__(self, node: Node, address: str, artifact: Artifact) -> None:
        """Bind an address to an ABI."""
        self.node = node
        self.address = to_checksum_address(address)
        self._artifact = artifact

    @classmethod
    def deploy(cls, node: Node, sender: str, artifact: Artifact, *args: object) -> "Contract":
        """Create the contract, with its constructor's arguments."""
        types = [
            collapse_if_tuple(item)
            for entry in artifact.abi
            if entry["type"] == "constructor"
            for item in entry["inputs"]
        ]
        data = artifact.code + encode(types, args)
        return cls(node, _created(node.send(sender, "0x" + data.hex())), artifact)

    def data(self, name: str, *args: object) -> str:
        """Encode a call."""
        entry = self._function(name, len(args))
        types = [collapse_if_tuple(item) for item in entry["inputs"]]
        selector = function_signature_to_4byte_selector(f"{name}({','.join(types)})")
        return "0x" + (selector + encode(types, args)).hex()

    def send(self, sender: str, name: str, *args: object) -> Receipt:
        """Send a transaction, alone in its block."""
        return self.call(sender, name, *args).send()

    def call(self, sender: str, name: str, *args: object) -> "Call":
        """Make a transaction that is not sent yet."""
        return Call(self, sender, self.data(name, *args))

    def send_many(self, sender: str, name: str, calls: Iterable[tuple[object, ...]]) -> None:
        """Send one transaction for each tuple of arguments, many to a block."""
        self.node.send_many(sender, ((self.address, self.data(name, *args)) for args in calls))

    def read(self, name: str, *args: object) -> Any:
        """Call a view; give its value, or a tuple of several."""
        outputs = self._function(name, len(args))["outputs"]
        answer = self.node.call(self.address, self.data(name, *args))
        values = decode([collapse_if_tuple(item) for item in outputs], answer)
        return values[0] if len(values) == 1 else values

    def _function(self, name: str, count: int) -> dict[str, Any]:
        return next(
            entry
            for entry in self._artifact.abi
            if entry["type"] == "function"
            and entry["name"] == name
            and len(entry["inputs"]) == count
        )


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
        """Run it as if it were mined next; give the steps it takes."""
        return self.contract.node.trace(self.sender, self.data, self.contract.address)


def deploy_blueprint(node: Node, sender: str, artifact: Artifact) -> str:
    """Put a contract's creation code on the chain as an ERC-5202 blueprint; give its address."""
    body = b"\xfe\x71\x00" + artifact.code
    # PUSH2 length, RETURNDATASIZE, DUP2, PUSH1 10, RETURNDATASIZE, CODECOPY, RETURN
    prefix = b"\x61" + len(body).to_bytes(2, "big") + bytes.fromhex("3d81600a3d39f3")
    return _created(node.send(sender, "0x" + (prefix + body).hex()))


@functools.cache
def vyper_artifact(path: str) -> Artifact:
    """Compile a Vyper file with the settings of its pragmas, as the build does.

    Args:
        path: file, relative to the repository.
    """
    libraries = [Path(entry) for entry in sys.path if (Path(entry) / "snekmate").is_dir()]
    bundle = FilesystemInputBundle([*libraries, ROOT])
    source = bundle.load_file(ROOT / path)
    output = compile_from_file_input(source, bundle, output_formats=["abi", "bytecode"])
    return Artifact(output["abi"], bytes.fromhex(output["bytecode"][2:]))


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
        name: Artifact(item["abi"], bytes.fromhex(item["code"]))
        for name, item in json.loads(run.stdout).items()
    }


def next_address(node: Node, sender: str, further: int) -> str:
    """Return where a sender's contract will be that it deploys after so many further ones."""
    nonce = int(node.rpc("eth_getTransactionCount", sender, "latest"), 16) + further
    number = nonce.to_bytes((nonce.bit_length() + 7) // 8, "big")
    # RLP: a byte below 128 stands for itself, longer strings have their length before them
    item = number if 0 < nonce < _SHORT else bytes([_SHORT + len(number)]) + number
    fields = b"\x94" + bytes.fromhex(sender[2:]) + item
    return to_checksum_address(keccak(bytes([192 + len(fields)]) + fields)[-20:])


def silent_account(index: int) -> str:
    """Return one of many addresses that never send anything."""
    return to_checksum_address(keccak(b"holder" + index.to_bytes(4, "big"))[-20:])


def _created(receipt: Receipt) -> str:
    if receipt.contract is None:
        raise CompilationError("the transaction created no contract")
    return receipt.contract
