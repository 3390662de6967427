# SPDX-License-Identifier: AGPL-3.0-only
"""Whether sources say the same: prices, hashes, clocks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.types import BlockHash, BlockHeight, ChainTip, Price, UnixSeconds, UsdE8
from oracles.sources.agreement import (
    PriceLimits,
    agreed_hashes,
    median_price,
    require_clock,
    require_fresh_tip,
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


# ---------------------------------------------------------------- hashes


def view(*names: str, first: int = 100) -> dict[BlockHeight, BlockHash]:
    return {BlockHeight(first + i): BlockHash(name * 64) for i, name in enumerate(names)}


HEIGHTS = [BlockHeight(100), BlockHeight(101), BlockHeight(102)]


def test_agreed_hashes__same_chain__returns_hashes() -> None:
    views = {"node": view("a", "b", "c"), "explorer": view("a", "b", "c")}

    assert agreed_hashes(views, HEIGHTS) == view("a", "b", "c")


def test_agreed_hashes__fork__says_who_differs_where_it_begins() -> None:
    views = {"node": view("a", "b", "c"), "explorer": view("a", "e", "f")}
    said = f"block 101: explorer has {'e' * 64}, node has {'b' * 64}"

    with pytest.raises(SourcesDisagreeError, match=f"^{said}$"):
        agreed_hashes(views, HEIGHTS)


def test_agreed_hashes__third_on_a_fork__is_not_outvoted() -> None:
    views = {"a": view("a", "b", "c"), "b": view("a", "b", "c"), "c": view("a", "b", "d")}

    with pytest.raises(SourcesDisagreeError, match="block 102: a has c+, b has c+, c has d+"):
        agreed_hashes(views, HEIGHTS)


def test_agreed_hashes__source_that_lags__does_not_count() -> None:
    views = {"node": view("a", "b", "c"), "explorer": view("a", "b")}

    with pytest.raises(TooFewSourcesError, match="blocks: 1 of at least 2 sources: node"):
        agreed_hashes(views, HEIGHTS)


def test_agreed_hashes__lagging_source_on_a_fork__disagrees() -> None:
    views = {"a": view("a", "b", "c"), "b": view("a", "b", "c"), "c": view("a", "e")}

    with pytest.raises(SourcesDisagreeError, match="block 101"):
        agreed_hashes(views, HEIGHTS)


def test_agreed_hashes__nothing_to_agree_on__is_no_agreement() -> None:
    with pytest.raises(TooFewSourcesError):
        agreed_hashes({"node": view("a"), "explorer": view("a")}, [])
    with pytest.raises(TooFewSourcesError, match="0 of at least 2 sources: none"):
        agreed_hashes({}, HEIGHTS)


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
