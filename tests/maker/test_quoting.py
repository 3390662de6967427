# SPDX-License-Identifier: AGPL-3.0-only
"""The maker's curve, prices, sizes and silences, against numbers worked out by hand."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS
from hashrate.orders.order import ZERO_ADDRESS
from hashrate.products.forwards.maths import Payouts
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import ForwardTerms
from maker.accounts import LossLimit, MonthAccount
from maker.curve import ONE, GrowthBounds, Outlook, daily_move_bps, forward, measured_growth
from maker.errors import PolicyError
from maker.quoting import Policy, Quote, Stand, deadline_of, quiet_at, quotes_of

pytestmark = pytest.mark.unit

SATS = Product.HASHPRICE_SATS
# 2,016 blocks from 1,000: the next retarget is block 2,016, seven days and a bit ahead
OUTLOOK = Outlook(DayIndex(100), 1_000, ONE * 105 // 100, 210_000)
POLICY = Policy(size=10, month_limit=50, total_limit=100)


def terms_of(floor: int = 10_000, cap: int = 80_000, first: int = 130) -> ForwardTerms:
    days = DayIndex(first), DayIndex(first + 30)
    return ForwardTerms(ZERO_ADDRESS, SATS.metric, *days, floor, cap, 1, ZERO_ADDRESS)


def stand(position: int = 0, fair: int = 40_000, terms: ForwardTerms | None = None) -> Stand:
    return Stand(terms or terms_of(), 41_000, Fraction(fair), position)


def both(
    policy: Policy, where: Stand, longs: int = 0, shorts: int = 0
) -> tuple[Quote | None, Quote | None]:
    quotes = {each.is_buy: each for each in quotes_of(policy, where, 400, longs, shorts)}
    return quotes.get(True), quotes.get(False)


# ---------------------------------------------------------------- curve


def test_forward__retarget_inside__counts_each_day_by_the_retargets_before_it() -> None:
    # block 2,016 is the 1,016th from here: in day 100 + 1 + 1,015 // 144 = 108
    assert OUTLOOK.retarget_day == 108
    expected = forward(OUTLOOK, Product.DIFFICULTY, 1_000, (106, 110))
    assert expected == Fraction(1_000 * (2 * ONE + 2 * ONE * 105 // 100), 4 * ONE) == 1_025

    sats = forward(OUTLOOK, SATS, 1_050, (106, 110))
    assert sats == Fraction(1_050 * (2 * ONE + 2 * (ONE * 100 // 105)), 4 * ONE)


def test_forward__second_retarget__compounds() -> None:
    expected = forward(OUTLOOK, Product.DIFFICULTY, 10_000, (122, 123))

    assert expected == Fraction(10_000 * (105 * 105), 100 * 100) == 11_025


def test_forward__halving_inside__halves_hashprice_and_not_difficulty() -> None:
    near = replace(OUTLOOK, last_height=209_999 - 144, growth=ONE)
    assert near.halving_day == 102

    assert forward(near, SATS, 1_000, (101, 103)) == 750
    assert forward(near, Product.DIFFICULTY, 1_000, (101, 103)) == 1_000


def test_measured_growth__twelve_percent_in_84_days__is_two_percent_a_retarget() -> None:
    bounds = GrowthBounds(84, 0, 2 * ONE)

    assert measured_growth([100] + [0] * 83 + [112], bounds) == ONE * 102 // 100
    assert measured_growth([7] * 100 + [100] + [0] * 83 + [112], bounds) == ONE * 102 // 100
    assert measured_growth([100], bounds) == ONE


def test_measured_growth__wild__is_bounded() -> None:
    bounds = GrowthBounds(14, ONE * 98 // 100, ONE * 104 // 100)

    assert measured_growth([100] + [0] * 13 + [300], bounds) == bounds.high
    assert measured_growth([300] + [1] * 13 + [100], bounds) == bounds.low


def test_daily_move__up_and_down__is_the_root_of_the_mean_square() -> None:
    # +300 and -400 bps: the root of (90,000 + 160,000) / 2
    assert daily_move_bps([10_000, 10_300, 9_888], 28) == 353
    assert daily_move_bps([5], 28) == 0


# ---------------------------------------------------------------- prices and sizes


def test_quotes__flat__stand_four_percent_off_and_round_away() -> None:
    bid, ask = both(POLICY, stand(fair=40_001))

    assert bid is not None and ask is not None
    assert (bid.price_ticks, ask.price_ticks) == (38_400, 41_602)  # 38,400.96 and 41,601.04
    assert (bid.quantity, ask.quantity) == (10, 10)
    assert (bid.peg.offset_ticks, ask.peg.offset_ticks) == (38_400 - 41_000, 602)


def test_quotes__peg__follows_freely_only_to_the_makers_good() -> None:
    bid, ask = both(POLICY, stand())

    assert bid is not None and ask is not None
    assert (bid.low_ticks, bid.high_ticks) == (10_000, 38_400 + 768)
    assert (ask.low_ticks, ask.high_ticks) == (41_600 - 832, 80_000)
    assert (bid.worst_ticks, ask.worst_ticks) == (39_168, 40_768)


def test_quotes__long__lean_down_and_shrink_to_the_limit() -> None:
    bid, ask = both(POLICY, stand(position=45))

    # 2 % x 45 / 50 lower
    assert bid is not None and ask is not None
    assert bid.price_ticks == int(40_000 * Fraction(982, 1_000) * Fraction(96, 100))
    assert (bid.quantity, ask.quantity) == (5, 10)
    assert both(POLICY, stand(position=50))[0] is None
    assert both(POLICY, stand(position=-50))[1] is None


def test_quotes__total_limit__binds_whatever_the_month() -> None:
    bid, ask = both(POLICY, stand(), longs=97, shorts=91)

    assert bid is not None and ask is not None
    assert (bid.quantity, ask.quantity) == (3, 9)
    assert both(POLICY, stand(), longs=100)[0] is None


def test_quotes__at_the_total_limit__what_closes_is_still_quoted() -> None:
    bid, ask = both(POLICY, stand(position=-4), longs=100, shorts=100)

    assert bid is not None and ask is None
    assert bid.quantity == 4


def test_quotes__outside_the_band__are_left_out() -> None:
    bid, ask = both(POLICY, stand(terms=terms_of(cap=41_000)))
    assert bid is not None and ask is None
    bid, ask = both(POLICY, stand(terms=terms_of(floor=38_401)))
    assert bid is None and ask is not None


@given(
    st.integers(1, 10**9),
    st.integers(-50, 50),
    st.integers(1, 9_000),
    st.integers(0, 8_999),
    st.integers(0, 2_000),
)
def test_quotes__any_inventory__buy_below_and_sell_above_what_is_expected(
    fair: int, position: int, half_width: int, skew: int, room: int
) -> None:
    """Whatever it holds, a maker loses at once by no trade of its own index."""
    policy = replace(POLICY, half_width_bps=half_width, skew_bps=skew % half_width, room_bps=room)
    where = stand(position, fair, terms_of(1, 10**12))

    for quote in quotes_of(policy, where, half_width, 0, 0):
        assert where.terms.floor_ticks <= quote.low_ticks <= quote.high_ticks
        assert quote.low_ticks <= quote.price_ticks <= quote.high_ticks <= where.terms.cap_ticks
        if quote.is_buy:
            assert quote.price_ticks < fair
        else:
            assert quote.price_ticks > fair


@pytest.mark.parametrize(
    "wrong", [{"skew_bps": 400}, {"half_width_bps": 10_000}, {"size": 0}, {"room_bps": -1}]
)
def test_policy__nonsense__is_refused(wrong: dict[str, int]) -> None:
    with pytest.raises(PolicyError):
        replace(POLICY, **wrong)


def test_width__volatile_days__is_what_two_of_them_move() -> None:
    assert POLICY.width_bps(100) == 400
    assert POLICY.width_bps(1_000) == 1_415  # root of 2, rounded up


# ---------------------------------------------------------------- silence


def noon_after(days: int) -> int:
    return (101 + days) * DAY_SECONDS


def test_quiet__retarget_near__from_its_blocks_before_on() -> None:
    # 1,016 blocks ahead; silent 72 before: after 944 of them, 6.55 days
    policy = replace(POLICY, quiet_blocks=72)
    begins = 101 * DAY_SECONDS + 944 * 600

    assert quiet_at(policy, OUTLOOK, begins - 1).reason == ""
    assert quiet_at(policy, OUTLOOK, begins - 1).ends_at == begins
    assert quiet_at(policy, OUTLOOK, begins).reason == "the retarget at 2016 is near"
    assert quiet_at(replace(policy, quiet_blocks=0), OUTLOOK, begins).reason == ""


@pytest.mark.parametrize(("height", "is_quiet"), [(2_016, True), (2_159, True), (2_160, False)])
def test_quiet__after_a_retarget__until_a_whole_day_is_final(height: int, is_quiet: bool) -> None:
    outlook = replace(OUTLOOK, last_height=height)

    reason = quiet_at(POLICY, outlook, noon_after(0)).reason

    assert (reason == "no whole day after the retarget at 2016 is final") is is_quiet


def test_quiet__halving__is_as_a_retarget() -> None:
    outlook = replace(OUTLOOK, last_height=209_900)

    assert (
        quiet_at(POLICY, outlook, noon_after(0) + 16_800).reason == "the halving at 210000 is near"
    )


def test_deadline__six_hours__or_the_window() -> None:
    now = noon_after(0)
    quiet = quiet_at(replace(POLICY, quiet_blocks=0), OUTLOOK, now)

    assert deadline_of(terms_of(), quiet) == now + 6 * 3_600
    assert deadline_of(terms_of(first=101), quiet) == 101 * DAY_SECONDS - 1


# ---------------------------------------------------------------- two makers


def rounds(one: Policy, other: Policy, fairs: tuple[int, int], count: int) -> tuple[int, int, int]:
    """Let two makers quote again and again, and match whatever crosses at the middle.

    Returns:
        Contracts traded, the round of the last trade, and how far prices ended from the first.
    """
    positions = [0, 0]
    traded = last = 0
    first: list[int] = []
    prices: list[int] = []
    for turn in range(count):
        sides = [
            both(
                policy,
                stand(position, fair, terms_of(1, 10**6)),
                max(0, position),
                max(0, -position),
            )
            for policy, position, fair in zip((one, other), positions, fairs, strict=True)
        ]
        prices = [quote.price_ticks for side in sides for quote in side if quote is not None]
        first = first or prices
        for buyer, seller in ((0, 1), (1, 0)):
            bid, ask = sides[buyer][0], sides[seller][1]
            if bid is None or ask is None or bid.price_ticks < ask.price_ticks:
                continue
            quantity = min(bid.quantity, ask.quantity)
            positions[buyer] += quantity
            positions[seller] -= quantity
            traded, last = traded + quantity, turn
    return traded, last, abs(max(prices) - max(first))


def test_two_makers__of_one_mind__never_trade() -> None:
    assert rounds(POLICY, replace(POLICY, skew_bps=399), (40_000, 40_000), 500)[0] == 0


@given(st.integers(10_000, 60_000), st.integers(10_000, 60_000), st.integers(0, 399))
def test_two_makers__of_any_two_minds__stop_at_their_limits(
    one: int, other: int, skew: int
) -> None:
    """They trade what their limits allow, once; prices stay within the skew of the index."""
    policy = replace(POLICY, skew_bps=skew)

    traded, last, moved = rounds(policy, POLICY, (one, other), 60)

    assert traded <= POLICY.month_limit
    assert last <= POLICY.month_limit // POLICY.size
    assert moved * 10_000 <= max(one, other) * 2 * (max(skew, 200) + 1) + 20_000


# ---------------------------------------------------------------- accounts


def test_account__round_trip__is_the_difference_of_prices() -> None:
    account = MonthAccount(terms_of())
    account.trade(38_000, 10, is_buy=True)
    assert account.locked == 10 * 30 * 28_000
    account.trade(42_000, 10, is_buy=False)

    assert account.position == account.locked == 0
    assert account.profit(Payouts(0, 0)) == 10 * 30 * 4_000


def test_account__short__loses_when_the_mean_rises() -> None:
    account = MonthAccount(terms_of())
    account.trade(40_000, 3, is_buy=False)

    assert account.profit(Payouts(30 * 35_000, 30 * 35_000)) == -3 * 30 * 5_000


def test_loss_limit__once_reached__stays() -> None:
    limit = LossLimit(100)

    assert [limit.look(profit) for profit in (-99, -100, 50)] == [False, True, True]
    assert limit.worst == -100
