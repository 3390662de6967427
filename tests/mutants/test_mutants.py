# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: every contract broken on purpose is noticed."""

import pytest

from testing.local_chain import Refused
from testing.patching import patched
from tests.mutants.catalogue import MUTANTS, SeriesMutant
from tests.stateful.scenes import begin, deploy

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.name)
def test_mutant__history__is_noticed(mutant: SeriesMutant) -> None:
    # compiled without optimizing, which halves the time
    with patched(mutant.patches, is_optimized=False) as compiler:
        system = deploy(mutant.setup_name, compiler)

        with pytest.raises((AssertionError, Refused)) as noticed:
            scene = begin(system, print)
            scene.words_per_claim = mutant.walks
            mutant.history(scene)

    print(f"noticed: {noticed.value}")
