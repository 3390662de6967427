# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: strips and notes broken on purpose are noticed."""

import eth.vm.forks.spurious_dragon.computation as code_limit
import pytest

from testing.patching import patched
from testing.py_evm import Refused
from tests.mutants.tranches_catalogue import TRANCHES_MUTANTS, TranchesMutant
from tests.stateful.tranches_scenes import begin_products

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("mutant", TRANCHES_MUTANTS, ids=lambda mutant: mutant.name)
def test_tranches_mutant__history__is_noticed(
    mutant: TranchesMutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    # compiled without optimizing, which halves the time and makes the code too long for a chain
    monkeypatch.setattr(code_limit, "EIP170_CODE_SIZE_LIMIT", 2**16)
    with patched(mutant.patches, is_optimized=False) as compiler:
        scene = begin_products("powered", compiler)
        scene.note = print
        scene.words_per_claim = mutant.walks

        with pytest.raises((AssertionError, Refused)) as noticed:
            mutant.history(scene)

    print(f"noticed: {noticed.value}")
