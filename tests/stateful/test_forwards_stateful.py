# SPDX-License-Identifier: AGPL-3.0-only
"""Random histories of vault and book: traders, wallets, reporters, coins that refuse."""

from dataclasses import replace

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from reference.forward_orders import SignedOrder, Take
from reference.forwards import Naming, Trade
from reference.units import DAY_SECONDS
from testing.system import COINS, named_address
from tests.stateful import forwards_strategies as draw
from tests.stateful.forwards_base import ForwardsMachine
from tests.stateful.forwards_scenes import terms_of
from tests.stateful.forwards_strategies import ForwardDayShape, OrderShape

CANCELS = ("own", "other", "all", "series")
REFUSALS = ("revert", "false", "no")
FEWEST_STEPS = 20  # before the oracle is silent for long
pytestmark = pytest.mark.stateful


class Forwards(ForwardsMachine):
    """Everything that can happen to vault and book."""

    @initialize(
        trades=st.lists(
            st.tuples(draw.makers, draw.others, draw.trades, st.sampled_from([1, 2, 5])),
            min_size=4,
            max_size=9,
        )
    )
    def trading_begins(self, trades: list[tuple[int, int, OrderShape, int]]) -> None:
        """Before the first window, so that most histories have positions from the start."""
        for place, (maker, other, shape, quantity) in enumerate(trades):
            taker = (maker + other) % 4
            signed = self.order(maker, taker, place % 2 == 0, shape)
            self.book.append(signed)
            self.lockstep.fill(self.account(taker), Take(signed, quantity))

    # Time and reports

    @rule(offset=st.sampled_from([-1, 0, 0, 1]))
    def time_passes(self, offset: int) -> None:
        """To the next moment at which something changes, or a second off."""
        self.go_to_next_moment(offset)

    @rule(count=st.integers(1, 4), shape=draw.days)
    def days_are_reported(self, count: int, shape: ForwardDayShape) -> None:
        """The first of them may be unusual; on time, or late if the clock is ahead."""
        for number in range(count):
            self.report(ForwardDayShape() if number else shape)

    @precondition(lambda self: self.lockstep.oracle_model.days)
    @rule(back=st.integers(1, 3), shape=draw.days, is_veto=st.booleans())
    def a_day_is_corrected(self, back: int, shape: ForwardDayShape, is_veto: bool) -> None:
        """A recent day goes, with all after it, if it is still pending."""
        lockstep = self.lockstep
        day = lockstep.oracle_model.next_day - back
        if is_veto:
            lockstep.veto_day(day)
        else:
            facts = lockstep.next_facts(percent=shape.percent, day=day)
            lockstep.replace_day(facts, [shape.price] * 2)

    @rule(name=draw.names)
    def a_series_is_listed_again(self, name: str) -> None:
        """At any time, without effect."""
        assert self.lockstep.create_series(terms_of(name, self.lockstep)) is not None

    # Trades

    @rule(
        maker=draw.makers,
        other=draw.others,
        is_buy=st.booleans(),
        shape=draw.orders,
        quantity=draw.quantities,
        minimum=st.sampled_from([0, 0, 0, 2]),
    )
    def an_order_is_signed_and_filled(
        self,
        maker: int,
        other: int,
        is_buy: bool,
        shape: OrderShape,
        quantity: int,
        minimum: int,
    ) -> None:
        """In part or whole, if it can be."""
        taker = (maker + other) % 5
        signed = self.order(maker, taker, is_buy, shape)
        self.book.append(signed)
        self.lockstep.fill(self.account(taker), Take(signed, quantity, minimum))

    @precondition(lambda self: self.book)
    @rule(
        picks=st.lists(st.integers(0, 30), min_size=1, max_size=4),
        taker=draw.accounts,
        quantity=draw.quantities,
    )
    def orders_of_the_book_are_filled(self, picks: list[int], taker: int, quantity: int) -> None:
        """Old ones, again, expired ones, all in one call; one alone as a plain fill."""
        takes = [Take(self.picked(pick), quantity) for pick in picks]
        if len(takes) == 1:
            self.lockstep.fill(self.account(taker), takes[0])
        else:
            self.lockstep.fill_many(self.account(taker), takes)

    @rule(
        buyer=draw.makers,
        other=draw.others,
        bid=draw.orders,
        ask=draw.orders,
        fits=st.sampled_from([True, True, True, False]),
        quantity=draw.quantities,
    )
    def two_orders_are_matched(
        self,
        buyer: int,
        other: int,
        bid: OrderShape,
        ask: OrderShape,
        fits: bool,
        quantity: int,
    ) -> None:
        """Crossing over the same months, or perhaps not; of two makers, seldom of one."""
        seller = (buyer + other) % 4
        if fits:
            ask = replace(
                ask,
                months=bid.months,
                ratios=bid.ratios,
                is_spread=bid.is_spread,
                price=bid.price if bid.is_spread else bid.price * ask.price,
            )
        buy = self.order(buyer, seller, True, bid)
        self.book.append(buy)
        sell = self.order(seller, buyer, False, ask)
        self.book.append(sell)
        self.lockstep.match(buy, sell, quantity)

    @precondition(lambda self: self.book)
    @rule(
        pick=st.integers(0, 30),
        who=draw.traders,
        what=st.sampled_from(["own", "other", "all", "series"]),
    )
    def orders_are_cancelled(self, pick: int, who: int, what: str) -> None:
        """One's own, somebody else's, all, or all on a series."""
        order = self.picked(pick).order
        if what == "all":
            self.lockstep.cancel_all(self.account(who))
        elif what == "series":
            self.lockstep.cancel_series(order.maker, order.legs[-1].series)
        else:
            self.lockstep.cancel(order.maker if what == "own" else self.account(who), order)

    def picked(self, pick: int) -> SignedOrder:
        """Return an order of the book, the newest first."""
        return self.book[-1 - pick % len(self.book)]

    # Books

    @rule(
        who=draw.traders,
        book=draw.books,
        coin=draw.coins,
        limit=st.sampled_from([0, 10**6, 2**127]),
        may_close=st.booleans(),
        days=st.sampled_from([0, 3, 1_000]),
    )
    def a_book_is_named(
        self, who: int, book: int, coin: int, limit: int, may_close: bool, days: int
    ) -> None:
        """A strange one, or the official one again."""
        lockstep = self.lockstep
        naming = Naming(limit, may_close, lockstep.now + days * DAY_SECONDS)
        token = lockstep.system.coins[coin].address
        lockstep.approve_book(self.account(who), self.named(book), token, naming)

    @rule(who=draw.traders, book=draw.books, is_sure=st.sampled_from([False, False, True]))
    def a_book_is_disowned(self, who: int, book: int, is_sure: bool) -> None:
        """Seldom the official one, without which little happens."""
        if book or is_sure:
            self.lockstep.disown_book(self.account(who), self.named(book))

    @rule(
        book=draw.books,
        parties=st.tuples(draw.traders, draw.traders),
        shape=draw.orders,
        is_buy=st.booleans(),
        caps=st.tuples(*[st.sampled_from([0, COINS, COINS])] * 2),
    )
    def a_hostile_book_trades(
        self,
        book: int,
        parties: tuple[int, int],
        shape: OrderShape,
        is_buy: bool,
        caps: tuple[int, int],
    ) -> None:
        """7: without anybody's order; also as if it were the official book."""
        order = self.order(*parties, is_buy, replace(shape, flaw="", offset=None)).order
        maker, taker = (self.account(party) for party in parties)
        trade = Trade(maker, taker, order.quantity, order.legs, True, *caps)
        self.lockstep.trade(named_address(f"hostile book {book}"), trade)

    def named(self, book: int) -> str:
        """Return the official book, or one of the hostile ones."""
        return named_address(f"hostile book {book}") if book else self.lockstep.system.book.address

    # Positions

    @rule(
        who=draw.accounts,
        name=draw.names,
        quantity=draw.quantities,
        recipients=st.tuples(draw.accounts, draw.accounts),
    )
    def pairs_are_minted(
        self, who: int, name: str, quantity: int, recipients: tuple[int, int]
    ) -> None:
        """For oneself or for others."""
        to = (self.account(recipients[0]), self.account(recipients[1]))
        self.lockstep.mint_pair(self.account(who), self.lockstep.series[name], quantity, to)

    @precondition(lambda self: self.holdings(0, 1))
    @rule(pick=st.integers(0, 30), quantity=draw.quantities, to=draw.accounts)
    def pairs_are_merged(self, pick: int, quantity: int, to: int) -> None:
        """At any time, also after settlement."""
        both = self.holdings(0, 1)
        who, series = both[pick % len(both)]
        self.lockstep.merge_pair(who, series, quantity, self.account(to))

    @rule(
        pick=st.integers(0, 30), to=draw.accounts, side=st.integers(0, 1), quantity=draw.quantities
    )
    def a_position_moves(self, pick: int, to: int, side: int, quantity: int) -> None:
        """To anybody."""
        held = self.holdings(side)
        if held:
            who, series = held[pick % len(held)]
            self.lockstep.transfer(who, self.account(to), series + side, quantity)

    # Settlement

    @rule(name=draw.names)
    def a_series_is_settled(self, name: str) -> None:
        """By anyone, too early, in time, or once more."""
        self.lockstep.settle(self.lockstep.series[name])

    @precondition(lambda self: self.due())
    @rule(pick=st.integers(0, 30), to=draw.accounts)
    def a_holder_redeems(self, pick: int, to: int) -> None:
        """3: what is paid is what the first settlement made of it."""
        due = self.due()
        held = [each for side in (0, 1) for each in self.holdings(side) if each[1] in due]
        who, series = held[pick % len(held)] if held else (self.account(to), due[0])
        self.lockstep.redeem(who, series, self.account(to))

    # Coins

    @precondition(lambda self: self.holdings(0))
    @rule(pick=st.integers(0, 30), side=st.integers(0, 1), how=st.sampled_from(REFUSALS))
    def a_coin_refuses_a_holder(self, pick: int, side: int, how: str) -> None:
        """Its transfers revert or answer False, until it serves the account again."""
        held = self.holdings(side)
        if held:
            who, series = held[pick % len(held)]
            token = self.lockstep.model.books.series[series].token
            coins = self.lockstep.system.coins.items()
            (decimals,) = [decimals for decimals, coin in coins if coin.address == token]
            self.lockstep.block(decimals, who, how)

    @precondition(lambda self: +self.lockstep.model.books.credits)
    @rule(coin=draw.coins, who=draw.accounts, to=draw.accounts)
    def credit_is_withdrawn(self, coin: int, who: int, to: int) -> None:
        """One's own, if there is any."""
        token = self.lockstep.system.coins[coin].address
        owed = [key for key, amount in self.lockstep.model.books.credits.items() if amount]
        token, account = owed[0] if who % 2 else (token, self.account(who))
        self.lockstep.withdraw(account, token, self.account(to))

    @rule(coin=draw.coins, who=draw.traders, amount=st.sampled_from([0, 10**6, COINS, COINS]))
    def somebody_approves(self, coin: int, who: int, amount: int) -> None:
        """Nothing, little or all."""
        self.lockstep.approve(coin, self.account(who), amount)

    @rule(coin=draw.coins, who=draw.traders, amount=st.sampled_from([1, 10**9]))
    def somebody_donates(self, coin: int, who: int, amount: int) -> None:
        """2: it changes nothing."""
        self.lockstep.donate(coin, self.account(who), amount)

    @precondition(lambda self: self.steps > FEWEST_STEPS)
    @rule(days=st.sampled_from([1, 20, 61]))
    def the_oracle_is_silent(self, days: int) -> None:
        """For a day, some weeks, or past every deadline."""
        self.lockstep.wait(days * DAY_SECONDS)


TestForwards = Forwards.TestCase
