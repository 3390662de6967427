# SPDX-License-Identifier: AGPL-3.0-only
"""The private chain without its tracing does to the unit of gas what it does with it."""

from collections.abc import Iterator

import pytest

from testing import py_evm
from tests.stateful.history import awkward_history
from tests.stateful.scenes import begin, deploy

pytestmark = pytest.mark.stateful

Done = tuple[bytes, str, int]


def played(patch: pytest.MonkeyPatch) -> Iterator[Done]:
    """Yield the calldata, the reason of a refusal and the gas of every transaction."""
    done: list[Done] = []
    execute = py_evm.PyEvmChain.execute

    def recorded(
        chain: py_evm.PyEvmChain, to: str, data: bytes, sender: str, *, is_modifying: bool
    ) -> bytes:
        reason = ""
        try:
            return execute(chain, to, data, sender, is_modifying=is_modifying)
        except py_evm.Refused as refused:
            reason = refused.reason
            raise
        finally:
            if is_modifying:
                done.append((data, reason, chain.gas_used))

    patch.setattr(py_evm.PyEvmChain, "execute", recorded)
    awkward_history(begin(deploy("powered"), lambda _: None))
    yield from done


def test_history__without_tracing__takes_the_same_gas(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        fast = list(played(patch))
    with monkeypatch.context() as patch:
        patch.setattr(py_evm, "without_tracing", lambda _: None)
        traced = list(played(patch))

    assert len(fast) > 100
    assert any(reason for _, reason, _ in fast)
    assert fast == traced
