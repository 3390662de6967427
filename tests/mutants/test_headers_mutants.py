# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: BitcoinHeaders broken on purpose is noticed."""

import pytest

from testing.local_chain import Refused
from testing.patching import patched
from tests.mutants.headers_catalogue import HEADERS_MUTANTS
from tests.stateful.headers_history import whole_history

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("name", HEADERS_MUTANTS)
def test_headers_mutant__history__is_noticed(name: str) -> None:
    # compiled without optimizing, which halves the time
    with (
        patched([HEADERS_MUTANTS[name]], is_optimized=False) as compiler,
        pytest.raises((AssertionError, Refused)) as noticed,
    ):
        whole_history(compiler)

    print(f"noticed: {noticed.value}")
