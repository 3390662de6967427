# SPDX-License-Identifier: AGPL-3.0-only
"""What margin engines get wrong, tried where there is no margin: both sides are paid in full.

C13: a seller took its margin out during delivery, and the close then failed. C14: a forced close
without a counterparty. C15: unrealised profit counted as collateral. C16: sides that add up to more
than there is, and requirements of zero without a price. C17: one default closed everything.
"""

from itertools import permutations

import boa
import pytest

from tests.unit.chain import actor, deployer, refused
from tests.unit.pit import CAP, FLOOR, MAX, NEXT, TERMS, Order, Pit

pytestmark = pytest.mark.unit

MAKER, TAKER, PAYER = actor("maker"), actor("taker"), actor("payer")
POOR = actor("poor")


def test_c13_seller__during_delivery__cannot_take_its_collateral(pit: Pit) -> None:
    series = pit.create()
    assert pit.fill(Order([series])) == 10
    assert pit.held(TAKER, series) == (0, 10)

    for moment in (TERMS.first_day * 86_400, TERMS.end_day * 86_400, TERMS.deadline - 1):
        boa.env.timestamp = moment
        with refused("position: too small", lambda: pit.state(series)):
            pit.vault.merge_pair(series, 1, TAKER, sender=TAKER)
        with refused("series: not due", lambda: pit.state(series)):
            pit.vault.redeem(series, TAKER, sender=TAKER)

    assert pit.inside() == 10 * TERMS.cost


def test_c13_seller__before_the_window__costs_what_it_costs_in_its_last_second(pit: Pit) -> None:
    series = pit.create()
    paid = []
    for moment in (boa.env.timestamp, TERMS.end_day * 86_400 - 1):
        boa.env.timestamp = moment
        before = pit.money(TAKER)
        order = Order([series], may_trade_in_window=True, deadline=moment, quantity=1)
        assert pit.fill(order) == 1
        paid.append(before - pit.money(TAKER))

    assert paid == [TERMS.collateral(50_000, is_buyer=False)] * 2


def test_c14_stranger__to_anothers_position__can_do_nothing(pit: Pit) -> None:
    series = pit.create()
    pit.vault.mint_pair(series, 5, MAKER, TAKER, sender=PAYER)
    stranger = actor("stranger")

    with refused("position: not approved", lambda: pit.state(series)):
        pit.vault.safeTransferFrom(MAKER, stranger, series, 1, b"", sender=stranger)
    with refused("position: too small", lambda: pit.state(series)):
        pit.vault.merge_pair(series, 1, stranger, sender=stranger)
    order = Order([series])
    with refused("book: not for others"):
        one = (order.as_tuple(), pit.sign(order), (1, 0, MAX, 0))
        pit.book.fill_for(TAKER, one, sender=stranger)


def test_c14_close__of_one_party__always_has_a_counterparty(pit: Pit) -> None:
    series = pit.create()
    pit.fill(Order([series]))
    pit.enrich(PAYER)
    before = [pit.money(who) for who in (MAKER, TAKER, PAYER)]

    close = Order([series], is_buy=False, price_ticks=58_000)
    assert pit.fill(close, sender=PAYER) == 10

    moved = [pit.money(who) - was for who, was in zip((MAKER, TAKER, PAYER), before, strict=True)]
    assert moved == [10 * TERMS.collateral(58_000, True), 0, -10 * TERMS.collateral(58_000, True)]
    assert [pit.held(who, series) for who in (MAKER, TAKER, PAYER)] == [(0, 0), (0, 10), (10, 0)]


def test_c15_profit__not_yet_settled__pays_for_nothing(pit: Pit) -> None:
    series, following = pit.create(), pit.create(NEXT)
    pit.vault.mint_pair(series, 100, POOR, MAKER, sender=PAYER)
    while pit.reporting.oracle.next_day() < TERMS.end_day - 1:
        pit.report(1_000)  # far above the cap, and but for one day it is over
    order = Order([following], deadline=NEXT.first_day * 86_400, quantity=1)
    pit.token.approve(pit.vault.address, 2**256 - 1, sender=POOR)

    with refused("erc20: transfer amount exceeds balance", lambda: pit.state(series, following)):
        pit.fill(order, sender=POOR)


@pytest.mark.parametrize("price", [FLOOR, FLOOR + 1, 50_000, CAP - 1, CAP])
def test_c16_legs__at_any_price_and_with_no_oracle__are_a_whole_pair(pit: Pit, price: int) -> None:
    series = pit.create()
    boa.env.timestamp = TERMS.end_day * 86_400 - 1  # no day was reported for days
    before = [pit.money(who) for who in (MAKER, TAKER)]
    order = Order([series], price_ticks=price, may_trade_in_window=True, deadline=2**40)

    assert pit.fill(order, 7) == 7

    paid = [was - pit.money(who) for who, was in zip((MAKER, TAKER), before, strict=True)]
    assert sum(paid) == 7 * TERMS.cost == pit.inside()
    assert min(paid) >= 0


def test_c17_order_of_redemption__any__pays_everybody_the_same(pit: Pit) -> None:
    series = pit.create()
    pit.fill(Order([series], price_ticks=43_210))
    pit.vault.mint_pair(series, 3, PAYER, MAKER, sender=PAYER)
    pit.report_until(TERMS.end_day, 47)
    results = set()
    for people in permutations((MAKER, TAKER, PAYER)):
        with boa.env.anchor():
            paid = {who: pit.vault.redeem(series, who, sender=who) for who in people}
            assert pit.inside() == 0
            results.add(tuple(paid[who] for who in (MAKER, TAKER, PAYER)))

    long, short = 3 * 7_000, 3 * 13_000
    assert results == {(10 * long + 3 * short, 10 * short, 3 * long)}


def test_c17_one_who_cannot_be_paid__keeps_nobody_waiting(pit: Pit) -> None:
    frozen = deployer("mocks/MockFreezingToken").deploy(8)
    pit = Pit.open(frozen)
    series, following = pit.create(), pit.create(NEXT)
    for each in (series, following):
        pit.vault.mint_pair(each, 2, MAKER, TAKER, sender=PAYER)
    pit.report_until(TERMS.end_day, 50)
    frozen.set_frozen(MAKER, True)

    assert pit.vault.redeem(series, MAKER, sender=MAKER) == TERMS.cost
    assert pit.vault.redeem(series, TAKER, sender=TAKER) == TERMS.cost

    assert pit.vault.credit_of(frozen.address, MAKER) == TERMS.cost
    assert pit.held(MAKER, following) == (2, 0)
    assert pit.inside() == TERMS.cost + 2 * NEXT.cost
