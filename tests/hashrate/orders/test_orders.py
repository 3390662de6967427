# SPDX-License-Identifier: AGPL-3.0-only
"""What an order is, how it is signed, and how it is written as JSON."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from eth_abi.abi import encode
from eth_utils.crypto import keccak
from hypothesis import given
from hypothesis import strategies as st

from hashrate.core.errors import MissingFileError
from hashrate.evm.eip712 import SECP256K1_HALF_ORDER
from hashrate.orders.errors import OrderFormatError, OrderSignatureError
from hashrate.orders.order import (
    EngineDomain,
    Order,
    Permit,
    SignedOrder,
    is_signed_by_key,
    order_hash,
    recover_signer,
    sign_order,
)
from hashrate.orders.order_file import (
    MAX_ORDER_BYTES,
    order_from_json,
    order_to_json,
    order_to_record,
    read_order,
    write_order,
)
from tests.relay.builders import DOMAIN, MAKER, SERIES, TAKER, make_order, make_signed, orders

pytestmark = pytest.mark.unit

SIGNED = make_signed()
PERMIT = Permit(TAKER.address, MAKER.address, 5, 2**40, 27, b"\x01" * 32, b"\x02" * 32)
ORDER_TYPE = (
    "Order(address maker,address taker,bool is_buy,uint256 price_ticks,uint256 quantity,"
    "uint256 minimum_quantity,uint256 max_collateral,uint256 deadline,bool may_trade_in_window,"
    "uint256 epoch,uint256 salt,uint256[] series)"
)
DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"


def digest_by_hand(domain: EngineDomain, order: Order) -> bytes:
    """Compute the EIP-712 digest from the specification's type string, word by word."""
    *plain, series = order.as_tuple()
    kinds = ["bytes32", "address", "address", "bool", *["uint256"] * 5, "bool"]
    kinds += ["uint256", "uint256", "bytes32"]
    months = keccak(b"".join(each.to_bytes(32, "big") for each in series))
    struct = keccak(encode(kinds, [keccak(text=ORDER_TYPE), *plain, months]))
    texts = [keccak(text=text) for text in (DOMAIN_TYPE, "HashrateForwards", "1")]
    kinds = ["bytes32", "bytes32", "bytes32", "uint256", "address"]
    separator = keccak(encode(kinds, [*texts, domain.chain_id, domain.engine]))
    return keccak(b"\x19\x01" + separator + struct)


@given(orders)
def test_order_hash__any_order__is_the_digest_of_the_specification(order: Order) -> None:
    """The library's EIP-712 and the type string of the rules agree."""
    assert order_hash(DOMAIN, order) == digest_by_hand(DOMAIN, order)


@pytest.mark.parametrize(
    "change",
    [
        {"taker": TAKER.address},
        {"is_buy": False},
        {"price_ticks": 5_001},
        {"quantity": 11},
        {"minimum_quantity": 2},
        {"max_collateral": 1},
        {"deadline": 1},
        {"may_trade_in_window": True},
        {"epoch": 1},
        {"salt": 2},
        {"series": (SERIES, SERIES + 2)},
    ],
)
def test_signature__altered_field__is_no_longer_the_makers(change: dict[str, Any]) -> None:
    """Every field is signed."""
    altered = replace(SIGNED, order=replace(SIGNED.order, **change))

    assert is_signed_by_key(SIGNED)
    assert not is_signed_by_key(altered)


@pytest.mark.parametrize(
    "domain", [replace(DOMAIN, chain_id=1), replace(DOMAIN, engine=TAKER.address)]
)
def test_signature__other_chain_or_engine__is_not_the_makers(domain: EngineDomain) -> None:
    """An order is for one engine on one chain."""
    assert not is_signed_by_key(replace(SIGNED, domain=domain))


def test_recover_signer__malleated__returns_none() -> None:
    """The engine takes neither the upper s, nor v of 0 and 1, nor the compact form."""
    order = 2 * SECP256K1_HALF_ORDER + 1
    r, s, v = SIGNED.signature[:32], SIGNED.signature[32:64], SIGNED.signature[64]
    upper = (order - int.from_bytes(s, "big")).to_bytes(32, "big")
    digest = order_hash(DOMAIN, SIGNED.order)

    assert recover_signer(digest, r + s + bytes([v])) == MAKER.address
    for signature in (r + upper + bytes([55 - v]), r + s + bytes([v - 27]), r + s, b"", bytes(65)):
        assert recover_signer(digest, signature) is None


def test_sign_order__key_of_another__is_refused() -> None:
    """An order that nobody could fill is not signed."""
    with pytest.raises(OrderSignatureError, match=r"the key is of 0x.*, the maker is 0x"):
        sign_order(TAKER, DOMAIN, make_order())


@given(orders, st.binary(min_size=1, max_size=1_024), st.sampled_from([None, PERMIT]))
def test_json__any_order__reads_as_written(
    order: Order, signature: bytes, permit: Permit | None
) -> None:
    """What is written reads as the same, and no order is too long to be read."""
    signed = SignedOrder(DOMAIN, order, signature, permit)

    assert order_from_json(order_to_json(signed)) == signed


def altered(path: str, value: Any) -> str:
    """Return the order's JSON with one field set, or left out where the value is `...`."""
    record = order_to_record(replace(SIGNED, permit=PERMIT))
    *parents, name = path.split(".")
    target: Any = record
    for parent in parents:
        target = target[parent]
    if value is ...:
        del target[name]
    else:
        target[name] = value
    return json.dumps(record)


@pytest.mark.parametrize(
    ("path", "value", "complaint"),
    [
        ("type", "order", "type: "),
        ("type", ..., "type: Field required"),
        ("version", 2, "version: "),
        ("version", True, "version: "),
        ("version", "1", "version: "),
        ("chain_id", "31337", "chain_id: "),
        ("chain_id", 0, "chain_id: "),
        ("engine", "0x12", "engine: not an address"),
        ("engine", DOMAIN.engine.swapcase().replace("X", "x"), "engine: the address has a wrong"),
        ("order", [], "order: "),
        ("order", None, "order: "),
        ("order.maker", None, "order.maker: not an address"),
        ("order.maker", "0x" + "0" * 40, "order.maker: the zero address"),
        ("order.taker", MAKER.address, "order.taker: the maker itself"),
        ("order.is_buy", "true", "order.is_buy: "),
        ("order.is_buy", 1, "order.is_buy: "),
        ("order.price_ticks", 5_000, "order.price_ticks: not a decimal string"),
        ("order.price_ticks", "05", "order.price_ticks: not a decimal string"),
        ("order.price_ticks", "-5", "order.price_ticks: not a decimal string"),
        ("order.price_ticks", "٥", "order.price_ticks: not a decimal string"),
        ("order.price_ticks", "5\n", "order.price_ticks: not a decimal string"),
        ("order.quantity", "0", "order.quantity: zero"),
        ("order.salt", str(2**256), "order.salt: more than 256 bits"),
        ("order.salt", "1" * 79, "order.salt: not a decimal string"),
        ("order.epoch", ..., "order.epoch: Field required"),
        ("order.<b>", "1", "order.unknown field: "),
        ("order.series", [], "order.series: "),
        ("order.series", "2", "order.series: "),
        ("order.series", [str(2 * n) for n in range(1, 14)], "order.series: "),
        ("order.series", ["4", "4"], "order.series: not strictly ascending"),
        ("order.series", ["6", "4"], "order.series: not strictly ascending"),
        ("order.series", ["5"], "order.series: an odd number"),
        ("order.series", ["2", 4], "order.series.1: not a decimal string"),
        ("signature", "0x", "signature: "),
        ("signature", "0x0", "signature: not bytes"),
        ("signature", "0xAB", "signature: not bytes"),
        ("signature", "0x" + "00" * 1_025, "signature: "),
        ("permit.owner", TAKER.address, "permit.owner: not the maker"),
        ("permit.v", 1, "permit.v: "),
        ("permit.r", "0x00", "permit.r: "),
        ("memo", "hello", "unknown field: "),
    ],
)
def test_json__malformed__is_refused_by_the_fields_path(
    path: str, value: Any, complaint: str
) -> None:
    """The complaint says what is wrong and where."""
    with pytest.raises(OrderFormatError) as caught:
        order_from_json(altered(path, value))

    assert str(caught.value).startswith(complaint)


PLAIN = order_to_json(SIGNED)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        "{",
        "1" * 5_000,
        '{"a":' * 2_000,
        "[" * 8,
        PLAIN + "x",
        PLAIN[:-1] + ',"type":"hashrate-forwards-order"}',
        PLAIN.replace('"5000"', "NaN"),
        PLAIN.replace('"version":1', '"version":1.0'),
        PLAIN.replace('"version":1', '"version":1e0'),
        PLAIN.replace('"5000"', '"\\ud800"'),
        PLAIN.replace('"5000"', '"\ud800"'),
        PLAIN + " " * MAX_ORDER_BYTES,
        b"\xff" + PLAIN.encode(),
        b"\xef\xbb\xbf" + PLAIN.encode(),
        PLAIN.encode("utf-16"),
    ],
)
def test_json__hostile_text__is_refused_and_not_repeated(text: str | bytes) -> None:
    """Whatever a stranger sends costs one short line."""
    with pytest.raises(OrderFormatError) as caught:
        order_from_json(text)

    assert len(str(caught.value)) < 200


@given(st.one_of(st.text(), st.binary()))
def test_json__anything__raises_nothing_else(text: str | bytes) -> None:
    """There is no other error."""
    with pytest.raises(OrderFormatError):
        order_from_json(text)


def test_file__written__reads_back(tmp_path: Path) -> None:
    """A file holds one order; complaints name it."""
    path = tmp_path / "order.json"
    write_order(path, SIGNED)
    assert read_order(path) == SIGNED

    path.write_text("{}")
    with pytest.raises(OrderFormatError, match=r"^order\.json: type: Field required$"):
        read_order(path)
    with pytest.raises(MissingFileError):
        read_order(tmp_path / "none.json")
