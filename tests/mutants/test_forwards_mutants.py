# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: vault and book broken on purpose is noticed."""

import eth.vm.forks.spurious_dragon.computation as code_limit
import pytest

from testing.patching import patched
from testing.py_evm import Refused
from tests.mutants.forwards_catalogue import FORWARDS_MUTANTS, ForwardsMutant
from tests.stateful.forwards_scenes import begin

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("mutant", FORWARDS_MUTANTS, ids=lambda mutant: mutant.name)
def test_forwards_mutant__history__is_noticed(
    mutant: ForwardsMutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    # compiled without optimizing, which halves the time and makes the code too long for a chain
    monkeypatch.setattr(code_limit, "EIP170_CODE_SIZE_LIMIT", 2**16)
    with patched(mutant.patches, is_optimized=False) as compiler:
        scene = begin(compiler, print)

        with pytest.raises((AssertionError, Refused)) as noticed:
            mutant.history(scene)

    print(f"noticed: {noticed.value}")
