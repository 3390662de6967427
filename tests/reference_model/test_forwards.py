# SPDX-License-Identifier: AGPL-3.0-only
"""Who has what after trades, pairs, settlement and failed payments, worked out by hand."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.errors import Cause, ModelRevert
from reference.forward_orders import ForwardOrder, Leg, Peg, SignedOrder, Take
from reference.forwards import Naming, Trade
from reference.units import day_start

from .forward_builders import (
    BITCOIN,
    DEAF,
    DOLLAR,
    FIRST_DAY,
    HOLDER,
    MAKER,
    MINER,
    NOW,
    PAIR,
    PLENTY,
    START,
    TERMS,
    TRADER,
    VAULT,
    ZERO,
    FundedVault,
    at,
    day,
    order,
)

pytestmark = pytest.mark.unit

LATER = day_start(START + 75)


def refusal(act: Callable[[], object]) -> Cause:
    with pytest.raises(ModelRevert) as refused:
        act()
    return refused.value.cause


# ---------------------------------------------------------------- series


@pytest.mark.parametrize(
    "changes",
    [
        {"token": HOLDER},
        {"first_day": START - 1},
        {"end_day": START},
        {"end_day": START + 367},
        {"floor_ticks": 150},
        {"cap_ticks": 2**64 + 1},
        {"tick_value": 0},
        {"tick_value": 2**96},
        {"cap_ticks": 2**61, "tick_value": 2**64},
    ],
)
def test_create_series__terms_out_of_bounds__reverts(changes: dict[str, object]) -> None:
    assert refusal(lambda: FundedVault().listed(**changes)) is Cause.INVALID_TERMS


def test_create_series__six_final_days__reverts() -> None:
    funded = FundedVault()
    funded.oracle.written = funded.oracle.written[:6]

    assert refusal(funded.listed) is Cause.NOT_FINAL


def test_create_series__same_terms_again__is_the_same_series() -> None:
    funded = FundedVault()
    series = funded.listed()

    assert series % 2 == 0
    assert funded.model.create_series(TERMS, LATER) == series
    assert funded.listed(cap_ticks=151) != series


# ---------------------------------------------------------------- trades


def test_fill__two_fresh_parties__each_pays_its_leg() -> None:
    funded = FundedVault()
    series = funded.listed()

    funded.trade(MINER, MAKER, series, 80, 5)

    assert funded.held(MINER, series) == (5, 0)
    assert funded.held(MAKER, series) == (0, 5)
    assert (funded.spent(MINER), funded.spent(MAKER)) == (5 * 4 * 30, 5 * 4 * 70)
    assert funded.inside() == 5 * PAIR == funded.model.held(series, NOW)


def test_fill__both_have_the_opposite__both_close_and_are_paid() -> None:
    funded = FundedVault()
    series = funded.listed()
    funded.trade(MINER, MAKER, series, 80, 5)

    funded.trade(MAKER, MINER, series, 90, 5)

    assert funded.held(MINER, series) == funded.held(MAKER, series) == (0, 0)
    assert (funded.spent(MINER), funded.spent(MAKER)) == (-5 * 4 * 10, 5 * 4 * 10)
    assert funded.inside() == 0


def test_fill__more_than_the_opposite__closes_it_and_opens_the_rest() -> None:
    funded = FundedVault()
    series = funded.listed()
    funded.trade(MINER, MAKER, series, 80, 5)

    funded.trade(TRADER, MINER, series, 100, 8)

    assert funded.held(MINER, series) == (0, 3)
    assert funded.held(TRADER, series) == (8, 0)
    # 5 LONG sold for the buyer's leg of 200 each, 3 SHORT opened for 200 each
    assert funded.spent(MINER) == 600 - 5 * 200 + 3 * 200
    assert funded.inside() == 8 * PAIR == funded.model.held(series, NOW)


def test_fill__strip__sums_each_party_to_one_payment() -> None:
    funded = FundedVault()
    months = sorted([funded.listed(), funded.listed(first_day=START + 4, end_day=START + 8)])
    funded.trade(MINER, HOLDER, months[0], 80, 5)
    bid = order(*months, maker=MAKER, price_ticks=100, quantity=5)
    funded.model.books.tokens[BITCOIN].allowances[MINER] = 0

    funded.model.fill(MINER, Take(SignedOrder(bid), 5), NOW)

    # receives 5 x 200 of the first month and pays 5 x 200 for the second
    assert funded.spent(MINER) == 600
    assert funded.held(MINER, months[0]) == (0, 0)
    assert funded.held(MINER, months[1]) == (0, 5)
    assert funded.held(MAKER, months[0]) == funded.held(MAKER, months[1]) == (5, 0)


def test_match__crossing_orders__trade_at_the_middle_rounded_down() -> None:
    funded = FundedVault()
    series = funded.listed()
    bid = SignedOrder(order(series, maker=MAKER, price_ticks=101))
    ask = SignedOrder(order(series, maker=MINER, price_ticks=90, is_buy=False, quantity=4))

    assert funded.model.match(bid, ask, 7, NOW) == 4

    assert (funded.spent(MAKER), funded.spent(MINER)) == (4 * 4 * 45, 4 * 4 * 55)
    assert funded.model.books.filled[bid.order] == funded.model.books.filled[ask.order] == 4


def test_match__prices_do_not_cross_or_one_maker__reverts() -> None:
    funded = FundedVault()
    series = funded.listed()
    bid = SignedOrder(order(series, price_ticks=89))
    ask = order(series, maker=MINER, price_ticks=90, is_buy=False)
    match = funded.model.match

    assert refusal(lambda: match(bid, SignedOrder(ask), 1, NOW)) is Cause.INVALID_ORDER
    own = SignedOrder(at(replace(ask, maker=MAKER), 89))
    assert refusal(lambda: match(bid, own, 1, NOW)) is Cause.NOT_ALLOWED


# ---------------------------------------------------------------- orders


def test_fill__conditions_of_an_order__are_refused_one_by_one() -> None:
    funded = FundedVault()
    series, dollars = funded.listed(), funded.listed(token=DOLLAR)
    good = order(series)
    flaws = {
        Cause.NO_SUCH_SERIES: order(series + 1),
        Cause.TOO_MUCH_COLLATERAL: replace(good, max_collateral=10 * 200 - 1),
        Cause.EXPIRED: replace(good, deadline=NOW - 1),
        Cause.CANCELLED: replace(good, epoch=1),
        Cause.NOT_ALLOWED: replace(good, taker=HOLDER),
    }
    invalid = [
        order(),
        order(series, series),
        order(*sorted([series, dollars])),
        at(good, 49),
        at(good, 151),
        replace(good, legs=(replace(good.legs[0], ratio=2),)),
        replace(good, quantity=0),
    ]

    def cause(flawed: ForwardOrder) -> Cause:
        return refusal(lambda: funded.model.fill(MINER, Take(SignedOrder(flawed), 1), NOW))

    assert {cause(flawed) for flawed in invalid} == {Cause.INVALID_ORDER}
    assert [cause(flawed) for flawed in flaws.values()] == list(flaws)
    unsigned = Take(SignedOrder(good, is_signed=False), 1)
    assert refusal(lambda: funded.model.fill(MINER, unsigned, NOW)) is Cause.NOT_SIGNED
    own = Take(SignedOrder(good), 1)
    assert refusal(lambda: funded.model.fill(MAKER, own, NOW)) is Cause.NOT_ALLOWED


def test_fill__window_has_begun__needs_the_makers_word() -> None:
    funded = FundedVault()
    series = funded.listed()
    begun, ended = day_start(START), day_start(START + 4)
    plain = SignedOrder(order(series, deadline=ended))
    brave = SignedOrder(order(series, deadline=ended, may_trade_in_window=True))

    def fill(signed: SignedOrder, now: int) -> int:
        return funded.model.fill(MINER, Take(signed, 1), now)

    assert fill(plain, begun - 1) == 1
    assert refusal(lambda: fill(plain, begun)) is Cause.WINDOW_OPEN
    assert fill(brave, ended - 1) == 1
    assert refusal(lambda: fill(brave, ended)) is Cause.ENDED


def test_fill__minimum__binds_until_less_is_left() -> None:
    funded = FundedVault()
    signed = SignedOrder(order(funded.listed(), minimum_quantity=4))

    def fill(quantity: int, minimum: int = 0) -> int:
        return funded.model.fill(MINER, Take(signed, quantity, minimum), NOW)

    assert refusal(lambda: fill(3)) is Cause.TOO_LITTLE
    assert refusal(lambda: fill(11, 11)) is Cause.TOO_LITTLE
    assert fill(7) == 7
    assert refusal(lambda: fill(2)) is Cause.TOO_LITTLE
    assert fill(9) == 3
    assert refusal(lambda: fill(1)) is Cause.FILLED


def test_fill__cancelled_order_or_epoch__reverts() -> None:
    funded = FundedVault()
    series = funded.listed()
    first, second = order(series, salt=1), order(series, salt=2)
    funded.model.cancel(MAKER, first)

    def fill(taken: ForwardOrder) -> int:
        return funded.model.fill(MINER, Take(SignedOrder(taken), 1), NOW)

    assert refusal(lambda: funded.model.cancel(MINER, second)) is Cause.NOT_ALLOWED
    assert refusal(lambda: fill(first)) is Cause.CANCELLED
    assert fill(second) == 1
    funded.model.cancel_all(MAKER)
    assert refusal(lambda: fill(second)) is Cause.CANCELLED
    assert fill(replace(second, epoch=1)) == 1


def test_fill_many__one_cannot_be_filled__leaves_no_trace_of_it() -> None:
    funded = FundedVault()
    series = funded.listed()
    poor = order(series, price_ticks=101, maker=HOLDER)
    funded.model.books.tokens[BITCOIN].allowances[HOLDER] = 0
    takes = [Take(SignedOrder(each), 2) for each in (order(series), poor, order(series, salt=1))]

    assert funded.model.fill_many(MINER, takes, NOW) == [2, 0, 2]

    assert funded.model.books.filled[poor] == 0
    assert funded.held(MINER, series) == (0, 4)


def test_fill__spread__closing_pays_for_opening_and_the_cap_is_on_what_is_pulled() -> None:
    funded = FundedVault()
    near, far = sorted([funded.listed(), funded.listed(first_day=START + 4, end_day=START + 8)])
    funded.trade(MAKER, MINER, near, 80, 4)
    legs = (Leg(near, False, 90), Leg(far, True, 100))
    roll = replace(order(near, maker=MAKER, max_collateral=4 * 4 * 10), legs=legs, quantity=4)
    before = funded.spent(MAKER)

    short = replace(roll, max_collateral=4 * 4 * 10 - 1)
    take = Take(SignedOrder(short), 4)
    assert refusal(lambda: funded.model.fill(MINER, take, NOW)) is Cause.TOO_MUCH_COLLATERAL
    assert funded.model.fill(MINER, Take(SignedOrder(roll), 4), NOW) == 4

    # LONG of the near month is sold for 40 each, the far one costs 50 each
    assert funded.spent(MAKER) - before == 4 * 4 * 10
    assert (funded.held(MAKER, near), funded.held(MAKER, far)) == ((0, 0), (4, 0))


def test_fill__peg__follows_the_newest_final_days_within_its_clamp() -> None:
    funded = FundedVault()
    series = funded.listed()
    funded.oracle.written[-2:] = [day(FIRST_DAY + 7, 103), day(FIRST_DAY + 8, 110)]
    legs = (Leg(series, True, 0),)

    def price(peg: Peg, now: int = NOW) -> int:
        pegged = replace(order(series), legs=legs, peg=peg)
        return funded.model.priced(pegged, now)[0].price_ticks

    now = NOW + 3_600
    assert price(Peg(1, 2, 0, 60, 140)) == 103
    assert price(Peg(1, 2, 0, 60, 140), now) == 110
    assert price(Peg(3, 2, -1, 60, 140), now) == 103
    assert price(Peg(1, 2, -99, 60, 140), now) == 60
    assert price(Peg(1, 2, 99, 60, 140), now) == 140
    assert refusal(lambda: price(Peg(8, 2, 0, 60, 140))) is Cause.INVALID_ORDER
    assert refusal(lambda: price(Peg(1, 0, 0, 60, 140), now)) is Cause.EXPIRED
    assert refusal(lambda: price(Peg(1, 2, 0, 60, 151))) is Cause.INVALID_ORDER


def test_cancel_series__only_older_orders_on_it__are_dead() -> None:
    funded = FundedVault()
    series, other = funded.listed(), funded.listed(cap_ticks=151)
    funded.model.cancel_series(MAKER, series)

    def fill(taken: ForwardOrder) -> int:
        return funded.model.fill(MINER, Take(SignedOrder(taken), 1), NOW)

    assert refusal(lambda: fill(order(series))) is Cause.CANCELLED
    assert fill(order(other)) == fill(order(series, epoch=1)) == 1
    funded.model.cancel_all(MAKER)
    assert refusal(lambda: fill(order(other, epoch=1))) is Cause.CANCELLED


def test_trade__book_of_another__needs_both_and_stays_within_what_they_said() -> None:
    funded = FundedVault()
    series, strange = funded.listed(), "0x" + "ab" * 20
    trade = Trade(MAKER, MINER, 1, (Leg(series, True, 100),), False, PLENTY, PLENTY)

    def go() -> tuple[int, int]:
        return funded.model.trade(strange, trade, NOW)

    assert refusal(go) is Cause.NOT_ALLOWED
    funded.model.approve_book(MAKER, strange, BITCOIN, Naming(300, False, NOW))
    assert refusal(go) is Cause.NOT_ALLOWED
    funded.model.approve_book(MINER, strange, BITCOIN, Naming(PLENTY, False, NOW))
    assert go() == (200, 200)
    assert refusal(go) is Cause.TOO_MUCH_COLLATERAL
    funded.model.disown_book(MINER, strange)
    assert refusal(go) is Cause.NOT_ALLOWED


# ---------------------------------------------------------------- pairs and settlement


def test_mint_pair__then_merge__is_free() -> None:
    funded = FundedVault()
    series = funded.listed()
    funded.model.mint_pair(MINER, series, 3, (HOLDER, HOLDER), NOW)
    assert funded.held(HOLDER, series) == (3, 3)

    funded.model.merge_pair(HOLDER, series, 3, MINER)

    assert funded.spent(MINER) == 0 == funded.inside()


def test_mint_pair__window_over_or_wrong_recipient__reverts() -> None:
    funded = FundedVault()
    series = funded.listed()
    end = day_start(START + 4)

    def mint(now: int, *recipients: str) -> Cause:
        return refusal(
            lambda: funded.model.mint_pair(MINER, series, 1, (recipients[0], recipients[1]), now)
        )

    assert mint(end, MINER, MINER) is Cause.ENDED
    assert mint(NOW, ZERO, MINER) is Cause.INVALID_ADDRESS
    assert mint(NOW, MINER, VAULT) is Cause.INVALID_ADDRESS
    assert mint(NOW, MINER, DEAF) is Cause.NOT_TAKEN
    assert funded.spent(MINER) == 0


def test_redeem__both_sides__gets_all_that_was_put_in() -> None:
    funded = FundedVault()
    series = funded.listed()
    funded.trade(MINER, MAKER, series, 80, 5)
    funded.model.transfer(MINER, HOLDER, series, 2)
    final = funded.finish(60, 70, 80, 91)

    paid = [funded.model.redeem(who, series, who, final) for who in (MINER, HOLDER, MAKER)]

    assert paid == [3 * 101, 2 * 101, 5 * (PAIR - 101)]
    assert sum(paid) == 5 * PAIR == funded.model.books.put_in[series]
    assert funded.inside() == 0


def test_merge_pair__after_settlement__still_pays_a_pair() -> None:
    funded = FundedVault()
    series = funded.listed()
    funded.model.mint_pair(MINER, series, 3, (MINER, MINER), NOW)
    final = funded.finish(60, 70, 80, 91)
    funded.model.settle(series, final)

    funded.model.merge_pair(MINER, series, 2, MINER)

    assert funded.model.held(series, final) == PAIR == funded.inside()


def test_redeem__receiver_is_blocked__waits_as_credit() -> None:
    funded = FundedVault()
    series = funded.listed()
    funded.trade(MINER, MAKER, series, 80, 5)
    final = funded.finish(100, 100, 100, 100)
    blocked = funded.model.books.tokens[BITCOIN].blocked
    blocked.add(HOLDER)

    assert funded.model.redeem(MINER, series, HOLDER, final) == 1_000
    assert funded.model.owed(BITCOIN, final) == funded.inside() == 2_000
    withdraw = funded.model.withdraw
    assert refusal(lambda: withdraw(HOLDER, BITCOIN, HOLDER)) is Cause.CANNOT_PAY
    assert withdraw(HOLDER, BITCOIN, TRADER) == 1_000
    assert refusal(lambda: withdraw(HOLDER, BITCOIN, TRADER)) is Cause.NOTHING_CREDITED
    assert funded.spent(TRADER) == -1_000


# ---------------------------------------------------------------- any history

ACCOUNTS = (MINER, MAKER, TRADER)
ACTS = st.tuples(
    st.sampled_from(["trade", "mint", "merge", "move"]),
    st.sampled_from(ACCOUNTS),
    st.sampled_from(ACCOUNTS),
    st.integers(50, 150),
    st.integers(1, 9),
)


def act(
    funded: FundedVault, series: int, what: str, one: str, other: str, price: int, n: int
) -> None:
    try:
        if what == "trade":
            funded.trade(one, other, series, price, n)
        elif what == "mint":
            funded.model.mint_pair(one, series, n, (one, other), NOW)
        elif what == "merge":
            funded.model.merge_pair(one, series, n, other)
        else:
            funded.model.transfer(one, other, series + price % 2, n)
    except ModelRevert as refused:
        assert refused.cause in (Cause.INSUFFICIENT_BALANCE, Cause.NOT_ALLOWED)


@given(
    acts=st.lists(ACTS, max_size=25),
    ticks=st.lists(st.integers(0, 220), min_size=4, max_size=4),
)
def test_redeem__any_history__leaves_nothing_and_misses_nothing(
    acts: list[tuple[str, str, str, int, int]], ticks: list[int]
) -> None:
    funded = FundedVault()
    series = funded.listed()
    for one in acts:
        act(funded, series, *one)
        books = funded.model.books
        pairs = funded.model.supply(series)
        assert pairs == funded.model.supply(series + 1)
        assert funded.inside() == pairs * PAIR == books.put_in[series] - books.paid[series]
    final = funded.finish(*ticks)
    worth = {who: funded.model.worth(who, series, final) for who in ACCOUNTS}

    for who in ACCOUNTS:
        if any(funded.held(who, series)):
            assert funded.model.redeem(who, series, who, final) == worth[who]

    assert funded.inside() == 0
    assert sum(funded.spent(who) for who in ACCOUNTS) == 0
