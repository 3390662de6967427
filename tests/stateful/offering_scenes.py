# SPDX-License-Identifier: AGPL-3.0-only
"""Offerings to act on: a series of `scenes`, whose issuer has tokens to sell."""

from collections.abc import Callable
from functools import cache

from reference.offering import Pricing, RoundTerms
from reference.units import DAY_SECONDS
from testing.compiler import Compiler
from testing.system import System, named_address
from tests.stateful.offering_lockstep import OfferingLockstep
from tests.stateful.scenes import TH, begin_as, deploy

STOCK_THS = 300 * TH - 10 * 10**9  # what is attested and nobody holds
PRICE = 7_000  # [base units per TH/s]


@cache
def offering_begun(name: str) -> OfferingLockstep:
    """Return an offering on one of `SETUPS`, begun once: act on copies, take back what was done."""
    return begin(deploy(name), lambda _: None)


def begin_with(compiler: Compiler, note: Callable[[str], object]) -> OfferingLockstep:
    """Return an offering of contracts from a compiler, begun anew."""
    return begin(deploy("powered", compiler), note)


def begin(system: System, note: Callable[[str], object]) -> OfferingLockstep:
    """Return an hour before the series starts: the issuer has minted what it will sell."""
    lockstep = begin_as(OfferingLockstep, system, note)
    lockstep.holders += [named_address("newcomer"), system.issuer]
    assert lockstep.mint(named_address("issuer"), STOCK_THS)
    return lockstep


def round_terms(lockstep: OfferingLockstep, **changes: int) -> RoundTerms:
    """Return terms of a round of 10 TH/s at a fixed price, open for a day, of three days."""
    fields = {
        "amount_ths": 10 * TH,
        "closes_at": lockstep.now + DAY_SECONDS,
        "delivery_days": 3,
        "refunds_early_end": True,
        "pricing": Pricing.FALLING,
        "price_days": 0,
        "low_price": PRICE,
        "high_price": PRICE,
    }
    return RoundTerms(**{**fields, **changes})
