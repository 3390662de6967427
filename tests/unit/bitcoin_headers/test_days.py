# SPDX-License-Identifier: AGPL-3.0-only
"""Which chain proves a day, and what it proves of it."""

import pytest

from reference.headers import UNCOUNTED, ChainBlock, HeaderRules, point_of
from reference.units import DAY_SECONDS
from testing.headers_lockstep import HeadersLockstep
from testing.mining import EASY_LIMIT, easy_anchor, mine_run

pytestmark = pytest.mark.unit

DAY = 20_000
FIRST = DAY + 1  # the first day seen whole
RULES = HeaderRules(pow_limit=EASY_LIMIT)
LATER = (DAY + 40) * DAY_SECONDS
RETARGET = 2016 * 6


def begin(height: int = RETARGET - 900, rules: HeaderRules = RULES) -> HeadersLockstep:
    """Return a chain that begins at noon of `DAY`."""
    return HeadersLockstep.begin(easy_anchor(height, DAY), rules, LATER)


def add(lockstep: HeadersLockstep, tip: ChainBlock, count: int, seconds: int = 600) -> ChainBlock:
    """Extend a chain in one call by blocks that are evenly spaced."""
    times = [tip.time + seconds * (index + 1) for index in range(count)]
    return lockstep.extend(tip, mine_run(lockstep.model, tip, times))


def end_of(
    lockstep: HeadersLockstep, tip: ChainBlock, end: int, spacing: int = 3_600
) -> ChainBlock:
    """Extend a chain block by block until mediantime is about to reach `end` [unix s]."""
    while True:
        (header,) = mine_run(lockstep.model, tip, [tip.time + spacing])
        block = lockstep.model.follow(tip, header, LATER)
        if block.mediantime >= end:
            return tip
        tip = lockstep.extend(tip, [header])


def test_prove__fewer_than_six_blocks_on_it__waits() -> None:
    lockstep = begin()
    eve = end_of(lockstep, lockstep.model.root, (FIRST + 1) * DAY_SECONDS)

    tip = add(lockstep, eve, 5, 3_600)

    assert tip.day == FIRST + 1
    lockstep.check(FIRST)
    assert lockstep.model.proofs == {}
    tip = add(lockstep, tip, 1)
    assert lockstep.model.proofs[FIRST].last is eve
    lockstep.check(DAY, FIRST, FIRST + 1)


def test_prove__day_of_the_anchor__is_never_proven() -> None:
    lockstep = begin()

    tip = end_of(lockstep, lockstep.model.root, FIRST * DAY_SECONDS)
    tip = add(lockstep, tip, 20, 600)

    assert tip.day == FIRST
    assert lockstep.model.proofs == {}
    lockstep.check(DAY)


def test_prove__a_fork_with_more_work__moves_the_last_block_and_back() -> None:
    lockstep = begin()
    eve = end_of(lockstep, lockstep.model.root, (FIRST + 1) * DAY_SECONDS)
    trunk = eve.parent
    assert trunk is not None

    true = add(lockstep, eve, 7, 3_600)
    lockstep.check(FIRST)
    # one block less in the day, as much work at first, then more
    forked = add(lockstep, trunk, 8, 3_601)
    assert forked.work == true.work
    assert lockstep.model.proofs[FIRST].last is eve
    lockstep.check(FIRST)
    forked = add(lockstep, forked, 1, 60)
    assert lockstep.model.proofs[FIRST].last is not eve
    lockstep.check(FIRST)
    add(lockstep, true, 2, 60)

    assert lockstep.model.proofs[FIRST].last is eve
    lockstep.check(FIRST)


def test_prove__day_ends__the_day_before_is_proven_with_all_its_work() -> None:
    lockstep = begin()
    eve = end_of(lockstep, lockstep.model.root, (FIRST + 1) * DAY_SECONDS)
    tip = add(lockstep, eve, 7, 3_600)
    first_work = lockstep.model.proofs[FIRST].work
    headers = mine_run(lockstep.model, tip, [tip.time + 3_600 * (i + 1) for i in range(24)])

    tip = lockstep.extend(tip, headers)

    assert tip.day == FIRST + 2
    assert lockstep.model.proofs[FIRST].work > first_work
    lockstep.check(FIRST, FIRST + 1)


def test_prove__calls_that_skip_a_day__cannot_leave_it_unproven() -> None:
    lockstep = begin()
    eve = end_of(lockstep, lockstep.model.root, (FIRST + 1) * DAY_SECONDS)
    # five blocks on the day, then all of the next day and seven blocks more in one call
    tip = add(lockstep, eve, 5, 3_600)
    assert lockstep.model.proofs == {}
    headers = mine_run(lockstep.model, tip, [tip.time + 3_600 * (i + 1) for i in range(30)])

    lockstep.extend(tip, headers)

    assert set(lockstep.model.proofs) == {FIRST, FIRST + 1}
    lockstep.check(FIRST, FIRST + 1)


def test_prove__a_light_fork_from_an_old_point__proves_no_new_day() -> None:
    lockstep = begin()
    root = lockstep.model.root
    tip = end_of(lockstep, root, (FIRST + 1) * DAY_SECONDS)
    tip = add(lockstep, tip, 12, 3_600)
    best = lockstep.model.best_work
    # thirty blocks less than the chain has: days far ahead get no proof from them
    ahead = [(DAY + 20) * DAY_SECONDS + 60 * index for index in range(7)]
    further = [(DAY + 21) * DAY_SECONDS + 60 * index for index in range(13)]

    light = lockstep.extend(root, mine_run(lockstep.model, root, ahead))
    light = lockstep.extend(light, mine_run(lockstep.model, light, further))

    assert light.work < best
    assert DAY + 20 not in lockstep.model.proofs
    lockstep.check(FIRST, DAY + 20)


def test_prove__a_stale_chain_forked_and_caught_up__proves_the_truth_again() -> None:
    lockstep = begin()
    eve = end_of(lockstep, lockstep.model.root, (FIRST + 1) * DAY_SECONDS)
    trunk = eve.parent
    assert trunk is not None
    # nobody extends: thirteen blocks of work prove a false last height
    add(lockstep, trunk, 13, 3_601)
    assert lockstep.model.proofs[FIRST].last is not eve

    add(lockstep, eve, 16, 3_600)

    assert lockstep.model.proofs[FIRST].last is eve
    lockstep.check(FIRST)


def test_prove__a_retarget_inside_the_day__has_two_targets() -> None:
    lockstep = begin(RETARGET - 40)

    tip = end_of(lockstep, lockstep.model.root, (FIRST + 1) * DAY_SECONDS, 2_400)
    add(lockstep, tip, 14, 2_400)

    day = lockstep.model.proofs[FIRST].day
    assert [len(segment) for segment in day.segments] != [len(day.blocks)]
    assert len(day.segments) == 2
    lockstep.check(FIRST)


def test_prove__the_retarget_block_ends_the_day__neither_day_has_two_targets() -> None:
    probe = begin(RETARGET - 40)
    length = end_of(probe, probe.model.root, (FIRST + 1) * DAY_SECONDS, 2_400).height
    lockstep = begin(RETARGET - 40 + RETARGET - 1 - length)

    eve = end_of(lockstep, lockstep.model.root, (FIRST + 1) * DAY_SECONDS, 2_400)
    assert eve.height == RETARGET - 1
    tip = end_of(lockstep, eve, (FIRST + 2) * DAY_SECONDS, 2_400)
    add(lockstep, tip, 14, 2_400)

    proofs = lockstep.model.proofs
    assert [len(proofs[day].day.segments) for day in (FIRST, FIRST + 1)] == [1, 1]
    assert proofs[FIRST].last.bits != proofs[FIRST + 1].last.bits
    lockstep.check(FIRST, FIRST + 1)


def test_prove__a_third_target_in_a_day__has_no_proof() -> None:
    lockstep = begin(RETARGET - 60)
    model = lockstep.model
    tip = end_of(lockstep, model.root, FIRST * DAY_SECONDS, 2_400)
    tip = add(lockstep, tip, 20, 2_400)
    # both retargets in the day: 2016 blocks, ten seconds apart
    while tip.height < RETARGET + 2016 + 10:
        tip = add(lockstep, tip, 400, 10)
    assert tip.day == FIRST
    assert point_of(tip)[8] == UNCOUNTED

    tip = end_of(lockstep, tip, (FIRST + 1) * DAY_SECONDS, 2_400)
    tip = add(lockstep, tip, 14, 2_400)

    assert tip.day == FIRST + 1
    assert FIRST not in model.proofs
    lockstep.check(FIRST)
    # the next day is proven again
    tip = end_of(lockstep, tip, (FIRST + 2) * DAY_SECONDS, 2_400)
    add(lockstep, tip, 14, 2_400)
    assert FIRST + 1 in model.proofs
    lockstep.check(FIRST + 1)
