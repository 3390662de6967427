# SPDX-License-Identifier: AGPL-3.0-only
"""Random histories of the spot market: makers, takers, a wallet, and a note that pays down."""

from contextlib import ExitStack
from dataclasses import dataclass, replace
from functools import cache

import pytest
from hypothesis import note
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from reference.spot import SignedSpotOrder, SpotOrder, SpotTake
from reference.units import day_of, day_start
from testing.spot_system import deploy_spot
from testing.system import COINS
from tests.stateful.spot_lockstep import SpotLockstep

pytestmark = pytest.mark.stateful

START_DAY = 20_000
WAD = 10**18


@cache
def spot_begun() -> SpotLockstep:
    """Return a market, deployed once: act on copies, and take back what was done."""
    lockstep = SpotLockstep(deploy_spot(day_start(START_DAY) + 40_000), lambda _: None)
    lockstep.set_remaining(700, START_DAY - 1)
    return lockstep


@dataclass(frozen=True)
class Shape:
    """How an order looks, apart from who makes it."""

    price: int
    quantity: int
    minimum: int
    hours: int
    is_note: bool
    is_per_remaining: bool
    taker: str
    is_signed: bool
    lag: int
    old_epochs: int


shapes = st.builds(
    Shape,
    price=st.sampled_from([7_001, 6_999, 7_000, 98 * WAD // 100, WAD, 1, 2**128 - 1, 2**128]),
    quantity=st.sampled_from([10 * WAD, 3 * WAD + 1, 15 * WAD // 10, WAD // 7, 1, 2**128]),
    minimum=st.sampled_from([0, 0, 0, WAD, 20 * WAD]),
    hours=st.sampled_from([24, 24, 100, 1, 0]),
    is_note=st.booleans(),
    is_per_remaining=st.booleans(),
    taker=st.sampled_from(["anyone"] * 5 + ["other", "market", "stranger"]),
    is_signed=st.sampled_from([True] * 8 + [False]),
    lag=st.sampled_from([2, 2, 2, 0, 1]),
    old_epochs=st.sampled_from([0, 0, 0, 0, 1, -1]),
)
# most orders are ordinary: the others would leave nothing to fill
ordinary = st.builds(
    Shape,
    price=st.sampled_from([7_001, 6_999, 7_000]),
    quantity=st.sampled_from([10 * WAD, 3 * WAD + 1, 15 * WAD // 10]),
    minimum=st.sampled_from([0, 0, WAD]),
    hours=st.just(100),
    is_note=st.booleans(),
    is_per_remaining=st.just(False),
    taker=st.just("anyone"),
    is_signed=st.just(True),
    lag=st.just(2),
    old_epochs=st.just(0),
)
of_the_note = st.builds(
    lambda shape, price: replace(shape, is_note=True, is_per_remaining=True, price=price),
    ordinary,
    st.sampled_from([98 * WAD // 100, WAD, WAD + 1]),
)
orders = st.one_of(ordinary, of_the_note, shapes)
traders = st.integers(0, 3)
others = st.sampled_from([1, 1, 2, 3, 0])
quantities = st.sampled_from([WAD, 2 * WAD, WAD // 3, 1, 0, 20 * WAD])
picks = st.integers(0, 20)


class SpotMachine(RuleBasedStateMachine):
    """Everything that can happen to a market."""

    def __init__(self) -> None:
        """Begin with nothing on the book."""
        super().__init__()
        self.undo = ExitStack()
        scene = spot_begun()
        self.undo.enter_context(scene.chain.undone())
        self.lockstep = scene.copy(note)
        self.book: list[SignedSpotOrder] = []
        self.steps = 0

    def teardown(self) -> None:
        """Look at everything, and take the chain back."""
        try:
            self.lockstep.check(self.book)
        finally:
            self.undo.close()

    def trader(self, number: int) -> str:
        """Return an account."""
        traders = self.lockstep.system.traders
        return traders[number % len(traders)]

    def signed(self, maker: int, other: int, is_buy: bool, shape: Shape) -> SignedSpotOrder:
        """Sign an order and put it on the book."""
        lockstep = self.lockstep
        account = self.trader(maker)
        taker = {
            "anyone": None,
            "other": self.trader(other),
            "market": lockstep.model.market,
            "stranger": lockstep.system.note.address,
        }[shape.taker]
        epoch = max(lockstep.model.books.epochs[account] - shape.old_epochs, 0)
        order = SpotOrder(
            maker=account,
            taker=taker,
            is_buy=is_buy,
            token=(lockstep.system.note if shape.is_note else lockstep.system.plain).address,
            money=lockstep.system.money.address,
            price=shape.price,
            is_per_remaining=shape.is_per_remaining,
            max_lag_days=shape.lag,
            quantity=shape.quantity,
            minimum_quantity=shape.minimum,
            deadline=lockstep.now + shape.hours * 3_600,
            epoch=epoch,
            salt=len(self.book),
        )
        signed = SignedSpotOrder(order, shape.is_signed)
        self.book.append(signed)
        return signed

    def picked(self, pick: int) -> SignedSpotOrder:
        """Return an order of the book, the newest first."""
        return self.book[-1 - pick % len(self.book)]

    @rule(
        maker=traders,
        step=others,
        is_buy=st.booleans(),
        shape=orders,
        quantity=quantities,
        limit=st.sampled_from(["none", "none", "exact", "short"]),
    )
    def an_order_is_filled(
        self, maker: int, step: int, is_buy: bool, shape: Shape, quantity: int, limit: str
    ) -> None:
        """3: in part or whole, with a limit of exactly its cost, or a base unit too tight."""
        signed = self.signed(maker, maker + step, is_buy, shape)
        take = SpotTake(signed, quantity)
        if limit != "none":
            part = min(quantity, signed.order.quantity)
            exact = part * signed.order.price
            wad = WAD
            if shape.is_per_remaining:
                token = self.lockstep.model.books.tokens[signed.order.token]
                exact *= token.remaining.amount if token.remaining else 0
                wad *= WAD
            cost = exact // wad if is_buy else -(-exact // wad)
            short = 1 if limit == "short" else 0
            take = replace(take, max_pay=max(cost - short, 0), min_receive=cost + short)
        self.lockstep.fill(self.trader(maker + step), take)

    @precondition(lambda self: self.book)
    @rule(chosen=st.lists(picks, min_size=1, max_size=4), taker=traders, quantity=quantities)
    def orders_of_the_book_are_filled(self, chosen: list[int], taker: int, quantity: int) -> None:
        """Old ones, again, expired ones, all in one call; one alone as a plain fill."""
        takes = [SpotTake(self.picked(pick), quantity) for pick in chosen]
        if len(takes) == 1:
            self.lockstep.fill(self.trader(taker), takes[0])
        else:
            self.lockstep.fill_many(self.trader(taker), takes)

    @rule(maker=traders, step=others, bid=orders, ask=orders, fits=st.booleans(), most=quantities)
    def two_orders_are_matched(
        self, maker: int, step: int, bid: Shape, ask: Shape, fits: bool, most: int
    ) -> None:
        """Crossing or not, priced alike or not; of two makers, seldom of one."""
        if fits:
            ask = replace(ask, is_note=bid.is_note, price=min(bid.price, ask.price))
        buy = self.signed(maker, maker + step, True, bid)
        sell = self.signed(maker + step, maker, False, ask)
        self.lockstep.match(sell, buy, most) if most % 2 else self.lockstep.match(buy, sell, most)

    @precondition(lambda self: self.book)
    @rule(pick=picks, who=traders, what=st.sampled_from(["own", "own", "other", "all", "token"]))
    def orders_are_cancelled(self, pick: int, who: int, what: str) -> None:
        """4: one's own, somebody else's, those on a token, or all."""
        order = self.picked(pick).order
        if what == "all":
            self.lockstep.cancel_all(self.trader(who))
        elif what == "token":
            self.lockstep.cancel_token(order.maker, order.token)
        else:
            self.lockstep.cancel(order.maker if what == "own" else self.trader(who), order)

    @rule(hours=st.sampled_from([1, 7, 24, 48]))
    def time_passes(self, hours: int) -> None:
        """Orders expire, and what remains grows old."""
        self.lockstep.chain.now += hours * 3_600

    @rule(amount=st.sampled_from([700, 699, 1, 10**12 + 7, 0]), lag=st.sampled_from([1, 1, 1, 3]))
    def the_note_pays_down(self, amount: int, lag: int) -> None:
        """To what is left, or nothing; some days ago."""
        self.lockstep.set_remaining(amount, day_of(self.lockstep.now) - lag)

    @rule(who=traders, token=st.integers(0, 2), amount=st.sampled_from([COINS, COINS, 5_000, 0]))
    def somebody_approves(self, who: int, token: int, amount: int) -> None:
        """All, little or nothing."""
        address = self.lockstep.system.tokens[token].address
        self.lockstep.approve(address, self.trader(who), amount)

    @invariant()
    def the_sides_agree(self) -> None:
        """1, 2, 4, 5: every few steps."""
        self.steps += 1
        if self.steps % 6 == 0:
            self.lockstep.check(self.book[-6:])


TestSpot = SpotMachine.TestCase
