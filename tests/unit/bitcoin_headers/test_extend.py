# SPDX-License-Identifier: AGPL-3.0-only
"""Headers after headers: every rule of consensus at its bounds, beside the model."""

from dataclasses import replace
from typing import Any

import pytest

from reference.headers import (
    RETARGET_SECONDS,
    ChainBlock,
    HeaderRules,
    bits_of,
    point_of,
    target_of,
)
from reference.units import DAY_SECONDS
from testing.headers_lockstep import SENDER, HeadersLockstep
from testing.local_chain import Refused
from testing.mining import (
    BLOCK_SECONDS,
    EASY_BITS,
    EASY_LIMIT,
    easy_anchor,
    mine,
    mine_run,
    words_of,
)

pytestmark = pytest.mark.unit

DAY = 20_000
RULES = HeaderRules(pow_limit=EASY_LIMIT)
LATER = (DAY + 40) * DAY_SECONDS


def begin(height: int = 2016 * 5 + 700, now: int = LATER, **options: Any) -> HeadersLockstep:
    """Return a chain that begins at noon of `DAY`."""
    rules = options.pop("rules", RULES)
    return HeadersLockstep.begin(easy_anchor(height, DAY, **options), rules, now)


def spaced(tip: ChainBlock, count: int, seconds: int = BLOCK_SECONDS) -> list[int]:
    """Return times [unix s] after a block, evenly spaced."""
    return [tip.time + seconds * (index + 1) for index in range(count)]


def test_extend__headers_in_order__returns_the_point_of_their_chain() -> None:
    lockstep = begin()
    root = lockstep.model.root

    tip = lockstep.extend(root, mine_run(lockstep.model, root, spaced(root, 20)))

    assert tip.height == root.height + 20
    assert tip.work == root.work + 20 * (2**256 // (target_of(EASY_BITS) + 1))


def test_extend__512_headers__are_accepted() -> None:
    lockstep = begin()
    root = lockstep.model.root

    tip = lockstep.extend(root, mine_run(lockstep.model, root, spaced(root, 512, 60)))

    assert tip.height == root.height + 512


def test_extend__unknown_point__reverts() -> None:
    lockstep = begin()
    root = lockstep.model.root
    (header,) = mine_run(lockstep.model, root, spaced(root, 1))
    stranger = replace(root, work=root.work + 1)

    with pytest.raises(Refused, match="headers: unknown point"):
        lockstep.extend(stranger, [header])


def test_extend__no_headers__reverts() -> None:
    lockstep = begin()

    with pytest.raises(Refused, match="headers: none given"):
        lockstep.extend(lockstep.model.root, [])


def test_extend__time_of_the_median__reverts_and_a_second_later_not() -> None:
    lockstep = begin()
    root = lockstep.model.root
    early = mine(root, root.mediantime, RULES)

    with pytest.raises(Refused, match="headers: not later than median"):
        lockstep.extend(root, [early])

    tip = lockstep.extend(root, [mine(root, root.mediantime + 1, RULES)])
    # its time is now the median's neighbour: the next one counts eleven times with it
    with pytest.raises(Refused, match="headers: not later than median"):
        lockstep.extend(tip, [mine(tip, tip.mediantime, RULES)])
    lockstep.extend(tip, [mine(tip, tip.mediantime + 1, RULES)])


def test_extend__time_two_hours_ahead__is_accepted_and_a_second_more_reverts() -> None:
    lockstep = begin(now=DAY * DAY_SECONDS + DAY_SECONDS // 2)
    root = lockstep.model.root
    bound = lockstep.chain.now + 7_200

    with pytest.raises(Refused, match="headers: ahead of the clock"):
        lockstep.extend(root, [mine(root, bound + 1, RULES)])

    lockstep.extend(root, [mine(root, bound, RULES)])


def test_extend__hash_above_the_target__reverts() -> None:
    lockstep = begin()
    root = lockstep.model.root
    missed = mine(root, root.time + 1, RULES, is_valid=False)

    with pytest.raises(Refused, match="headers: not enough work"):
        lockstep.extend(root, [missed])


def test_extend__bits_of_the_sender__are_ignored() -> None:
    lockstep = begin()
    root = lockstep.model.root
    header = mine(root, root.time + 1, RULES)
    first, second = words_of(header)
    sent = second | 0x207FFFFF << 160 | 2**128 - 1

    hashed = lockstep.contract.send("extend", point_of(root), [(first, sent)], sender=SENDER)

    again = lockstep.contract.send("extend", point_of(root), [(first, second)], sender=SENDER)
    assert hashed == again


@pytest.mark.parametrize(
    ("seconds", "pace"),
    [
        (1_000_000, 1_000_000),
        (RETARGET_SECONDS // 4 - 1, RETARGET_SECONDS // 4),
        (RETARGET_SECONDS // 4, RETARGET_SECONDS // 4),
        (RETARGET_SECONDS // 4 + 1, RETARGET_SECONDS // 4 + 1),
        (RETARGET_SECONDS * 4 - 1, RETARGET_SECONDS * 4 - 1),
        (RETARGET_SECONDS * 4, RETARGET_SECONDS * 4),
        (RETARGET_SECONDS * 4 + 1, RETARGET_SECONDS * 4),
        (-5_000, RETARGET_SECONDS // 4),
    ],
)
def test_extend__retarget__follows_the_clamped_span(seconds: int, pace: int) -> None:
    # the anchor is the 2016th block, so the span is its time less the epoch's start
    lockstep = begin(height=2016 * 6 - 1, epoch_seconds=seconds)
    root = lockstep.model.root

    tip = lockstep.extend(root, mine_run(lockstep.model, root, spaced(root, 3)))

    assert tip.bits == bits_of(target_of(EASY_BITS) * pace // RETARGET_SECONDS)
    assert tip.epoch_start == root.time + BLOCK_SECONDS


def test_extend__retarget_beyond_the_limit__takes_the_limit() -> None:
    rules = replace(RULES, pow_limit=target_of(EASY_BITS) * 2)
    lockstep = begin(height=2016 * 6 - 1, epoch_seconds=RETARGET_SECONDS * 4, rules=rules)
    root = lockstep.model.root

    tip = lockstep.extend(root, mine_run(lockstep.model, root, spaced(root, 1)))

    assert tip.bits == bits_of(rules.pow_limit)


def test_extend__network_without_retargets__keeps_its_target() -> None:
    rules = replace(RULES, retargets=False)
    lockstep = begin(height=2016 * 6 - 1, rules=rules)
    root = lockstep.model.root

    tip = lockstep.extend(root, mine_run(lockstep.model, root, spaced(root, 2)))

    assert tip.bits == EASY_BITS


def test_extend__two_days_in_a_call__reverts() -> None:
    lockstep = begin()
    root = lockstep.model.root
    headers = mine_run(lockstep.model, root, spaced(root, 20, 6 * 3_600))

    with pytest.raises(Refused, match="headers: second day in a call"):
        lockstep.extend(root, headers)


def test_extend__empty_days__are_passed_in_one_step() -> None:
    lockstep = begin()
    root = lockstep.model.root
    eve = lockstep.extend(root, mine_run(lockstep.model, root, spaced(root, 5)))
    jump = (DAY + 9) * DAY_SECONDS + 5

    tip = lockstep.extend(
        eve, mine_run(lockstep.model, eve, [jump + 30 * index for index in range(14)])
    )

    assert tip.day == DAY + 9
    lockstep.check(*range(DAY, DAY + 10))


def test_extend__work_too_wide__reverts() -> None:
    anchor = replace(easy_anchor(2016 * 5 + 700, DAY), work=2**128 - 64)
    lockstep = HeadersLockstep.begin(anchor, RULES, LATER)
    root = lockstep.model.root
    (header,) = mine_run(lockstep.model, root, spaced(root, 1))

    with pytest.raises(Refused, match="headers: work too wide"):
        lockstep.contract.send("extend", point_of(root), [words_of(header)], sender=SENDER)
