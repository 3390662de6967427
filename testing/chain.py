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
from boa.util.eip5202 import generate_blueprint_bytecode
from eth_abi import decode, encode
from eth_utils import keccak
from eth_utils.abi import collapse_if_tuple

from testing.compiler import Artifact

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


class Chain:
    """One chain in this process; time moves only when a test moves it."""

    def __init__(self, now: int) -> None:
        """Start at `now` [unix s]."""
        self.env = boa.Env()
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

    def deploy(
        self, artifact: Artifact, *arguments: Any, sender: str, at: str | None = None
    ) -> "Contract":
        """Deploy a contract, at a place of its own or at a given one, and return it."""
        constructors = [entry for entry in artifact.abi if entry["type"] == "constructor"]
        inputs = constructors[0]["inputs"] if constructors else []
        types = [collapse_if_tuple(entry) for entry in inputs]
        address, _ = self.env.deploy_code(
            bytecode=artifact.initcode + encode(types, arguments),
            sender=sender,
            override_address=at,
        )
        return Contract(self, str(address), artifact.abi)

    def deploy_blueprint(self, artifact: Artifact, sender: str) -> str:
        """Deploy a contract's creation code as an ERC-5202 blueprint and return its address."""
        code = generate_blueprint_bytecode(artifact.initcode)
        address, _ = self.env.deploy_code(bytecode=code, sender=sender)
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


class Contract:
    """A deployed contract."""

    def __init__(self, chain: Chain, address: str, abi: list[dict[str, Any]]) -> None:
        """Bind an ABI to an address."""
        self.chain = chain
        self.address = address
        self._functions = {
            (entry["name"], len(entry["inputs"])): _Function(entry)
            for entry in abi
            if entry["type"] == "function"
        }

    def send(self, name: str, *arguments: Any, sender: str) -> Any:
        """Call a function in a transaction of its own and return its result."""
        function = self._functions[name, len(arguments)]
        data = function.selector + encode(function.inputs, arguments)
        output = self.chain.execute(self.address, data, sender, is_modifying=True)
        return function.result(output)

    def read(self, name: str, *arguments: Any) -> Any:
        """Return what a view says: one value, or a tuple."""
        function = self._functions[name, len(arguments)]
        data = function.selector + encode(function.inputs, arguments)
        output = self.chain.execute(self.address, data, self.address, is_modifying=False)
        return function.result(output)

    def is_call(self, call: Call, name: str) -> bool:
        """Return whether a call of the journal was to a function of this contract."""
        selectors = {each.selector for (known, _), each in self._functions.items() if known == name}
        return call.to == self.address and call.data[:4] in selectors


class _Function:
    """A function of an ABI, ready to encode and decode."""

    def __init__(self, entry: dict[str, Any]) -> None:
        self.inputs = [collapse_if_tuple(each) for each in entry["inputs"]]
        self.outputs = [collapse_if_tuple(each) for each in entry["outputs"]]
        self.selector = keccak(text=f"{entry['name']}({','.join(self.inputs)})")[:4]

    def result(self, output: bytes) -> Any:
        """Decode an output; a single value comes without its tuple."""
        values = decode(self.outputs, output)
        return values[0] if len(values) == 1 else values


def _reason_of(output: bytes) -> str:
    if output[:4] != ERROR_SELECTOR:
        return ""
    reason: str = decode(["string"], output[4:])[0]
    return reason
