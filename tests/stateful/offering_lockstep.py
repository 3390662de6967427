# SPDX-License-Identifier: AGPL-3.0-only
"""An offering and its reference model side by side, on a series that is a lock-step of its own."""

from collections.abc import Callable
from copy import deepcopy
from typing import Any

from reference.offering import IndexDay, OfferingModel, RoundTerms
from testing.local_chain import LocalContract
from testing.offering import deploy_offering, round_tuple
from testing.system import COINS, System, named_address
from tests.stateful.lockstep import Disagreement
from tests.stateful.series_lockstep import SeriesLockstep

MONEY_DECIMALS = 8
BUYERS = ("saver", "trader", "newcomer")
ROUND_FIELDS = (
    "seller",
    "series",
    "token",
    "shelf",
    "money",
    "opened_at",
    "closes_at",
    "first_day",
    "delivery_days",
    "refunds_early_end",
    "pricing",
    "price_days",
    "low_price",
    "high_price",
    "unsold_ths",
    "paid",
    "released",
    "kept",
)


class OfferingLockstep(SeriesLockstep):
    """Acts on a series, on an offering of it, and on the models of both."""

    offering: LocalContract
    money: LocalContract
    offering_model: OfferingModel
    buyers: list[str]

    def __init__(self, system: System, note: Callable[[str], object]) -> None:
        """Start from a system as deployed: buyers are rich and have approved everything."""
        super().__init__(system, note)
        chain, deployer = system.chain, named_address("deployer")
        self.money = chain.deploy("mocks/MockBitcoin", MONEY_DECIMALS, sender=deployer)
        self.offering = deploy_offering(
            chain, system.registry.address, [self.money.address], deployer
        )
        self.buyers = [named_address(role) for role in BUYERS]
        for buyer in self.buyers:
            self.money.send("mint", buyer, COINS, sender=deployer)
            self.money.send("approve", self.offering.address, COINS, sender=buyer)
            system.token.send("approve", self.offering.address, 2**256 - 1, sender=buyer)
        system.token.send("approve", self.offering.address, 2**256 - 1, sender=system.issuer)
        self.offering_model = OfferingModel(self.model, "", MONEY_DECIMALS)

    def copy(self, note: Callable[[str], object]) -> "OfferingLockstep":
        """Return the same moment once more, with models of its own on the same chain."""
        twin = super().copy(note)
        assert isinstance(twin, OfferingLockstep)
        # one deepcopy for all three: the offering's series is the series' model
        twin.oracle_model, twin.model, twin.offering_model = deepcopy(
            (self.oracle_model, self.model, self.offering_model)
        )
        twin.holders = list(self.holders)
        return twin

    @property
    def numbers(self) -> range:
        """Numbers of the rounds there are."""
        return range(1, len(self.offering_model.rounds) + 1)

    @property
    def index(self) -> list[IndexDay]:
        """Final days of the oracle, as the model knows them."""
        return [
            IndexDay(
                posted.priced.facts.day,
                posted.priced.facts.hashprice_wad,
                posted.priced.facts.hashprice_wad * posted.priced.btc_usd_e8 // 10**16,
            )
            for posted in self.oracle_model.days
            if self.now >= posted.final_at
        ]

    def claimer_of(self, account: str) -> str:
        """Return a stranger for the shelf, which can do nothing."""
        return self.system.keeper if account == self.offering_model.shelf else account

    def claim(self, account: str, caller: str | None = None) -> int | None:
        """Claim for an account; for the shelf a stranger does."""
        return super().claim(account, caller and self.claimer_of(caller))

    def _offering(self, name: str, *arguments: Any, sender: str) -> Callable[[], Any]:
        return lambda: self.offering.send(name, *arguments, sender=sender)

    def open_round(self, terms: RoundTerms, caller: str | None = None) -> bool:
        """Open a round, by default as the issuer."""
        caller = caller or self.system.issuer
        series, money = self.system.distributor.address, self.money.address
        model = self.offering_model

        def on_chain() -> int:
            number: int = self.offering.send(
                "open_round", round_tuple(terms, series, money), sender=caller
            )
            # the first round makes it
            model.shelf = self.offering.read("shelf_of", series, caller)
            return number

        accepted, number, expected = self.agree(
            f"open {terms}",
            on_chain,
            lambda: model.open_round(caller, terms, self.now),
        )
        if accepted and number != expected:
            raise Disagreement(f"round {number} on the chain, {expected} in the model")
        if accepted and model.shelf not in self.holders:
            self.holders.append(model.shelf)
            self.model.payouts[model.shelf] = self.system.issuer
        return accepted

    def buy(self, buyer: str, number: int, wanted: tuple[int, int, int]) -> bool:
        """Buy (most, least, most to pay)."""
        accepted, amount, expected = self.agree(
            f"{buyer} buys {wanted} of {number}",
            self._offering("buy", number, *wanted, sender=buyer),
            lambda: self.offering_model.buy(buyer, number, wanted, self.index, self.now),
        )
        if accepted and amount != expected[0]:
            raise Disagreement(f"bought {amount}, the model says {expected}")
        return accepted

    def release(self, number: int) -> bool:
        """Release, as a stranger."""
        return self._paid(
            f"release {number}",
            self._offering("release", number, sender=self.system.keeper),
            lambda: self.offering_model.release(number),
        )

    def refund(self, buyer: str, number: int, amount: int, least: int = 0) -> bool:
        """Hand back."""
        if amount:
            purchase = self.offering_model.round(number).purchases.get(buyer)
            if purchase and amount <= purchase.bought:
                seen = self.offering.read("preview_refund", number, buyer, amount)
                is_open = self.offering_model.is_in_default(number, self.now)
                back = self.offering_model.refund_of(number, buyer, amount)[1] if is_open else 0
                if seen != back:
                    raise Disagreement(f"a refund shows {seen}, the model says {back}")
        return self._paid(
            f"{buyer} hands {amount} back to {number}",
            self._offering("refund", number, amount, least, sender=buyer),
            lambda: self.offering_model.refund(buyer, number, amount, least, self.now),
        )

    def take_back(self, number: int, caller: str | None = None) -> bool:
        """Take what is unsold back, by default as the issuer."""
        caller = caller or self.system.issuer
        return self._paid(
            f"{caller} takes back {number}",
            self._offering("take_back", number, sender=caller),
            lambda: self.offering_model.take_back(caller, number, self.now),
        )

    def _paid(self, what: str, on_chain: Callable[[], Any], in_model: Callable[[], Any]) -> bool:
        accepted, amount, expected = self.agree(what, on_chain, in_model)
        if accepted and amount != expected:
            raise Disagreement(f"{what}: {amount} on the chain, {expected} in the model")
        return accepted

    # Looking

    def check_offering(self) -> None:
        """Compare rounds, purchases and money, and hold them to the invariants."""
        model = self.offering_model
        for number in self.numbers:
            self._check_round(number)
        inside = sum(sale.inside for sale in model.rounds)
        held = self.money.read("balanceOf", self.offering.address)
        assert held == inside, f"1: {held} inside, {inside} by what moved"
        for account in (*self.buyers, self.system.issuer):
            start = COINS if account in self.buyers else 0
            expected = start + model.money[account]
            seen = self.money.read("balanceOf", account)
            assert seen == expected, f"{account} has {seen}, the model says {expected}"
        token, meter = self.system.token, self.model.meter
        assert token.read("totalSupply") == meter.supply, "4: a refund burned something else"
        for buyer in self.buyers:
            assert token.read("balanceOf", buyer) == meter.balance(buyer)
        if model.rounds:
            on_shelf = self.system.token.read("balanceOf", model.shelf)
            unsold = sum(sale.unsold for sale in model.rounds)
            assert on_shelf == unsold, f"5: {on_shelf} on the shelf, {unsold} unsold"

    def _check_round(self, number: int) -> None:
        model, sale = self.offering_model, self.offering_model.round(number)
        seen = dict(zip(ROUND_FIELDS, self.offering.read("round_of", number), strict=True))
        expected = {
            "opened_at": sale.opened_at,
            "closes_at": sale.terms.closes_at,
            "first_day": sale.terms.first_day,
            "delivery_days": sale.terms.delivery_days,
            "refunds_early_end": sale.terms.refunds_early_end,
            "pricing": int(sale.terms.pricing),
            "price_days": sale.terms.price_days,
            "low_price": sale.terms.low_price,
            "high_price": sale.terms.high_price,
            "unsold_ths": sale.unsold,
            "paid": sale.paid,
            "released": sale.released,
            "kept": sale.kept,
        }
        for name, value in expected.items():
            assert seen[name] == value, f"{name}: {seen[name]}, the model says {value}"
        days, is_in_default, due = self.offering.read("standing_of", number)
        assert days == model.delivered(number), f"3: {days} days, model {model.delivered(number)}"
        assert is_in_default == model.is_in_default(number, self.now)
        assert due == model.due(number) >= 0
        asked = due
        for buyer in self.buyers:
            purchase = sale.purchases.get(buyer)
            found = self.offering.read("purchase_of", number, buyer)
            assert found == ((purchase.paid, purchase.bought) if purchase else (0, 0))
            if purchase and purchase.bought:
                asked += model.refund_of(number, buyer, purchase.bought)[1]
        assert asked <= sale.inside, f"2: {asked} can be asked for, {sale.inside} is inside"
        assert sale.inside == sale.paid + sale.kept - sale.released, "1: the law's own sum"
