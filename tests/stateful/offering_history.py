# SPDX-License-Identifier: AGPL-3.0-only
"""Histories of a sale in which everything happens once: the mutants must not get through them."""

from reference.offering import DEFAULT_SECONDS, MEAN_DAYS, Pricing
from reference.units import DAY_SECONDS, HOUR_SECONDS, day_start
from testing.oracle import SHORT_WINDOW_SECONDS
from tests.stateful.lockstep import PRICE_E8
from tests.stateful.offering_lockstep import OfferingLockstep
from tests.stateful.offering_scenes import round_terms
from tests.stateful.scenes import CREDITED_SATS, FLEET_THS, TH

ENOUGH = 10**30


def example_history(lockstep: OfferingLockstep) -> None:
    """The example of docs/offering.md, to the satoshi."""
    # the first buyer has no other tokens
    other, _, one = lockstep.buyers
    opened_at = lockstep.now
    terms = round_terms(
        lockstep,
        closes_at=opened_at + 4 * DAY_SECONDS,
        delivery_days=30,
        low_price=5_000,
        high_price=7_000,
    )
    assert lockstep.open_round(terms)
    assert not lockstep.buy(one, 1, (TH, 0, 6_999)), "bought for less than it costs"
    lockstep.wait_until(opened_at + DAY_SECONDS + 1)
    assert lockstep.offering.read("price_of", 1) == 6_500
    assert lockstep.buy(one, 1, (5 * TH // 2, 0, 16_250))
    assert not lockstep.buy(other, 1, (3 * TH // 2 + 1, 0, 9_750))
    assert lockstep.buy(other, 1, (3 * TH // 2 + 1, 0, 9_751))
    lockstep.check_offering()
    assert lockstep.money.read("balanceOf", lockstep.offering.address) == 26_001
    lockstep.wait_until(terms.closes_at)
    assert not lockstep.buy(other, 1, (TH, 0, ENOUGH)), "bought after it closed"

    first = terms.first_day
    pay_days_before(lockstep, first)
    lockstep.check_offering()
    assert not lockstep.release(1), "released before a day was delivered"
    pay_days_before(lockstep, first + 7)
    lockstep.check_offering()
    assert lockstep.release(1)
    assert lockstep.offering_model.round(1).released == 6_066

    owe_days_before(lockstep, first + 12)
    assert lockstep.offering.read("standing_of", 1) == (7, False, 0)
    assert not lockstep.refund(one, 1, TH), "refunded before thirty days were over"
    wait_for_default(lockstep, -1)
    lockstep.check_offering()
    assert not lockstep.refund(one, 1, TH), "refunded a second too early"
    lockstep.wait(1)
    lockstep.check_offering()
    hand_back_in_example(lockstep, one, other)
    heal(lockstep)
    lockstep.check_offering()
    assert not lockstep.refund(one, 1, TH), "refunded after it healed"
    assert lockstep.release(1)
    pay_days_before(lockstep, first + 30)
    assert lockstep.release(1)
    lockstep.check_offering()
    assert lockstep.money.read("balanceOf", lockstep.offering.address) == 0
    assert lockstep.take_back(1)


def hand_back_in_example(lockstep: OfferingLockstep, one: str, other: str) -> None:
    """Sold on, all but half: the right to a refund did not move, and needs tokens."""
    assert lockstep.transfer(one, other, 2 * TH)
    assert not lockstep.refund(other, 1, 2 * TH), "refunded more than it bought"
    assert not lockstep.refund(one, 1, TH), "refunded without tokens"
    assert lockstep.transfer(other, one, TH)
    supply = lockstep.system.token.read("totalSupply")
    assert not lockstep.refund(one, 1, TH, 4_984)
    assert lockstep.refund(one, 1, TH, 4_983)
    assert lockstep.system.token.read("totalSupply") == supply - TH
    lockstep.check_offering()
    assert lockstep.offering_model.round(1).kept == 1_517
    assert not lockstep.release(1), "released while the bond is drawn"


def default_history(lockstep: OfferingLockstep) -> None:
    """A seller that never pays again: everybody hands back, and nothing is left but its part."""
    one, other, third = lockstep.buyers
    terms = round_terms(lockstep, closes_at=lockstep.now + HOUR_SECONDS, delivery_days=3)
    assert lockstep.open_round(terms)
    for buyer, amount in ((one, TH), (other, 3 * TH + 7), (third, TH // 3)):
        assert lockstep.buy(buyer, 1, (amount, 0, ENOUGH))
    pay_days_before(lockstep, terms.first_day + 1)
    lockstep.claim(lockstep.offering_model.shelf)
    owe_days_before(lockstep, terms.first_day + 3)
    wait_for_default(lockstep, 0)
    model = lockstep.offering_model.round(1)
    for buyer in (one, other, third):
        half = model.purchases[buyer].bought // 2
        assert lockstep.refund(buyer, 1, half)
        assert lockstep.refund(buyer, 1, model.purchases[buyer].bought)
        lockstep.check_offering()
    assert model.paid == 0
    assert not lockstep.take_back(1, one), "a buyer took the rest"
    assert lockstep.take_back(1)
    lockstep.check_offering()
    heal(lockstep)
    assert lockstep.release(1)
    assert model.inside == 0
    lockstep.check_offering()


def price_history(lockstep: OfferingLockstep) -> None:
    """Days of hashprice, in satoshi and in USD, between two bounds and too late."""
    buyer = lockstep.buyers[0]
    closes_at = lockstep.now + 40 * DAY_SECONDS
    changes = {"closes_at": closes_at, "low_price": 1, "high_price": 10**20}
    for pricing, days in ((Pricing.SATOSHI, 101), (Pricing.USD, 7)):
        assert lockstep.open_round(
            round_terms(lockstep, pricing=pricing, price_days=days, **changes)
        )
    for percent in (101, 99, 100, 100):
        if len(lockstep.oracle_model.days) == MEAN_DAYS - 1:
            lockstep.wait_until(lockstep.oracle_model.days[-1].final_at)
            assert not lockstep.buy(buyer, 1, (TH, 0, ENOUGH)), "bought on an index of six days"
        day = lockstep.oracle_model.next_day
        lockstep.wait_until(day_start(day + 1))
        lockstep.report_day(lockstep.next_facts(percent=percent), [PRICE_E8, PRICE_E8 + 9])
        lockstep.report_output(lockstep.output(day, CREDITED_SATS, FLEET_THS))
    lockstep.wait_until(lockstep.oracle_model.days[-1].final_at)
    for number in (1, 2):
        assert lockstep.buy(buyer, number, (TH // 7, 0, ENOUGH))
        assert lockstep.offering.read("price_of", number) == lockstep.offering_model.price(
            number, lockstep.index, lockstep.now
        )
    lockstep.wait_until(day_start(lockstep.index[-1].day + 4) - 1)
    assert lockstep.buy(buyer, 1, (1, 0, ENOUGH))
    lockstep.wait(1)
    assert not lockstep.buy(buyer, 1, (1, 0, ENOUGH)), "bought on an old index"
    lockstep.check_offering()


def pay_days_before(lockstep: OfferingLockstep, day: int) -> None:
    """Report, pay and settle until a day is the next one."""
    while (next_day := lockstep.model.ledger.next_day) < day:
        report_days_before(lockstep, next_day + 1)
        owed = lockstep.next_reward()
        if owed and owed.reward > lockstep.model.ledger.escrow:
            # no more than the day needs: days without money are short at once
            assert lockstep.fund(owed.reward - lockstep.model.ledger.escrow)
        assert lockstep.settle()


def owe_days_before(lockstep: OfferingLockstep, day: int) -> None:
    """Report days and let them fall due without money, until a day is the next one."""
    while (next_day := lockstep.model.ledger.next_day) < day:
        report_days_before(lockstep, next_day + 1)
        due_at = lockstep.model.due_at(next_day, lockstep.now)
        assert due_at is not None
        lockstep.wait_until(due_at)
        assert lockstep.settle()


def report_days_before(lockstep: OfferingLockstep, day: int) -> None:
    """Report days with their outputs, and wait until all is final."""
    while (next_day := lockstep.oracle_model.next_day) < day:
        lockstep.wait_until(day_start(next_day + 1))
        assert lockstep.report_day(lockstep.next_facts(), [PRICE_E8] * 2)
        assert lockstep.report_output(lockstep.output(next_day, CREDITED_SATS, FLEET_THS))
    lockstep.wait_until(lockstep.oracle_model.days[-1].final_at + SHORT_WINDOW_SECONDS)


def wait_for_default(lockstep: OfferingLockstep, seconds: int) -> None:
    """Wait until some seconds around the first one of a default."""
    oldest = next(day.day for day in lockstep.model.ledger.days if day.owed)
    due_at = lockstep.model.due_at(oldest, lockstep.now)
    assert due_at is not None
    lockstep.wait_until(due_at + DEFAULT_SECONDS + 1 + seconds)


def heal(lockstep: OfferingLockstep) -> None:
    """Repay all arrears and refill the bond."""
    assert lockstep.fund(lockstep.model.ledger.arrears)
    assert lockstep.post_bond(lockstep.model.ledger.bond_drawn)
