# SPDX-License-Identifier: AGPL-3.0-only
"""ERC-20 transfers of `HashrateToken`, and who cannot hold it."""

import pytest

from tests.unit.chain import ZERO, actor, event, refused, wait
from tests.unit.scene import DAY_SECONDS, FLEET, TH, Scene

pytestmark = pytest.mark.unit

HOLDER, BUYER, SPENDER = actor("holder"), actor("buyer"), actor("spender")


def balances(scene: Scene) -> tuple[int, ...]:
    """Return balances, supply and allowance."""
    token = scene.token
    return (
        *(token.balanceOf(who) for who in (HOLDER, BUYER, SPENDER, scene.address, token.address)),
        token.totalSupply(),
        token.allowance(HOLDER, SPENDER),
    )


def test_metadata__is_the_series(running: Scene) -> None:
    token = running.token

    assert (token.name(), token.symbol(), token.decimals()) == ("Test hashrate", "tTHS", 18)
    assert token.DISTRIBUTOR() == running.address
    assert token.totalSupply() == token.balanceOf(HOLDER) == FLEET
    assert token.balanceOf(ZERO) == 0


@pytest.mark.parametrize("amount", [1, 3 * TH, FLEET])
def test_transfer__plain__moves_and_emits(running: Scene, amount: int) -> None:
    assert running.token.transfer(BUYER, amount, sender=HOLDER) is True

    assert event(running.token, "Transfer")[1:] == (HOLDER, BUYER, amount)
    assert balances(running)[:2] == (FLEET - amount, amount)
    assert running.token.totalSupply() == FLEET


def test_transfer__more_than_the_balance__reverts(running: Scene) -> None:
    with refused("meter: balance too low", lambda: balances(running)):
        running.token.transfer(BUYER, FLEET + 1, sender=HOLDER)
    with refused("meter: balance too low", lambda: balances(running)):
        running.token.transfer(HOLDER, 1, sender=BUYER)


def test_transfer__refused_receivers__reverts(running: Scene) -> None:
    token = running.token
    token.approve(SPENDER, 10, sender=HOLDER)

    for amount in (0, 1):
        with refused("token: zero receiver", lambda: balances(running)):
            token.transfer(ZERO, amount, sender=HOLDER)
        for receiver in (token.address, running.address):
            with refused("token: receiver cannot hold", lambda: balances(running)):
                token.transfer(receiver, amount, sender=HOLDER)
            with refused("token: receiver cannot hold", lambda: balances(running)):
                token.transferFrom(HOLDER, receiver, amount, sender=SPENDER)


@pytest.mark.parametrize("receiver", [BUYER, HOLDER], ids=["another", "oneself"])
def test_transfer__nothing__is_an_event_and_touches_no_meter(running: Scene, receiver: str) -> None:
    wait(3 * DAY_SECONDS)
    before = [list(running.token.meter_words(who, 0)) for who in (HOLDER, BUYER)]

    running.token.transfer(receiver, 0, sender=HOLDER)

    assert event(running.token, "Transfer")[1:] == (HOLDER, receiver, 0)
    assert [list(running.token.meter_words(who, 0)) for who in (HOLDER, BUYER)] == before


def test_transfer__nothing_by_somebody_without_balance__is_an_event(running: Scene) -> None:
    running.token.transfer(HOLDER, 0, sender=BUYER)

    assert event(running.token, "Transfer")[1:] == (BUYER, HOLDER, 0)


@pytest.mark.parametrize("amount", [1, FLEET])
def test_transfer__to_oneself__is_an_event_and_touches_no_meter(
    running: Scene, amount: int
) -> None:
    wait(3 * DAY_SECONDS)
    before = list(running.token.meter_words(HOLDER, 0))

    running.token.transfer(HOLDER, amount, sender=HOLDER)

    assert event(running.token, "Transfer")[1:] == (HOLDER, HOLDER, amount)
    assert list(running.token.meter_words(HOLDER, 0)) == before
    assert running.token.balanceOf(HOLDER) == FLEET


def test_transfer__more_than_the_balance_to_oneself__reverts(running: Scene) -> None:
    with refused("token: balance too low", lambda: balances(running)):
        running.token.transfer(HOLDER, FLEET + 1, sender=HOLDER)


def test_approve__plain__sets_and_emits(running: Scene) -> None:
    assert running.token.approve(SPENDER, 7, sender=HOLDER) is True

    approved = event(running.token, "Approval")
    assert approved[1:] == (HOLDER, SPENDER, 7)
    assert running.token.allowance(HOLDER, SPENDER) == 7


def test_approve__zero_spender__reverts(running: Scene) -> None:
    with refused("erc20: approve to the zero address", lambda: balances(running)):
        running.token.approve(ZERO, 7, sender=HOLDER)


def test_transfer_from__within_the_allowance__uses_it_up(running: Scene) -> None:
    running.token.approve(SPENDER, 10 * TH, sender=HOLDER)

    assert running.token.transferFrom(HOLDER, BUYER, 4 * TH, sender=SPENDER) is True

    assert running.token.allowance(HOLDER, SPENDER) == 6 * TH
    assert balances(running)[:3] == (FLEET - 4 * TH, 4 * TH, 0)


def test_transfer_from__unlimited_allowance__stays(running: Scene) -> None:
    running.token.approve(SPENDER, 2**256 - 1, sender=HOLDER)

    running.token.transferFrom(HOLDER, BUYER, 4 * TH, sender=SPENDER)

    assert running.token.allowance(HOLDER, SPENDER) == 2**256 - 1


def test_transfer_from__beyond_the_allowance__reverts(running: Scene) -> None:
    running.token.approve(SPENDER, 3, sender=HOLDER)

    with refused("erc20: insufficient allowance", lambda: balances(running)):
        running.token.transferFrom(HOLDER, BUYER, 4, sender=SPENDER)


def test_transfer_from__beyond_the_balance__reverts_and_keeps_the_allowance(
    running: Scene,
) -> None:
    running.token.approve(SPENDER, 2 * FLEET, sender=HOLDER)

    with refused("meter: balance too low", lambda: balances(running)):
        running.token.transferFrom(HOLDER, BUYER, FLEET + 1, sender=SPENDER)


def test_transfer_from__of_oneself__needs_an_allowance_too(running: Scene) -> None:
    with refused("erc20: insufficient allowance", lambda: balances(running)):
        running.token.transferFrom(HOLDER, BUYER, 1, sender=HOLDER)


def test_burn__plain__leaves_the_supply(running: Scene) -> None:
    running.token.burn(4 * TH, sender=HOLDER)

    assert event(running.token, "Transfer")[1:] == (HOLDER, ZERO, 4 * TH)
    assert running.token.totalSupply() == running.token.balanceOf(HOLDER) == FLEET - 4 * TH


def test_burn__nothing__is_an_event_and_touches_no_meter(running: Scene) -> None:
    wait(3 * DAY_SECONDS)
    before = list(running.token.meter_words(HOLDER, 0))

    running.token.burn(0, sender=HOLDER)

    assert event(running.token, "Transfer")[1:] == (HOLDER, ZERO, 0)
    assert list(running.token.meter_words(HOLDER, 0)) == before


def test_burn__more_than_the_balance__reverts(running: Scene) -> None:
    with refused("meter: balance too low", lambda: balances(running)):
        running.token.burn(FLEET + 1, sender=HOLDER)


def test_burn_from__within_the_allowance__uses_it_up(running: Scene) -> None:
    running.token.approve(SPENDER, 10, sender=HOLDER)

    running.token.burn_from(HOLDER, 4, sender=SPENDER)

    assert event(running.token, "Transfer")[1:] == (HOLDER, ZERO, 4)
    assert running.token.allowance(HOLDER, SPENDER) == 6
    assert running.token.totalSupply() == FLEET - 4


def test_burn_from__beyond_the_allowance__reverts(running: Scene) -> None:
    with refused("erc20: insufficient allowance", lambda: balances(running)):
        running.token.burn_from(HOLDER, 1, sender=SPENDER)


def test_mint__by_others__reverts(running: Scene) -> None:
    for caller in (HOLDER, running.issuer, actor("owner"), running.system.registry.address):
        with refused("token: not the distributor", lambda: balances(running)):
            running.token.mint(BUYER, 1, sender=caller)


def test_mint__nothing__is_an_event(running: Scene) -> None:
    """The distributor never asks for it; the token would not mind."""
    running.token.mint(BUYER, 0, sender=running.address)

    assert event(running.token, "Transfer")[1:] == (ZERO, BUYER, 0)
    assert list(running.token.meter_words(BUYER, 0)) == [0]


def test_token__has_no_owner_and_no_switch(running: Scene) -> None:
    """No pause, no blocklist, no minter to appoint: nothing of snekmate's roles is exported."""
    functions = {entry["name"] for entry in running.token.abi if entry["type"] == "function"}

    assert functions == {
        *("name", "symbol", "decimals", "totalSupply", "balanceOf", "allowance"),
        *("transfer", "transferFrom", "approve", "permit", "nonces", "DOMAIN_SEPARATOR"),
        *("eip712Domain", "burn", "burn_from", "mint", "DISTRIBUTOR"),
        *("meter_words", "ths_on", "total_ths_on"),
    }
