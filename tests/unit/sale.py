# SPDX-License-Identifier: AGPL-3.0-only
"""A primary sale: a series with a bond, an offering, and buyers who are rich.

The issuer holds the whole fleet of 1,000 TH/s; a day pays 50,000 base units at 50 satoshi a TH/s.
"""

from dataclasses import dataclass, replace
from typing import Any

from reference.offering import Pricing, RoundTerms
from reference.units import DAY_SECONDS, NO_END_DAY
from testing.offering import deploy_offering, round_tuple
from testing.titanoboa import BoaChain
from tests.unit.chain import DEPLOYER, actor, events, go_to
from tests.unit.scene import FLEET, START, TERMS, TH, Scene, System

BUYERS = ("buyer", "holder")
MAX = 2**256 - 1
RICH = 10**30
DAY_REWARD = 50_000
PRICE = 6_500
BOND = FLEET // TH * 20
SERIES_TERMS = replace(TERMS, grace_seconds=0, bond_per_th=20)
CLOSES_AT = (START + 1) * DAY_SECONDS
FIRST_DAY = START + 2
DELIVERY_DAYS = 4
DEFAULT_SECONDS = 30 * DAY_SECONDS


def terms(**changes: Any) -> RoundTerms:
    """Return a round of 100 TH/s at 6,500 base units, to be delivered over four days."""
    usual = {
        "amount_ths": 100 * TH,
        "closes_at": CLOSES_AT,
        "delivery_days": DELIVERY_DAYS,
        "refunds_early_end": True,
        "pricing": Pricing.FALLING,
        "price_days": 0,
        "low_price": PRICE,
        "high_price": PRICE,
    }
    return RoundTerms(**{**usual, **changes})


@dataclass
class Sale:
    """An offering of a series, with the acts of everybody around it."""

    scene: Scene
    offering: Any
    money: Any

    @classmethod
    def open(
        cls,
        system: System,
        bitcoin: Any,
        money: Any,
        *others: Any,
        end_day: int = NO_END_DAY,
    ) -> "Sale":
        """Begin a series whose issuer holds the fleet, and deploy an offering for moneys."""
        sale = cls.list(system, bitcoin, money, *others, end_day=end_day)
        scene = sale.scene
        scene.begin(holder_ths=0, bond=BOND)
        scene.mint(scene.issuer, FLEET)
        return sale

    @classmethod
    def list(
        cls,
        system: System,
        bitcoin: Any,
        money: Any,
        *others: Any,
        end_day: int = NO_END_DAY,
    ) -> "Sale":
        """List a series and deploy an offering; nothing is minted."""
        scene = system.list_series(bitcoin, replace(SERIES_TERMS, end_day=end_day))
        registry = str(system.registry.address)
        moneys = [str(each.address) for each in (money, *others)]
        offering = deploy_offering(BoaChain(), registry, moneys, DEPLOYER)
        sale = cls(scene, offering.inside, money)
        for who in (*(actor(name) for name in BUYERS), scene.issuer):
            scene.token.approve(sale.offering.address, MAX, sender=who)
        return sale.with_money(money)

    def with_money(self, money: Any) -> "Sale":
        """Return the same sale in another money of its list; its buyers are rich in it."""
        for who in BUYERS:
            money.mint(actor(who), RICH)
            money.approve(self.offering.address, MAX, sender=actor(who))
        return replace(self, money=money)

    def open_round(self, sender: str | None = None, **changes: Any) -> int:
        """Open a round as the issuer; `series` and `money` may be others too."""
        series = changes.pop("series", self.scene.address)
        money = changes.pop("money", str(self.money.address))
        pricing = changes.pop("raw_pricing", None)
        fields = list(round_tuple(terms(**changes), series, money))
        if pricing is not None:
            fields[6] = pricing
        return int(self.offering.open_round(tuple(fields), sender=sender or self.scene.issuer))

    def buy(
        self,
        amount: int,
        who: str = "buyer",
        least: int = 0,
        max_cost: int = MAX,
        number: int = 1,
    ) -> int:
        """Buy; return what was bought."""
        bought = self.offering.buy(number, amount, least, max_cost, sender=actor(who))
        return int(bought)

    def release(self, number: int = 1) -> int:
        """Release as a stranger; return what came."""
        return int(self.offering.release(number, sender=actor("keeper")))

    def refund(self, amount: int, who: str = "buyer", least: int = 0, number: int = 1) -> int:
        """Hand back; return what came."""
        return int(self.offering.refund(number, amount, least, sender=actor(who)))

    def deliver(self, days: int, pay: int = DAY_REWARD) -> None:
        """Report, pay and settle that many days, one after the other."""
        for _ in range(days):
            if pay:
                self.scene.fund(pay)
            self.scene.report_at_hashprice()
            self.scene.settle()

    def default(self) -> None:
        """Leave the bond to pay for days until one is short, and go to where 30 days are over."""
        while self.scene.distributor.ledger().arrears == 0:
            self.deliver(1, pay=0)
        go_to(self.default_at() + 1)

    def default_at(self) -> int:
        """Return the last second before the oldest short day is a default [unix s]."""
        distributor = self.scene.distributor
        oldest = distributor.short_days(distributor.progress().repaid_shortfalls).day
        return int(distributor.due_at(oldest)) + DEFAULT_SECONDS

    def heal(self) -> None:
        """Repay the arrears and refill the bond."""
        ledger = self.scene.distributor.ledger()
        if ledger.arrears:
            self.scene.fund(ledger.arrears)
        self.scene.post_bond(ledger.bond_drawn)

    def inside(self) -> int:
        """Return the money inside [base units]."""
        return int(self.money.balanceOf(self.offering.address))

    def has(self, who: str) -> tuple[int, int]:
        """Return money and hashrate of an account [base units, TH/s with 18 decimals]."""
        account = self.scene.issuer if who == "issuer" else actor(who)
        return int(self.money.balanceOf(account)), int(self.scene.token.balanceOf(account))

    def state(self) -> tuple[object, ...]:
        """Return what a refused call must leave as it was."""
        count = self.offering.round_count()
        rounds = [self.offering.round_of(number) for number in range(1, count + 1)]
        purchases = [
            self.offering.purchase_of(number, actor(who))
            for number in range(1, count + 1)
            for who in BUYERS
        ]
        people = [self.has(who) for who in ("buyer", "holder", "issuer")]
        return (rounds, purchases, people, self.inside(), self.scene.token.totalSupply())


def told(contract: Any, name: str) -> list[tuple[Any, ...]]:
    """Return the values of the events of one name from the contract's last call."""
    return [tuple(each)[1:] for each in events(contract, name)]
