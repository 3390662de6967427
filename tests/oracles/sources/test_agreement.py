# SPDX-License-Identifier: AGPL-3.0-only
"""Whether sources say the same: prices, hashes, clocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.types import BlockHash, BlockHeight, ChainTip, Price, UnixSeconds, UsdE8
from oracles.sources.agreement import (
    PriceLimits,
    majority,
    median_price,
    require_clock,
    require_fresh_tip,
    without_odd,
)
from oracles.sources.errors import (
    ClockSkewError,
    SourcesDisagreeError,
    StaleTipError,
    TooFewSourcesError,
)

pytestmark = pytest.mark.unit

END = UnixSeconds(1_713_657_600)
NAMES = ["coinbase", "kraken", "bitstamp", "another"]


def prices(*values: int, closed_at: int = END) -> list[Price]:
    return [
        Price(UsdE8(value), UnixSeconds(closed_at), name)
        for name, value in zip(NAMES, values, strict=False)
    ]


# ---------------------------------------------------------------- prices


@pytest.mark.parametrize(
    ("values", "median"),
    [
        ((100_00, 101_00), 100_50),
        ((100_00, 100_01), 100_00),  # the floor of the mean
        ((101_00, 99_00, 100_00), 100_00),
        ((100_00, 100_02, 100_04, 100_05), 100_03),
    ],
)
def test_median_price__close_prices__returns_median(values: tuple[int, ...], median: int) -> None:
    assert median_price(prices(*values), END) == median


@pytest.mark.parametrize("values", [(), (100_00,)])
def test_median_price__too_few__says_how_many(values: tuple[int, ...]) -> None:
    with pytest.raises(TooFewSourcesError, match=f"price: {len(values)} of at least 2 sources"):
        median_price(prices(*values), END)


def test_median_price__one_source_twice__is_not_two() -> None:
    same = prices(100_00) * 2

    with pytest.raises(TooFewSourcesError, match="1 of at least 2 sources: coinbase"):
        median_price(same, END)
    with pytest.raises(SourcesDisagreeError, match="answered twice"):
        median_price(same + prices(100_00, 100_00)[1:], END)


def test_median_price__spread_at_the_limit__is_accepted() -> None:
    assert median_price(prices(100_00, 102_00, 98_00), END) == 100_00


def test_median_price__spread_over_the_limit__says_who_and_what() -> None:
    said = r"median 10000, kraken says 10201 \[USD, 1e8\], over 200 bps away"

    with pytest.raises(SourcesDisagreeError, match=said):
        median_price(prices(100_00, 102_01, 100_00), END)


def test_median_price__two_far_apart__names_both() -> None:
    with pytest.raises(SourcesDisagreeError, match="coinbase says 10000, kraken says 11000"):
        median_price(prices(100_00, 110_00), END)


@pytest.mark.parametrize("closed_at", [END - 86_400, END + 86_400, END - 1])
def test_median_price__price_of_another_time__says_who(closed_at: int) -> None:
    late = prices(100_00, closed_at=closed_at)

    with pytest.raises(SourcesDisagreeError, match="coinbase is [0-9]+ s from the end of the day"):
        median_price(late + prices(100_00, 100_00)[1:], END)


def test_median_price__age_within_limits__is_accepted() -> None:
    limits = PriceLimits(max_age_seconds=60)
    late = prices(100_00, 100_00, closed_at=END + 60)

    assert median_price(late, END, limits) == 100_00


@given(st.lists(st.integers(1, 2**40), min_size=2, max_size=4))
def test_median_price__any_prices__is_between_and_independent_of_order(
    values: list[int],
) -> None:
    limits = PriceLimits(max_spread_bps=10**20)
    given_prices = prices(*values)

    median = median_price(given_prices, END, limits)

    assert min(values) <= median <= max(values)
    assert median_price(list(reversed(given_prices)), END, limits) == median
    assert sum(v < median for v in values) <= len(values) / 2
    assert sum(v > median for v in values) <= len(values) / 2


@pytest.mark.parametrize(
    ("values", "near", "far"),
    [
        ((100_00, 100_10, 110_00), (100_00, 100_10), (110_00,)),
        ((100_00, 110_00), (100_00, 110_00), ()),  # who is odd?
        ((100_00, 90_00, 110_00), (100_00, 90_00, 110_00), ()),  # one alone is not enough
        ((100_00, 100_00, 120_00, 80_00), (100_00, 100_00, 120_00, 80_00), ()),  # no majority
        ((100_00, 100_00, 120_00, 100_00), (100_00,) * 3, (120_00,)),
        ((), (), ()),
    ],
)
def test_without_odd__enough_agree__parts_the_others(
    values: tuple[int, ...], near: tuple[int, ...], far: tuple[int, ...]
) -> None:
    """An exchange far off is parted from the others only where these are enough, and more."""
    kept, odd = without_odd(prices(*values), PriceLimits())

    assert [price.btc_usd_e8 for price in kept] == list(near)
    assert [price.btc_usd_e8 for price in odd] == list(far)


# ---------------------------------------------------------------- majority


@pytest.mark.parametrize(
    ("said", "needed", "agreed"),
    [
        ("aa", 2, "a"),
        ("aab", 2, "a"),
        ("baa", 2, "a"),
        ("ab", 2, None),
        ("a", 2, None),
        ("abc", 2, None),
        ("aabb", 2, None),  # two against two
        ("aabbb", 2, "b"),
        ("aab", 3, None),  # the operator asks for three
        ("", 2, None),
        ("a", 0, "a"),
    ],
)
def test_majority__of_sources__is_enough_and_more_than_the_rest(
    said: str, needed: int, agreed: str | None
) -> None:
    assert majority(dict(enumerate(said)), needed) == agreed


# ---------------------------------------------------------------- clocks

NOW = UnixSeconds(1_713_660_000)


def tip(mediantime: int) -> ChainTip:
    return ChainTip(BlockHeight(9), BlockHash("a" * 64), UnixSeconds(mediantime), "node")


@pytest.mark.parametrize("mediantime", [NOW - 14_400, NOW, NOW + 7_200])
def test_require_fresh_tip__of_this_time__is_accepted(mediantime: int) -> None:
    require_fresh_tip(tip(mediantime), NOW, 14_400)


def test_require_fresh_tip__old__says_how_old() -> None:
    with pytest.raises(StaleTipError, match="node: block 9 is 14401 s old"):
        require_fresh_tip(tip(NOW - 14_401), NOW, 14_400)


def test_require_fresh_tip__ahead_of_the_clock__blames_the_clock() -> None:
    with pytest.raises(ClockSkewError, match="node: block 9 lies 7201 s ahead of this clock"):
        require_fresh_tip(tip(NOW + 7_201), NOW, 14_400)


@pytest.mark.parametrize(
    "skews", [{"a": 0, "b": 0}, {"a": 60, "b": 60}, {"a": -60, "b": 0, "c": 86_400}]
)
def test_require_clock__right_clock__is_accepted(skews: dict[str, int]) -> None:
    require_clock(skews, 60)


@pytest.mark.parametrize(
    ("skews", "said"),
    [
        ({"a": 86_400, "b": 86_399}, "86399 s behind a, b"),
        ({"a": -86_400, "b": -86_400, "c": 0}, "86400 s ahead of a, b, c"),
        ({"a": 61, "b": 61}, "61 s behind a, b"),
    ],
)
def test_require_clock__clock_off__says_by_how_much(skews: dict[str, int], said: str) -> None:
    with pytest.raises(ClockSkewError, match=f"this clock is {said}"):
        require_clock(skews, 60)


def test_require_clock__one_witness__is_too_few() -> None:
    with pytest.raises(TooFewSourcesError, match="clock: 1 of at least 2"):
        require_clock({"a": 0}, 60)
