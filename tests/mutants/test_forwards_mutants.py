# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: vault and book broken on purpose is noticed."""

import pytest

from testing.local_chain import Refused
from testing.patching import patched
from tests.mutants.forwards_catalogue import FORWARDS_MUTANTS
from tests.mutants.mutant import HistoryMutant
from tests.stateful.forwards_lockstep import ForwardsLockstep
from tests.stateful.forwards_scenes import begin

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("mutant", FORWARDS_MUTANTS, ids=lambda mutant: mutant.name)
def test_forwards_mutant__history__is_noticed(mutant: HistoryMutant[ForwardsLockstep]) -> None:
    # compiled without optimizing, which halves the time
    with patched(mutant.patches, is_optimized=False) as compiler:
        scene = begin(compiler, print)

        with pytest.raises((AssertionError, Refused)) as noticed:
            mutant.history(scene)

    print(f"noticed: {noticed.value}")
