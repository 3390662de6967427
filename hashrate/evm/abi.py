# SPDX-License-Identifier: AGPL-3.0-only
"""A contract's functions and events: calls encoded, answers decoded.

The contracts' own are in `hashrate/evm/contracts`, generated from their sources.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from eth_abi.abi import decode, encode
from eth_abi.exceptions import DecodingError
from eth_utils.crypto import keccak

from hashrate.evm.errors import RpcUnavailableError

_SELECTOR_BYTES = 4
_WORD_BYTES = 32
_FIXED_ARRAY = re.compile(r"\w\[(\d+)\]")
Types = tuple[str, ...]


@dataclass(frozen=True)
class Function:
    """A function: ABI types in and out; a struct is a type in parentheses."""

    name: str
    inputs: Types
    outputs: Types

    @property
    def signature(self) -> str:
        """Return the canonical signature."""
        return f"{self.name}({','.join(self.inputs)})"

    @cached_property
    def selector(self) -> bytes:
        """Return the first bytes of a call's data."""
        return keccak(text=self.signature)[:_SELECTOR_BYTES]

    def encode(self, *arguments: Any) -> str:
        """Encode a call, hexadecimal with 0x."""
        return "0x" + (self.selector + encode(self.inputs, arguments)).hex()

    def decode(self, data: bytes) -> Any:
        """Decode what a call gave back: one value alone, several and a struct as a tuple.

        Raises:
            RpcUnavailableError: the contract does not have the function, or another type.
        """
        values = _decode(self.outputs, data, self.name)
        return values[0] if len(values) == 1 else values

    def arguments_of(self, data: str) -> tuple[Any, ...] | None:
        """Decode the arguments of a call, hexadecimal with 0x; None if it calls something else.

        Raises:
            RpcUnavailableError: they are malformed.
        """
        head = "0x" + self.selector.hex()
        if not data.startswith(head):
            return None
        return _decode(self.inputs, _bytes(data.removeprefix(head), self.name), self.name)


@dataclass(frozen=True)
class Event:
    """An event: the types of all fields in order, and which of them by name are in its data."""

    name: str
    types: Types
    data_fields: tuple[tuple[str, str], ...]

    @cached_property
    def topic(self) -> str:
        """Return the first topic of its logs, hexadecimal with 0x."""
        return "0x" + keccak(text=f"{self.name}({','.join(self.types)})").hex()

    def decode(self, data: str) -> dict[str, Any]:
        """Decode a log's data, hexadecimal with 0x, by the names of the fields.

        Raises:
            RpcUnavailableError: it is not that.
        """
        names, types = zip(*self.data_fields, strict=True) if self.data_fields else ((), ())
        values = _decode(types, _bytes(data.removeprefix("0x"), self.name), self.name)
        return dict(zip(names, values, strict=True))


def _bytes(digits: str, what: str) -> bytes:
    try:
        return bytes.fromhex(digits)
    except ValueError as error:
        raise RpcUnavailableError(f"evm node: {what}: not hexadecimal") from error


def _decode(types: Types, data: bytes, what: str) -> tuple[Any, ...]:
    wrong = f"evm node: {what}: unexpected data of the contract"
    if len(data) < _WORD_BYTES * sum(map(_head_words, types)):
        raise RpcUnavailableError(wrong)  # said here: ape makes its decoders read past the end
    try:
        return decode(types, data)
    except DecodingError as error:
        raise RpcUnavailableError(wrong) from error


def _head_words(kind: str) -> int:
    """Count the words that a type takes at least; arrays of fixed length have plain members."""
    if kind in ("bytes", "string") or "[]" in kind:
        return 1
    fixed = sum(int(length) - 1 for length in _FIXED_ARRAY.findall(kind))
    return 1 + kind.count(",") + fixed
