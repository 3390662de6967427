# SPDX-License-Identifier: AGPL-3.0-only
"""The forwards engine (forwards.md): series, pairs, orders, trades, settlement, credits.

Signatures are out of the model: an order comes with whether its maker signed it. Every call that
depends on time takes the absolute clock `now` [unix s]. A refused call raises `ModelRevert` and
changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field

from .errors import Cause, ModelRevert, require
from .forward_orders import (
    ForwardOrder,
    OrderState,
    SignedOrder,
    Take,
    check_quantity,
    fillable,
)
from .forward_settlement import DaySource, Settlement, settlement
from .forward_terms import ForwardTerms, Venue, check_terms
from .forward_tokens import TokenModel
from .units import Account

MOST_FILLS = 16


@dataclass
class Books:
    """All that the engine and its tokens remember."""

    tokens: dict[Account, TokenModel]
    series: dict[int, ForwardTerms] = field(default_factory=dict)
    positions: defaultdict[tuple[Account, int], int] = field(
        default_factory=lambda: defaultdict(int)
    )
    filled: Counter[ForwardOrder] = field(default_factory=Counter)
    cancelled: set[ForwardOrder] = field(default_factory=set)
    epochs: Counter[Account] = field(default_factory=Counter)
    settled: dict[int, Settlement] = field(default_factory=dict)
    credits: Counter[tuple[Account, Account]] = field(default_factory=Counter)
    put_in: Counter[int] = field(default_factory=Counter)
    paid: Counter[int] = field(default_factory=Counter)


@dataclass(frozen=True)
class Party:
    """What a trade means for one side.

    pays, gets: [base units] of one month; closes, opens: [contracts].
    """

    account: Account
    closes: int
    opens: int
    pays: int
    gets: int


class ForwardsModel:
    """One engine; `deaf` are contracts that do not take ERC-1155 tokens."""

    def __init__(
        self,
        venue: Venue,
        oracle: DaySource,
        tokens: dict[Account, TokenModel],
        zero: Account,
        deaf: Collection[Account] = (),
    ) -> None:
        self.venue = venue
        self.oracle = oracle
        self.zero = zero
        self.deaf = frozenset(deaf)
        self.books = Books(tokens)

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        before = deepcopy(self.books)
        try:
            yield
        except ModelRevert:
            self.books = before
            raise

    # Series

    def create_series(self, terms: ForwardTerms, now: int) -> int:
        """List a series, or find it listed, and return its id."""
        series = self.venue.series_of(terms)
        if series not in self.books.series:
            final = [each for each in self.oracle.days() if each.final_at <= now]
            tokens = frozenset(self.books.tokens)
            check_terms(terms, tokens, (self.oracle.first_day, len(final)), now)
            self.books.series[series] = terms
        return series

    def terms_of(self, series: int) -> ForwardTerms:
        """Return the terms of a listed series."""
        require(series in self.books.series, Cause.NO_SUCH_SERIES)
        return self.books.series[series]

    # Pairs

    def mint_pair(
        self,
        caller: Account,
        series: int,
        quantity: int,
        recipients: tuple[Account, Account],
        now: int,
    ) -> None:
        """Pay for pairs and hand LONG and SHORT to the two recipients."""
        with self._all_or_nothing():
            terms = self.terms_of(series)
            require(not terms.is_over(now), Cause.ENDED)
            require(quantity > 0, Cause.TOO_LITTLE)
            for recipient in recipients:
                self._check_recipient(recipient)
            self._take(caller, series, quantity * terms.pair_cost)
            for side, recipient in enumerate(recipients):
                self._open(recipient, series + side, quantity)

    def merge_pair(self, caller: Account, series: int, quantity: int, recipient: Account) -> None:
        """Burn both sides for what a pair costs."""
        with self._all_or_nothing():
            terms = self.terms_of(series)
            self._check_recipient(recipient)
            require(quantity > 0, Cause.TOO_LITTLE)
            for position in (series, series + 1):
                self._close(caller, position, quantity)
            self._give(recipient, series, quantity * terms.pair_cost)

    def transfer(self, sender: Account, receiver: Account, position: int, quantity: int) -> None:
        """Move a position."""
        with self._all_or_nothing():
            require(receiver != self.zero, Cause.INVALID_ADDRESS)
            self._close(sender, position, quantity)
            self._receive(receiver, position, quantity)

    # Orders

    def state_of(self, order: ForwardOrder) -> OrderState:
        """Return what has become of an order."""
        books = self.books
        return OrderState(books.filled[order], order in books.cancelled, books.epochs[order.maker])

    def fill(self, caller: Account, take: Take, now: int) -> int:
        """Take from an order; return how much was traded [contracts]."""
        with self._all_or_nothing():
            return self._fill(caller, take, now)

    def fill_many(self, caller: Account, takes: Sequence[Take], now: int) -> list[int]:
        """Take from each order that can be taken from [contracts each]."""
        require(len(takes) <= MOST_FILLS, Cause.INVALID_ORDER)
        return [self._fill_or_skip(caller, take, now) for take in takes]

    def match(self, buy: SignedOrder, sell: SignedOrder, quantity: int, now: int) -> int:
        """Trade two crossing orders at the middle of their prices [contracts]."""
        with self._all_or_nothing():
            bid, ask = buy.order, sell.order
            require(bid.is_buy and not ask.is_buy, Cause.INVALID_ORDER)
            require(bid.series == ask.series, Cause.INVALID_ORDER)
            require(bid.price_ticks >= ask.price_ticks, Cause.INVALID_ORDER)
            left_to_buy = self._remaining(buy, ask.maker, now)
            left_to_sell = self._remaining(sell, bid.maker, now)
            traded = min(quantity, left_to_buy, left_to_sell)
            check_quantity(bid, traded, left_to_buy)
            check_quantity(ask, traded, left_to_sell)
            price = (bid.price_ticks + ask.price_ticks) // 2
            for order in (bid, ask):
                self.books.filled[order] += traded
            self._trade((bid.maker, ask.maker), bid.series, price, traded)
            return traded

    def cancel(self, caller: Account, order: ForwardOrder) -> None:
        """Take an order back."""
        require(caller == order.maker, Cause.NOT_ALLOWED)
        self.books.cancelled.add(order)

    def cancel_all(self, caller: Account) -> None:
        """Take all orders of the present epoch back."""
        self.books.epochs[caller] += 1

    def _remaining(self, signed: SignedOrder, other: Account, now: int) -> int:
        return fillable(signed, self.state_of(signed.order), self.books.series, other, now)

    def _fill_or_skip(self, caller: Account, take: Take, now: int) -> int:
        try:
            return self.fill(caller, take, now)
        except ModelRevert:
            return 0

    def _fill(self, caller: Account, take: Take, now: int) -> int:
        order = take.signed.order
        remaining = self._remaining(take.signed, caller, now)
        traded = min(take.quantity, remaining)
        require(traded >= take.minimum_quantity, Cause.TOO_LITTLE)
        check_quantity(order, traded, remaining)
        self.books.filled[order] += traded
        sides = (order.maker, caller) if order.is_buy else (caller, order.maker)
        self._trade(sides, order.series, order.price_ticks, traded)
        return traded

    # Trades

    def _trade(
        self, sides: tuple[Account, Account], months: Sequence[int], price: int, quantity: int
    ) -> None:
        """Trade `quantity` contracts of each month between (buyer, seller)."""
        net: Counter[Account] = Counter()
        for series in months:
            terms = self.books.series[series]
            costs = (terms.buyer_collateral(price), terms.seller_collateral(price))
            for side, account in enumerate(sides):
                party = self._party(account, series + 1 - side, quantity, costs[side], costs)
                net[account] += party.pays - party.gets
                self.books.put_in[series] += party.pays
                self.books.paid[series] += party.gets
                self._close(account, series + 1 - side, party.closes)
                self._open(account, series + side, party.opens)
        token = self.books.series[months[0]].token
        for account in sides:
            self._pull(account, token, max(net[account], 0))
        for account in sides:
            self._push(account, token, max(-net[account], 0))

    def _party(
        self, account: Account, opposite: int, quantity: int, cost: int, costs: tuple[int, int]
    ) -> Party:
        closes = min(quantity, self.books.positions[account, opposite])
        opens = quantity - closes
        return Party(account, closes, opens, opens * cost, closes * (sum(costs) - cost))

    # Settlement

    def settlement_of(self, series: int, now: int) -> Settlement:
        """Return what a series pays, whether or not anybody has asked before."""
        known = self.books.settled.get(series)
        return known or settlement(self.terms_of(series), self.oracle.days(), now)

    def settle(self, series: int, now: int) -> Settlement:
        """Write down what a series pays, for ever."""
        self.books.settled[series] = self.settlement_of(series, now)
        return self.books.settled[series]

    def worth(self, account: Account, series: int, now: int) -> int:
        """Return what an account's two sides redeem to [base units]."""
        result = self.settlement_of(series, now)
        longs, shorts = (self.books.positions[account, series + side] for side in (0, 1))
        return longs * result.long_payout + shorts * result.short_payout

    def redeem(self, caller: Account, series: int, recipient: Account, now: int) -> int:
        """Burn both sides of the caller for what they pay [base units]."""
        with self._all_or_nothing():
            self._check_recipient(recipient)
            self.settle(series, now)
            amount = self.worth(caller, series, now)
            held = [self.books.positions[caller, series + side] for side in (0, 1)]
            for side in (0, 1):
                self._close(caller, series + side, held[side])
            self._give(recipient, series, amount)
            return amount

    def withdraw(self, caller: Account, token: Account, recipient: Account) -> int:
        """Fetch what could not be delivered [base units]."""
        with self._all_or_nothing():
            self._check_recipient(recipient)
            amount = self.books.credits[token, caller]
            require(amount > 0, Cause.NOTHING_CREDITED)
            del self.books.credits[token, caller]
            arrived = self.books.tokens[token].push(self.venue.engine, recipient, amount)
            require(arrived, Cause.CANNOT_PAY)
            return amount

    # Sums

    def supply(self, position: int) -> int:
        """Return how many of LONG or SHORT there are [contracts]."""
        return sum(held for (_, known), held in self.books.positions.items() if known == position)

    def held(self, series: int, now: int) -> int:
        """Return what is held for the positions of a series [base units]."""
        terms = self.terms_of(series)
        if series not in self.books.settled:
            return self.supply(series) * terms.pair_cost
        result = self.settlement_of(series, now)
        longs, shorts = self.supply(series), self.supply(series + 1)
        return longs * result.long_payout + shorts * result.short_payout

    def owed(self, token: Account, now: int) -> int:
        """Return all that is held for positions and for credits in a token [base units]."""
        listed = self.books.series.items()
        credited = self.books.credits.items()
        return sum(
            self.held(series, now) for series, terms in listed if terms.token == token
        ) + sum(amount for (known, _), amount in credited if known == token)

    # Parts

    def _check_recipient(self, recipient: Account) -> None:
        require(recipient not in (self.zero, self.venue.engine), Cause.INVALID_ADDRESS)

    def _open(self, account: Account, position: int, quantity: int) -> None:
        if quantity:
            self._receive(account, position, quantity)

    def _receive(self, account: Account, position: int, quantity: int) -> None:
        require(account not in self.deaf, Cause.NOT_TAKEN)
        self.books.positions[account, position] += quantity

    def _close(self, account: Account, position: int, quantity: int) -> None:
        require(quantity <= self.books.positions[account, position], Cause.INSUFFICIENT_BALANCE)
        self.books.positions[account, position] -= quantity

    def _take(self, payer: Account, series: int, amount: int) -> None:
        self.books.put_in[series] += amount
        self._pull(payer, self.books.series[series].token, amount)

    def _give(self, recipient: Account, series: int, amount: int) -> None:
        self.books.paid[series] += amount
        self._push(recipient, self.books.series[series].token, amount)

    def _pull(self, payer: Account, token: Account, amount: int) -> None:
        self.books.tokens[token].pull(self.venue.engine, payer, amount)

    def _push(self, recipient: Account, token: Account, amount: int) -> None:
        if amount and not self.books.tokens[token].push(self.venue.engine, recipient, amount):
            self.books.credits[token, recipient] += amount
