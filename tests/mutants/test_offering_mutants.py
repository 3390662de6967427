# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: the offering broken on purpose is noticed."""

import pytest

from testing.local_chain import Refused
from testing.patching import patched
from tests.mutants.mutant import HistoryMutant
from tests.mutants.offering_catalogue import OFFERING_MUTANTS
from tests.stateful.offering_lockstep import OfferingLockstep
from tests.stateful.offering_scenes import begin_with

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("mutant", OFFERING_MUTANTS, ids=lambda mutant: mutant.name)
def test_offering_mutant__history__is_noticed(mutant: HistoryMutant[OfferingLockstep]) -> None:
    # compiled without optimizing, which halves the time
    with patched(mutant.patches, is_optimized=False) as compiler:
        scene = begin_with(compiler, print)

        with pytest.raises((AssertionError, Refused)) as noticed:
            mutant.history(scene)

    print(f"noticed: {noticed.value}")
