# SPDX-License-Identifier: AGPL-3.0-only
"""Measure the offering and the spot market: primary sales, releases, fills, matches.

Hashrate is metered: who trades it for the first time on a day pays for filing the day. Spot trades
here are between parties that have traded that day, so that they show what the market costs; the
worst, between parties that are new to everything, is held to what `fill_many` keeps for a fill.
"""

from itertools import count

from eth_account import Account
from eth_account.signers.local import LocalAccount
from eth_utils.address import to_checksum_address

from benchmarks.contract import Call, Contract
from benchmarks.errors import HistoryError
from benchmarks.recorder import Recorder
from benchmarks.system import ATTESTATION_DAYS, DAY, HOUR, LONG_WINDOW, WAD, System
from hashrate.orders.order import ZERO_ADDRESS
from hashrate.orders.spot import SignedSpotOrder, SpotDomain, SpotOrder, sign_spot
from reference.offering import Pricing, RoundTerms
from simulation.devnet.anvil import CHAIN_ID
from testing.offering import deploy_offering, round_tuple
from testing.series import Series

DELIVERY_DAYS = 2
_STOCK = 1_000 * WAD
_PRICE = 6_500  # [sat per TH/s]
_MONEY = 10**15  # [sat] and as much is approved, so that neither is ever used up
_NEVER = 2**256 - 1
_FILL_GAS = 180_000  # of `SpotMarket`


def measure_market(system: System, recorder: Recorder) -> None:
    """Sell, trade and deliver; record each operation."""
    recorder.say("a primary sale, spot trades")
    stand = _Stand(system)
    stand.open()
    buyer = stand.party()
    stand.buy(stand.party())  # the shelf has filed its day
    recorder.send("offering_buy", stand.buying(buyer))
    recorder.send("offering_buy_again", stand.buying(buyer))
    stand.trade(buyer, recorder)
    for name, day in (("offering_release_first", 1), ("offering_release", 2)):
        stand.deliver(day)
        release = stand.offering.call("release", 1, sender=system.roles.transmitter)
        recorder.send(name, release)


class _Stand:
    """A series, an offering, a spot market, and parties with money."""

    def __init__(self, system: System) -> None:
        self.system, self.node = system, system.node
        self._days_behind()
        self.start = system.next_day + ATTESTATION_DAYS + 2
        self.series: Series[Contract] = system.create_series("market", self.start)
        deployer, money = system.roles.deployer, system.reward_token.address
        registry = system.registry.address
        self.offering = deploy_offering(system.chain, registry, [money], deployer)
        self.spot = system.chain.deploy("market/SpotMarket", sender=deployer)
        self.domain = SpotDomain(CHAIN_ID, to_checksum_address(self.spot.address))
        self._numbers = count(1)
        self._closes_at = 0

    def open(self) -> None:
        """Attest, mint, and open a round for a day, on the morning of the first one."""
        issuer = self.system.roles.issuer
        for day in range(self.system.next_day, self.start - 1):
            self._report(day)
        self.node.go_to((self.start - 1) * DAY + 14 * HOUR)
        self.series.distributor.send("mint", issuer, _STOCK, sender=issuer)
        self.series.token.send("approve", self.offering.address, _NEVER, sender=issuer)
        self.node.go_to(self.start * DAY + HOUR)
        self._closes_at = (self.start + 1) * DAY - HOUR
        terms = RoundTerms(
            amount_ths=_STOCK,
            closes_at=self._closes_at,
            delivery_days=DELIVERY_DAYS,
            refunds_early_end=True,
            pricing=Pricing.FALLING,
            price_days=0,
            low_price=_PRICE - 500,
            high_price=_PRICE,
        )
        places = (self.series.distributor.address, self.system.reward_token.address)
        self.offering.send("open_round", round_tuple(terms, *places), sender=issuer)

    def party(self) -> LocalAccount:
        """Make a party that is known to nobody and has money; all it has is approved."""
        number = next(self._numbers)
        party: LocalAccount = Account.from_key((20_000 + number).to_bytes(32, "big"))
        self.node.rpc("anvil_impersonateAccount", party.address)
        money = self.system.reward_token
        money.send("mint", party.address, _MONEY, sender=self.system.roles.issuer)
        for spender in (self.offering, self.spot):
            money.send("approve", spender.address, _NEVER, sender=party.address)
        self.series.token.send("approve", self.spot.address, _NEVER, sender=party.address)
        return party

    def buying(self, buyer: LocalAccount) -> Call:
        """Make a purchase of 10 TH/s."""
        return self.offering.call("buy", 1, 10 * WAD, 0, _NEVER, sender=buyer.address)

    def buy(self, buyer: LocalAccount) -> None:
        """Buy 10 TH/s."""
        self.buying(buyer).send()

    def order(self, maker: LocalAccount, is_buy: bool, price: int = _PRICE) -> SignedSpotOrder:
        """Sign an order on 6 TH/s."""
        order = SpotOrder(
            maker=to_checksum_address(maker.address),
            taker=ZERO_ADDRESS,
            is_buy=is_buy,
            token=to_checksum_address(self.series.token.address),
            money=to_checksum_address(self.system.reward_token.address),
            price=price,
            is_per_remaining=False,
            max_lag_days=0,
            quantity=6 * WAD,
            minimum_quantity=0,
            deadline=self.node.clock + 30 * DAY,
            epoch=0,
            salt=next(self._numbers),
        )
        return sign_spot(maker, self.domain, order)

    def filling(self, signed: SignedSpotOrder, taker: LocalAccount) -> Call:
        """Make a fill of 1 TH/s."""
        take = (WAD, WAD, _PRICE, 0)
        order = signed.order.as_tuple()
        return self.spot.call("fill", order, signed.signature, take, sender=taker.address)

    def trade(self, seller: LocalAccount, recorder: Recorder) -> None:
        """Measure fills and a match between parties that have traded today."""
        buyer = self.party()
        self.buy(buyer)
        ask = self.order(seller, is_buy=False)
        recorder.send("spot_fill_first", self.filling(ask, buyer))
        recorder.send("spot_fill", self.filling(ask, buyer))
        bid = self.order(buyer, is_buy=True)
        recorder.send("spot_fill_first", self.filling(bid, seller))
        recorder.send("spot_fill", self.filling(bid, seller))
        sides = (ask.order.as_tuple(), ask.signature, bid.order.as_tuple(), bid.signature)
        sender = self.system.roles.transmitter
        recorder.send("spot_match", self.spot.call("match", *sides, WAD, sender=sender))
        self.node.go_to(self.node.clock + DAY)
        newcomer = self.party()
        worst = self.filling(self.order(seller, is_buy=False), newcomer).send().gas
        if worst > _FILL_GAS:
            raise HistoryError(f"a fill took {worst} gas, fill_many keeps {_FILL_GAS} for it")
        recorder.gas["spot fill between strangers"] = worst

    def deliver(self, days: int) -> None:
        """Report and settle until so many days of the round are delivered."""
        last = self._closes_at // DAY + days
        for day in range(self.system.next_day, last + 1):
            self._report(day)
        self.node.go_to(self.node.clock + LONG_WINDOW)
        distributor = self.series.distributor
        distributor.send("settle", 64, sender=self.system.roles.transmitter)
        delivered, _, due = self.offering.read("standing_of", 1)
        if delivered != days or due == 0:
            raise HistoryError(f"{delivered} days were delivered, not {days}; {due} is due")

    def _report(self, day: int) -> None:
        if self.node.clock < (day + 1) * DAY + HOUR:
            self.node.go_to((day + 1) * DAY + HOUR)
        self.system.day_report().send()
        self.system.output_report(self.series, day).send()

    def _days_behind(self) -> None:
        """Report the days that other measurements let pass, one by one."""
        while self.system.next_day < self.node.clock // DAY:
            self.system.day_report().send()
