# SPDX-License-Identifier: AGPL-3.0-only
"""Forwards on the page's world: a vault, its book, a relay, and a maker who quotes."""

from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount

from hashrate.orders.order import ZERO_ADDRESS, BookDomain, Leg, Order, SignedOrder, sign_order
from reference.forward_terms import ForwardTerms, Metric
from testing.anvil import CHAIN_ID
from testing.forwards import create_forward, deploy_forwards
from testing.relay_process import RelayProcess
from tests.web.world import BTC, DAY_SECONDS, World

FLOOR, CAP = 10_000, 30_000  # [tick]
BID, ASK = 16_000, 18_000  # [tick]
WINDOW_DAYS = 30
QUOTED = 40  # [contracts] on each side


class Desk:
    """A month to trade; its maker is the world's second holder."""

    def __init__(self, world: World, folder: Path) -> None:
        """Deploy, list a month, start the relay, quote both sides."""
        self.world = world
        forwards = deploy_forwards(world.chain, [world.bitcoin.address], world.owner)
        self.vault, self.book = forwards.vault, forwards.book
        self.domain = BookDomain(CHAIN_ID, self.book.address)
        first = world.anvil.now() // DAY_SECONDS + 10
        self.month = create_forward(
            self.vault,
            ForwardTerms(
                world.oracle.address,
                Metric.HASHPRICE_SATS,
                first,
                first + WINDOW_DAYS,
                FLOOR,
                CAP,
                1,
                world.bitcoin.address,
            ),
            world.owner,
        )
        self.anvil, self.indices = world.anvil, [world.oracle.address]
        self.maker = world.second_holder
        world.give_bitcoin(self.maker.address, 10 * BTC)
        world.bitcoin.send("approve", self.vault.address, 10 * BTC, sender=self.maker.address)
        self.relay = RelayProcess(self, folder)
        self.relay.start()
        self.quote(is_buy=True, price=BID)
        self.quote(is_buy=False, price=ASK)

    def close(self) -> None:
        """Stop the relay."""
        self.relay.close()

    def deployment(self) -> dict[str, Any]:
        """Describe it to the page."""
        places = {"vault": self.vault.address, "book": self.book.address, "relay": self.relay.url}
        return {"forwards": places}

    def quote(self, *, is_buy: bool, price: int) -> SignedOrder:
        """Let the maker sign an order and hand it to the relay."""
        unit = WINDOW_DAYS * (price - FLOOR if is_buy else CAP - price)
        order = Order(
            maker=self.maker.address,
            taker=ZERO_ADDRESS,
            quantity=QUOTED,
            minimum_quantity=1,
            max_collateral=QUOTED * unit,
            deadline=self.anvil.now() + 5 * DAY_SECONDS,
            may_trade_in_window=False,
            epoch=0,
            salt=price,
            legs=(Leg(self.month, is_buy, price),),
        )
        signed = sign_order(self.maker, self.domain, order)
        answer = self.relay.post(signed)
        assert answer.status_code == 201, answer.text
        return signed

    def listed(self, maker: LocalAccount) -> list[dict[str, Any]]:
        """Ask the relay for an account's open orders."""
        answer = self.relay.get(f"/orders?maker={maker.address}")
        orders: list[dict[str, Any]] = answer.json()["orders"]
        return orders

    def position(self, account: LocalAccount, *, is_long: bool) -> int:
        """Ask the chain how many contracts an account has."""
        number = self.month if is_long else self.month + 1
        return int(self.vault.read("balanceOf", account.address, number))
