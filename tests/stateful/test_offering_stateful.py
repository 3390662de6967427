# SPDX-License-Identifier: AGPL-3.0-only
"""Random histories of a primary sale: a seller that pays or not, buyers who stay or sell on."""

from fractions import Fraction

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, invariant, precondition, rule

from reference.offering import DEFAULT_SECONDS, Pricing
from reference.units import HOUR_SECONDS, day_start
from testing.oracle import SHORT_WINDOW_SECONDS
from tests.stateful import strategies
from tests.stateful.base import SeriesMachine
from tests.stateful.offering_lockstep import BUYERS, OfferingLockstep
from tests.stateful.offering_scenes import PRICE, STOCK_THS, offering_begun, round_terms
from tests.stateful.strategies import ORDINARY_DAY, ORDINARY_OUTPUT, Jump

pytestmark = pytest.mark.stateful

HOPELESS_DAY = strategies.DayShape(0, 30, strategies.AGREED)
MOST_DAYS_TO_THE_END = 40
ENOUGH = 10**12
DEAR_WAD = 60 * 10**18

buyers = st.integers(0, len(BUYERS) - 1)
picks = st.integers(0, 3)
prices = st.sampled_from(
    [
        (Pricing.FALLING, 0, PRICE, PRICE),
        (Pricing.FALLING, 0, 1, PRICE + 13),
        (Pricing.FALLING, 0, PRICE, PRICE),
        (Pricing.FALLING, 0, PRICE, PRICE - 1),
        (Pricing.SATOSHI, 100, 1, 10**9),
        (Pricing.SATOSHI, 90, PRICE, PRICE + 500),
        (Pricing.USD, 3, 1, 10**18),
    ]
)


class OfferingMachine(SeriesMachine):
    """Everything that can happen to an offering, and to its series what matters to it."""

    lockstep: OfferingLockstep

    @initialize(
        name=st.sampled_from(["powered", "powered", "passed through", "dear"]),
        ends_in_refunds=st.booleans(),
        refunds_early_end=st.booleans(),
    )
    def it_begins(self, name: str, ends_in_refunds: bool, refunds_early_end: bool) -> None:
        """Take a series; a first round opens, which half of the buyers know."""
        self.start(offering_begun(name), ends_in_silence=False)
        self.ends_in_refunds = ends_in_refunds
        self.delivered: dict[int, int] = {}
        terms = round_terms(self.lockstep, refunds_early_end=refunds_early_end, delivery_days=4)
        assert self.lockstep.open_round(terms)
        assert self.lockstep.buy(self.lockstep.buyers[0], 1, (terms.amount_ths // 3, 0, ENOUGH))

    @property
    def now(self) -> int:
        """The clock [unix s]."""
        return self.lockstep.now

    def number(self, pick: int) -> int:
        """Return a round, the newest most often."""
        numbers = self.lockstep.numbers
        return numbers[-1 - pick % len(numbers)]

    # The series

    @rule(jump=strategies.jumps)
    def time_passes(self, jump: Jump) -> None:
        """A second, to a midnight, to a deadline, or days."""
        self.jump(jump)

    @rule(count=st.integers(1, 4), pay=strategies.parts)
    def days_go_by(self, count: int, pay: Fraction) -> None:
        """Days are reported on time, paid for more or less, and settle."""
        self.let_days_go_by(count, ORDINARY_DAY, ORDINARY_OUTPUT, pay)

    @rule(count=st.integers(1, 4))
    def paid_days_go_by(self, count: int) -> None:
        """Days are reported and paid, one after the other."""
        for _ in range(count):
            self.let_days_go_by(1, ORDINARY_DAY, ORDINARY_OUTPUT, Fraction(1))

    @rule(days=st.integers(1, 3), is_second=st.sampled_from([True, True, False]))
    def a_short_day_stays(self, days: int, is_second: bool) -> None:
        """Days fall due without money, and the thirty days of the oldest go by, and a second."""
        for _ in range(days):
            self.let_days_go_by(1, ORDINARY_DAY, ORDINARY_OUTPUT, Fraction(0))
            self.lockstep.wait(SHORT_WINDOW_SECONDS)
            due_at = self.lockstep.model.due_at(self.lockstep.model.ledger.next_day, self.now)
            self.lockstep.wait_until(due_at or 0)
            self.lockstep.settle(64)
        oldest = next((day.day for day in self.lockstep.model.ledger.days if day.owed), None)
        if oldest is not None:
            due_at = self.lockstep.model.due_at(oldest, self.now)
            assert due_at is not None
            self.lockstep.wait_until(due_at + DEFAULT_SECONDS + is_second)

    @precondition(lambda self: self.may_be_terminated())
    @rule()
    def a_hopeless_week_goes_by(self) -> None:
        """Seven days without a market reward: the dear series may be terminated."""
        for _ in range(7):
            self.let_days_go_by(1, HOPELESS_DAY, ORDINARY_OUTPUT, Fraction(1))
        self.lockstep.terminate()

    def may_be_terminated(self) -> bool:
        """Return whether the series is one whose fee a poor week cannot pay, and goes on."""
        model = self.lockstep.model
        is_dear = model.terms.service_sats_per_th_day_wad > DEAR_WAD
        return is_dear and model.end_day == model.terms.end_day

    @precondition(lambda self: self.lockstep.model.ledger.arrears)
    @rule(part=strategies.parts)
    def arrears_are_repaid(self, part: Fraction) -> None:
        """In part or in full: the default heals."""
        self.pay(part, is_stranger=False)

    @rule(part=strategies.parts)
    def the_bond_grows(self, part: Fraction) -> None:
        """By a part of what was drawn, and one unit."""
        self.lockstep.post_bond(int(self.lockstep.model.ledger.bond_drawn * part) + 1)

    @rule(max_days=st.sampled_from([1, 64]))
    def days_are_settled(self, max_days: int) -> None:
        """By anyone."""
        self.lockstep.settle(max_days)

    @rule()
    def it_is_closed(self) -> None:
        """By anyone, once it has ended."""
        self.lockstep.close(self.lockstep.system.keeper)

    @rule(sender=buyers, to=buyers, part=strategies.parts)
    def tokens_are_sold_on(self, sender: int, to: int, part: Fraction) -> None:
        """The right to a refund stays with the buyer."""
        buyer = self.lockstep.buyers[sender]
        amount = self.balance_part(buyer, part)
        self.lockstep.transfer(buyer, self.lockstep.buyers[to], amount)

    @rule()
    def the_shelf_earns(self) -> None:
        """5: what unsold tokens earn goes to the seller, whoever claims it."""
        self.lockstep.claim(self.lockstep.offering_model.shelf, self.lockstep.system.keeper)

    # The offering

    @rule(
        price=prices,
        hours=st.sampled_from([1, 24, 60, 60, 200]),
        days=st.sampled_from([1, 3, 7, 7, 12]),
        part=st.sampled_from([Fraction(1, 50), Fraction(1, 7)]),
        refunds_early_end=st.booleans(),
        is_wrong=st.sampled_from([False] * 6 + [True]),
    )
    def a_round_opens(
        self,
        price: tuple[Pricing, int, int, int],
        hours: int,
        days: int,
        part: Fraction,
        refunds_early_end: bool,
        is_wrong: bool,
    ) -> None:
        """By the issuer; now and then by another, for longer or with more than there is."""
        lockstep = self.lockstep
        pricing, price_days, low, high = price
        if is_wrong:
            hours, days, part = hours - 1, days * 10_000, part * 50
        terms = round_terms(
            lockstep,
            amount_ths=int(STOCK_THS * part),
            closes_at=lockstep.now + hours * HOUR_SECONDS,
            delivery_days=days,
            refunds_early_end=refunds_early_end,
            pricing=pricing,
            price_days=price_days,
            low_price=low,
            high_price=high,
        )
        lockstep.open_round(terms, lockstep.buyers[0] if is_wrong and hours else None)

    @rule(
        buyer=buyers,
        pick=picks,
        part=strategies.parts,
        least=st.sampled_from([0, 0, 0, 1, 2]),
        is_careful=st.sampled_from([False, False, False, True]),
    )
    def somebody_buys(
        self, buyer: int, pick: int, part: Fraction, least: int, is_careful: bool
    ) -> None:
        """A part of what is unsold, and one more; for little money or for any."""
        number = self.number(pick)
        sale = self.lockstep.offering_model.round(number)
        amount = int(sale.unsold * part) + 1
        wanted = (amount, amount * least, PRICE if is_careful else ENOUGH)
        self.lockstep.buy(self.lockstep.buyers[buyer], number, wanted)

    @rule(pick=picks)
    def money_is_released(self, pick: int) -> None:
        """By anyone."""
        self.lockstep.release(self.number(pick))

    @rule(buyer=buyers, pick=picks, part=strategies.parts, least=st.sampled_from([0, 0, PRICE]))
    def somebody_hands_back(self, buyer: int, pick: int, part: Fraction, least: int) -> None:
        """A part of what it bought, all, nothing, or more than that."""
        account, number = self.lockstep.buyers[buyer], self.number(pick)
        purchase = self.lockstep.offering_model.round(number).purchases.get(account)
        bought = purchase.bought if purchase else 0
        self.lockstep.refund(account, number, int(bought * part), least)

    @rule(pick=picks, by_seller=st.sampled_from([True, True, False]))
    def the_rest_is_taken_back(self, pick: int, by_seller: bool) -> None:
        """By the seller."""
        caller = None if by_seller else self.lockstep.buyers[1]
        self.lockstep.take_back(self.number(pick), caller)

    # Observing

    @invariant()
    def the_offering_agrees(self) -> None:
        """1 to 5, every few steps; 3: delivered days never fall."""
        if not hasattr(self, "lockstep") or self.steps % 3:
            return
        self.lockstep.check_offering()
        for number in self.lockstep.numbers:
            days = self.lockstep.offering_model.delivered(number)
            assert days >= self.delivered.get(number, 0), "3: delivered days fell"
            self.delivered[number] = days

    def finish(self) -> None:
        """6: buyers hand back what they may, or the seller heals; nothing is left inside."""
        lockstep = self.lockstep
        lockstep.check_offering()
        if self.ends_in_refunds:
            self.everybody_hands_back()
        self.deliver_the_rest()
        for number in lockstep.numbers:
            sale = lockstep.offering_model.round(number)
            self.hand_back_all(number)
            if lockstep.offering_model.due(number):
                assert lockstep.release(number), "what is due cannot be released"
            is_over = lockstep.offering_model.delivered(number) == sale.terms.delivery_days
            if is_over or not sale.paid:
                assert sale.inside == 0, f"6: {sale.inside} left inside"
            if sale.unsold:
                assert lockstep.take_back(number)
        lockstep.check_offering()
        super().finish()

    def everybody_hands_back(self) -> None:
        """Whoever may, with tokens that all others give it."""
        for number in self.lockstep.numbers:
            if self.lockstep.offering_model.is_in_default(number, self.lockstep.now):
                self.hand_back_all(number)

    def hand_back_all(self, number: int) -> None:
        """Every buyer hands all back if it may."""
        lockstep, model = self.lockstep, self.lockstep.offering_model
        if not model.is_in_default(number, lockstep.now):
            return
        for buyer in lockstep.buyers:
            purchase = model.round(number).purchases.get(buyer)
            if not purchase or not purchase.bought:
                continue
            # tokens of the series are the same wherever they come from
            for other in (*lockstep.buyers, lockstep.system.issuer):
                if other != buyer:
                    lockstep.transfer(other, buyer, lockstep.model.meter.balance(other))
            if model.refund_of(number, buyer, purchase.bought)[1]:
                assert lockstep.refund(buyer, number, purchase.bought)

    def deliver_the_rest(self) -> None:
        """The seller repays, refills its bond and pays every day until all rounds are delivered."""
        lockstep = self.lockstep
        model = lockstep.model
        last = max(
            sale.terms.first_day + sale.terms.delivery_days
            for sale in lockstep.offering_model.rounds
        )
        for _ in range(MOST_DAYS_TO_THE_END):
            if model.closed:
                return
            if model.ledger.arrears:
                lockstep.fund(model.ledger.arrears)
            if model.ledger.bond_drawn and not model.ledger.arrears:
                lockstep.post_bond(model.ledger.bond_drawn)
            if model.ledger.next_day >= min(last, model.end_day):
                break
            self.let_days_go_by(2, ORDINARY_DAY, ORDINARY_OUTPUT, Fraction(2))
            waiting = lockstep.oracle_model.days[-1].final_at + SHORT_WINDOW_SECONDS
            lockstep.wait_until(max(waiting, day_start(lockstep.today + 1)))
            owed = lockstep.next_reward()
            if owed and not model.closed:
                lockstep.fund(max(owed.reward, 1))
            lockstep.settle(64)


TestOffering = OfferingMachine.TestCase
