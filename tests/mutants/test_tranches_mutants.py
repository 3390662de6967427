# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: strips and notes broken on purpose are noticed."""

import pytest

from testing.local_chain import Refused
from testing.patching import patched
from tests.mutants.tranches_catalogue import TRANCHES_MUTANTS, TranchesMutant
from tests.stateful.tranches_scenes import begin_products

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("mutant", TRANCHES_MUTANTS, ids=lambda mutant: mutant.name)
def test_tranches_mutant__history__is_noticed(mutant: TranchesMutant) -> None:
    # compiled without optimizing, which halves the time
    with patched(mutant.patches, is_optimized=False) as compiler:
        scene = begin_products("powered", compiler)
        scene.note = print
        scene.words_per_claim = mutant.walks

        with pytest.raises((AssertionError, Refused)) as noticed:
            mutant.history(scene)

    print(f"noticed: {noticed.value}")
