# SPDX-License-Identifier: AGPL-3.0-only
"""What py-evm and titanoboa do at every step for nobody, left out; no result and no gas changes.

State machines run billions of steps. Titanoboa records each for its source maps, and preimages and
slots for its views of storage, which `testing.py_evm` has none of; py-evm finds the jump targets of
a contract anew in each call, and computes the price of memory that is there already.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

from eth.exceptions import FullStack, InsufficientStack, OutOfGas
from eth.vm.code_stream import CodeStream

_CHEAP = 3  # [gas] PUSH, DUP and SWAP
_MOST_ITEMS = 1_024
_PUSH1, _DUP1, _SWAP1 = 0x60, 0x80, 0x90
_SHA3, _SSTORE = 0x20, 0x55


def without_tracing(vm: Any) -> None:
    """Let a titanoboa chain of a test's own run without what nobody reads."""
    traced = vm.state.computation_class

    class Plain(traced):  # type: ignore[misc]
        """A computation that keeps no trace."""

        opcodes = {
            **traced.opcodes,
            _SHA3: traced.opcodes[_SHA3].sha3,
            _SSTORE: traced.opcodes[_SSTORE].sstore,
            **{_PUSH1 + place: _push(place + 1) for place in range(32)},
            **{_DUP1 + place: _dup(place + 1) for place in range(16)},
            **{_SWAP1 + place: _swap(place + 1) for place in range(16)},
        }

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            self.code = _Code(self.code._raw_code_bytes)

        def extend_memory(self, start_position: int, size: int) -> None:
            """Pay for memory and extend it; what is there already costs nothing."""
            if start_position + size > len(self._memory._bytes):
                super().extend_memory(start_position, size)

    vm.state.computation_class = Plain


class _Code(CodeStream):
    """A contract's code; its jump targets are found once."""

    def __init__(self, code: bytes) -> None:
        super().__init__(code)
        self.valid_positions, self.invalid_positions = _positions_of(code)


@cache
def _positions_of(_code: bytes) -> tuple[set[int], set[int]]:
    return set(), set()


def _pay(computation: Any, mnemonic: str) -> None:
    meter = computation._gas_meter
    if meter.gas_remaining < _CHEAP:
        raise OutOfGas(f"Out of gas: Needed {_CHEAP} - Reason: {mnemonic}")
    meter.gas_remaining -= _CHEAP


def _push(size: int) -> Callable[[Any], None]:
    def run(computation: Any) -> None:
        _pay(computation, "PUSH")
        values, code = computation._stack.values, computation.code
        if len(values) >= _MOST_ITEMS:
            raise FullStack("Stack limit reached")
        at = code.program_counter
        code.program_counter = at + size
        word = code._raw_code_bytes[at : at + size]
        # past the end of the code there are zeros
        values.append(int.from_bytes(word, "big") << 8 * (size - len(word)))

    return run


def _dup(place: int) -> Callable[[Any], None]:
    def run(computation: Any) -> None:
        _pay(computation, "DUP")
        values = computation._stack.values
        if len(values) >= _MOST_ITEMS:
            raise FullStack("Stack limit reached")
        if len(values) < place:
            raise InsufficientStack(f"Insufficient stack items for DUP{place}")
        values.append(values[-place])

    return run


def _swap(place: int) -> Callable[[Any], None]:
    other = -place - 1

    def run(computation: Any) -> None:
        _pay(computation, "SWAP")
        values = computation._stack.values
        if len(values) <= place:
            raise InsufficientStack(f"Insufficient stack items for SWAP{place}")
        values[-1], values[other] = values[other], values[-1]

    return run
