# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: the fund broken on purpose is noticed."""

import pytest

from testing.local_chain import Refused
from testing.patching import patched
from tests.mutants.fund_catalogue import FUND_MUTANTS
from tests.mutants.mutant import Mutant
from tests.stateful.fund_history import awkward_history
from tests.stateful.fund_scenes import begin_fund

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("mutant", FUND_MUTANTS, ids=lambda mutant: mutant.name)
def test_fund_mutant__history__is_noticed(mutant: Mutant) -> None:
    # compiled without optimizing, which halves the time
    with patched(mutant.patches, is_optimized=False) as compiler:
        scene = begin_fund(compiler)
        scene.note = scene.other.note = print

        with pytest.raises((AssertionError, Refused)) as noticed:
            awkward_history(scene)

    print(f"noticed: {noticed.value}")
