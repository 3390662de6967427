# SPDX-License-Identifier: AGPL-3.0-only
"""`SeriesRegistry.create_series`: anyone lists, and a listing reserves nothing."""

from typing import Any

import pytest

from testing.series import FLEET_ID, terms_tuple
from tests.unit.chain import ZERO, actor, deployer, event, refused
from tests.unit.scene import TERMS, System

pytestmark = pytest.mark.unit

ISSUER, RIVAL = actor("issuer"), actor("rival")


def create(system: System, token: Any, sender: str = ISSUER, site: str = "Testland") -> str:
    """Create a series and return its address."""
    return str(
        system.registry.create_series(
            token.address, terms_tuple(TERMS), "Test hashrate", "tTHS", site, sender=sender
        )
    )


def test_create_series__plain__is_listed_and_emitted(system: System, bitcoin: Any) -> None:
    count = system.registry.series_count()

    series = create(system, bitcoin)

    created = event(system.registry, "SeriesCreated")
    token = deployer("series/RewardDistributor").at(series).TOKEN()
    assert created[1:] == (series, ISSUER, FLEET_ID, token, bitcoin.address)
    assert system.registry.series_count() == count + 1
    assert system.registry.series_at(count) == series
    assert system.registry.fleet_of(series) == FLEET_ID


def test_create_series__by_anyone__is_its_issuer(system: System, bitcoin: Any) -> None:
    series = create(system, bitcoin, RIVAL)

    assert deployer("series/RewardDistributor").at(series).owner() == RIVAL


def test_create_series__same_fleet_twice__lists_both_and_binds_none(
    system: System, bitcoin: Any
) -> None:
    count = system.registry.series_count()
    first, second = create(system, bitcoin), create(system, bitcoin, RIVAL)

    assert first != second
    assert [system.registry.series_at(count + index) for index in range(2)] == [first, second]
    assert system.registry.series_of_fleet(FLEET_ID) == ZERO


def test_create_series__longest_texts__are_kept(system: System, bitcoin: Any) -> None:
    series = system.registry.create_series(
        bitcoin.address, terms_tuple(TERMS), "n" * 50, "s" * 16, "p" * 64, sender=ISSUER
    )

    distributor = deployer("series/RewardDistributor").at(series)
    token = deployer("series/HashrateToken").at(distributor.TOKEN())
    assert (token.name(), token.symbol(), distributor.SITE()) == ("n" * 50, "s" * 16, "p" * 64)


def test_create_series__reward_token_without_code__reverts(system: System) -> None:
    with refused("", system.registry.series_count):
        system.registry.create_series(
            RIVAL, terms_tuple(TERMS), "Test hashrate", "tTHS", "Testland", sender=ISSUER
        )


def test_init__parts__are_read_back(system: System) -> None:
    registry = system.registry

    assert registry.ORACLE() == system.reporting.oracle.address
    assert registry.DISTRIBUTOR_BLUEPRINT() != registry.TOKEN_BLUEPRINT()
    assert registry.series_at(10**9) == ZERO


@pytest.mark.parametrize(
    ("missing", "reason"),
    [(0, "registry: no oracle"), (1, "registry: no distributor"), (2, "registry: no token")],
)
def test_init__part_without_code__reverts(system: System, missing: int, reason: str) -> None:
    registry = system.registry
    parts = [registry.ORACLE(), registry.DISTRIBUTOR_BLUEPRINT(), registry.TOKEN_BLUEPRINT()]
    parts[missing] = actor("nobody")

    with refused(reason):
        deployer("series/SeriesRegistry").deploy(*parts)
