# SPDX-License-Identifier: AGPL-3.0-only
"""`subsidy` against the schedule, over any heights."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import day_rules
from tests.modules.module import internals, numbers

pytestmark = pytest.mark.modules

HEIGHTS = numbers(1, 2**31 - 1)
BLOCKS = st.integers(0, 2_100)


@pytest.fixture(scope="module")
def module(genesis: None) -> Any:
    """The module's internal functions."""
    return internals("common/subsidy")


@given(first=HEIGHTS, blocks=BLOCKS | HEIGHTS, halving=numbers(1, 2**31 - 1))
def test_sum__any_heights_and_eras__equals_the_schedule(
    module: Any, first: int, blocks: int, halving: int
) -> None:
    last = min(first + blocks - 1, 2**31 - 1)

    assert module._sum(first, last, halving) == day_rules.subsidy_of(first, last, halving)


@given(era=st.integers(0, 40), halving=st.integers(1, 300), before=BLOCKS, after=BLOCKS)
def test_sum__around_a_halving__equals_the_schedule(
    module: Any, era: int, halving: int, before: int, after: int
) -> None:
    first, last = max(era * halving - before, 1), era * halving + after

    assert module._sum(first, last, halving) == day_rules.subsidy_of(first, last, halving)
