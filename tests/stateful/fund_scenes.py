# SPDX-License-Identifier: AGPL-3.0-only
"""A fund over a series without an end and one that ends within weeks, in one coin."""

from functools import cache

from reference import SeriesTerms
from reference.units import DAY_SECONDS
from testing.compiler import Compiler
from testing.patching import patched
from tests.stateful.fund_lockstep import FundLockstep
from tests.stateful.scenes import (
    CREDITED_SATS,
    FLEET_THS,
    SHORT,
    SHORT_WALK,
    SHORT_WALKS,
    START,
    TH,
    begin_as,
    deploy,
)

WEIGHTS = (3, 7)
# what is credited passes through, without a bond: an unpaid day is a short day
BESIDE = SeriesTerms(**SHORT, guaranteed_uptime_bps=0, end_day=START + 8)


def begin_fund(compiler: Compiler | None = None) -> FundLockstep:
    """Return both series an hour before their start, held by the same four, and a fund."""
    lockstep = begin_as(FundLockstep, deploy("powered", compiler), lambda _: None)
    other = lockstep.list_beside(BESIDE)
    day = lockstep.today - 1
    for attested in (day - 1, day):
        other.report_output(other.output(attested, CREDITED_SATS, FLEET_THS))
    lockstep.wait(DAY_SECONDS // 2)
    lockstep.report_day(lockstep.next_facts(), [10**13] * 2)
    for place, account in enumerate(lockstep.people):
        other.mint(account, (place + 1) * 90 * TH + place)
    lockstep.open_fund(WEIGHTS)
    return lockstep


@cache
def begun_fund() -> FundLockstep:
    """Return the fund, begun once: act on copies, and take back what was done."""
    return begin_fund()


@cache
def begun_fund_in_short_walks() -> FundLockstep:
    """Return a fund whose claims walk `SHORT_WALKS`, begun once."""
    with patched(SHORT_WALKS) as compiler:
        scene = begin_fund(compiler)
    scene.words_per_claim = scene.other.words_per_claim = SHORT_WALK
    return scene
