# SPDX-License-Identifier: AGPL-3.0-only
"""`SeriesRegistry.create_series`: anyone lists, and a listing reserves nothing."""

from typing import Any

import pytest

from tests.unit.chain import ZERO, actor, deployer, event, refused
from tests.unit.scene import FLEET_ID, TERMS, Market, terms_tuple

pytestmark = pytest.mark.unit

ISSUER, RIVAL = actor("issuer"), actor("rival")


def create(market: Market, token: Any, sender: str = ISSUER, site: str = "Testland") -> str:
    """Create a series and return its address."""
    return str(
        market.registry.create_series(
            token.address, terms_tuple(TERMS), "Test hashrate", "tTHS", site, sender=sender
        )
    )


def test_create_series__plain__is_listed_and_emitted(market: Market, bitcoin: Any) -> None:
    count = market.registry.series_count()

    series = create(market, bitcoin)

    created = event(market.registry, "SeriesCreated")
    token = deployer("series/RewardDistributor").at(series).TOKEN()
    assert created[1:] == (series, ISSUER, FLEET_ID, token, bitcoin.address)
    assert market.registry.series_count() == count + 1
    assert market.registry.series_at(count) == series
    assert market.registry.fleet_of(series) == FLEET_ID


def test_create_series__by_anyone__is_its_issuer(market: Market, bitcoin: Any) -> None:
    series = create(market, bitcoin, RIVAL)

    assert deployer("series/RewardDistributor").at(series).owner() == RIVAL


def test_create_series__same_fleet_twice__lists_both_and_binds_none(
    market: Market, bitcoin: Any
) -> None:
    count = market.registry.series_count()
    first, second = create(market, bitcoin), create(market, bitcoin, RIVAL)

    assert first != second
    assert [market.registry.series_at(count + index) for index in range(2)] == [first, second]
    assert market.registry.series_of_fleet(FLEET_ID) == ZERO


def test_create_series__longest_texts__are_kept(market: Market, bitcoin: Any) -> None:
    series = market.registry.create_series(
        bitcoin.address, terms_tuple(TERMS), "n" * 50, "s" * 16, "p" * 64, sender=ISSUER
    )

    distributor = deployer("series/RewardDistributor").at(series)
    token = deployer("series/HashrateToken").at(distributor.TOKEN())
    assert (token.name(), token.symbol(), distributor.SITE()) == ("n" * 50, "s" * 16, "p" * 64)


def test_create_series__reward_token_without_code__reverts(market: Market) -> None:
    with refused("", market.registry.series_count):
        market.registry.create_series(
            RIVAL, terms_tuple(TERMS), "Test hashrate", "tTHS", "Testland", sender=ISSUER
        )


def test_init__parts__are_read_back(market: Market) -> None:
    registry = market.registry

    assert registry.ORACLE() == market.desk.oracle.address
    assert registry.DISTRIBUTOR_BLUEPRINT() != registry.TOKEN_BLUEPRINT()
    assert registry.series_at(10**9) == ZERO


@pytest.mark.parametrize(
    ("missing", "reason"),
    [(0, "registry: no oracle"), (1, "registry: no distributor"), (2, "registry: no token")],
)
def test_init__part_without_code__reverts(market: Market, missing: int, reason: str) -> None:
    registry = market.registry
    parts = [registry.ORACLE(), registry.DISTRIBUTOR_BLUEPRINT(), registry.TOKEN_BLUEPRINT()]
    parts[missing] = actor("nobody")

    with refused(reason):
        deployer("series/SeriesRegistry").deploy(*parts)
