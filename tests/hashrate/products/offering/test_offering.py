# SPDX-License-Identifier: AGPL-3.0-only
"""Terms of a round and what its money comes to, against the numbers of docs/offering.md."""

from dataclasses import replace

import pytest
from eth_utils.address import to_checksum_address
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.errors import AmountError
from hashrate.core.units import DAY_SECONDS, WAD
from hashrate.products.offering.errors import OfferingTermsError
from hashrate.products.offering.maths import cost, due, falling_price, refund
from hashrate.products.offering.terms import (
    OfferingTerms,
    Pricing,
    parse_price,
    require_sense,
)

pytestmark = pytest.mark.unit

NOW = 20_000 * DAY_SECONDS
TERMS = OfferingTerms(
    series=to_checksum_address("0x" + "01" * 20),
    money=to_checksum_address("0x" + "02" * 20),
    amount_ths=10 * WAD,
    closes_at=NOW + 4 * DAY_SECONDS,
    delivery_days=30,
    refunds_early_end=True,
    pricing=Pricing.FALLING,
    price_days=0,
    low_price=5_000,
    high_price=7_000,
)


def test_terms__days__begin_after_the_one_in_which_it_closes() -> None:
    assert TERMS.first_day == 20_005
    assert TERMS.end_day == 20_035
    assert replace(TERMS, closes_at=TERMS.closes_at - 1).first_day == 20_004
    assert TERMS.as_tuple()[2:] == (10 * WAD, TERMS.closes_at, 30, True, 1, 0, 5_000, 7_000)


def test_require_sense__what_the_contract_takes__passes() -> None:
    require_sense(TERMS, NOW, 8)
    require_sense(replace(TERMS, pricing=Pricing.SATOSHI, price_days=9), NOW, 18)
    require_sense(replace(TERMS, pricing=Pricing.USD, price_days=65_535), NOW, 6)


@pytest.mark.parametrize(
    ("changes", "decimals", "message"),
    [
        ({"amount_ths": 0}, 8, "nothing is for sale"),
        ({"closes_at": NOW}, 8, "closes in the past"),
        ({"delivery_days": 0}, 8, "days are from 1"),
        ({"delivery_days": 65_536}, 8, "days are from 1"),
        ({"low_price": 0}, 8, "low price"),
        ({"low_price": 7_001}, 8, "low price"),
        ({"price_days": 1}, 8, "no days of hashprice"),
        ({"pricing": Pricing.USD}, 8, "no days of hashprice"),
        ({"pricing": Pricing.SATOSHI, "price_days": 1}, 7, "7 decimals"),
        ({}, 19, "19 decimals"),
    ],
)
def test_require_sense__what_the_contract_refuses__is_named(
    changes: dict[str, int], decimals: int, message: str
) -> None:
    with pytest.raises(OfferingTermsError, match=message):
        require_sense(replace(TERMS, **changes), NOW, decimals)


def test_maths__the_example_of_the_rules() -> None:
    price = falling_price(5_000, 7_000, NOW, TERMS.closes_at, NOW + 86_401)
    assert price == 6_500
    assert cost(5 * WAD // 2, price) == 16_250
    assert cost(3 * WAD // 2 + 1, price) == 9_751
    assert due(26_001, 0, 0, 7, 30) == 6_066
    assert refund(16_250, 5 * WAD // 2, WAD, 7, 30) == (6_500, 4_983)
    assert due(19_501, 1_517, 6_066, 7, 30) == 1
    assert due(19_501, 1_517, 6_067, 30, 30) == 14_951


@given(
    paid=st.integers(1, 2**96),
    others=st.integers(0, 2**96),
    bought=st.integers(1, 2**90),
    part=st.integers(1, 2**90),
    days=st.integers(1, 400),
    done=st.integers(0, 400),
)
def test_refund__any__never_lowers_what_is_due(
    paid: int, others: int, bought: int, part: int, days: int, done: int
) -> None:
    """2, 3: what a refund leaves, the seller and all others can have; less than a unit stays."""
    done, part = min(done, days), min(part, bought)
    before = due(paid + others, 0, 0, done, days)
    gone, back = refund(paid, bought, part, done, days)

    after = due(paid + others - gone, gone - back, 0, done, days)

    assert before <= after <= before + 1
    rest = due(paid + others - gone, gone - back, 0, days, days)
    assert back + rest == paid + others


def test_parse_price__says_what_is_paid_in() -> None:
    assert parse_price("6500sat", 8) == 6_500
    assert parse_price("6.50usd", 6) == 6_500_000
    with pytest.raises(AmountError):
        parse_price("6500", 8)
