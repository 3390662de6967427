# SPDX-License-Identifier: AGPL-3.0-only
"""An order filled again by the other form of its signature: what is filled belongs to the order."""

import pytest

from testing.spot import spot_tuple
from tests.unit.chain import account, deployer, refused
from tests.unit.stall import MAX, RICH, WAD, Stall

pytestmark = pytest.mark.unit

CURVE = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def in_the_other_form(signature: bytes) -> bytes:
    """Return the signature with the other s, which recovers to the same account."""
    s = CURVE - int.from_bytes(signature[32:64], "big")
    return signature[:32] + s.to_bytes(32, "big") + bytes([55 - signature[64]])


def test_fill__by_the_other_form__finds_nothing_left() -> None:
    """A wallet takes both forms, as many that are out there do."""
    stall = Stall.open()
    wallet = deployer("mocks/MockSignerWallet").deploy(account("owner").address)
    stall.token.mint(wallet.address, RICH)
    stall.token.approve(stall.market.address, MAX, sender=wallet.address)
    order = stall.order(maker=str(wallet.address))
    signature = stall.sign(order, account("owner"))
    assert stall.fill(order, signature=signature) == 10 * WAD

    with refused("order: nothing left", stall.state):
        stall.fill(order, WAD, signature=in_the_other_form(signature))


def test_fill__of_a_key_in_the_other_form__is_not_signed() -> None:
    stall = Stall.open()
    order = stall.order()

    with refused("order: not signed", stall.state):
        stall.fill(order, WAD, signature=in_the_other_form(stall.sign(order)))


def test_fill__again_from_inside_the_payment__is_refused() -> None:
    stall = Stall.open()
    money = stall.other("MockReentrantToken", 8)
    order = stall.order(money=str(money.address))
    take = (10 * WAD, 0, MAX, 0)
    again = stall.market.fill.prepare_calldata(spot_tuple(order), stall.sign(order), take)
    money.prepare(stall.market.address, again)

    assert stall.fill(order, 6 * WAD) == 6 * WAD

    assert money.calls() == 1
    assert not money.has_succeeded()
    assert stall.has("taker")[0] == 6 * WAD
