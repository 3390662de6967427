# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: the fund broken on purpose is noticed."""

import eth.vm.forks.spurious_dragon.computation as code_limit
import pytest

from testing.patching import patched
from testing.py_evm import Refused
from tests.mutants.fund_catalogue import FUND_MUTANTS, FundMutant
from tests.stateful.fund_history import awkward_history
from tests.stateful.fund_scenes import begin_fund

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("mutant", FUND_MUTANTS, ids=lambda mutant: mutant.name)
def test_fund_mutant__history__is_noticed(
    mutant: FundMutant, monkeypatch: pytest.MonkeyPatch
) -> None:
    # compiled without optimizing, which halves the time and makes the code too long for a chain
    monkeypatch.setattr(code_limit, "EIP170_CODE_SIZE_LIMIT", 2**16)
    with patched(mutant.patches, is_optimized=False) as compiler:
        scene = begin_fund(compiler)
        scene.note = scene.other.note = print

        with pytest.raises((AssertionError, Refused)) as noticed:
            awkward_history(scene)

    print(f"noticed: {noticed.value}")
