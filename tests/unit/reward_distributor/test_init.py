# SPDX-License-Identifier: AGPL-3.0-only
"""The constructor, through the registry: every value arrives, terms that make no sense do not."""

from dataclasses import replace
from typing import Any

import pytest

from reference import SeriesTerms
from reference.units import NO_END_DAY
from testing.series import FLEET_ID, terms_tuple
from tests.unit.chain import ZERO, actor, deployer, now, refused
from tests.unit.reporting import SHORT
from tests.unit.scene import DAY_SECONDS, START, TERMS, System

pytestmark = pytest.mark.unit

DISTINCT = SeriesTerms(
    start_day=START + 5,
    end_day=START + 500,
    pool_fee_bps=123,
    guaranteed_uptime_bps=4_567,
    efficiency_mj_per_th=17_500,
    power_price_micro_usd_per_kwh=43_210,
    service_sats_per_th_day_wad=10**17 + 1,
    bond_per_th=987_654,
    attestation_days=13,
    termination_days=21,
    grace_seconds=77_777,
    output_deadline_seconds=555_555,
)
# field -> lowest and highest value that is allowed, and the reason on each side
BOUNDS = {
    "efficiency_mj_per_th": (0, 10**7, None, "dist: efficiency too high"),
    "power_price_micro_usd_per_kwh": (0, 10**7, None, "dist: power price too high"),
    "service_sats_per_th_day_wad": (0, 2**100 - 1, None, "dist: service fee too high"),
    "pool_fee_bps": (0, 5_000, None, "dist: pool fee too high"),
    "guaranteed_uptime_bps": (0, 10_000, None, "dist: uptime above 100 %"),
    "bond_per_th": (0, 2**96 - 1, None, "dist: bond per hashrate too high"),
    "attestation_days": (1, 64, "dist: no attestation days", "dist: attestation too long"),
    "grace_seconds": (0, 30 * DAY_SECONDS, None, "dist: grace too long"),
    "output_deadline_seconds": (
        3 * SHORT + DAY_SECONDS,
        30 * DAY_SECONDS,
        "dist: output deadline too short",
        "dist: output deadline too long",
    ),
    "termination_days": (7, 64, "dist: termination too short", "dist: termination too long"),
    "end_day": (START + 1, NO_END_DAY, "dist: end before start", "dist: end too late"),
}
ALLOWED = [(field, value) for field, (low, high, *_) in BOUNDS.items() for value in (low, high)]
REFUSED = [
    *((field, low - 1, reason) for field, (low, _, reason, _) in BOUNDS.items() if reason),
    *((field, high + 1, reason) for field, (_, high, _, reason) in BOUNDS.items()),
]


def create(system: System, token: Any, terms: SeriesTerms, fleet_id: bytes = FLEET_ID) -> Any:
    """Create a series and return its distributor."""
    series = system.registry.create_series(
        token.address,
        terms_tuple(terms, fleet_id),
        "Fleet in the north, October",
        "NORTH-2610",
        "Northland, hall 7",
        sender=actor("issuer"),
    )
    return deployer("series/RewardDistributor").at(series)


def test_init__distinct_values__are_all_read_back(system: System, bitcoin: Any) -> None:
    """A blueprint's arguments are not type-checked: each value must be found where it belongs."""
    series = create(system, bitcoin, DISTINCT)
    token = deployer("series/HashrateToken").at(series.TOKEN())

    assert tuple(series.terms()) == terms_tuple(DISTINCT)
    assert series.owner() == actor("issuer")
    assert series.pending_owner() == ZERO
    assert series.ORACLE() == system.reporting.oracle.address
    assert series.REGISTRY() == system.registry.address
    assert series.REWARD_TOKEN() == bitcoin.address
    assert series.BASE_PER_SAT() == 1
    assert series.SITE() == "Northland, hall 7"
    assert token.name() == "Fleet in the north, October"
    assert token.symbol() == "NORTH-2610"
    assert token.decimals() == 18
    assert token.DISTRIBUTOR() == series.address
    assert token.totalSupply() == 0


def test_init__new__has_nothing(system: System, bitcoin: Any) -> None:
    series = create(system, bitcoin, DISTINCT)

    assert tuple(series.ledger()) == (0,) * 8
    assert tuple(series.progress()) == (
        DISTINCT.start_day,
        DISTINCT.end_day,
        NO_END_DAY,
        0,
        0,
        0,
        False,
    )
    assert not series.is_closed()


@pytest.mark.parametrize(("field", "value"), ALLOWED)
def test_init__at_a_bound__is_allowed(system: System, bitcoin: Any, field: str, value: int) -> None:
    terms = replace(TERMS, **{field: value})

    assert tuple(create(system, bitcoin, terms).terms()) == terms_tuple(terms)


@pytest.mark.parametrize(("field", "value", "reason"), REFUSED)
def test_init__beyond_a_bound__reverts(
    system: System, bitcoin: Any, field: str, value: int, reason: str
) -> None:
    with refused(reason, system.registry.series_count):
        create(system, bitcoin, replace(TERMS, **{field: value}))


def test_init__no_fleet__reverts(system: System, bitcoin: Any) -> None:
    with refused("dist: zero fleet", system.registry.series_count):
        create(system, bitcoin, TERMS, b"\0" * 32)


def test_init__start_today__reverts(system: System, bitcoin: Any) -> None:
    today = now() // DAY_SECONDS
    early = System.open(first_day=today - 10)

    for start_day in (today - 1, today):
        with refused("dist: start not in the future", early.registry.series_count):
            create(early, bitcoin, replace(TERMS, start_day=start_day))

    assert create(early, bitcoin, replace(TERMS, start_day=today + 1)).progress().next_day


def test_init__start_before_the_oracle__reverts(system: System, bitcoin: Any) -> None:
    with refused("dist: before the oracle", system.registry.series_count):
        create(system, bitcoin, replace(TERMS, start_day=START - 1))


@pytest.mark.parametrize("decimals", [8, 9, 17, 18])
def test_init__decimals_of_the_reward__scale_satoshi(system: System, decimals: int) -> None:
    token = deployer("mocks/MockBitcoin").deploy(decimals)

    assert create(system, token, TERMS).BASE_PER_SAT() == 10 ** (decimals - 8)


@pytest.mark.parametrize("decimals", [0, 6, 7, 19, 255])
def test_init__other_decimals__reverts(system: System, decimals: int) -> None:
    token = deployer("mocks/MockBitcoin").deploy(decimals)

    with refused("dist: decimals not 8 to 18", system.registry.series_count):
        create(system, token, TERMS)
