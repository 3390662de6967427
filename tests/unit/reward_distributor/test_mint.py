# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.mint`: never more hashrate than is attested and bonded, never in arrears."""

from dataclasses import replace
from typing import Any

import pytest

from testing.series import FLEET_ID
from tests.unit.chain import ZERO, actor, event, events, go_to, go_to_day, refused, wait
from tests.unit.reporting import SHORT
from tests.unit.scene import DAY_SECONDS, FLEET, START, TERMS, TH, Scene, System

pytestmark = pytest.mark.unit

REWARD = 50_000
BUYER = actor("buyer")
GRACE = TERMS.grace_seconds


@pytest.fixture
def attested(listed: Scene) -> Scene:
    """A series whose fleet has delivered 1,000 TH/s, with nothing minted, at noon."""
    listed.begin(holder_ths=0)
    return listed


def test_mint__attested__creates_supply_and_binds_the_fleet(attested: Scene) -> None:
    attested.mint(BUYER, 700 * TH)

    bound = event(attested.distributor, "FleetBound")
    assert bound[1:] == (FLEET_ID, ZERO, attested.address)
    minted = event(attested.distributor, "Transfer")
    assert minted[1:] == (ZERO, BUYER, 700 * TH)
    assert attested.token.balanceOf(BUYER) == attested.token.totalSupply() == 700 * TH
    assert attested.system.registry.series_of_fleet(FLEET_ID) == attested.address


def test_mint__again__does_not_bind_again(attested: Scene) -> None:
    attested.mint(BUYER, 1)

    attested.mint(BUYER, 2)

    assert events(attested.distributor, "FleetBound") == []
    assert attested.token.totalSupply() == 3


def test_mint__all_attested_hashrate__is_the_most(attested: Scene) -> None:
    with refused("dist: above attested hashrate", attested.state):
        attested.mint(BUYER, FLEET + 1)

    attested.mint(BUYER, FLEET)

    with refused("dist: above attested hashrate", attested.state):
        attested.mint(BUYER, 1)


def test_mint__burned_before__can_be_minted_again(attested: Scene) -> None:
    attested.mint(BUYER, FLEET)
    attested.token.burn(10, sender=BUYER)

    attested.mint(BUYER, 10)

    assert attested.token.totalSupply() == FLEET


def test_mint__nothing__reverts(attested: Scene) -> None:
    with refused("dist: nothing to mint", attested.state):
        attested.mint(BUYER, 0)


def test_mint__not_attested__reverts(listed: Scene) -> None:
    with refused("dist: above attested hashrate", listed.state):
        listed.mint(BUYER, 1)


def test_mint__attestation_pending__reverts_until_final(listed: Scene) -> None:
    go_to_day(START - 1)
    listed.attest(START - 2)
    wait(SHORT - 1)

    with refused("dist: above attested hashrate", listed.state):
        listed.mint(BUYER, 1)

    wait(1)
    listed.mint(BUYER, 1)


def test_mint__attestation_older_than_four_days__reverts(attested: Scene) -> None:
    newest = START - 2
    go_to((newest + 5) * DAY_SECONDS)

    with refused("dist: above attested hashrate", attested.state):
        attested.mint(BUYER, 1)


def test_mint__attestation_four_days_old__is_allowed(attested: Scene) -> None:
    newest = START - 2
    go_to((newest + 5) * DAY_SECONDS - 1)

    attested.mint(BUYER, 1)

    assert attested.token.totalSupply() == 1


def test_mint__several_attestation_days__takes_the_least(system: System, bitcoin: Any) -> None:
    scene = system.list_series(bitcoin, replace(TERMS, attestation_days=3))
    go_to_day(START - 1)
    for day, delivered in ((START - 2, 9), (START - 3, 5), (START - 4, 7)):
        scene.attest(day, delivered)
    wait(SHORT)

    with refused("dist: above attested hashrate", scene.state):
        scene.mint(BUYER, 6)

    scene.mint(BUYER, 5)


def test_mint__by_others__reverts(attested: Scene) -> None:
    for caller in (BUYER, actor("guardian"), actor("owner")):
        with refused("ownable: caller is not the owner", attested.state):
            attested.distributor.mint(BUYER, 1, sender=caller)


def test_mint__refused_receivers__reverts(attested: Scene) -> None:
    with refused("token: zero receiver", attested.state):
        attested.mint(ZERO, 1)
    for receiver in (attested.token.address, attested.address):
        with refused("token: receiver cannot hold", attested.state):
            attested.mint(receiver, 1)


@pytest.mark.parametrize("supply", [TH, 3 * TH + 1, FLEET])
def test_mint__bond__covers_the_supply_rounded_up(
    system: System, bitcoin: Any, supply: int
) -> None:
    per_th = 1_000_003
    scene = system.list_series(bitcoin, replace(TERMS, bond_per_th=per_th))
    scene.begin(holder_ths=0)
    needed = -(-per_th * supply // TH)
    scene.post_bond(needed - 1)

    with refused("dist: bond too low", scene.state):
        scene.mint(BUYER, supply)

    scene.post_bond(1)
    scene.mint(BUYER, supply)


def test_mint__last_day__is_allowed_and_the_end_day_is_not(system: System, bitcoin: Any) -> None:
    scene = system.list_series(bitcoin, replace(TERMS, end_day=START + 1))
    scene.begin(holder_ths=0)
    go_to_day(START + 1, -1)

    scene.mint(BUYER, 1)
    wait(1)

    with refused("dist: series has ended", scene.state):
        scene.mint(BUYER, 1)


def test_mint__arrears__reverts_until_repaid(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, replace(TERMS, grace_seconds=0), holder_ths=FLEET)
    scene.token.burn(TH, sender=actor("holder"))
    scene.report_at_hashprice()
    scene.settle()
    owed = scene.distributor.ledger().arrears

    with refused("dist: arrears not repaid yet", scene.state):
        scene.mint(BUYER, TH)

    scene.fund(owed)
    scene.mint(BUYER, TH)


def test_mint__bond_drawn__reverts_until_refilled(system: System, bitcoin: Any) -> None:
    scene = system.begin_series(bitcoin, replace(TERMS, grace_seconds=0), bond=10**9)
    scene.token.burn(TH, sender=actor("holder"))
    scene.report_at_hashprice()
    scene.settle()
    drawn = scene.distributor.ledger().bond_drawn
    scene.post_bond(drawn - 1)

    with refused("dist: bond not refilled", scene.state):
        scene.mint(BUYER, TH)

    scene.post_bond(1)
    scene.mint(BUYER, TH)


def test_mint__day_past_its_grace_and_not_settled__reverts(system: System, bitcoin: Any) -> None:
    """Arrears do not hide by not being settled."""
    terms = replace(TERMS, grace_seconds=DAY_SECONDS)
    scene = system.begin_series(bitcoin, terms, holder_ths=FLEET - TH)
    day = scene.report_at_hashprice()
    go_to(scene.final_at(day) + DAY_SECONDS - 1)
    scene.mint(BUYER, 1)
    wait(1)

    with refused("dist: settle first", scene.state):
        scene.mint(BUYER, 1)

    scene.fund(REWARD)
    scene.settle()
    scene.mint(BUYER, 1)


def test_mint__paused__reverts_for_seven_days(attested: Scene) -> None:
    attested.system.registry.pause_minting(attested.address, sender=actor("guardian"))

    with refused("registry: minting is paused", attested.state):
        attested.mint(BUYER, 1)

    wait(7 * DAY_SECONDS - 1)
    attested.attest(START + 4)
    wait(SHORT)
    attested.mint(BUYER, 1)


def test_mint__pause_ends__to_the_second(attested: Scene) -> None:
    attested.system.registry.pause_minting(attested.address, sender=actor("guardian"))
    wait(6 * DAY_SECONDS)
    attested.attest(START + 4)
    wait(DAY_SECONDS - 1)

    with refused("registry: minting is paused", attested.state):
        attested.mint(BUYER, 1)

    wait(1)
    attested.mint(BUYER, 1)


def test_mint__fleet_of_another_series__reverts(system: System, bitcoin: Any) -> None:
    first = system.list_series(bitcoin)
    second = system.list_series(bitcoin, issuer=actor("rival"))
    first.begin(holder_ths=0)
    second.attest(START - 2)
    wait(SHORT)
    first.mint(BUYER, 1)

    with refused("registry: fleet has a series", second.state, first.state):
        second.mint(BUYER, 1)


def test_mint__supply_cap__is_2_to_the_94(listed: Scene) -> None:
    listed.begin(holder_ths=0, delivered=2**95)

    with refused("token: supply too large", listed.state):
        listed.mint(BUYER, 2**94 + 1)

    listed.mint(BUYER, 2**94)
    with refused("token: supply too large", listed.state):
        listed.mint(BUYER, 1)


def test_mint__closed__reverts(attested: Scene) -> None:
    attested.distributor.close(sender=attested.issuer)

    with refused("dist: series has ended", attested.state):
        attested.mint(BUYER, 1)
