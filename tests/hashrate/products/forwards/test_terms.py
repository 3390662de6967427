# SPDX-License-Identifier: AGPL-3.0-only
"""Products, prices, terms, series ids and the mathematics of one contract."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from eth_utils.address import to_checksum_address
from eth_utils.crypto import keccak

from hashrate.core.types import DayIndex
from hashrate.products.forwards.codes import parse_contract
from hashrate.products.forwards.errors import PriceError, TermsError
from hashrate.products.forwards.maths import (
    Payouts,
    buyer_collateral,
    leg_payment,
    marked,
    pair_cost,
    payouts,
    seller_collateral,
    trade_profit,
)
from hashrate.products.forwards.product import Product, product_of_metric
from hashrate.products.forwards.terms import (
    STANDARD_BANDS,
    ForwardTerms,
    contract_of_terms,
    require_creatable,
    series_id,
    terms_of_contract,
)

pytestmark = pytest.mark.unit

TOKEN = to_checksum_address("0x" + "11" * 20)
VAULT = to_checksum_address("0x" + "22" * 20)
ORACLE = to_checksum_address("0x" + "33" * 20)
JAN27 = DayIndex(20_819)
# 30 days, 10,000 to 80,000 sat, an 8-decimals token: a pair costs 2,100,000 sat
TERMS = ForwardTerms(ORACLE, 1, JAN27, DayIndex(JAN27 + 30), 10_000, 80_000, 1, TOKEN)
SAT_DAY = 10**15  # what a satoshi per PH/s adds to the oracle's sum each day


# ---------------------------------------------------------------- products


@pytest.mark.parametrize(
    ("product", "decimals", "value"),
    [
        (Product.HASHPRICE_SATS, 8, 1),
        (Product.HASHPRICE_SATS, 18, 10**10),
        (Product.HASHPRICE_USD, 6, 10**4),
        (Product.HASHPRICE_USD, 18, 10**16),
        (Product.HASHPRICE_USD, 2, 1),
        (Product.DIFFICULTY, 8, 1),
    ],
)
def test_tick_value__by_decimals__is_a_sat_or_a_cent(
    product: Product, decimals: int, value: int
) -> None:
    assert product.tick_value(decimals) == value


@pytest.mark.parametrize(
    ("product", "decimals"),
    [
        (Product.HASHPRICE_SATS, 6),
        (Product.DIFFICULTY, 7),
        (Product.HASHPRICE_USD, 1),
        (Product.HASHPRICE_SATS, 19),
    ],
)
def test_tick_value__token_too_coarse_or_too_fine__is_refused(
    product: Product, decimals: int
) -> None:
    with pytest.raises(TermsError, match=f"{product.value} needs a token of"):
        product.tick_value(decimals)


@pytest.mark.parametrize(
    ("product", "text", "ticks"),
    [
        (Product.HASHPRICE_SATS, "43150sat", 43_150),
        (Product.HASHPRICE_SATS, "43,150 SAT", 43_150),
        (Product.HASHPRICE_USD, "$43.15", 4_315),
        (Product.HASHPRICE_USD, "43.1usd", 4_310),
        (Product.DIFFICULTY, "126.271t", 126_271),
        (Product.DIFFICULTY, "126T", 126_000),
    ],
)
def test_parse_price__with_its_unit__is_ticks(product: Product, text: str, ticks: int) -> None:
    assert product.parse_price(text) == ticks


@pytest.mark.parametrize(
    ("product", "text", "complaint"),
    [
        (Product.HASHPRICE_SATS, "43150", "is not a price of HPS such as 43150sat"),
        (Product.HASHPRICE_SATS, "$43", "is not a price of HPS"),
        (Product.HASHPRICE_SATS, "43150.5sat", "is finer than the tick of HPS, 1 sat"),
        (Product.HASHPRICE_USD, "43.155usd", r"is finer than the tick of HPU, \$0.01"),
        (Product.HASHPRICE_USD, "$43sat", "is not a price of HPU"),
        (Product.DIFFICULTY, "-1t", "is not a price of DIF"),
    ],
)
def test_parse_price__no_whole_ticks__says_why(product: Product, text: str, complaint: str) -> None:
    with pytest.raises(PriceError, match=complaint):
        product.parse_price(text)


@pytest.mark.parametrize(
    ("product", "ticks", "text"),
    [
        (Product.HASHPRICE_SATS, 43_150, "43150 sat per PH/s per day"),
        (Product.HASHPRICE_USD, 4_315, "43.15 USD per PH/s per day"),
        (Product.DIFFICULTY, 126_271, "126.271 T of difficulty"),
        (Product.HASHPRICE_USD, Fraction(12_946, 3), "43.15333 USD per PH/s per day"),
    ],
)
def test_price_text__ticks__is_the_unit_people_quote(
    product: Product, ticks: int | Fraction, text: str
) -> None:
    assert product.price_text(ticks) == text


def test_product_of_metric__no_flag__is_refused() -> None:
    assert [product_of_metric(flag).value for flag in (1, 2, 3)] == ["HPS", "HPU", "DIF"]
    with pytest.raises(TermsError, match="metric 4 is neither 1, 2 nor 3"):
        product_of_metric(4)


# ---------------------------------------------------------------- terms


def test_standard_terms__january_2027__is_the_listing_of_the_docs() -> None:
    sats = terms_of_contract(parse_contract("HPS-JAN27"), ORACLE, TOKEN, 8)
    dollars = terms_of_contract(parse_contract("HPU-JAN27"), ORACLE, TOKEN, 6)

    assert sats.as_tuple() == (ORACLE, 1, 20_819, 20_850, 10_000, 80_000, 1, TOKEN)
    assert dollars.as_tuple() == (ORACLE, 2, 20_819, 20_850, 1_000, 8_000, 10_000, TOKEN)


def test_standard_terms__after_the_halving_of_2028__takes_the_lower_band() -> None:
    april, may = (
        terms_of_contract(parse_contract(code), ORACLE, TOKEN, 8)
        for code in ("HPS-APR28", "HPS-MAY28")
    )

    assert (april.floor_ticks, april.cap_ticks) == (10_000, 80_000)
    assert (may.floor_ticks, may.cap_ticks) == (5_000, 40_000)


def test_standard_terms__before_the_first_band__is_refused() -> None:
    with pytest.raises(TermsError, match="HPS-DEC25: standard months begin with JAN26"):
        terms_of_contract(parse_contract("HPS-DEC25"), ORACLE, TOKEN, 8)


def test_standard_bands__every_one__is_creatable_with_every_usual_token() -> None:
    for band in STANDARD_BANDS:
        code = f"{band.product.value}-{band.since}"
        for decimals in (8, 18):
            terms = terms_of_contract(parse_contract(code), ORACLE, TOKEN, decimals)
            require_creatable(terms, now=0, index_first_day=0)


@pytest.mark.parametrize(
    "code",
    [
        "HPS-JAN27",
        "HPS-JAN27@21000-59000",
        "HPU-JAN27@15.5-55",
        "DIF-04JAN27",
        "DIF-04JAN27@90-160.125",
        "HPS-MAY28",
        "HPS-DEC25@21000-59000",
    ],
)
def test_contract_of_terms__of_every_code__is_that_code(code: str) -> None:
    terms = terms_of_contract(parse_contract(code), ORACLE, TOKEN, 8)

    assert str(contract_of_terms(terms, ORACLE, TOKEN, 8)) == code


@pytest.mark.parametrize(
    "change",
    [
        {"index": TOKEN},
        {"token": ORACLE},
        {"tick_value": 2},
        {"end_day": JAN27 + 32},
        {"first_day": JAN27 + 1},
        {"metric": 7},
    ],
)
def test_contract_of_terms__no_standard__has_no_code(change: dict[str, Any]) -> None:
    terms = terms_of_contract(parse_contract("HPS-JAN27"), ORACLE, TOKEN, 8)

    assert contract_of_terms(replace(terms, **change), ORACLE, TOKEN, 8) is None


def test_series_id__packed_by_hand__is_the_hash_with_the_lowest_bit_clear() -> None:
    parities = set()
    for cap in range(80_000, 80_008):
        words = [31_337, int(VAULT, 16), int(ORACLE, 16)]
        words += [1, JAN27, JAN27 + 30, 10_000, cap, 1, int(TOKEN, 16)]
        digest = int(keccak(b"".join(word.to_bytes(32, "big") for word in words)).hex(), 16)

        found = series_id(31_337, VAULT, replace(TERMS, cap_ticks=cap))

        assert found == digest - digest % 2
        parities.add(digest % 2)
    assert parities == {0, 1}


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"end_day": JAN27}, "a window has 1 to 366 days"),
        ({"end_day": JAN27 + 367}, "a window has 1 to 366 days"),
        ({"floor_ticks": 80_000}, "the floor is not below the cap"),
        ({"cap_ticks": 2**64 + 1}, r"the cap is above 2\^64"),
        ({"tick_value": 0}, "the tick value is zero or too large"),
        ({"tick_value": 2**96}, "the tick value is zero or too large"),
        ({"tick_value": 2**95, "cap_ticks": 2**28}, "it is worth too much"),
    ],
)
def test_require_creatable__terms_the_vault_refuses__says_why(
    change: dict[str, int], complaint: str
) -> None:
    with pytest.raises(TermsError, match=complaint):
        require_creatable(replace(TERMS, **change), now=0, index_first_day=0)


def test_require_creatable__by_clock_and_oracle__first_day_must_come_after_both() -> None:
    start = JAN27 * 86_400

    require_creatable(TERMS, now=start - 1, index_first_day=JAN27)
    with pytest.raises(TermsError, match="its first day has begun"):
        require_creatable(TERMS, now=start, index_first_day=JAN27)
    with pytest.raises(TermsError, match="its first day is before the index's"):
        require_creatable(TERMS, now=start - 1, index_first_day=JAN27 + 1)


# ---------------------------------------------------------------- mathematics


def test_legs__at_a_price__are_a_pair_together() -> None:
    assert pair_cost(TERMS) == 2_100_000
    assert buyer_collateral(TERMS, 43_150) == 30 * 33_150 == 994_500
    assert seller_collateral(TERMS, 43_150) == 30 * 36_850 == 1_105_500


@pytest.mark.parametrize(
    ("closed", "buyer", "seller"),
    [
        (0, 10 * 30 * 30_000, 10 * 30 * 40_000),
        (4, 6 * 30 * 30_000 - 4 * 30 * 40_000, 6 * 30 * 40_000 - 4 * 30 * 30_000),
        (10, -10 * 30 * 40_000, -10 * 30 * 30_000),
    ],
)
def test_leg_payment__some_closed__pays_for_the_rest_and_gets_the_worth_of_those(
    closed: int, buyer: int, seller: int
) -> None:
    """A buyer that closes SHORT gets (cap - price) back, a seller that closes LONG the rest."""
    price = 40_000

    assert leg_payment(TERMS, price, 10, closed, is_buyer=True) == buyer
    assert leg_payment(TERMS, price, 10, closed, is_buyer=False) == seller


@pytest.mark.parametrize("price", [9_999, 80_001])
def test_collateral__outside_the_band__are_refused(price: int) -> None:
    for collateral in (buyer_collateral, seller_collateral):
        with pytest.raises(PriceError, match="outside the series' floor 10000 and cap 80000"):
            collateral(TERMS, price)


@pytest.mark.parametrize(
    ("sum_wad", "long"),
    [
        (30 * 44_000 * SAT_DAY, 30 * 34_000),
        (30 * 44_000 * SAT_DAY - 1, 30 * 34_000 - 1),  # one floor, in favour of SHORT
        (30 * 44_000 * SAT_DAY + SAT_DAY - 1, 30 * 34_000),
        (0, 0),
        (30 * 10_000 * SAT_DAY + SAT_DAY, 1),
        (30 * 80_000 * SAT_DAY, 2_100_000),
        (30 * 200_000 * SAT_DAY, 2_100_000),
    ],
)
def test_payouts__any_sum__are_clamped_and_make_a_pair(sum_wad: int, long: int) -> None:
    assert payouts(TERMS, sum_wad) == Payouts(long, 2_100_000 - long)


def test_payouts__in_dollars_with_six_decimals__counts_cents() -> None:
    # two days of $40.005 per PH/s: $0.040005 per TH/s each, 1e18
    terms = ForwardTerms(ORACLE, 2, JAN27, DayIndex(JAN27 + 2), 1_000, 8_000, 10_000, TOKEN)

    assert payouts(terms, 2 * 40_005 * 10**12).long == 80_010_000 - 20_000_000


def test_payouts__difficulty__counts_1e9_of_it() -> None:
    terms = ForwardTerms(ORACLE, 3, JAN27, DayIndex(JAN27 + 2), 50_000, 500_000, 1, TOKEN)

    assert payouts(terms, (126_271 + 126_273) * 10**27).long == 252_544 - 100_000


def test_marked__ten_days_realised__takes_the_price_for_the_other_twenty() -> None:
    value = marked(TERMS, 10 * 50_000 * SAT_DAY + SAT_DAY // 2, 10, 41_000)

    assert value.long == 500_000 + 20 * 41_000 - 300_000
    assert value.long + value.short == pair_cost(TERMS)


def test_trade_profit__buyer_and_seller__are_opposite_and_bounded_by_the_collateral() -> None:
    value = payouts(TERMS, 30 * 44_000 * SAT_DAY)

    assert trade_profit(TERMS, 43_150, 3, value) == 3 * 30 * 850
    worst = payouts(TERMS, 0)
    best = payouts(TERMS, 30 * 90_000 * SAT_DAY)
    assert trade_profit(TERMS, 43_150, 1, worst) == -buyer_collateral(TERMS, 43_150)
    assert trade_profit(TERMS, 43_150, 1, best) == seller_collateral(TERMS, 43_150)
