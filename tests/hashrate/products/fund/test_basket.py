# SPDX-License-Identifier: AGPL-3.0-only
"""Baskets, and what shares stand for and earn, against the numbers of docs/fund.md."""

import pytest
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.core.units import WAD
from hashrate.products.fund.basket import Basket, earned, needed, parse_shares, parse_weights
from hashrate.products.fund.errors import BasketError

pytestmark = pytest.mark.unit


def _series(number: int) -> ChecksumAddress:
    return to_checksum_address(f"0x{number:040x}")


def test_basket__as_arguments__ascends_by_address() -> None:
    basket = Basket("Nordic basket", "NORD", {_series(9): 5, _series(2): 1, _series(10): 7})

    assert basket.as_arguments() == (
        [_series(2), _series(9), _series(10)],
        [1, 5, 7],
        "Nordic basket",
        "NORD",
    )


@pytest.mark.parametrize(
    ("name", "symbol", "weights", "message"),
    [
        ("N", "S", {}, "1 to 8 series, not 0"),
        ("N", "S", {_series(n): 1 for n in range(1, 10)}, "1 to 8 series, not 9"),
        ("N", "S", {_series(1): 0}, "a weight is 1 to 4294967295, not 0"),
        ("N", "S", {_series(1): 2**32}, "a weight is 1 to"),
        ("", "S", {_series(1): 1}, "'' is not a name of 1 to 50 bytes"),
        ("ø" * 26, "S", {_series(1): 1}, "is not a name of 1 to 50 bytes"),
        ("N", "S" * 17, {_series(1): 1}, "is not a name of 1 to 16 bytes"),
    ],
)
def test_basket__what_the_contract_refuses__is_named(
    name: str, symbol: str, weights: dict[ChecksumAddress, int], message: str
) -> None:
    with pytest.raises(BasketError, match=message):
        Basket(name, symbol, weights)


def test_parse_weights__names_and_whole_numbers__are_read() -> None:
    assert parse_weights(["fjord=2", "prairie=5"]) == {"fjord": 2, "prairie": 5}
    for text in ("fjord", "fjord=", "=2", "fjord=2.5", "fjord=-1", "fjord=²"):
        with pytest.raises(BasketError, match="in whole TH/s"):
            parse_weights([text])
    with pytest.raises(BasketError, match="fjord comes twice"):
        parse_weights(["fjord=2", "fjord=2"])


def test_parse_shares__to_the_smallest_unit__is_exact() -> None:
    assert parse_shares("10") == 10 * WAD
    assert parse_shares("2.000000000000000001") == 2 * WAD + 1
    for text in ("ten", "0", "1e-19", "-1"):
        with pytest.raises(BasketError):
            parse_shares(text)


def test_shares__of_the_example__earn_what_the_rules_say() -> None:
    """Ten shares of 2 TH/s earn 1,000 a day where a TH/s earns 50."""
    a_day, other = (-(-sats * 2**128 // (86_400 * WAD)) for sats in (50, 30))

    assert needed(2, 10 * WAD) == 20 * WAD
    assert earned(2, 10 * WAD, a_day) == 1_000
    assert earned(2, 5 * WAD, a_day) == 500
    assert earned(5, 10 * WAD, other) == 1_500
    assert earned(2, 10 * WAD, 0) == 0
