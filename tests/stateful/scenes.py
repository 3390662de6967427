# SPDX-License-Identifier: AGPL-3.0-only
"""Series to act on: their terms, and the state in which their histories begin.

Terms are short so that a history of sixty steps sees every deadline: attestation of two days, one
day of grace, sixty hours for outputs, termination after seven.
"""

from collections.abc import Callable
from functools import cache
from typing import TypeVar

from reference import Network, SeriesTerms
from reference.units import DAY_SECONDS, HOUR_SECONDS, WAD, day_start
from testing.compiler import Compiler
from testing.local_chain import ChainType
from testing.oracle import SHORT_WINDOW_SECONDS
from testing.patching import Patch, patched
from testing.quick_chain import QuickChain
from testing.system import Setup, System, deploy_system, named_address
from tests.stateful.lockstep import PRICE_E8
from tests.stateful.series_lockstep import SeriesLockstep

FIRST_DAY = 19_996
START = 20_000
TH = 10**18
FLEET_THS = 1_200 * TH
HASHPRICE_SATS = 63  # about what a TH/s earns in these histories [sat per TH/s per day]
CREDITED_SATS = HASHPRICE_SATS * FLEET_THS // TH  # what the fleet earns in a day [sat]
NETWORK = Network(first_day=FIRST_DAY, first_height=2_016 * 430 + 10)
SHORT = {
    "start_day": START,
    "attestation_days": 2,
    "termination_days": 7,
    "grace_seconds": DAY_SECONDS,
    "output_deadline_seconds": DAY_SECONDS + 3 * SHORT_WINDOW_SECONDS,
}
POWER = {  # 24 satoshi of power at $100,000 and 1 of service per TH/s and day
    "efficiency_mj_per_th": 20_000,
    "power_price_micro_usd_per_kwh": 50_000,
    "service_sats_per_th_day_wad": WAD + 7,
}
SETUPS = {
    # power and service, 95 % guaranteed, a bond of a third of a day, a pool that takes 1.5 %
    "powered": (SeriesTerms(**SHORT, **POWER, pool_fee_bps=150, bond_per_th=20), 8),
    # every output passed through as it is, in a token of 18 decimals, with an end
    "passed through": (
        SeriesTerms(**SHORT, guaranteed_uptime_bps=0, end_day=START + 25, bond_per_th=10**12),
        18,
    ),
    # a service fee that half the days cannot pay, fully guaranteed, no bond
    "dear": (
        SeriesTerms(**SHORT, guaranteed_uptime_bps=10_000, service_sats_per_th_day_wad=62 * WAD),
        11,
    ),
}


def deploy(
    name: str, compiler: Compiler | None = None, chain_type: ChainType = QuickChain
) -> System:
    """Deploy one of `SETUPS`."""
    terms, decimals = SETUPS[name]
    created_at = day_start(FIRST_DAY)
    return deploy_system(Setup(terms, NETWORK, created_at, decimals), compiler, chain_type)


# a claim walks three touched days instead of 128, so that it has to be repeated
SHORT_WALK = 3
SHORT_WALKS = [
    Patch(
        path, "MAX_WORDS: constant(uint256) = 128", f"MAX_WORDS: constant(uint256) = {SHORT_WALK}"
    )
    for path in ("series/meter_word.vy", "series/IMeter.vyi")
]


@cache
def begun(name: str, chain_type: ChainType = QuickChain) -> SeriesLockstep:
    """Return one of `SETUPS`, begun once: act on copies, and take back what was done."""
    return begin(deploy(name, chain_type=chain_type), lambda _: None)


@cache
def begun_with_short_walks() -> SeriesLockstep:
    """Return a series whose claims walk `SHORT_WALKS`, begun once."""
    with patched(SHORT_WALKS) as compiler:
        scene = begin(deploy("powered", compiler), lambda _: None)
    scene.words_per_claim = SHORT_WALK
    return scene


L = TypeVar("L", bound=SeriesLockstep)


def begin(system: System, note: Callable[[str], object]) -> SeriesLockstep:
    """Return a series an hour before it starts: attested, bonded, held by four and funded."""
    return begin_as(SeriesLockstep, system, note)


def begin_as(kind: type[L], system: System, note: Callable[[str], object]) -> L:
    """Return the same, as a lock-step that knows more than the series."""
    lockstep = kind(system, note)
    # the oracle's first day takes 72 hours: it is behind before the series starts
    lockstep.wait_until(day_start(FIRST_DAY + 1))
    lockstep.report_day(lockstep.next_facts(), [PRICE_E8] * 2)
    lockstep.wait_until(day_start(START - 1) + 1)
    for day in (START - 3, START - 2):
        lockstep.report_day(lockstep.next_facts(), [PRICE_E8] * 2)
        lockstep.report_output(lockstep.output(day, CREDITED_SATS, FLEET_THS))
    lockstep.wait_until(day_start(START) - HOUR_SECONDS)
    base = 10 ** (system.setup.decimals - 8)
    if system.setup.terms.bond_per_th:
        lockstep.post_bond(system.setup.terms.bond_per_th * 1_200)
    for holder, amount in zip(
        lockstep.holders, (400 * TH + 1, 350 * TH + 7 * 10**9, 150 * TH, 1), strict=False
    ):
        lockstep.mint(holder, amount)
    lockstep.fund(30_000 * base)
    lockstep.set_payout(named_address("trader"), lockstep.collector)
    return lockstep
