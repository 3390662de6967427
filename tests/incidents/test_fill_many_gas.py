# SPDX-License-Identifier: AGPL-3.0-only
"""`fill_many` could be undone by its last order, and filled nothing with an estimated gas limit.

The last order had all the gas that was left, so a wallet that burned it left a 64th: too little to
tell of the failure, and the orders before were undone as well. And because a skipped order is no
failure, an estimate of gas, which looks for the least limit that does not fail, found one at which
every order ran out of its share: 16 orders that use 1.1 million gas cost more than two and a half
million and none was filled. Gas is now kept back for what follows an order, and a limit at which
the shares are too small for a fill is refused.
"""

from dataclasses import replace
from typing import Any

import boa
import pytest
from boa.contracts.base_evm_contract import BoaError

from tests.unit.chain import actor, events, refused
from tests.unit.pit import MAX, RICH, Order, Pit, gas_of, plain_token

pytestmark = pytest.mark.unit

MAGIC = "1626ba7e"
# code of a wallet: runs for ever, or reverts with 200,000 bytes for whoever passes them on
BURNS = "5b600e56"
SHOUTS = "62030d405ffd"
BLOCK_GAS = 30_000_000
"""[gas]"""
MAX_FILLS = 16
GAS = 420_000
"""[gas] for each order of a wallet: what is asked for, and what it takes to read the call"""


def wallet(pit: Pit, otherwise: str) -> str:
    """Return a contract that signs everything and runs some code when it is told anything."""
    code = f"5f3560e01c63{MAGIC}14"
    end = len(code) // 2 + 3 + len(otherwise) // 2
    yes = f"5b7f{MAGIC}{'00' * 28}5f5260205ff3"
    address = str(boa.env.generate_address())
    boa.env.set_code(address, bytes.fromhex(f"{code}60{end:02x}57{otherwise}{yes}"))
    pit.token.mint(address, RICH)
    pit.token.approve(pit.vault.address, MAX, sender=address)
    return address


def fills_of(pit: Pit, orders: list[Order], signatures: list[bytes]) -> list[tuple[Any, ...]]:
    """Return the contract's `Fill` structs, one contract each."""
    return [
        (each.as_tuple(), sign, (1, 0, MAX, 0))
        for each, sign in zip(orders, signatures, strict=True)
    ]


@pytest.mark.parametrize("otherwise", [BURNS, SHOUTS])
def test_fill_many__all_others_burn_their_shares__fills_the_good_one(otherwise: str) -> None:
    pit = Pit.open(plain_token())
    series = pit.create()
    good = Order([series])
    enemy = wallet(pit, otherwise)
    bad = [Order([series], maker=enemy, salt=salt) for salt in range(MAX_FILLS - 1)]
    signatures = [b"\xff" * 1_024] * len(bad)

    for place in (0, 7, len(bad)):
        orders = [*bad[:place], replace(good, salt=place), *bad[place:]]
        signed = [*signatures[:place], pit.sign(orders[place]), *signatures[place:]]
        taken = pit.book.fill_many(
            fills_of(pit, orders, signed), sender=actor("taker"), gas=GAS * MAX_FILLS
        )

        assert taken == [int(each == place) for each in range(MAX_FILLS)]
        assert len(events(pit.book, "FillSkipped")) == len(bad)


@pytest.mark.parametrize(("count", "months"), [(1, 1), (2, 1), (16, 1), (2, 12)])
def test_fill_many__gas_limit_as_estimated__fills_all(count: int, months: int) -> None:
    pit = Pit.open(plain_token())
    orders = [Order(pit.strip(months), salt=salt) for salt in range(count)]
    fills = fills_of(pit, orders, [*map(pit.sign, orders)])

    # as a node does: the least limit, to a 64th, with which the call does not fail
    low, high = 0, BLOCK_GAS
    while high - low > high // 64:
        middle = (low + high) // 2
        try:
            with boa.env.anchor():
                pit.book.fill_many(fills, sender=actor("taker"), gas=middle)
            high = middle
        except BoaError:
            low = middle

    assert pit.book.fill_many(fills, sender=actor("taker"), gas=high) == [1] * count
    assert gas_of(pit.book) < high


def test_fill_many__gas_for_no_fill__is_refused() -> None:
    pit = Pit.open(plain_token())
    series = pit.create()
    order = Order([series])
    fills = fills_of(pit, [order] * 2, [pit.sign(order)] * 2)

    with (
        refused("book: too little gas", lambda: pit.state(series)),
        boa.env.anchor(),
    ):
        pit.book.fill_many(fills, sender=actor("taker"), gas=399_000)
