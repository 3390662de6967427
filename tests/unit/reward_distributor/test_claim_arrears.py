# SPDX-License-Identifier: AGPL-3.0-only
"""`RewardDistributor.claim` of repaid arrears, beside the model: days of arrears in parts."""

from collections.abc import Callable
from dataclasses import replace
from random import Random
from typing import Any

import boa
import pytest

from tests.unit.chain import actor, go_to_day, wait
from tests.unit.reporting import PRICE
from tests.unit.scene import FLEET, START, TERMS, TH, System
from tests.unit.twin import Twin, to_noon

pytestmark = pytest.mark.unit

HOLDER, BUYER, LATE = actor("holder"), actor("buyer"), actor("late buyer")
REWARD = 50_000
SHORT_TERMS = replace(TERMS, grace_seconds=0)


@pytest.fixture
def open_twin(system: System, bitcoin: Any) -> Callable[[int], Twin]:
    """Return how to open a series without grace, of so many days, held by two."""

    def opened(days: int) -> Twin:
        terms = replace(SHORT_TERMS, end_day=START + days)
        twin = Twin(system.list_series(bitcoin, terms))
        twin.begin({HOLDER: FLEET // 3, BUYER: FLEET // 7})
        return twin

    return opened


@pytest.fixture
def twin(open_twin: Callable[[int], Twin]) -> Twin:
    """A series without grace."""
    return open_twin(1_000)


def short_days(twin: Twin, days: int) -> None:
    """Report and settle days that nobody pays, the holders trading at each noon."""
    for _ in range(days):
        to_noon(twin.table.first_day + len(twin.table.daily_prices))
        twin.transfer(HOLDER, BUYER, TH // 13)
        twin.report(1_000 * 50)
        assert twin.settle() == 1


def test_claim__arrears_repaid_in_parts__pays_each_part(twin: Twin) -> None:
    short_days(twin, 4)
    owed = twin.model.ledger.arrears
    twin.check(HOLDER, BUYER)

    for part in (1, owed // 7, owed // 3, 2, owed):
        twin.fund(part)
        twin.check(HOLDER, BUYER)
        twin.claim_to_the_end(HOLDER)
        twin.check(HOLDER, BUYER)

    twin.claim_to_the_end(BUYER)
    assert twin.model.ledger.arrears == 0
    assert owed - 2 < twin.model.ledger.claimed <= owed


def test_claim__between_repayments_or_after__pays_the_same(twin: Twin) -> None:
    """One claims after each repayment and the other once: neither gains by it."""
    short_days(twin, 3)
    with boa.env.anchor():
        for _ in range(9):
            twin.scene.fund(9_973)
            if not twin.is_done(HOLDER):
                twin.scene.claim(HOLDER)
        often = twin.scene.reward.balanceOf(HOLDER)
    for _ in range(9):
        twin.fund(9_973)

    assert twin.claim(HOLDER) == often
    twin.check(HOLDER, BUYER)


def test_claim__day_partly_paid__pays_both_parts(twin: Twin) -> None:
    twin.fund(13)
    short_days(twin, 1)
    twin.check(HOLDER, BUYER)
    twin.claim(HOLDER)

    twin.fund(19_000)
    twin.check(HOLDER, BUYER)
    twin.claim(HOLDER)
    twin.fund(10**6)

    twin.check(HOLDER, BUYER)
    twin.claim(BUYER)
    twin.claim(HOLDER)


def test_claim__bought_after_the_short_days__gets_none_of_them(twin: Twin) -> None:
    short_days(twin, 2)
    twin.transfer(HOLDER, LATE, FLEET // 5)
    short_days(twin, 4)  # the first of them were over when the late buyer came
    twin.fund(2 * twin.model.ledger.days[0].reward)
    twin.check(HOLDER, BUYER, LATE)
    assert twin.model.claimable(LATE) == 0

    twin.fund(10**6)

    twin.check(HOLDER, BUYER, LATE)
    assert twin.model.claimable(LATE) > 0
    twin.claim(LATE)


def test_claim__sold_before_the_repayment__is_paid_for_the_days_held(twin: Twin) -> None:
    short_days(twin, 2)
    balance = twin.scene.token.balanceOf(HOLDER)
    twin.transfer(HOLDER, LATE, balance)
    twin.fund(10**6)

    twin.check(HOLDER, BUYER, LATE)
    assert twin.claim(HOLDER) > 0


def test_claim__burned_before_the_repayment__is_paid_for_the_days_held(twin: Twin) -> None:
    short_days(twin, 2)
    twin.burn(HOLDER, twin.scene.token.balanceOf(HOLDER))
    twin.fund(10**6)

    twin.check(HOLDER, BUYER)
    assert twin.claim(HOLDER) > 0


def test_claim__short_again_after_all_was_repaid__goes_on(twin: Twin) -> None:
    short_days(twin, 2)
    twin.fund(twin.model.ledger.arrears)
    twin.claim(HOLDER)
    short_days(twin, 2)
    twin.check(HOLDER, BUYER)
    twin.fund(twin.model.ledger.arrears - 1)
    twin.claim(HOLDER)
    twin.claim(BUYER)
    twin.check(HOLDER, BUYER)

    twin.fund(1)

    twin.check(HOLDER, BUYER)
    assert twin.model.ledger.arrears == 0


def test_claim__paid_days_between_short_ones__keep_their_order(twin: Twin) -> None:
    for escrow in (0, 10**5, 0, 100, 10**5, 0):
        if escrow:
            twin.fund(escrow)
        short_days(twin, 1)
        twin.check(HOLDER, BUYER)
        if not twin.is_done(HOLDER):
            twin.claim_to_the_end(HOLDER)
            twin.check(HOLDER, BUYER)

    twin.fund(10**6)
    twin.check(HOLDER, BUYER)
    twin.claim_to_the_end(HOLDER)
    twin.claim_to_the_end(BUYER)


@pytest.mark.parametrize("stages", [1, 10])
def test_claim__touched_on_140_short_days__resumes_along_both_indices(
    open_twin: Callable[[int], Twin], stages: int
) -> None:
    """Paid 64 days a call, claimed in between by one and at the end by the other."""
    twin = open_twin(140)
    for index in range(140):
        go_to_day(START + index, index * 431)
        twin.transfer(*((HOLDER, BUYER) if index % 3 else (BUYER, HOLDER)), TH // 17)
    twin.fall_silent(140)
    twin.fund(123_456)
    while not twin.is_settled():
        twin.settle()
    part = twin.model.ledger.arrears // stages + 1

    for _ in range(stages):
        twin.fund(part)
        while twin.model.ledger.escrow and twin.model.ledger.arrears:
            twin.claim_part(HOLDER)
            twin.repay()
    assert twin.model.ledger.arrears == 0
    twin.claim_to_the_end(HOLDER)
    calls = twin.claim_to_the_end(BUYER)

    assert calls == 2
    twin.check(HOLDER, BUYER)
    funded = twin.model.ledger.funded
    assert funded - 2 < twin.model.ledger.claimed <= funded


@pytest.mark.parametrize("seed", range(3))
def test_claim__any_history__pays_what_the_model_says(twin: Twin, seed: int) -> None:
    """Trades, burns, short and paid days, repayments and claims in any order."""
    dice = Random(seed)
    people = (HOLDER, BUYER, LATE)
    for _ in range(12):
        for _ in range(dice.randrange(3)):
            sender, receiver = dice.sample(people, 2)
            amount = twin.scene.token.balanceOf(sender) // dice.randrange(1, 5)
            twin.transfer(sender, receiver, amount)
        if dice.randrange(2):
            twin.fund(dice.choice((1, 777, 30_000, 200_000)))
        wait(dice.randrange(30_000))
        twin.report(dice.choice((50_000, 48_000, 20_000)), price=PRICE)
        twin.settle()
        twin.check(*people)
        for who in dice.sample(people, dice.randrange(1, 3)):
            if not twin.is_done(who):
                twin.claim(who)
        twin.check(*people)
    twin.fund(10**7)
    for who in people:
        if not twin.is_done(who):
            twin.claim_to_the_end(who)
    funded = twin.model.ledger.funded
    assert funded - len(people) < twin.model.ledger.claimed <= funded
