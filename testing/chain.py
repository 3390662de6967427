# SPDX-License-Identifier: AGPL-3.0-only
"""What the builders of a world need of a chain: deploy, read, send.

Four chains fit: `testing.revm` (fast), `testing.py_evm` (a chain's gas), `testing.titanoboa` (sees
inside contracts) and `testing.evm_contract` (a real node).
"""

from collections.abc import Sequence
from typing import Any, Protocol, TypeVar

from eth_abi.abi import decode, encode
from eth_typing import ChecksumAddress
from eth_utils.abi import collapse_if_tuple
from eth_utils.crypto import keccak

Abi = list[dict[str, Any]]
ZERO_ADDRESS = "0x" + "00" * 20


class Contract(Protocol):
    """A deployed contract."""

    address: ChecksumAddress

    def read(self, name: str, *arguments: Any) -> Any:
        """Return what a view says: one value, or a tuple."""

    def send(self, name: str, *arguments: Any, sender: str) -> Any:
        """Call a function in a transaction of its own."""


C = TypeVar("C", bound=Contract)
C_co = TypeVar("C_co", bound=Contract, covariant=True)


class Chain(Protocol[C_co]):
    """Where contracts are deployed; `name` is a contract's path below `contracts/`."""

    def deploy(self, name: str, *arguments: Any, sender: str) -> C_co:
        """Deploy a contract."""

    def deploy_blueprint(self, name: str, sender: str) -> str:
        """Deploy a contract's creation code as an ERC-5202 blueprint; return its address."""

    def at(self, name: str, address: str) -> C_co:
        """Return a contract that another one deployed."""


class Functions:
    """The functions of an ABI, ready to encode calls and to decode what they return."""

    def __init__(self, abi: Abi) -> None:
        self._by_name = {
            (entry["name"], len(entry["inputs"])): _Function(entry)
            for entry in abi
            if entry["type"] == "function"
        }

    def encode(self, name: str, arguments: Sequence[Any]) -> bytes:
        """Return the calldata of a call."""
        function = self._by_name[name, len(arguments)]
        return function.selector + encode(function.inputs, arguments)

    def decode(self, name: str, count: int, output: bytes) -> Any:
        """Return what a function of `count` arguments gave; one value without its tuple."""
        values = decode(self._by_name[name, count].outputs, output)
        return values[0] if len(values) == 1 else values

    def selectors(self, name: str) -> set[bytes]:
        """Return the selectors of all functions of a name."""
        return {each.selector for (known, _), each in self._by_name.items() if known == name}


class _Function:
    def __init__(self, entry: dict[str, Any]) -> None:
        self.inputs = [collapse_if_tuple(each) for each in entry["inputs"]]
        self.outputs = [collapse_if_tuple(each) for each in entry["outputs"]]
        self.selector = keccak(text=f"{entry['name']}({','.join(self.inputs)})")[:4]


def encode_constructor(abi: Abi, arguments: Sequence[Any]) -> bytes:
    """Return what follows a contract's creation code."""
    inputs: Abi = next((entry["inputs"] for entry in abi if entry["type"] == "constructor"), [])
    return encode([collapse_if_tuple(each) for each in inputs], arguments)
