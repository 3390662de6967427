# SPDX-License-Identifier: AGPL-3.0-only
"""Every combination of what two parties hold of what an order's legs close, against single trades
that nobody nets."""

from itertools import product

import pytest

from reference.forward_orders import EVERYTHING, ForwardOrder, Leg, SignedOrder
from reference.units import day_start
from testing.compiler import Compiler
from testing.forward_signing import order_tuple
from testing.forwards_system import key_of
from tests.stateful.forwards_scenes import FIRST_WINDOW, begin

pytestmark = pytest.mark.stateful

MAKER, TAKER, PAYER = (key_of(role).address for role in ("maker", "fund", "miner"))
HELD = (0, 2, 9)  # LONG or SHORT a party has before, of what the leg closes
PRICES = (5_300, 11_100)


class Scene:
    """Two series in dollars, one after the other."""

    def __init__(self) -> None:
        lockstep = begin(Compiler(), lambda _: None)
        self.system = lockstep.system
        self.token = self.system.coins[6]
        self.series = sorted(lockstep.series[name] for name in ("dollars", "next dollars"))

    def fill(self, legs: tuple[Leg, ...], quantity: int, salt: int = 0) -> int:
        """Fill the maker's order as the taker [units]."""
        deadline = day_start(FIRST_WINDOW) - 1
        order = ForwardOrder(
            MAKER, None, quantity, 1, EVERYTHING >> 128, deadline, False, 0, salt, legs
        )
        signature = self.system.signature(SignedOrder(order))
        take = (quantity, 0, EVERYTHING, 0)
        filled: int = self.system.book.send(
            "fill", order_tuple(order), signature, take, sender=TAKER
        )
        return filled

    def hold(self, leg: Leg, who: str, held: int) -> None:
        """Mint what a party of a leg closes."""
        buys = leg.is_buy == (who == MAKER)
        to = (PAYER, who) if buys else (who, PAYER)
        self.system.vault.send("mint_pair", leg.series, held, *to, sender=PAYER)

    def outcome(self) -> list[int]:
        """Return what both parties have, what is open and what is inside."""
        vault = self.system.vault
        sides = [number + side for number in self.series for side in (0, 1)]
        held = [vault.read("balanceOf", who, each) for who in (MAKER, TAKER) for each in sides]
        money = [self.token.read("balanceOf", who) for who in (MAKER, TAKER, vault.address)]
        return held + money + [vault.read("open_interest", each) for each in self.series]


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Vault and book, made once: what a test does there is taken back."""
    return Scene()


@pytest.mark.parametrize("sides", list(product([True, False], repeat=2)))
@pytest.mark.parametrize("ratios", [(1, 1), (1, 2), (3, 2)])
@pytest.mark.parametrize("quantity", [1, 4])
def test_fill__two_legs__move_what_single_trades_move(
    scene: Scene, sides: tuple[bool, bool], ratios: tuple[int, int], quantity: int
) -> None:
    chain = scene.system.chain
    legs = tuple(Leg(*fields) for fields in zip(scene.series, sides, PRICES, ratios, strict=True))
    for holdings in product(HELD, repeat=4):
        with chain.undone():
            for place, held in enumerate(holdings):
                if held:
                    scene.hold(legs[place // 2], (MAKER, TAKER)[place % 2], held)
            with chain.undone():
                for salt, leg in enumerate(legs):
                    single = Leg(leg.series, leg.is_buy, leg.price_ticks)
                    scene.fill((single,), quantity * leg.ratio, salt)
                expected = scene.outcome()
            assert scene.fill(legs, quantity) == quantity
            assert scene.outcome() == expected
