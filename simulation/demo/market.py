# SPDX-License-Identifier: AGPL-3.0-only
"""The demo's primary sale and its spot trades: each method sends, and records what was mined."""

from typing import Any

from eth_utils.address import to_checksum_address

from commands.shell.chain import Chain
from hashrate.core.units import DAY_SECONDS, HOUR_SECONDS
from hashrate.orders.order import ZERO_ADDRESS
from hashrate.orders.spot import SpotDomain, SpotOrder, sign_spot
from hashrate.products.offering.terms import OfferingTerms, Pricing
from simulation.demo import events
from simulation.demo.schedule import Sale, SpotTrade

_ENOUGH = 2**255


class Market:
    """The offering and the spot market of a local chain."""

    def __init__(self, chain: Chain, offering: Any, spot: Any, bitcoin: Any) -> None:
        """Trade on contracts that are deployed, for bitcoin."""
        self.offering, self.spot = offering, spot
        self._chain, self._bitcoin = chain, bitcoin
        self._domain = SpotDomain(chain.chain_id, to_checksum_address(spot.address))
        self._orders = 0

    @property
    def last_round(self) -> int:
        """Return the number of the newest round; 0 before the first."""
        return int(self.offering.round_count())

    def open_round(self, sale: Sale, distributor: Any, token: Any, issuer: Any) -> events.Entry:
        """Let an issuer offer hashrate that it holds."""
        terms = OfferingTerms(
            series=to_checksum_address(distributor.address),
            money=to_checksum_address(self._bitcoin.address),
            amount_ths=sale.amount_wad,
            closes_at=self._chain.now + sale.hours * HOUR_SECONDS,
            delivery_days=sale.delivery_days,
            refunds_early_end=True,
            pricing=Pricing.FALLING,
            price_days=0,
            low_price=sale.low_sats,
            high_price=sale.high_sats,
        )
        self._approve(token, self.offering, issuer)
        sent = self._chain.send(self.offering.open_round, terms.as_tuple(), sender=issuer)
        (event,) = sent.decode_logs(self.offering.RoundOpened)
        return events.RoundOpened(
            at=sent.timestamp,
            series=sale.series,
            seller=issuer.address,
            shelf=to_checksum_address(event.shelf),
            amount=terms.amount_ths,
            closes_at=terms.closes_at,
            delivery_days=terms.delivery_days,
            low_price=terms.low_price,
            high_price=terms.high_price,
        )

    def buy(self, key: str, buyer: Any, amount: int) -> events.Bought:
        """Let a holder buy in the newest round."""
        number = self.last_round
        self._approve(self._bitcoin, self.offering, buyer)
        sent = self._chain.send(self.offering.buy, number, amount, 0, _ENOUGH, sender=buyer)
        (event,) = sent.decode_logs(self.offering.HashrateBought)
        return events.Bought(
            sent.timestamp, key, number, buyer.address, int(event.amount_ths), int(event.cost)
        )

    def due(self, distributor: Any) -> int:
        """Return what `release` of the newest round would pay now [base units]."""
        if self.last_round == 0 or distributor.ledger().bond_drawn:
            return 0
        return int(self.offering.standing_of(self.last_round)[2])

    def release(self, key: str, sender: Any) -> events.Released:
        """Let a stranger release what is due of the newest round."""
        number = self.last_round
        sent = self._chain.send(self.offering.release, number, sender=sender)
        (event,) = sent.decode_logs(self.offering.PaymentReleased)
        return events.Released(sent.timestamp, key, number, int(event.amount))

    def take_back(self, key: str, issuer: Any) -> events.TakenBack:
        """Let the issuer take what is unsold."""
        number = self.last_round
        sent = self._chain.send(self.offering.take_back, number, sender=issuer)
        (event,) = sent.decode_logs(self.offering.HashrateTakenBack)
        return events.TakenBack(sent.timestamp, key, number, issuer.address, int(event.amount_ths))

    def trade(self, trade: SpotTrade, token: Any, maker: Any, taker: Any) -> events.SpotTraded:
        """Let a holder fill another's signed order."""
        self._orders += 1
        order = SpotOrder(
            maker=to_checksum_address(maker.address),
            taker=ZERO_ADDRESS,
            is_buy=trade.is_buy,
            token=to_checksum_address(token.address),
            money=to_checksum_address(self._bitcoin.address),
            price=trade.price_sats,
            is_per_remaining=False,
            max_lag_days=0,
            quantity=trade.amount_wad,
            minimum_quantity=0,
            deadline=self._chain.now + DAY_SECONDS,
            epoch=0,
            salt=self._orders,
        )
        signed = sign_spot(maker.private_key, self._domain, order)
        buyer, seller = (maker, taker) if trade.is_buy else (taker, maker)
        self._approve(self._bitcoin, self.spot, buyer)
        self._approve(token, self.spot, seller)
        take = (trade.amount_wad, trade.amount_wad, _ENOUGH, 0)
        sent = self._chain.send(
            self.spot.fill, order.as_tuple(), signed.signature, take, sender=taker
        )
        (event,) = sent.decode_logs(self.spot.Traded)
        return events.SpotTraded(
            at=sent.timestamp,
            series=trade.series,
            maker=maker.address,
            taker=taker.address,
            is_buy=trade.is_buy,
            price=trade.price_sats,
            quantity=int(event.quantity),
            cost=int(event.cost),
        )

    def _approve(self, token: Any, spender: Any, account: Any) -> None:
        if int(token.allowance(account, spender)) < _ENOUGH:
            self._chain.send(token.approve, spender, 2**256 - 1, sender=account)
