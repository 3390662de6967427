# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: every contract broken on purpose is noticed."""

import eth.vm.forks.spurious_dragon.computation as code_limit
import pytest

from testing.patching import patched
from testing.py_evm import Refused
from tests.mutants.catalogue import MUTANTS, Mutant
from tests.stateful.scenes import begin, deploy

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant__history__is_noticed(mutant: Mutant, monkeypatch: pytest.MonkeyPatch) -> None:
    # compiled without optimizing, which halves the time and makes the code too long for a chain
    monkeypatch.setattr(code_limit, "EIP170_CODE_SIZE_LIMIT", 2**16)
    with patched(mutant.patches, is_optimized=False) as compiler:
        system = deploy(mutant.setup_name, compiler)

        with pytest.raises((AssertionError, Refused)) as noticed:
            scene = begin(system, print)
            scene.words_per_claim = mutant.walks
            mutant.history(scene)

    print(f"noticed: {noticed.value}")
