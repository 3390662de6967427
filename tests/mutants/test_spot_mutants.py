# SPDX-License-Identifier: AGPL-3.0-only
"""The test of the tests: the spot market broken on purpose is noticed."""

import pytest

from reference.units import day_start
from testing.compiler import CONTRACTS, Compiler
from testing.local_chain import Refused
from testing.patching import patched
from testing.spot_system import deploy_spot
from tests.mutants.mutant import Mutant
from tests.mutants.spot_catalogue import SPOT_MUTANTS
from tests.stateful.spot_history import spot_history
from tests.stateful.spot_lockstep import SpotLockstep

pytestmark = pytest.mark.stateful

START_DAY = 20_000


def run_history(compiler: Compiler) -> None:
    """Deploy a market and go through its history."""
    lockstep = SpotLockstep(deploy_spot(day_start(START_DAY) + 40_000, compiler), print)
    lockstep.set_remaining(700, START_DAY - 1)
    spot_history(lockstep)


def test_spot__history__agrees_with_the_model() -> None:
    run_history(Compiler(CONTRACTS, is_optimized=False))


@pytest.mark.parametrize("mutant", SPOT_MUTANTS, ids=lambda mutant: mutant.name)
def test_spot_mutant__history__is_noticed(mutant: Mutant) -> None:
    with (
        patched(mutant.patches, is_optimized=False) as compiler,
        pytest.raises((AssertionError, Refused)) as noticed,
    ):
        run_history(compiler)

    print(f"noticed: {noticed.value}")
