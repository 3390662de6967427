# SPDX-License-Identifier: AGPL-3.0-only
"""A primary sale (offering.md): rounds, purchases, releases, refunds.

The series is a `SeriesModel`, the money a `MoneyModel`. Written from the law: prices are exact
fractions that are rounded once, and what is inside is counted from what moved, apart from what the
contract keeps. Calls take the absolute clock `now` [unix s]; a refused call raises `ModelRevert`
and changes nothing.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import IntEnum
from fractions import Fraction
from math import ceil

from .errors import Cause, require
from .series import SeriesModel
from .units import DAY_SECONDS, WAD, Account, day_of

DEFAULT_SECONDS = 30 * DAY_SECONDS
MEAN_DAYS = 7
MAX_INDEX_AGE_DAYS = 3


class Pricing(IntEnum):
    """How a price is found."""

    FALLING = 1
    SATOSHI = 2
    USD = 4


@dataclass(frozen=True)
class RoundTerms:
    """Terms of a round; prices in base units of the money per TH/s."""

    amount_ths: int
    closes_at: int
    delivery_days: int
    refunds_early_end: bool
    pricing: Pricing
    price_days: int
    low_price: int
    high_price: int

    @property
    def first_day(self) -> int:
        """Return F, the first day whose delivery counts."""
        return day_of(self.closes_at) + 1

    def check(self, now: int, series: SeriesModel, decimals: int) -> None:
        """Refuse terms that mean nothing."""
        last = self.first_day + self.delivery_days
        require(self.amount_ths > 0, Cause.INVALID_TERMS)
        require(self.closes_at > now, Cause.INVALID_TERMS)
        require(0 < self.delivery_days < 2**16, Cause.INVALID_TERMS)
        require(self.first_day >= series.terms.start_day, Cause.INVALID_TERMS)
        require(last <= series.end_day, Cause.ENDED)
        require(0 < self.low_price <= self.high_price, Cause.INVALID_TERMS)
        is_falling = self.pricing is Pricing.FALLING
        require((self.price_days == 0) == is_falling, Cause.INVALID_TERMS)
        require(self.price_days < 2**16, Cause.INVALID_TERMS)
        require(decimals <= 18, Cause.INVALID_TERMS)
        require(self.pricing is not Pricing.SATOSHI or decimals >= 8, Cause.INVALID_TERMS)


@dataclass(frozen=True)
class IndexDay:
    """A final day of the oracle: hashprice in satoshi and in USD per TH/s per day [1e18]."""

    day: int
    hashprice_wad: int
    usd_wad: int


@dataclass
class Purchase:
    """What a buyer paid [base units] and bought [TH/s, 18 dec] and has not handed back."""

    paid: int = 0
    bought: int = 0


@dataclass
class Round:
    """A round as it stands; the money that moved is in base units."""

    seller: Account
    terms: RoundTerms
    opened_at: int
    unsold: int
    purchases: dict[Account, Purchase] = field(default_factory=dict)
    kept: int = 0
    # what moved, all of it
    taken_in: int = 0
    released: int = 0
    refunded: int = 0

    @property
    def paid(self) -> int:
        """Return what buyers paid for what they have not handed back."""
        return sum(purchase.paid for purchase in self.purchases.values())

    @property
    def inside(self) -> int:
        """Return the money that is inside for this round."""
        return self.taken_in - self.released - self.refunded


class OfferingModel:
    """Rounds of one series in one money; `shelf` is where its unsold tokens are."""

    def __init__(self, series: SeriesModel, shelf: Account, decimals: int) -> None:
        """Start without a round; `decimals` are the money's."""
        self.series = series
        self.shelf = shelf
        self.decimals = decimals
        self.rounds: list[Round] = []
        self.money: Counter[Account] = Counter()  # [base units] moved to (+) or from (-) accounts

    def round(self, number: int) -> Round:
        """Return a round by its number, from 1."""
        require(0 < number <= len(self.rounds), Cause.NO_SUCH_ROUND)
        return self.rounds[number - 1]

    # Acts

    def open_round(self, caller: Account, terms: RoundTerms, now: int) -> int:
        """Offer hashrate of the series; return the number of the round."""
        require(caller == self.series.parties.issuer, Cause.NOT_ALLOWED)
        terms.check(now, self.series, self.decimals)
        require(self.series.ledger.arrears == 0, Cause.ARREARS)
        self.series.transfer(caller, self.shelf, terms.amount_ths, now)
        self.rounds.append(Round(caller, terms, now, terms.amount_ths))
        return len(self.rounds)

    def price(self, number: int, index: Sequence[IndexDay], now: int) -> int:
        """Return what a TH/s costs now; `index` are the oracle's final days, ascending."""
        sale = self.round(number)
        terms = sale.terms
        if terms.pricing is Pricing.FALLING:
            elapsed = min(now, terms.closes_at) - sale.opened_at
            part = Fraction(elapsed, terms.closes_at - sale.opened_at)
            return ceil(terms.high_price - (terms.high_price - terms.low_price) * part)
        require(len(index) >= MEAN_DAYS, Cause.INDEX_TOO_YOUNG)
        require(day_of(now) - index[-1].day <= MAX_INDEX_AGE_DAYS, Cause.INDEX_TOO_OLD)
        is_usd = terms.pricing is Pricing.USD
        days = [each.usd_wad if is_usd else each.hashprice_wad for each in index[-MEAN_DAYS:]]
        unit: int = 10 ** (self.decimals if is_usd else self.decimals - 8)
        price: int = ceil(Fraction(sum(days), MEAN_DAYS * WAD) * terms.price_days * unit)
        return min(max(price, terms.low_price), terms.high_price)

    def buy(
        self,
        caller: Account,
        number: int,
        wanted: tuple[int, int, int],
        index: Sequence[IndexDay],
        now: int,
    ) -> tuple[int, int]:
        """Buy and return (amount, cost); `wanted` is (most, least, most to pay)."""
        sale = self.round(number)
        most, least, max_cost = wanted
        require(now < sale.terms.closes_at, Cause.ROUND_CLOSED)
        amount = min(most, sale.unsold)
        require(amount > 0 and amount >= least, Cause.TOO_LITTLE)
        require(self.series.ledger.arrears == 0, Cause.ARREARS)
        last = sale.terms.first_day + sale.terms.delivery_days
        require(last <= self.series.end_day, Cause.ENDED)
        cost = ceil(Fraction(amount * self.price(number, index, now), WAD))
        require(cost <= max_cost, Cause.COSTS_TOO_MUCH)
        self.series.transfer(self.shelf, caller, amount, now)
        sale.unsold -= amount
        purchase = sale.purchases.setdefault(caller, Purchase())
        purchase.paid += cost
        purchase.bought += amount
        sale.taken_in += cost
        self.money[caller] -= cost
        return amount, cost

    def release(self, number: int) -> int:
        """Pay the seller what is due; return it."""
        sale = self.round(number)
        ledger = self.series.ledger
        require(ledger.bond_drawn == 0 or self.series.closed, Cause.BOND_DRAWN)
        due = self.due(number)
        require(due > 0, Cause.NOTHING_TO_RELEASE)
        sale.released += due
        self.money[sale.seller] += due
        return due

    def refund(self, caller: Account, number: int, amount: int, least: int, now: int) -> int:
        """Hand hashrate back; return what is paid for it."""
        sale = self.round(number)
        require(self.is_in_default(number, now), Cause.NOT_IN_DEFAULT)
        purchase = sale.purchases.get(caller, Purchase())
        require(0 < amount <= purchase.bought, Cause.INSUFFICIENT_BALANCE)
        part, back = self.refund_of(number, caller, amount)
        require(back > 0 and back >= least, Cause.TOO_LITTLE)
        self.series.burn(caller, amount, now)
        purchase.paid -= part
        purchase.bought -= amount
        sale.kept += part - back
        sale.refunded += back
        self.money[caller] += back
        return back

    def take_back(self, caller: Account, number: int, now: int) -> int:
        """Take what is unsold off the shelf; return it."""
        sale = self.round(number)
        require(caller == sale.seller, Cause.NOT_ALLOWED)
        require(sale.unsold > 0, Cause.TOO_LITTLE)
        amount, sale.unsold = sale.unsold, 0
        self.series.transfer(self.shelf, caller, amount, now)
        return amount

    # What it comes to

    def delivered(self, number: int) -> int:
        """Return D, counted day by day from the ledger."""
        terms = self.round(number).terms
        if self.has_ended and not terms.refunds_early_end:
            return terms.delivery_days
        last = terms.first_day + terms.delivery_days
        count = 0
        for settled in self.series.ledger.days:
            if settled.owed:
                break
            count += terms.first_day <= settled.day < last
        return count

    @property
    def has_ended(self) -> bool:
        """Return whether every day of the series is settled and none is owed anything."""
        ledger = self.series.ledger
        return ledger.next_day >= self.series.end_day and ledger.arrears == 0

    def is_in_default(self, number: int, now: int) -> bool:
        """Return whether buyers may hand hashrate back."""
        terms = self.round(number).terms
        for settled in self.series.ledger.days:
            if settled.owed:
                due_at = self.series.due_at(settled.day, now)
                return due_at is not None and now > due_at + DEFAULT_SECONDS
        is_short = self.delivered(number) < terms.delivery_days
        return self.has_ended and terms.refunds_early_end and is_short

    def due(self, number: int) -> int:
        """Return what the seller can have now."""
        sale = self.round(number)
        part = Fraction(self.delivered(number), sale.terms.delivery_days)
        return int(sale.paid * part) + sale.kept - sale.released

    def refund_of(self, number: int, buyer: Account, amount: int) -> tuple[int, int]:
        """Return what a buyer paid for an amount, and what it gets of that, default or not."""
        sale = self.round(number)
        purchase = sale.purchases[buyer]
        part = int(Fraction(purchase.paid * amount, purchase.bought))
        days = sale.terms.delivery_days
        return part, int(Fraction(part * (days - self.delivered(number)), days))
