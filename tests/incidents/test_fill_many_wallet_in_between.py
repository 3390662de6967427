# SPDX-License-Identifier: AGPL-3.0-only
"""Two orders of one enemy could undo a whole `fill_many`, good orders with them.

The gas an order may need was worked out twice, before the first fill and before its own, and an
order whose maker has code needs more. While the first order was filled its maker could give the
maker of the second one code: the second sum was then larger than what the first had set apart, and
the call failed as a whole instead of skipping an order. What an order needs is now said once.
"""

from typing import Any

import boa
import pytest
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from tests.unit.chain import actor, deployer
from tests.unit.pit import MAX, RICH, Order, Pit, plain_token
from tests.unit.stall import WAD, Stall

pytestmark = pytest.mark.unit

# a wallet that agrees to everything: it answers with the selector it was called by
AGREES = "5f3560e01c60e01b5f5260205ff3"
INITCODE = f"6d{AGREES}5f52600e6012f3"
# code of a factory that deploys it by CREATE2, with salt zero
DEPLOYS = f"75{INITCODE}5f525f6016600a5ff500"
GAS = 3_000_000
MAGIC = bytes.fromhex("1626ba7e").ljust(32, b"\0")


def factory() -> tuple[str, str]:
    """Return a factory, and the address at which it will deploy a wallet."""
    address = str(boa.env.generate_address())
    boa.env.set_code(address, bytes.fromhex(DEPLOYS))
    origin = b"\xff" + bytes.fromhex(address[2:]) + bytes(32) + keccak(bytes.fromhex(INITCODE))
    return address, to_checksum_address(keccak(origin)[12:])


def test_fill_many__receiver_deploys_the_next_maker__fills_the_good_one() -> None:
    pit = Pit.open(plain_token())
    series = pit.create()
    maker = deployer("mocks/MockWallet").deploy()
    deploys, deployed = factory()
    maker.set_answer(MAGIC)
    maker.prepare(deploys, b"")
    pit.enrich(maker.address)
    pit.enrich(deployed)
    good = Order([series])
    orders = [Order([series], maker=maker.address), Order([series], maker=deployed), good]
    signatures = [b"", b"", pit.sign(good)]

    taken = pit.book.fill_many(fills_of(orders, signatures), sender=actor("taker"), gas=GAS)

    assert boa.env.get_code(deployed) == bytes.fromhex(AGREES)
    assert taken == [1, 1, 1]


def test_fill_many__money_deploys_the_next_maker__fills_the_good_one() -> None:
    stall = Stall.open()
    money = stall.other("MockReentrantToken", 8)
    deploys, deployed = factory()
    money.prepare(deploys, b"")
    stall.token.mint(deployed, RICH)
    stall.token.approve(stall.market.address, MAX, sender=deployed)
    first, good = stall.order(money=str(money.address)), stall.order()
    fills = stall.fills(first, stall.order(maker=deployed), good)

    taken = stall.market.fill_many(fills, sender=actor("taker"), gas=GAS)

    assert boa.env.get_code(deployed) == bytes.fromhex(AGREES)
    assert taken == [10 * WAD] * 3


def fills_of(orders: list[Order], signatures: list[bytes]) -> list[tuple[Any, ...]]:
    """Return the contract's `Fill` structs, one contract each."""
    return [
        (each.as_tuple(), sign, (1, 0, MAX, 0))
        for each, sign in zip(orders, signatures, strict=True)
    ]
