# SPDX-License-Identifier: AGPL-3.0-only
"""A private titanoboa chain with its own clock, and contracts on it called through their ABI.

Thinner than titanoboa's own contract objects, because state machines make tens of thousands of
calls. A refused call raises `Refused` with the contract's reason.
"""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import boa
from eth_abi import decode
from eth_utils import keccak, to_checksum_address

from testing.chain import Abi, Functions, encode_constructor
from testing.compiler import Compiler
from testing.speed import without_tracing

ERROR_SELECTOR = keccak(text="Error(string)")[:4]


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


class PyEvmChain:
    """One chain in this process; time moves only when a test moves it."""

    def __init__(self, now: int, compiler: Compiler | None = None) -> None:
        """Start at `now` [unix s], with contracts as they are unless a compiler is given."""
        self.env = boa.Env()
        without_tracing(self.env.evm.vm)
        self.compiler = compiler or Compiler()
        self.gas_used = 0
        self.journal: list[Call] = []
        self.now = now

    @property
    def now(self) -> int:
        """Time of the block that calls are in [unix s]."""
        time: int = self.env.evm.patch.timestamp
        return time

    @now.setter
    def now(self, time: int) -> None:
        self.env.evm.patch.timestamp = time

    @property
    def chain_id(self) -> int:
        """EIP-155 chain id."""
        number: int = self.env.evm.patch.chain_id
        return number

    @contextmanager
    def undone(self) -> Iterator[None]:
        """Take back everything that happens inside, the clock included."""
        length = len(self.journal)
        try:
            with self.env.anchor():
                yield
        finally:
            del self.journal[length:]

    def deploy(self, name: str, *arguments: Any, sender: str) -> "PyEvmContract":
        """Deploy a contract and return it."""
        return self.deploy_at(None, name, *arguments, sender=sender)

    def deploy_at(
        self, address: str | None, name: str, *arguments: Any, sender: str
    ) -> "PyEvmContract":
        """Deploy a contract, at a place that was chosen before if one is given, and return it."""
        artifact = self.compiler.compile(name)
        code = artifact.initcode + encode_constructor(artifact.abi, arguments)
        return PyEvmContract(self, self._deploy_code(code, sender, address), artifact.abi)

    def deploy_blueprint(self, name: str, sender: str) -> str:
        """Deploy a contract's creation code as an ERC-5202 blueprint and return its address."""
        return self._deploy_code(self.compiler.compile(name).blueprint, sender)

    def at(self, name: str, address: str) -> "PyEvmContract":
        """Return a contract that another one deployed."""
        return PyEvmContract(self, address, self.compiler.compile(name).abi)

    def _deploy_code(self, code: bytes, sender: str, at: str | None = None) -> str:
        address, _ = self.env.deploy_code(bytecode=code, sender=sender, override_address=at)
        return str(address)

    def execute(self, to: str, data: bytes, sender: str, *, is_modifying: bool) -> bytes:
        """Make a call and return what it returned; its gas is in `gas_used` afterwards."""
        if is_modifying:
            # every transaction starts with cold accounts and slots; this keeps the snapshots
            self.env.evm.vm.state._account_db._journal_accessed_state.clear()
        done = self.env.execute_code(
            to_address=to, sender=sender, data=data, is_modifying=is_modifying
        )
        if is_modifying:
            self.gas_used = done.get_gas_used()
        if done.is_error:
            raise Refused(_reason_of(done.output))
        if is_modifying:
            self.journal.append(Call(self.now, to, data, sender))
        return bytes(done.output)

    def replay(self, calls: Iterable["Call"]) -> None:
        """Make calls of the journal again, each at its time."""
        for call in calls:
            self.now = call.time
            self.execute(call.to, call.data, call.sender, is_modifying=True)


class PyEvmContract:
    """A deployed contract."""

    def __init__(self, chain: PyEvmChain, address: str, abi: Abi) -> None:
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
        output = self.chain.execute(self.address, data, self.address, is_modifying=False)
        return self._functions.decode(name, len(arguments), output)

    def is_call(self, call: Call, name: str) -> bool:
        """Return whether a call of the journal was to a function of this contract."""
        return call.to == self.address and call.data[:4] in self._functions.selectors(name)


def _reason_of(output: bytes) -> str:
    if output[:4] != ERROR_SELECTOR:
        return ""
    reason: str = decode(["string"], output[4:])[0]
    return reason
