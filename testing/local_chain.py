# SPDX-License-Identifier: AGPL-3.0-only
"""A private chain in this process, with its own clock; its contracts are called through their ABI.

Two EVMs fit below it: `testing.revm`, which is fast, and `testing.py_evm`, which prices every
transaction as a chain does. A refused call raises `Refused` with the contract's reason.
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from eth_abi import decode
from eth_utils import keccak, to_checksum_address

from testing.chain import Abi, Functions, encode_constructor
from testing.compiler import Compiler

ERROR_SELECTOR = keccak(text="Error(string)")[:4]
BLOCK_GAS = 200_000_000
CODE_LIMIT = 2**16  # [bytes] mutants are compiled without optimizing; tests on a node see EIP-170
READER = "0x" + "0d" * 20


class Refused(Exception):
    """A call that reverted."""

    def __init__(self, reason: str) -> None:
        """Keep the reason the contract gave, empty if none."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Call:
    """A transaction that was accepted; `time` [unix s] is that of its block."""

    time: int
    to: str
    data: bytes
    sender: str


class LocalChain(ABC):
    """One chain in this process; time moves only when a test moves it."""

    chain_id: int
    """EIP-155 chain id."""
    now: int
    """Time of the block that calls are in [unix s]."""
    gas_used: int
    """What the last transaction took [gas]."""

    def __init__(self, compiler: Compiler | None = None) -> None:
        """Begin with contracts as they are, unless a compiler is given."""
        self.compiler = compiler or Compiler()
        self.journal: list[Call] = []

    @abstractmethod
    def undone(self) -> AbstractContextManager[None]:
        """Take back everything that happens inside, the clock included."""

    @abstractmethod
    def _deploy_code(self, code: bytes, sender: str) -> str: ...

    @abstractmethod
    def execute(self, to: str, data: bytes, sender: str, *, is_modifying: bool) -> bytes:
        """Make a call and return what it returned.

        Raises:
            Refused: it reverted.
        """

    def deploy(self, name: str, *arguments: Any, sender: str) -> "LocalContract":
        """Deploy a contract and return it."""
        artifact = self.compiler.compile(name)
        code = artifact.initcode + encode_constructor(artifact.abi, arguments)
        return LocalContract(self, self._deploy_code(code, sender), artifact.abi)

    def deploy_blueprint(self, name: str, sender: str) -> str:
        """Deploy a contract's creation code as an ERC-5202 blueprint and return its address."""
        return self._deploy_code(self.compiler.compile(name).blueprint, sender)

    def at(self, name: str, address: str) -> "LocalContract":
        """Return a contract that another one deployed."""
        return LocalContract(self, address, self.compiler.compile(name).abi)

    def replay(self, calls: Iterable["Call"]) -> None:
        """Make calls of the journal again, each at its time."""
        for call in calls:
            self.now = call.time
            self.execute(call.to, call.data, call.sender, is_modifying=True)


class LocalContract:
    """A deployed contract."""

    def __init__(self, chain: LocalChain, address: str, abi: Abi) -> None:
        """Bind an ABI to an address."""
        self.chain = chain
        self.address = to_checksum_address(address)
        self._functions = Functions(abi)

    def send(self, name: str, *arguments: Any, sender: str) -> Any:
        """Call a function in a transaction of its own and return its result."""
        data = self._functions.encode(name, arguments)
        output = self.chain.execute(self.address, data, sender, is_modifying=True)
        return self._functions.decode(name, len(arguments), output)

    def read(self, name: str, *arguments: Any) -> Any:
        """Return what a view says: one value, or a tuple."""
        data = self._functions.encode(name, arguments)
        output = self.chain.execute(self.address, data, READER, is_modifying=False)
        return self._functions.decode(name, len(arguments), output)

    def is_call(self, call: Call, name: str) -> bool:
        """Return whether a call of the journal was to a function of this contract."""
        return call.to == self.address and call.data[:4] in self._functions.selectors(name)


ChainType = Callable[[int, Compiler | None], LocalChain]
"""Start a chain at a time [unix s], with contracts as a compiler makes them."""


def reason_of(output: bytes) -> str:
    """Return the reason in what a reverted call answered, empty if there is none."""
    if output[:4] != ERROR_SELECTOR:
        return ""
    reason: str = decode(["string"], output[4:])[0]
    return reason
