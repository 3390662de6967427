# SPDX-License-Identifier: AGPL-3.0-only
"""Forwards on the page's world: a vault, its book, relays, and a maker who quotes."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from eth_account.signers.local import LocalAccount

from hashrate.orders.order import ZERO_ADDRESS, BookDomain, Leg, Order, SignedOrder, sign_order
from hashrate.orders.order_file import order_from_json
from reference.forward_terms import ForwardTerms, Metric
from testing.anvil import CHAIN_ID
from testing.forwards import create_forward, deploy_forwards
from testing.relay_process import RelayProcess
from tests.web.world import BTC, DAY_SECONDS, World

FLOOR, CAP = 10_000, 30_000  # [tick]
BID, ASK = 16_000, 18_000  # [tick]
WINDOW_DAYS = 30
QUOTED = 40  # [contracts] on each side
_LISTED_AHEAD = 10  # [days] from now to the first window


def side_of(price: int, *, is_buy: bool) -> int:
    """Return what a side of one contract locks for each day of the window [base units]."""
    return price - FLOOR if is_buy else CAP - price


class Desk:
    """Windows to trade, one at first; their maker is the world's second holder."""

    def __init__(self, world: World, folder: Path, **settings: Any) -> None:
        """Deploy, list a window, start the relay with these settings, quote both sides."""
        self.world, self._folder = world, folder
        forwards = deploy_forwards(world.chain, [world.bitcoin.address], world.owner)
        self.vault, self.book = forwards.vault, forwards.book
        self.domain = BookDomain(CHAIN_ID, self.book.address)
        self.anvil, self.indices = world.anvil, [world.oracle.address]
        self._first = world.anvil.now() // DAY_SECONDS + _LISTED_AHEAD
        self.month = self.list_window(0)
        self.maker = world.second_holder
        world.give_bitcoin(self.maker.address, 10 * BTC)
        world.bitcoin.send("approve", self.vault.address, 10 * BTC, sender=self.maker.address)
        self.relay = RelayProcess(self, folder, **settings)
        self.relays = [self.relay]
        self.relay.start()
        self.quote(is_buy=True, price=BID)
        self.quote(is_buy=False, price=ASK)

    def close(self) -> None:
        """Stop the relays."""
        for relay in self.relays:
            relay.close()

    def deployment(self) -> dict[str, Any]:
        """Describe it to the page."""
        places = {"vault": self.vault.address, "book": self.book.address}
        return {"forwards": places | {"relay": [relay.url for relay in self.relays]}}

    def list_window(self, place: int, metric: Metric = Metric.HASHPRICE_SATS) -> int:
        """List a window, the first one or one that follows it; return its number."""
        return self.list_days(self._first + place * WINDOW_DAYS, WINDOW_DAYS, metric)

    def list_days(self, first: int, days: int, metric: Metric = Metric.HASHPRICE_SATS) -> int:
        """List a window of some days; return its number."""
        terms = ForwardTerms(
            self.world.oracle.address,
            metric,
            first,
            first + days,
            FLOOR,
            CAP,
            1,
            self.world.bitcoin.address,
        )
        return create_forward(self.vault, terms, self.world.owner)

    def add_relay(self, **settings: Any) -> RelayProcess:
        """Start one more relay, which knows no order yet."""
        relay = RelayProcess(self, self._folder / f"relay{len(self.relays)}", **settings)
        self.relays.append(relay)
        relay.start()
        return relay

    def quote(
        self,
        *,
        is_buy: bool,
        price: int,
        quantity: int = QUOTED,
        window: int | None = None,
        relay: RelayProcess | None = None,
    ) -> SignedOrder:
        """Let the maker sign an order, of the first window if not said, and hand it to a relay."""
        leg = Leg(self.month if window is None else window, is_buy, price)
        return self.post(self.sign([leg], quantity, price), relay)

    def post(self, signed: SignedOrder, relay: RelayProcess | None = None) -> SignedOrder:
        """Hand an order to a relay."""
        answer = (relay or self.relay).post(signed)
        assert answer.status_code == 201, answer.text
        return signed

    def sign(self, legs: Sequence[Leg], quantity: int, salt: int, **changes: Any) -> SignedOrder:
        """Let the maker sign an order that may take as much as opening all of it costs."""
        unit = sum(leg.ratio * side_of(leg.price_ticks, is_buy=leg.is_buy) for leg in legs)
        order = Order(
            maker=self.maker.address,
            taker=ZERO_ADDRESS,
            quantity=quantity,
            minimum_quantity=1,
            max_collateral=quantity * WINDOW_DAYS * unit,
            deadline=self.anvil.now() + 5 * DAY_SECONDS,
            may_trade_in_window=False,
            epoch=0,
            salt=salt,
            legs=tuple(legs),
        )
        return sign_order(self.maker, self.domain, replace(order, **changes))

    def fill(self, signed: SignedOrder, quantity: int, sender: LocalAccount) -> None:
        """Let somebody take some of an order."""
        take = (quantity, quantity, 10 * BTC, 0)
        order = signed.order.as_tuple()
        self.book.send("fill", order, signed.signature, take, sender=sender.address)

    def listed(self, maker: LocalAccount) -> list[dict[str, Any]]:
        """Ask the relay for an account's open orders."""
        answer = self.relay.get(f"/orders?maker={maker.address}")
        orders: list[dict[str, Any]] = answer.json()["orders"]
        return orders

    def order_of(self, maker: LocalAccount) -> SignedOrder:
        """Read the order that the relay listed last of an account."""
        return order_from_json(json.dumps(self.listed(maker)[-1]["signed_order"]))

    def position(self, account: LocalAccount, *, is_long: bool, window: int | None = None) -> int:
        """Ask the chain how many contracts an account has."""
        number = (self.month if window is None else window) + (0 if is_long else 1)
        return int(self.vault.read("balanceOf", account.address, number))
