# SPDX-License-Identifier: AGPL-3.0-only
"""Each invariant check finds the breach it is for, and lets the sound case pass."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from reference import SettledDay
from reference import invariants as inv
from reference.units import Q128

pytestmark = pytest.mark.unit

DAY = SettledDay(day=1, total=10, reward=9, paid=4, repaid=2)
LATER = SettledDay(day=2, total=10, reward=9, paid=9)

SOUND: list[Callable[[], None]] = [
    lambda: inv.check_supply([1, 2], 3),
    lambda: inv.check_work(1, [], 0),
    lambda: inv.check_same_claims({"a": 1}, {"a": 1, "b": 0}),
    lambda: inv.check_indexed(5, [2, 2], [Q128, Q128 - 1], 4),
    lambda: inv.check_indexed(5, [2, 2], [Q128, 0], 4),
    lambda: inv.check_whole_units(5, [2, 3]),
    lambda: inv.check_solvent(10, 1, 2, 9, 2),
    lambda: inv.check_days_grew([DAY], [replace(DAY, repaid=3), LATER]),
    lambda: inv.check_repaid_in_order([LATER, DAY, LATER]),
    lambda: inv.check_prefix_grew([0, 2], [0, 2, 2]),
]

BROKEN: list[Callable[[], None]] = [
    lambda: inv.check_supply([1, 2], 4),
    lambda: inv.check_work(1, [3], 4),
    lambda: inv.check_same_claims({"a": 1}, {"a": 1, "b": 1}),
    lambda: inv.check_indexed(5, [2, 2], [Q128 - 1], 4),
    lambda: inv.check_indexed(5, [2, 2], [2 * Q128], 4),
    lambda: inv.check_indexed(5, [2, 2], [Q128], 5),
    lambda: inv.check_indexed(5, [6], [-Q128], 6),
    lambda: inv.check_whole_units(5, [3, 3]),
    lambda: inv.check_solvent(9, 1, 2, 9, 2),
    lambda: inv.check_days_grew([DAY, LATER], [DAY]),
    lambda: inv.check_days_grew([DAY], [replace(DAY, total=11)]),
    lambda: inv.check_days_grew([DAY], [replace(DAY, reward=8)]),
    lambda: inv.check_days_grew([DAY], [replace(DAY, paid=5)]),
    lambda: inv.check_days_grew([DAY], [replace(DAY, repaid=1)]),
    lambda: inv.check_repaid_in_order([replace(DAY, repaid=6)]),
    lambda: inv.check_repaid_in_order([replace(DAY, paid=10)]),
    lambda: inv.check_repaid_in_order([DAY, replace(DAY, day=2)]),
    lambda: inv.check_prefix_grew([0, 2], [0, 3]),
    lambda: inv.check_prefix_grew([0, 2], [0, 2, 1]),
]


@pytest.mark.parametrize("check", SOUND)
def test_check__sound_numbers__passes(check: Callable[[], None]) -> None:
    check()


@pytest.mark.parametrize("check", BROKEN)
def test_check__breach__raises(check: Callable[[], None]) -> None:
    with pytest.raises(inv.InvariantBroken):
        check()
