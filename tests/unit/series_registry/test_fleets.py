# SPDX-License-Identifier: AGPL-3.0-only
"""`SeriesRegistry.authorize_mint` and `pause_minting`: one live series for a fleet."""

from typing import Any

import pytest

from testing.series import FLEET_ID
from tests.unit.chain import ZERO, actor, event, events, now, refused, wait
from tests.unit.reporting import SHORT
from tests.unit.scene import DAY_SECONDS, FLEET, START, Scene, System

pytestmark = pytest.mark.unit

BUYER, GUARDIAN, RIVAL = actor("buyer"), actor("guardian"), actor("rival")
PAUSE = 7 * DAY_SECONDS


@pytest.fixture
def rivals(system: System, bitcoin: Any) -> tuple[Scene, Scene]:
    """Two series of one fleet, both attested, nothing minted."""
    first = system.list_series(bitcoin)
    second = system.list_series(bitcoin, issuer=RIVAL)
    first.begin(holder_ths=0)
    second.attest(START - 2)
    wait(SHORT)
    return first, second


def bound(scene: Scene) -> str:
    """Return the series the fleet is bound to."""
    return str(scene.system.registry.series_of_fleet(FLEET_ID))


def test_authorize_mint__first_mint__binds_the_fleet(rivals: tuple[Scene, Scene]) -> None:
    first, second = rivals
    assert bound(first) == ZERO

    second.mint(BUYER, 1)

    assert event(second.distributor, "FleetBound")[1:] == (FLEET_ID, ZERO, second.address)
    assert bound(first) == second.address


def test_authorize_mint__fleet_of_a_live_series__reverts(rivals: tuple[Scene, Scene]) -> None:
    first, second = rivals
    first.mint(BUYER, 1)

    with refused("registry: fleet has a series", second.state):
        second.mint(BUYER, 1)

    assert bound(first) == first.address


def test_authorize_mint__bound_series_closed__passes_to_the_next(
    rivals: tuple[Scene, Scene],
) -> None:
    first, second = rivals
    first.mint(BUYER, 1)
    first.token.burn(1, sender=BUYER)
    with refused("registry: fleet has a series", second.state):
        second.mint(BUYER, 1)
    wait(DAY_SECONDS // 2)  # a day on which nobody holds any
    while first.distributor.preview_day().wait == 0:
        first.settle()
    first.distributor.close(sender=first.issuer)

    second.mint(BUYER, 1)

    assert event(second.distributor, "FleetBound")[1:] == (
        FLEET_ID,
        first.address,
        second.address,
    )
    with refused("dist: series has ended", first.state):
        first.mint(BUYER, 1)


def test_authorize_mint__refused_mint__binds_nothing(rivals: tuple[Scene, Scene]) -> None:
    first, second = rivals

    with refused("token: zero receiver", first.state):
        first.mint(ZERO, 1)
    with refused("dist: above attested hashrate", first.state):
        first.mint(BUYER, FLEET + 1)

    assert bound(first) == ZERO
    second.mint(BUYER, 1)


def test_authorize_mint__by_others__reverts(system: System) -> None:
    for caller in (RIVAL, GUARDIAN, system.reporting.oracle.address):
        with refused("registry: not a series"):
            system.registry.authorize_mint(sender=caller)


def test_pause_minting__by_the_guardian__lasts_seven_days(listed: Scene) -> None:
    registry = listed.system.registry

    registry.pause_minting(listed.address, sender=GUARDIAN)

    assert event(registry, "MintingPaused")[1:] == (listed.address, now() + PAUSE)
    assert registry.minting_paused_until(listed.address) == now() + PAUSE


def test_pause_minting__again__counts_from_now(listed: Scene) -> None:
    registry = listed.system.registry
    registry.pause_minting(listed.address, sender=GUARDIAN)
    wait(PAUSE - 1)

    registry.pause_minting(listed.address, sender=GUARDIAN)

    assert registry.minting_paused_until(listed.address) == now() + PAUSE


def test_pause_minting__other_series__go_on(rivals: tuple[Scene, Scene]) -> None:
    first, second = rivals
    first.system.registry.pause_minting(first.address, sender=GUARDIAN)

    with refused("registry: minting is paused", first.state):
        first.mint(BUYER, 1)
    second.mint(BUYER, 1)


def test_pause_minting__everything_else__goes_on(running: Scene) -> None:
    running.system.registry.pause_minting(running.address, sender=GUARDIAN)

    running.transfer(actor("holder"), BUYER, FLEET // 2)
    running.fund(10**6)
    running.report_at_hashprice()
    assert running.settle() == 1
    assert running.claim(BUYER) == 25_000


def test_pause_minting__new_guardian__takes_over_from_the_old(listed: Scene) -> None:
    listed.reporting.oracle.set_guardian(RIVAL, sender=actor("owner"))
    registry = listed.system.registry

    with refused("registry: not the guardian"):
        registry.pause_minting(listed.address, sender=GUARDIAN)
    registry.pause_minting(listed.address, sender=RIVAL)


def test_pause_minting__by_others__reverts(listed: Scene) -> None:
    registry = listed.system.registry

    for caller in (actor("owner"), listed.issuer, RIVAL):
        with refused("registry: not the guardian"):
            registry.pause_minting(listed.address, sender=caller)
    assert registry.minting_paused_until(listed.address) == 0


def test_pause_minting__not_a_series__reverts(system: System) -> None:
    with refused("registry: unknown series"):
        system.registry.pause_minting(RIVAL, sender=GUARDIAN)


def test_authorize_mint__events_of_a_second_mint__are_none(rivals: tuple[Scene, Scene]) -> None:
    first, _ = rivals
    first.mint(BUYER, 1)
    first.mint(BUYER, 1)

    assert events(first.distributor, "FleetBound") == []
