# SPDX-License-Identifier: AGPL-3.0-only
"""Series with strips and notes on them: their terms, and the state in which histories begin.

A TH/s earns about 37 satoshi a day under "powered" and one or nothing under "dear": small faces are
met within days, great ones never, those between depend on what happens.
"""

from functools import cache

from reference.tranches import TrancheTerms
from testing.compiler import Compiler
from testing.patching import patched
from tests.stateful.scenes import SHORT_WALK, SHORT_WALKS, START, begin_as, deploy
from tests.stateful.tranches_lockstep import TranchesLockstep

STRIP = TrancheTerms(START, START + 6)
MET_EARLY = TrancheTerms(START, START + 8, 100, 10)
NEARLY_MET = TrancheTerms(START + 1, START + 5, 130, 10)
NEVER_MET = TrancheTerms(START, START + 4, 100_000, 10)
PRODUCTS = {
    "powered": (STRIP, MET_EARLY, NEARLY_MET, NEVER_MET),
    # a series with an end, too soon for notes: a strip, and one that outlives the series
    "passed through": (STRIP, TrancheTerms(START + 2, START + 40)),
    "dear": (STRIP, TrancheTerms(START, START + 6, 4, 10), NEVER_MET),
}


def begin_products(name: str, compiler: Compiler | None = None) -> TranchesLockstep:
    """Return a series an hour before its start, with products that start with it or later."""
    lockstep = begin_as(TranchesLockstep, deploy(name, compiler), lambda _: None)
    base = 10 ** (lockstep.system.setup.decimals - 8)
    for terms in PRODUCTS[name]:
        face = terms.face if terms.is_strip else terms.face * base
        lockstep.create(TrancheTerms(terms.start_day, terms.maturity_day, face, terms.grace_days))
    return lockstep


@cache
def begun_products(name: str) -> TranchesLockstep:
    """Return one of `PRODUCTS`, begun once: act on copies, and take back what was done."""
    return begin_products(name)


@cache
def begun_products_in_short_walks() -> TranchesLockstep:
    """Return products whose claims walk `SHORT_WALKS`, begun once."""
    with patched(SHORT_WALKS) as compiler:
        scene = begin_products("powered", compiler)
    scene.words_per_claim = SHORT_WALK
    return scene
