# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: `review_day` broken on purpose is noticed."""

import pytest

from testing.local_chain import Refused
from testing.patching import patched
from tests.mutants.disputes_catalogue import DISPUTE_MUTANTS
from tests.stateful.disputes import disputed_history

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("name", DISPUTE_MUTANTS)
def test_dispute_mutant__history__is_noticed(name: str) -> None:
    # compiled without optimizing, which halves the time
    with (
        patched([DISPUTE_MUTANTS[name]], is_optimized=False) as compiler,
        pytest.raises((AssertionError, Refused)) as noticed,
    ):
        disputed_history(compiler)

    print(f"noticed: {noticed.value}")
