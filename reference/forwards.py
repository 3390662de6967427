# SPDX-License-Identifier: AGPL-3.0-only
"""Forwards (forwards.md): series, pairs, named books, orders, trades, settlement, credits.

Vault and book are two classes: the vault knows no orders, the book holds no money. Signatures are
out of the model: an order comes with whether its maker signed it. Every call that depends on time
takes the absolute clock `now` [unix s]. A refused call raises `ModelRevert` and changes nothing.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field

from .errors import Cause, ModelRevert, require
from .forward_orders import (
    QUANTITY_BOUND,
    ForwardOrder,
    Leg,
    OrderState,
    SignedOrder,
    Take,
    check_quantity,
    fillable,
    meeting,
)
from .forward_settlement import DaySource, ForwardDay, Settlement, mean_of_last, settlement
from .forward_terms import ForwardTerms, Venue, check_terms
from .forward_tokens import TokenModel
from .units import Account

MOST_FILLS = 16
OPEN_BOUND = 2**79  # [contracts] of a series
MOST_FILLED_LEGS = 96


@dataclass
class Naming:
    """What an account lets a book do with one token; cash_limit: [base units], until: [unix s]."""

    cash_limit: int
    may_close: bool
    until: int


@dataclass(frozen=True)
class Trade:
    """What a book asks for; quantity: [units]; caps: [base units] most to pull."""

    maker: Account
    taker: Account
    quantity: int
    legs: tuple[Leg, ...]
    may_trade_in_window: bool
    maker_cap: int
    taker_cap: int
    sender: Account | None = None  # of the transaction: what it opens itself is not asked of it


@dataclass
class Books:
    """All that vault, book and tokens remember."""

    tokens: dict[Account, TokenModel]
    series: dict[int, ForwardTerms] = field(default_factory=dict)
    positions: defaultdict[tuple[Account, int], int] = field(
        default_factory=lambda: defaultdict(int)
    )
    namings: dict[tuple[Account, Account, Account], Naming] = field(default_factory=dict)
    disowners: set[Account] = field(default_factory=set)
    filled: Counter[ForwardOrder] = field(default_factory=Counter)
    cancelled: set[ForwardOrder] = field(default_factory=set)
    epochs: Counter[Account] = field(default_factory=Counter)
    least_epochs: Counter[tuple[Account, int | None]] = field(default_factory=Counter)
    settled: dict[int, Settlement] = field(default_factory=dict)
    credits: Counter[tuple[Account, Account]] = field(default_factory=Counter)
    put_in: Counter[int] = field(default_factory=Counter)
    paid: Counter[int] = field(default_factory=Counter)


class ForwardsModel:
    """Vault and official book; `deaf` are contracts that do not take ERC-1155 tokens.

    `indices` are the days of each index by its address.
    """

    def __init__(
        self,
        venue: Venue,
        indices: dict[Account, DaySource],
        tokens: dict[Account, TokenModel],
        zero: Account,
        deaf: Collection[Account] = (),
    ) -> None:
        """Keep the venue, its indices and its tokens; there is no series yet."""
        self.venue = venue
        self.indices = indices
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
            index = self.indices[terms.index]
            final = [each for each in index.days() if each.final_at <= now]
            tokens = frozenset(self.books.tokens)
            check_terms(terms, tokens, (index.first_day, len(final)), now)
            self.books.series[series] = terms
        return series

    def terms_of(self, series: int) -> ForwardTerms:
        """Return the terms of a listed series."""
        require(series in self.books.series, Cause.NO_SUCH_SERIES)
        return self.books.series[series]

    def days_of(self, series: int) -> Sequence[ForwardDay]:
        """Return the days of a series' index."""
        return self.indices[self.terms_of(series).index].days()

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
                self._open(recipient, series + side, quantity, caller)
            self._check_open(series)

    def merge_pair(self, caller: Account, series: int, quantity: int, recipient: Account) -> None:
        """Return both sides back for what a pair costs."""
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

    # Books

    def approve_book(self, caller: Account, book: Account, token: Account, naming: Naming) -> None:
        """Let a book trade for the caller in one token, instead of what it could before."""
        self.books.namings[caller, book, token] = deepcopy(naming)

    def disown_book(self, caller: Account, book: Account) -> None:
        """End all that a book may do for the caller."""
        if book == self.venue.book:
            self.books.disowners.add(caller)
        for key in [key for key in self.books.namings if key[:2] == (caller, book)]:
            del self.books.namings[key]

    def trade(self, book: Account, trade: Trade, now: int) -> tuple[int, int]:
        """Trade legs between two parties; return what each paid [base units], negative if got."""
        with self._all_or_nothing():
            return self._trade(book, trade, now)

    def _naming(self, account: Account, book: Account, token: Account, now: int) -> Naming | None:
        """Return how far a book is limited, None for the official one of who never disowned it."""
        if book == self.venue.book and account not in self.books.disowners:
            return None
        naming = self.books.namings.get((account, book, token))
        require(naming is not None and now <= naming.until, Cause.NOT_ALLOWED)
        return naming

    def _trade(self, book: Account, trade: Trade, now: int) -> tuple[int, int]:
        parties = (trade.maker, trade.taker)
        require(trade.maker != trade.taker, Cause.NOT_ALLOWED)
        require(len(trade.legs) >= 1, Cause.INVALID_ORDER)
        listed = [self.terms_of(leg.series) for leg in trade.legs]
        token = listed[0].token
        namings = [self._naming(party, book, token, now) for party in parties]
        require(all(terms.token == token for terms in listed), Cause.INVALID_ORDER)
        paid = [0, 0]
        for leg, terms in zip(trade.legs, listed, strict=True):
            require(not terms.is_over(now), Cause.ENDED)
            require(trade.may_trade_in_window or not terms.has_begun(now), Cause.WINDOW_OPEN)
            in_band = terms.floor_ticks <= leg.price_ticks <= terms.cap_ticks
            require(in_band, Cause.INVALID_ORDER)
            contracts = trade.quantity * leg.ratio
            require(0 < contracts < QUANTITY_BOUND, Cause.INVALID_ORDER)
            costs = (
                terms.buyer_collateral(leg.price_ticks),
                terms.seller_collateral(leg.price_ticks),
            )
            opened: list[tuple[Account, int, int]] = []
            for which, (party, naming) in enumerate(zip(parties, namings, strict=True)):
                side = 0 if leg.is_buy == (which == 0) else 1
                opposite = leg.series + 1 - side
                may_close = naming is None or naming.may_close
                closes = min(contracts, self.books.positions[party, opposite]) if may_close else 0
                pays, gets = (contracts - closes) * costs[side], closes * costs[1 - side]
                paid[which] += pays - gets
                self.books.put_in[leg.series] += pays
                self.books.paid[leg.series] += gets
                self._close(party, opposite, closes)
                opened.append((party, leg.series + side, contracts - closes))
            for party, position, quantity in opened:
                self._open(party, position, quantity, trade.sender)
            self._check_open(leg.series)
        caps = (trade.maker_cap, trade.taker_cap)
        for amount, cap, naming in zip(paid, caps, namings, strict=True):
            require(amount <= cap, Cause.TOO_MUCH_COLLATERAL)
            if naming is not None:
                require(amount <= naming.cash_limit, Cause.TOO_MUCH_COLLATERAL)
                naming.cash_limit -= max(amount, 0)
        for party, amount in zip(parties, paid, strict=True):
            self._pull(party, token, max(amount, 0))
        for party, amount in zip(parties, paid, strict=True):
            self._push(party, token, max(-amount, 0))
        return paid[0], paid[1]

    # Orders

    def state_of(self, order: ForwardOrder) -> OrderState:
        """Return what has become of an order."""
        books = self.books
        subjects = (None, *(leg.series for leg in order.legs))
        least = max(books.least_epochs[order.maker, subject] for subject in subjects)
        return OrderState(
            books.filled[order], order in books.cancelled, least, books.epochs[order.maker]
        )

    def fill(self, caller: Account, take: Take, now: int) -> int:
        """Take from an order; return how much was traded [units]."""
        with self._all_or_nothing():
            return self._fill(caller, take, now)

    def fill_many(self, caller: Account, takes: Sequence[Take], now: int) -> list[int]:
        """Take from each order that can be taken from [units each], but from one at least."""
        require(len(takes) <= MOST_FILLS, Cause.INVALID_ORDER)
        legs = sum(len(take.signed.order.legs) for take in takes)
        require(legs <= MOST_FILLED_LEGS, Cause.INVALID_ORDER)
        taken = [self._fill_or_skip(caller, take, now) for take in takes]
        require(any(taken), Cause.TOO_LITTLE)
        return taken

    def match(self, one: SignedOrder, other: SignedOrder, quantity: int, now: int) -> int:
        """Trade two opposite orders half way between their prices [units]."""
        with self._all_or_nothing():
            first, second = one.order, other.order
            left = self._remaining(one, second.maker, now, self.venue.book)
            left_of_other = self._remaining(other, first.maker, now, self.venue.book)
            legs = meeting(self.priced(first, now), self.priced(second, now))
            traded = min(quantity, left, left_of_other)
            check_quantity(first, traded, left)
            check_quantity(second, traded, left_of_other)
            for order in (first, second):
                self.books.filled[order] += traded
            trade = Trade(
                first.maker,
                second.maker,
                traded,
                legs,
                first.may_trade_in_window and second.may_trade_in_window,
                first.part_of_collateral(traded),
                second.part_of_collateral(traded),
            )
            self._trade(self.venue.book, trade, now)
            return traded

    def cancel(self, caller: Account, order: ForwardOrder) -> None:
        """Take an order back."""
        require(caller == order.maker, Cause.NOT_ALLOWED)
        self.books.cancelled.add(order)

    def cancel_all(self, caller: Account) -> None:
        """Take all orders so far back."""
        self._raise_epoch(caller, None)

    def cancel_series(self, caller: Account, series: int) -> None:
        """Take all orders so far with a leg in a series back."""
        self._raise_epoch(caller, series)

    def _raise_epoch(self, maker: Account, subject: int | None) -> None:
        self.books.epochs[maker] += 1
        self.books.least_epochs[maker, subject] = self.books.epochs[maker]

    def priced(self, order: ForwardOrder, now: int) -> tuple[Leg, ...]:
        """Return the legs of an order at the prices it is filled at now."""
        peg = order.peg
        if peg is None:
            return order.legs
        require(peg.low_ticks <= peg.high_ticks, Cause.INVALID_ORDER)
        for leg in order.legs:
            self._check_bounds(peg.worst(leg))
        worst = sum(peg.worst(leg).cost(self.terms_of(leg.series)) for leg in order.legs)
        require(order.quantity * worst <= order.max_collateral, Cause.TOO_MUCH_COLLATERAL)

        def mean(series: int, days: int) -> tuple[int, int]:
            return mean_of_last(self.terms_of(series), self.days_of(series), days, now)

        return tuple(peg.priced(leg, mean, now) for leg in order.legs)

    def _check_bounds(self, leg: Leg) -> None:
        terms = self.terms_of(leg.series)
        in_band = terms.floor_ticks <= leg.price_ticks <= terms.cap_ticks
        require(in_band, Cause.INVALID_ORDER)

    def _remaining(
        self, signed: SignedOrder, other: Account, now: int, book: Account | None = None
    ) -> int:
        return fillable(signed, self.state_of(signed.order), other, now, book)

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
        trade = Trade(
            order.maker,
            caller,
            traded,
            self.priced(order, now),
            order.may_trade_in_window,
            order.part_of_collateral(traded),
            take.max_pay,
            caller,
        )
        _, paid = self._trade(self.venue.book, trade, now)
        require(take.min_receive == 0 or -paid >= take.min_receive, Cause.TOO_LITTLE)
        return traded

    # Settlement

    def settlement_of(self, series: int, now: int) -> Settlement:
        """Return what a series pays, whether or not anybody has asked before."""
        known = self.books.settled.get(series)
        return known or settlement(self.terms_of(series), self.days_of(series), now)

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
            arrived = self.books.tokens[token].push(self.venue.vault, recipient, amount)
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
        require(recipient not in (self.zero, self.venue.vault), Cause.INVALID_ADDRESS)

    def _open(self, account: Account, position: int, quantity: int, sender: Account | None) -> None:
        # of a plain contract no transaction comes: it is asked, also where it calls through one
        if account == sender and account not in self.deaf:
            self.books.positions[account, position] += quantity
        elif quantity:
            self._receive(account, position, quantity)

    def _check_open(self, series: int) -> None:
        """Refuse more contracts of a series than are ever open at a time."""
        longs = sum(
            held for (_, position), held in self.books.positions.items() if position == series
        )
        require(longs < OPEN_BOUND, Cause.TOO_WIDE)

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
        self.books.tokens[token].pull(self.venue.vault, payer, amount)

    def _push(self, recipient: Account, token: Account, amount: int) -> None:
        if amount and not self.books.tokens[token].push(self.venue.vault, recipient, amount):
            self.books.credits[token, recipient] += amount
