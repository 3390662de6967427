# SPDX-License-Identifier: AGPL-3.0-only
"""`SeriesRegistry.list_series` and `SeriesLens.holdings`: all of it in one call, whatever it is."""

from typing import Any

import boa
import pytest

from tests.unit.chain import ZERO, actor, deployer
from tests.unit.scene import FLEET, TERMS, Scene, System, terms_tuple

pytestmark = pytest.mark.unit

HOLDER, STRANGER = actor("holder"), actor("stranger")
REVERT, BURN_GAS, EMPTY, SHORT, HUGE, NO_ADDRESS = (1 << bit for bit in range(6))


@pytest.fixture
def lens() -> Any:
    """A lens."""
    return deployer("series/SeriesLens").deploy()


def hostile(way: int) -> str:
    """Return a series that answers in a bad way."""
    return str(deployer("mocks/MockHostileSeries").deploy(way).address)


def test_list_series__all__has_token_terms_and_state(system: System, bitcoin: Any) -> None:
    scenes = [system.list_series(bitcoin, fleet_id=bytes([n + 1]) * 32) for n in range(3)]
    system.registry.pause_minting(scenes[1].address, sender=actor("guardian"))

    listed = system.registry.list_series(system.registry.series_count() - 3)

    assert [each.series for each in listed] == [scene.address for scene in scenes]
    assert [each.token for each in listed] == [scene.token.address for scene in scenes]
    assert {each.reward_token for each in listed} == {bitcoin.address}
    paused = [each.minting_paused_until for each in listed]
    assert paused[0] == paused[2] == 0 < paused[1]
    for number, (each, scene) in enumerate(zip(listed, scenes, strict=True)):
        assert tuple(each.terms) == terms_tuple(TERMS, bytes([number + 1]) * 32)
        assert each.progress == scene.distributor.progress()


@pytest.mark.parametrize(
    ("first", "count", "listed"),
    [(0, 2, 2), (1, 100, 2), (0, 2**256 - 1, 3), (3, 1, 0), (2**256 - 1, 2**256 - 1, 0), (0, 0, 0)],
)
def test_list_series__any_place__never_reverts(
    system: System, bitcoin: Any, first: int, count: int, listed: int
) -> None:
    before = system.registry.series_count()
    for number in range(3):
        system.list_series(bitcoin, fleet_id=bytes([number + 1]) * 32)
    first = min(before + first, 2**256 - 1)

    assert len(system.registry.list_series(first, count)) == listed


def test_holdings__several_series__shows_those_with_something(
    system: System, bitcoin: Any, lens: Any
) -> None:
    holding = system.begin_series(bitcoin)
    other = system.list_series(bitcoin, fleet_id=b"other".ljust(32, b"\0"))
    holding.fund(10**6)
    holding.report_at_hashprice()
    holding.settle()

    found, failing = lens.holdings(HOLDER, [other.address, holding.address])

    expected = (holding.address, holding.token.address, FLEET, 50_000, True)
    assert [tuple(each) for each in found] == [expected]
    assert failing == []
    assert lens.holdings(STRANGER, [other.address, holding.address]) == ([], [])


def test_holdings__sold_all_but_not_claimed__is_shown(
    system: System, bitcoin: Any, lens: Any
) -> None:
    scene = system.begin_series(bitcoin)
    scene.fund(10**6)
    scene.report_at_hashprice()
    scene.settle()
    scene.transfer(HOLDER, actor("buyer"), FLEET)

    (found,), _ = lens.holdings(HOLDER, [scene.address])

    assert (found.balance_ths, found.claimable) == (0, 50_000)


@pytest.mark.parametrize(
    "way", [REVERT, BURN_GAS, EMPTY, SHORT, HUGE, NO_ADDRESS], ids=lambda way: f"way {way}"
)
def test_holdings__hostile_series_on_both_sides__are_named_and_hide_nobody(
    running: Scene, lens: Any, way: int
) -> None:
    bad = [hostile(way), hostile(way), STRANGER, ZERO]
    asked = [*bad[:2], running.address, *bad[2:]]

    found, failing = lens.holdings(HOLDER, asked, gas=6_000_000)

    assert [each.series for each in found] == [running.address]
    assert failing == bad


def test_holdings__a_hundred_that_burn_all_gas__leave_enough_for_the_last(
    running: Scene, lens: Any
) -> None:
    bad = hostile(BURN_GAS)

    found, failing = lens.holdings(HOLDER, [bad] * 99 + [running.address], gas=30_000_000)

    assert [each.series for each in found] == [running.address]
    assert failing == [bad] * 99


def test_holdings__of_nothing__is_empty(lens: Any) -> None:
    assert lens.holdings(HOLDER, []) == ([], [])
    assert boa.env.get_code(lens.address)
