# SPDX-License-Identifier: AGPL-3.0-only
"""Spot orders: what is signed, against a digest made by hand; their files, read strictly."""

import json
from collections.abc import Callable
from dataclasses import astuple, replace
from pathlib import Path
from typing import Any

import pytest
from eth_account import Account
from eth_utils.address import to_checksum_address

from hashrate.core.errors import MissingFileError
from hashrate.orders.errors import OrderFormatError, OrderSignatureError
from hashrate.orders.order import ZERO_ADDRESS
from hashrate.orders.spot import (
    SpotDomain,
    SpotOrder,
    is_spot_signed_by_key,
    sign_spot,
    spot_hash,
)
from hashrate.orders.spot_file import read_spot, spot_from_json, spot_to_json, write_spot
from reference.spot import SpotOrder as ModelOrder
from testing.spot import spot_digest, spot_tuple

pytestmark = pytest.mark.unit

KEY = b"\x11" * 32
MAKER = to_checksum_address(Account.from_key(KEY).address)
DOMAIN = SpotDomain(31_337, to_checksum_address("0x" + "5a" * 20))
ORDER = SpotOrder(
    maker=MAKER,
    taker=ZERO_ADDRESS,
    is_buy=True,
    token=to_checksum_address("0x" + "70" * 20),
    money=to_checksum_address("0x" + "b7" * 20),
    price=98 * 10**16,
    is_per_remaining=True,
    max_lag_days=2,
    quantity=3 * 10**18 + 1,
    minimum_quantity=7,
    deadline=1_900_000_000,
    epoch=4,
    salt=2**128 - 1,
)


def test_spot_hash__any_order__is_what_was_made_by_hand() -> None:
    for order in (
        ORDER,
        replace(ORDER, is_buy=False, is_per_remaining=False, taker=DOMAIN.contract),
    ):
        by_hand = ModelOrder(*astuple(order))
        assert spot_hash(DOMAIN, order) == spot_digest(DOMAIN.chain_id, DOMAIN.contract, by_hand)
        assert order.as_tuple() == spot_tuple(by_hand)


def test_sign_spot__by_the_maker__recovers() -> None:
    signed = sign_spot(KEY, DOMAIN, ORDER)

    assert len(signed.signature) == 65
    assert is_spot_signed_by_key(signed)
    assert not is_spot_signed_by_key(replace(signed, order=replace(ORDER, salt=1)))


def test_sign_spot__by_another__is_refused() -> None:
    with pytest.raises(OrderSignatureError, match="the maker is"):
        sign_spot(b"\x12" * 32, DOMAIN, ORDER)


def test_spot_file__written__is_read_back(tmp_path: Path) -> None:
    signed = sign_spot(KEY, DOMAIN, ORDER)

    write_spot(tmp_path / "order.json", signed)

    assert read_spot(tmp_path / "order.json") == signed
    assert spot_from_json(spot_to_json(signed)) == signed


def _set(*path: str, value: Any) -> Callable[[dict[str, Any]], None]:
    def change(record: dict[str, Any]) -> None:
        for name in path[:-1]:
            record = record[name]
        record[path[-1]] = value

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_set("type", value="hashrate-forwards-order"), "type: "),
        (_set("version", value=2), "version: "),
        (_set("order", "price", value=1), "order.price: not a decimal string"),
        (_set("order", "price", value="0"), "order.price: zero"),
        (_set("order", "price", value=str(2**128)), "order.price: zero, or 128 bits"),
        (_set("order", "quantity", value="0"), "order.quantity: zero"),
        (_set("order", "quantity", value="-1"), "order.quantity: not a decimal string"),
        (_set("order", "maker", value=ZERO_ADDRESS), "order.maker: the zero address"),
        (_set("order", "taker", value=MAKER), "order.taker: the maker itself"),
        (_set("order", "is_buy", value="true"), "order.is_buy: "),
        (_set("order", "series", value="1"), "order.unknown field: "),
        (_set("signature", value="0x"), "signature: "),
        (_set("market", value="0x5a"), "market: not an address"),
    ],
)
def test_spot_from_json__malformed__names_the_field(
    change: Callable[[dict[str, Any]], None], message: str
) -> None:
    record = json.loads(spot_to_json(sign_spot(KEY, DOMAIN, ORDER)))
    change(record)

    with pytest.raises(OrderFormatError) as refused:
        spot_from_json(json.dumps(record))
    assert str(refused.value).startswith(message)


def test_read_spot__no_file_or_no_json__says_which(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="cannot read"):
        read_spot(tmp_path / "nowhere.json")
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    with pytest.raises(OrderFormatError, match=r"broken\.json: order: not JSON"):
        read_spot(tmp_path / "broken.json")
    with pytest.raises(MissingFileError, match="cannot write"):
        write_spot(tmp_path / "no" / "folder.json", sign_spot(KEY, DOMAIN, ORDER))
