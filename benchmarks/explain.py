# SPDX-License-Identifier: AGPL-3.0-only
"""What the gas of a transaction is spent on, from its trace."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

BASE = "base 21,000 and calldata"
_COLD_SLOAD = 2_100
_LAST_PRECOMPILE = 10
_CALLS = frozenset({"CALL", "STATICCALL", "DELEGATECALL", "CALLCODE"})
_GROUPS = {
    "stack": ("PUSH", "DUP", "SWAP", "POP"),
    "jumps": ("JUMP", "PC"),
    "memory": ("MLOAD", "MSTORE", "MCOPY"),
    "code and calldata": ("CODECOPY", "CALLDATA", "RETURNDATA", "EXTCODE"),
    "logs": ("LOG",),
    "transient lock": ("TLOAD", "TSTORE"),
    "keccak": ("KECCAK256",),
}

Step = dict[str, Any]


def breakdown(trace: dict[str, Any]) -> dict[str, int]:
    """Sum a transaction's gas by kind of work.

    Args:
        trace: a struct-log trace, as `Node.trace` gives it.

    Returns:
        Kind of work and [gas], greatest first. They sum to the gas of the transaction.
    """
    steps: list[Step] = trace["structLogs"]
    spent: Counter[str] = Counter()
    for index, step in enumerate(steps):
        spent[_kind(step)] += _own_cost(steps, index)
    spent[BASE] = int(trace["gas"]) - sum(spent.values())
    return dict(spent.most_common())


def _own_cost(steps: Sequence[Step], index: int) -> int:
    """Return a step's own gas; of a call, what the called code did not use itself [gas]."""
    step = steps[index]
    if step["op"] not in _CALLS or index + 1 == len(steps):
        return int(step["gasCost"])
    back = next(i for i in range(index + 1, len(steps)) if steps[i]["depth"] <= step["depth"])
    whole = int(step["gas"]) - int(steps[back]["gas"])
    return whole - sum(_own_cost(steps, i) for i in range(index + 1, back))


def _kind(step: Step) -> str:
    operation: str = step["op"]
    if operation == "SLOAD":
        return "SLOAD cold" if step["gasCost"] >= _COLD_SLOAD else "SLOAD warm"
    if operation == "SSTORE":
        return f"SSTORE at {step['gasCost']:,}"
    if operation in _CALLS:
        is_precompile = 0 < int(step["stack"][-2], 16) <= _LAST_PRECOMPILE
        return "precompiles" if is_precompile else "calls"
    for name, prefixes in _GROUPS.items():
        if operation.startswith(prefixes):
            return name
    return "arithmetic and the rest"
