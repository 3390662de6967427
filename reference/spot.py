# SPDX-License-Identifier: AGPL-3.0-only
"""The spot market (spot.md): orders, fills, matches, cancellations.

Signatures are out of the model: an order comes with whether its maker signed it. A refused call
raises `ModelRevert` and changes nothing.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from fractions import Fraction
from math import ceil, floor

from .errors import Cause, ModelRevert, require
from .units import WAD, Account, day_of

WIDTH = 2**128


@dataclass(frozen=True)
class SpotOrder:
    """An order, its fields in the order in which they are signed.

    price: [money base units per 1e18 of the token, or of what remains of it, 1e18]; quantity,
    minimum_quantity: [token base units]; max_lag_days: [days]; deadline: [unix s].
    """

    maker: Account
    taker: Account | None
    is_buy: bool
    token: Account
    money: Account
    price: int
    is_per_remaining: bool
    max_lag_days: int
    quantity: int
    minimum_quantity: int
    deadline: int
    epoch: int
    salt: int


@dataclass(frozen=True)
class SignedSpotOrder:
    """An order with what matters of its signature: whether the maker gave it."""

    order: SpotOrder
    is_signed: bool = True


@dataclass(frozen=True)
class SpotTake:
    """What a taker wants of an order; max_pay, min_receive: [money base units]."""

    signed: SignedSpotOrder
    quantity: int
    minimum_quantity: int = 0
    max_pay: int = 2**256 - 1
    min_receive: int = 0


@dataclass(frozen=True)
class Remaining:
    """What a token says remains of 1e18 of it [base units], and the first day not settled."""

    amount: int
    next_day: int


@dataclass
class PlainToken:
    """Who has what, and what the market may take [base units]."""

    balances: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    allowances: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    remaining: Remaining | None = None

    def move(self, payer: Account, receiver: Account, amount: int) -> None:
        """Move by the market's approval."""
        require(amount <= self.allowances[payer], Cause.CANNOT_PAY)
        require(amount <= self.balances[payer], Cause.CANNOT_PAY)
        self.allowances[payer] -= amount
        self.balances[payer] -= amount
        self.balances[receiver] += amount


@dataclass
class SpotBooks:
    """All that trades and cancellations change."""

    filled: defaultdict[SpotOrder, int] = field(default_factory=lambda: defaultdict(int))
    cancelled: set[SpotOrder] = field(default_factory=set)
    epochs: defaultdict[Account, int] = field(default_factory=lambda: defaultdict(int))
    least: defaultdict[tuple[Account, Account | None], int] = field(
        default_factory=lambda: defaultdict(int)
    )
    tokens: dict[Account, PlainToken] = field(default_factory=dict)


class SpotModel:
    """The market; `market` is its own address."""

    def __init__(self, market: Account, tokens: dict[Account, PlainToken]) -> None:
        """Start with no order filled."""
        self.market = market
        self.books = SpotBooks(tokens=tokens)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        before = deepcopy(self.books)
        try:
            yield
        except ModelRevert:
            self.books = before
            raise

    # Trades

    def fill(self, taker: Account, take: SpotTake, now: int) -> int:
        """Take from an order; return how much [token base units]."""
        with self._all_or_nothing():
            order = take.signed.order
            left = self.fillable(take.signed, taker, now, is_match=False)
            quantity = min(take.quantity, left)
            require(quantity >= take.minimum_quantity, Cause.TOO_LITTLE)
            self._note(order, quantity, left)
            cost = self.cost(order, quantity, now)
            if order.is_buy:
                require(cost >= take.min_receive, Cause.TOO_LITTLE)
                self._trade(order, order.maker, taker, quantity, cost)
            else:
                require(cost <= take.max_pay, Cause.COSTS_TOO_MUCH)
                self._trade(order, taker, order.maker, quantity, cost)
            return quantity

    def fill_many(self, taker: Account, takes: Sequence[SpotTake], now: int) -> list[int]:
        """Take from several orders, each or not at all; return how much of each."""
        with self._all_or_nothing():
            taken = []
            for take in takes:
                try:
                    taken.append(self.fill(taker, take, now))
                except ModelRevert:
                    taken.append(0)
            require(any(taken), Cause.TOO_LITTLE)
            return taken

    def match(self, one: SignedSpotOrder, other: SignedSpotOrder, most: int, now: int) -> int:
        """Trade two orders with each other; return how much [token base units]."""
        with self._all_or_nothing():
            first, second = one.order, other.order
            is_opposite = first.is_buy != second.is_buy
            is_same = (first.token, first.money) == (second.token, second.money)
            require(is_opposite and is_same, Cause.INVALID_ORDER)
            left = self.fillable(one, second.maker, now, is_match=True)
            other_left = self.fillable(other, first.maker, now, is_match=True)
            quantity = min(most, left, other_left)
            self._note(first, quantity, left)
            self._note(second, quantity, other_left)
            buy, sell = (first, second) if first.is_buy else (second, first)
            bid, ask = self.cost(buy, quantity, now), self.cost(sell, quantity, now)
            require(bid >= ask, Cause.INVALID_ORDER)
            self._trade(buy, buy.maker, sell.maker, quantity, (bid + ask) // 2)
            return quantity

    # Cancelling

    def cancel(self, caller: Account, order: SpotOrder) -> None:
        """Take an order back."""
        require(caller == order.maker, Cause.NOT_ALLOWED)
        self.books.cancelled.add(order)

    def cancel_all(self, caller: Account) -> None:
        """Take all orders back."""
        self.books.epochs[caller] += 1
        self.books.least[caller, None] = self.books.epochs[caller]

    def cancel_token(self, caller: Account, token: Account) -> None:
        """Take all orders on a token back."""
        self.books.epochs[caller] += 1
        self.books.least[caller, token] = self.books.epochs[caller]

    # What can be filled, and for what

    def fillable(self, signed: SignedSpotOrder, other: Account, now: int, *, is_match: bool) -> int:
        """Return how much of an order `other` could take [token base units], its cost apart."""
        order = signed.order
        require(order.quantity < WIDTH and order.price < WIDTH, Cause.INVALID_ORDER)
        require(now <= order.deadline, Cause.EXPIRED)
        least = max(self.books.least[order.maker, each] for each in (None, order.token))
        require(least <= order.epoch <= self.books.epochs[order.maker], Cause.CANCELLED)
        require(order not in self.books.cancelled, Cause.CANCELLED)
        left = order.quantity - self.books.filled[order]
        require(left > 0, Cause.FILLED)
        require(other != order.maker, Cause.NOT_ALLOWED)
        allowed = {None, other, self.market} if is_match else {None, other}
        require(order.taker in allowed, Cause.NOT_ALLOWED)
        require(signed.is_signed, Cause.NOT_SIGNED)
        return left

    def cost(self, order: SpotOrder, quantity: int, now: int) -> int:
        """Return what a part of an order costs [money base units]."""
        exact = Fraction(quantity * order.price, WAD)
        if order.is_per_remaining:
            remaining = self.books.tokens[order.token].remaining
            if remaining is None or remaining.amount == 0:
                raise ModelRevert(Cause.INVALID_ORDER)
            lag = day_of(now) - remaining.next_day
            require(lag <= order.max_lag_days, Cause.INDEX_TOO_OLD)
            exact *= Fraction(remaining.amount, WAD)
        cost = floor(exact) if order.is_buy else ceil(exact)
        require(cost > 0, Cause.COSTS_NOTHING)
        return cost

    # Parts

    def _note(self, order: SpotOrder, quantity: int, left: int) -> None:
        require(quantity > 0, Cause.TOO_LITTLE)
        require(quantity >= min(order.minimum_quantity, left), Cause.TOO_LITTLE)
        self.books.filled[order] += quantity

    def _trade(
        self, order: SpotOrder, buyer: Account, seller: Account, quantity: int, cost: int
    ) -> None:
        self.books.tokens[order.money].move(buyer, seller, cost)
        self.books.tokens[order.token].move(seller, buyer, quantity)
