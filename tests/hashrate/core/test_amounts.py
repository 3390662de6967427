# SPDX-License-Identifier: AGPL-3.0-only
"""Amounts as people write them."""

import pytest

from hashrate.core.amounts import bitcoin_text, hashrate_text, parse_bitcoin, parse_hashrate
from hashrate.core.errors import AmountError

pytestmark = pytest.mark.unit


@pytest.mark.parametrize(
    ("text", "decimals", "amount"),
    [
        ("0.25btc", 8, 25_000_000),
        ("25000000sat", 8, 25_000_000),
        ("0.00000001btc", 8, 1),
        ("1 BTC", 8, 100_000_000),
        ("1sat", 18, 10**10),
        ("0.0000000001sat", 18, 1),
        ("21000000btc", 18, 21_000_000 * 10**18),
    ],
)
def test_parse_bitcoin__amount_with_unit__returns_base_units(
    text: str, decimals: int, amount: int
) -> None:
    assert parse_bitcoin(text, decimals) == amount


@pytest.mark.parametrize("text", ["0.000000001btc", "0.5sat"])
def test_parse_bitcoin__finer_than_the_token__raises(text: str) -> None:
    with pytest.raises(AmountError, match="finer than the smallest unit"):
        parse_bitcoin(text, 8)


@pytest.mark.parametrize(
    "text",
    ["", "btc", "1", "-1btc", "+1btc", "1e8sat", "0x10sat", "1,5btc", ".5btc", "1.btc", "1ths"],
)
def test_parse_bitcoin__not_an_amount__raises(text: str) -> None:
    with pytest.raises(AmountError, match="is not an amount such as"):
        parse_bitcoin(text, 8)


@pytest.mark.parametrize("text", ["0btc", "0.000sat"])
def test_parse_bitcoin__zero__raises(text: str) -> None:
    with pytest.raises(AmountError, match="is nothing"):
        parse_bitcoin(text, 8)


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1500ths", 1_500 * 10**18),
        ("1.5phs", 1_500 * 10**18),
        ("0.000000000000000001ths", 1),
        ("0.000000000000000000001phs", 1),
    ],
)
def test_parse_hashrate__amount_with_unit__returns_wad(text: str, amount: int) -> None:
    assert parse_hashrate(text) == amount


def test_parse_hashrate__bitcoin__raises() -> None:
    with pytest.raises(AmountError, match="1500ths or 1.5phs"):
        parse_hashrate("1btc")


@pytest.mark.parametrize(
    ("amount", "text"),
    [
        (60_000 * 10**18, "60,000 TH/s"),
        (1, "0.000000000000000001 TH/s"),
        (15 * 10**17, "1.5 TH/s"),
        (0, "0 TH/s"),
    ],
)
def test_hashrate_text__any__shows_every_digit(amount: int, text: str) -> None:
    assert hashrate_text(amount) == text


def test_bitcoin_text__any__shows_every_digit() -> None:
    assert bitcoin_text(1, 8) == "0.00000001 BTC"
    assert bitcoin_text(1, 18) == "0.000000000000000001 BTC"
