# SPDX-License-Identifier: AGPL-3.0-only
"""What the gas of a traced transaction is spent on."""

import pytest

from benchmarks.explain import BASE, Step, breakdown

pytestmark = pytest.mark.unit

TOKEN = "0x" + "ab" * 20


def step(op: str, gas: int, cost: int, depth: int = 1, to: str = "0x0") -> Step:
    """One step of a trace; `to` stands where a call has its address."""
    return {"op": op, "gas": gas, "gasCost": cost, "depth": depth, "stack": [to, "0x0"]}


def test_breakdown__nested_call__counts_each_gas_once() -> None:
    steps = [
        step("PUSH1", 10_000, 3),
        step("SLOAD", 9_997, 2_100),
        step("STATICCALL", 7_897, 7_700, to=TOKEN),  # forwards 5,000 of it
        step("SLOAD", 5_000, 100, depth=2),
        step("MSTORE", 4_900, 6, depth=2),
        step("STATICCALL", 4_894, 4_800, depth=2, to="0x1"),  # a precompile takes no steps
        step("RETURN", 1_794, 0, depth=2),
        step("SSTORE", 2_091, 2_900),
    ]

    kinds = breakdown({"gas": 31_000, "structLogs": steps})

    assert kinds.pop(BASE) == 31_000 - sum(kinds.values())
    assert kinds == {
        "precompiles": 3_100,
        "SSTORE at 2,900": 2_900,
        "calls": 2_600,
        "SLOAD cold": 2_100,
        "SLOAD warm": 100,
        "memory": 6,
        "stack": 3,
        "arithmetic and the rest": 0,
    }


def test_breakdown__several_kinds__returns_the_greatest_first() -> None:
    steps = [step("LOG3", 9_000, 1_756), step("TSTORE", 7_000, 100), step("KECCAK256", 6_900, 36)]

    kinds = breakdown({"gas": 22_892, "structLogs": steps})

    assert list(kinds) == [BASE, "logs", "transient lock", "keccak"]
    assert kinds[BASE] == 21_000
