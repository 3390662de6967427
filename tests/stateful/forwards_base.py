# SPDX-License-Identifier: AGPL-3.0-only
"""What a machine on the forwards does: begin, act in lock-step, observe, and finish."""

from contextlib import ExitStack
from dataclasses import replace

from hypothesis import note
from hypothesis.stateful import invariant

from reference.forward_orders import ForwardOrder, Leg, Peg, SignedOrder
from reference.forward_settlement import deadline_of, is_due
from reference.units import HOUR_SECONDS, day_start
from testing.system import COINS
from tests.stateful.forwards_checks import (
    check_all,
    check_coins,
    check_money,
    check_positions,
    check_results,
)
from tests.stateful.forwards_scenes import begun
from tests.stateful.forwards_strategies import ForwardDayShape, OrderShape
from tests.stateful.steps import CountedMachine

LATER = 10**11  # [unix s]
STEPS_BETWEEN_CLOSE_LOOKS = 12


class ForwardsMachine(CountedMachine):
    """Actions on vault and book; subclasses turn them into rules."""

    def __init__(self) -> None:
        """Begin with series listed and nobody in them."""
        super().__init__()
        self.undo = ExitStack()
        scene = begun()
        self.undo.enter_context(scene.chain.undone())
        self.lockstep = scene.copy(note)
        self.book: list[SignedOrder] = []
        self.steps = 0
        self.calls = 0
        self.settled: set[int] = set()

    def teardown(self) -> None:
        """Let every series end, redeem everything, and take the chain back."""
        try:
            self.finish()
        finally:
            self.undo.close()

    def finish(self) -> None:
        """4, 5: every series settles, everybody is paid, and nothing is left over or missing."""
        lockstep, model = self.lockstep, self.lockstep.model
        everybody, heir = lockstep.system.everybody, lockstep.system.heir
        for coin in lockstep.system.coins:
            for who in everybody:
                lockstep.block(coin, who, "no")
        for series, terms in model.books.series.items():
            if not is_due(terms, model.days_of(series), lockstep.now):
                lockstep.wait_until(deadline_of(terms))
            check_results(lockstep, [series])
            for who in everybody:
                if any(model.books.positions[who, series + side] for side in (0, 1)):
                    assert lockstep.redeem(who, series, who) is not None
            assert model.books.put_in[series] == model.books.paid[series]
        for token, who in [owed for owed, amount in model.books.credits.items() if amount]:
            assert lockstep.withdraw(who, token, heir) is not None
        for decimals, coin in lockstep.system.coins.items():
            left = coin.read("balanceOf", lockstep.system.vault.address)
            assert left == lockstep.donated[coin.address], f"{left} left of {decimals} decimals"
        check_all(lockstep)
        check_coins(lockstep)

    @invariant()
    def the_sides_agree(self) -> None:
        """1, 2, 3 after every step; series that nobody is in, and 4, now and then.

        Where no call to vault, book or a coin was accepted, only what series pay can differ; the
        chain is asked for that in turns, and where one was just settled.
        """
        lockstep, books = self.lockstep, self.lockstep.model.books
        self.steps += 1
        calls = len(lockstep.chain.journal)
        has_changed, self.calls = calls != self.calls, calls
        listed = list(books.series)
        turn = {listed[self.steps % len(listed)]}
        check_results(lockstep, turn | (books.settled.keys() - self.settled))
        self.settled = set(books.settled)
        if has_changed:
            live = {position & ~1 for (_, position), held in books.positions.items() if held}
            check_positions(lockstep, sorted(live | turn))
            check_money(lockstep)
        if self.steps % STEPS_BETWEEN_CLOSE_LOOKS == 0:
            check_all(lockstep)
            check_coins(lockstep)

    # Time and days

    def moments(self) -> list[int]:
        """Return the times at which something begins to be possible or ends [unix s]."""
        lockstep, times = self.lockstep, []
        for terms in lockstep.model.books.series.values():
            times += [day_start(terms.first_day), day_start(terms.end_day), deadline_of(terms)]
        times += [posted.final_at for posted in lockstep.oracle_model.days]
        return times

    def go_to_next_moment(self, offset: int) -> None:
        """Go to just before, to, or just after the next moment."""
        coming = [time for time in self.moments() if time + offset > self.lockstep.now]
        if coming:
            self.lockstep.wait_until(min(coming) + offset)

    def report(self, shape: ForwardDayShape) -> bool:
        """Report the next day in a shape, once it is over."""
        lockstep = self.lockstep
        lockstep.wait_until(day_start(lockstep.oracle_model.next_day + 1) + HOUR_SECONDS)
        facts = lockstep.shaped_facts(shape.percent, shape.step)
        return lockstep.report_day(facts, [shape.price] * 2)

    # Orders

    def account(self, index: int) -> str:
        """Return an account."""
        return self.lockstep.system.everybody[index]

    def order(self, maker: int, taker: int, is_buy: bool, shape: OrderShape) -> SignedOrder:
        """Make an order of a shape, and sign it."""
        lockstep = self.lockstep
        series = sorted(lockstep.series[name] for name in shape.months)
        listed = [lockstep.model.books.series[each] for each in series]
        low = max(terms.floor_ticks for terms in listed)
        high = min(terms.cap_ticks for terms in listed)
        account = self.account(maker)
        price = low + int((high - low) * shape.price) if high > low else low
        is_spread = shape.is_spread and len(series) > 1
        legs = [
            Leg(each, is_buy != (is_spread and place % 2 == 1), price, ratio)
            for place, (each, ratio) in enumerate(zip(series, shape.ratios, strict=False))
        ]
        taker_of = {"": None, "taker": self.account(taker), "book": lockstep.system.book.address}
        order = ForwardOrder(
            maker=account,
            taker=taker_of[shape.designated],
            quantity=shape.quantity,
            minimum_quantity=shape.minimum,
            max_collateral=COINS,
            deadline=LATER,
            may_trade_in_window=shape.may_trade_in_window,
            epoch=lockstep.model.books.epochs[account],
            salt=len(self.book),
            legs=tuple(legs),
        )
        worst = legs
        if shape.offset is not None:
            peg = Peg(shape.mean_days, 2, shape.offset, low, price if is_buy else high)
            order = replace(order, legs=tuple(leg.at(0) for leg in legs), peg=peg)
            worst = [peg.worst(leg) for leg in legs]
        tight = order.quantity * sum(
            leg.cost(terms) for leg, terms in zip(worst, listed, strict=True)
        )
        order = replace(order, max_collateral=tight)
        return SignedOrder(self._flawed(order, shape.flaw), shape.flaw != "signature")

    def _flawed(self, order: ForwardOrder, flaw: str) -> ForwardOrder:
        two_coins = sorted(self.lockstep.series[name] for name in ("halving", "retarget"))
        first, *rest = order.legs
        changes = {
            "collateral": {"max_collateral": 0},
            "expired": {"deadline": self.lockstep.now - 1},
            "epoch": {"epoch": order.epoch + 1},
            "price": {"legs": (first.at(2**64 + 1), *rest)},
            "unknown month": {"legs": (replace(first, series=first.series + 1), *rest)},
            "descending": {"legs": (first, *order.legs)},
            "divisor": {"legs": tuple(replace(leg, ratio=2) for leg in order.legs)},
            "nothing": {"quantity": 0},
            "two coins": {"legs": tuple(Leg(each, True, 100_000) for each in two_coins)},
        }
        return replace(order, **changes.get(flaw, {}))

    def holdings(self, *sides: int) -> list[tuple[str, int]]:
        """Return who holds all these sides of which series."""
        return [
            (who, series)
            for series in self.lockstep.model.books.series
            for who in self.lockstep.system.everybody
            if all(self.lockstep.model.books.positions[who, series + side] for side in sides)
        ]

    def due(self) -> list[int]:
        """Return the series that can be settled."""
        model = self.lockstep.model
        return [
            series
            for series, terms in model.books.series.items()
            if is_due(terms, model.days_of(series), self.lockstep.now)
        ]
