# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: `review_day` broken on purpose is noticed."""

import eth.vm.forks.spurious_dragon.computation as code_limit
import pytest

from testing.patching import patched
from testing.py_evm import Refused
from tests.mutants.disputes_catalogue import DISPUTE_MUTANTS
from tests.stateful.disputes import disputed_history

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("name", DISPUTE_MUTANTS)
def test_dispute_mutant__history__is_noticed(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    # compiled without optimizing, which halves the time and makes the code too long for a chain
    monkeypatch.setattr(code_limit, "EIP170_CODE_SIZE_LIMIT", 2**16)
    with (
        patched([DISPUTE_MUTANTS[name]], is_optimized=False) as compiler,
        pytest.raises((AssertionError, Refused)) as noticed,
    ):
        disputed_history(compiler)

    print(f"noticed: {noticed.value}")
