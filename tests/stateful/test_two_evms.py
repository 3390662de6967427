# SPDX-License-Identifier: AGPL-3.0-only
"""The fast chain, which histories run on, answers every call as py-evm does."""

from typing import Any

import pytest

from testing.local_chain import ChainType, LocalChain, Refused
from testing.py_evm import PyEvmChain
from testing.quick_chain import QuickChain
from tests.stateful.history import awkward_history
from tests.stateful.scenes import begin, deploy

pytestmark = [
    pytest.mark.stateful,
    pytest.mark.skipif(QuickChain is PyEvmChain, reason="pyrevm has no wheel for this Python"),
]


def played(chain_type: ChainType, patch: pytest.MonkeyPatch) -> list[tuple[bytes, object]]:
    """Return the calldata and the answer of every call, or the reason why it was refused."""
    done: list[tuple[bytes, object]] = []
    system = deploy("powered", chain_type=chain_type)
    execute = system.chain.execute

    def recorded(to: str, data: bytes, sender: str, **how: Any) -> bytes:
        try:
            answer = execute(to, data, sender, **how)
        except Refused as refused:
            done.append((data, refused.reason))
            raise
        done.append((data, answer))
        return answer

    patch.setattr(system.chain, "execute", recorded)
    awkward_history(begin(system, lambda _: None))
    return done


def test_history__on_both_evms__is_answered_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    on_revm, on_py_evm = (played(each, monkeypatch) for each in (QuickChain, PyEvmChain))

    assert len(on_revm) > 100
    assert any(isinstance(answer, str) for _, answer in on_revm)
    assert on_revm == on_py_evm


@pytest.mark.parametrize("chain_type", [QuickChain, PyEvmChain])
def test_undone__after_calls__takes_back_state_clock_and_journal(chain_type: ChainType) -> None:
    chain: LocalChain = chain_type(1_700_000_000, None)
    coin = chain.deploy("mocks/MockBitcoin", 8, sender="0x" + "11" * 20)
    holder = "0x" + "22" * 20
    coin.send("mint", holder, 5, sender=holder)

    with chain.undone():
        coin.send("mint", holder, 7, sender=holder)
        with chain.undone():
            coin.send("mint", holder, 9, sender=holder)
        chain.now += 60
        assert coin.read("balanceOf", holder) == 12

    assert coin.read("balanceOf", holder) == 5
    assert chain.now == 1_700_000_000
    assert len(chain.journal) == 1
