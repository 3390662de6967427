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
from hashrate.orders.documents import MAX_ORDER_BYTES
from hashrate.orders.errors import OrderFormatError, OrderSignatureError
from hashrate.orders.order import (
    BookDomain,
    Leg,
    Order,
    Peg,
    Permit,
    SignedOrder,
    is_signed_by_key,
    order_hash,
    recover_signer,
    sign_order,
)
from hashrate.orders.order_file import (
    order_from_json,
    order_to_json,
    order_to_record,
    read_order,
    write_order,
)
from tests.relay.builders import DOMAIN, MAKER, SERIES, TAKER, make_order, make_signed, orders

pytestmark = pytest.mark.unit

SIGNED = make_signed()
LEG = {"series": "4", "is_buy": True, "price_ticks": "5000", "ratio": "1"}
PEG = {
    "mean_days": "1",
    "max_age_days": "2",
    "offset_ticks": "-3",
    "low_ticks": "4",
    "high_ticks": "5",
}
PERMIT = Permit(TAKER.address, MAKER.address, 5, 2**40, 27, b"\x01" * 32, b"\x02" * 32)
LEG_TYPE = "Leg(uint256 series,bool is_buy,uint256 price_ticks,uint256 ratio)"
PEG_TYPE = (
    "Peg(uint256 mean_days,uint256 max_age_days,int256 offset_ticks,uint256 low_ticks,"
    "uint256 high_ticks)"
)
ORDER_TYPE = (
    "Order(address maker,address taker,uint256 quantity,uint256 minimum_quantity,"
    "uint256 max_collateral,uint256 deadline,bool may_trade_in_window,uint256 epoch,uint256 salt,"
    f"Leg[] legs,Peg[] pegs){LEG_TYPE}{PEG_TYPE}"
)
DOMAIN_TYPE = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"


def digest_by_hand(domain: BookDomain, order: Order) -> bytes:
    """Compute the EIP-712 digest from the specification's type string, word by word."""
    *plain, legs, pegs = order.as_tuple()
    leg_kinds = ["bytes32", "uint256", "bool", "uint256", "uint256"]
    peg_kinds = ["bytes32", "uint256", "uint256", "int256", "uint256", "uint256"]
    hashes = [
        keccak(b"".join(keccak(encode(kinds, [keccak(text=name), *each])) for each in members))
        for name, kinds, members in ((LEG_TYPE, leg_kinds, legs), (PEG_TYPE, peg_kinds, pegs))
    ]
    kinds = ["bytes32", "address", "address", *["uint256"] * 4, "bool"]
    kinds += ["uint256", "uint256", "bytes32", "bytes32"]
    struct = keccak(encode(kinds, [keccak(text=ORDER_TYPE), *plain, *hashes]))
    texts = [keccak(text=text) for text in (DOMAIN_TYPE, "HashrateForwards", "1")]
    kinds = ["bytes32", "bytes32", "bytes32", "uint256", "address"]
    separator = keccak(encode(kinds, [*texts, domain.chain_id, domain.contract]))
    return keccak(b"\x19\x01" + separator + struct)


@given(orders)
def test_order_hash__any_order__is_the_digest_of_the_specification(order: Order) -> None:
    """The library's EIP-712 and the type string of the rules agree."""
    assert order_hash(DOMAIN, order) == digest_by_hand(DOMAIN, order)


@pytest.mark.parametrize(
    "change",
    [
        {"taker": TAKER.address},
        {"legs": (Leg(SERIES, False, 5_000),)},
        {"legs": (Leg(SERIES, True, 5_001),)},
        {"legs": (Leg(SERIES, True, 5_000, 2),)},
        {"legs": (Leg(SERIES, True, 5_000), Leg(SERIES + 2, True, 5_000))},
        {"peg": Peg(1, 2, 3, 4, 5)},
        {"quantity": 11},
        {"minimum_quantity": 2},
        {"max_collateral": 1},
        {"deadline": 1},
        {"may_trade_in_window": True},
        {"epoch": 1},
        {"salt": 2},
    ],
)
def test_signature__altered_field__is_no_longer_the_makers(change: dict[str, Any]) -> None:
    """Every field is signed."""
    altered = replace(SIGNED, order=replace(SIGNED.order, **change))

    assert is_signed_by_key(SIGNED)
    assert not is_signed_by_key(altered)


@pytest.mark.parametrize(
    "domain", [replace(DOMAIN, chain_id=1), replace(DOMAIN, contract=TAKER.address)]
)
def test_signature__other_chain_or_book__is_not_the_makers(domain: BookDomain) -> None:
    """An order is for one book on one chain."""
    assert not is_signed_by_key(replace(SIGNED, domain=domain))


def test_recover_signer__malleated__returns_none() -> None:
    """The book takes neither the upper s, nor v of 0 and 1, nor the compact form."""
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
        target = target[int(parent) if parent.isdecimal() else parent]
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
        ("version", 1, "version: "),
        ("version", True, "version: "),
        ("version", "2", "version: "),
        ("chain_id", "31337", "chain_id: "),
        ("chain_id", 0, "chain_id: "),
        ("book", "0x12", "book: not an address"),
        ("book", DOMAIN.contract.swapcase().replace("X", "x"), "book: the address has a wrong"),
        ("order", [], "order: "),
        ("order", None, "order: "),
        ("order.maker", None, "order.maker: not an address"),
        ("order.maker", "0x" + "0" * 40, "order.maker: the zero address"),
        ("order.taker", MAKER.address, "order.taker: the maker itself"),
        ("order.legs.0.is_buy", "true", "order.legs.0.is_buy: "),
        ("order.legs.0.is_buy", 1, "order.legs.0.is_buy: "),
        ("order.legs.0.price_ticks", 5_000, "order.legs.0.price_ticks: not a decimal string"),
        ("order.legs.0.price_ticks", "05", "order.legs.0.price_ticks: not a decimal string"),
        ("order.legs.0.price_ticks", "-5", "order.legs.0.price_ticks: not a decimal string"),
        ("order.legs.0.price_ticks", "٥", "order.legs.0.price_ticks: not a decimal string"),
        ("order.legs.0.price_ticks", "5\n", "order.legs.0.price_ticks: not a decimal string"),
        ("order.quantity", "0", "order.quantity: zero"),
        ("order.salt", str(2**256), "order.salt: more than 256 bits"),
        ("order.salt", "1" * 79, "order.salt: not a decimal string"),
        ("order.epoch", ..., "order.epoch: Field required"),
        ("order.<b>", "1", "order.unknown field: "),
        ("order.quantity", str(2**120), "order.quantity: 2^120 or more"),
        ("order.legs", [], "order.legs: "),
        ("order.legs", "2", "order.legs: "),
        ("order.legs", [LEG] * 13, "order.legs: "),
        ("order.legs", [LEG, LEG], "order.legs: the series are not strictly ascending"),
        ("order.legs", [LEG | {"series": "6"}, LEG | {"series": "4"}], "order.legs: the series"),
        ("order.legs.0.series", "5", "order.legs: an odd number"),
        ("order.legs.0.series", 4, "order.legs.0.series: not a decimal string"),
        ("order.legs.0.ratio", "0", "order.legs: a ratio is not of 1 to 1000"),
        ("order.legs.0.ratio", "1001", "order.legs: a ratio is not of 1 to 1000"),
        ("order.legs.0.ratio", "2", "order.legs: the ratios have a common divisor"),
        ("order.legs.0.memo", "2", "order.legs.0.unknown field: "),
        ("order.pegs", [PEG], "order.legs: a leg of a pegged order has a price of its own"),
        ("order.pegs", [PEG, PEG], "order.pegs: "),
        ("order.pegs", [PEG | {"offset_ticks": "-0"}], "order.pegs.0.offset_ticks: not a decimal"),
        ("order.pegs", [PEG | {"offset_ticks": str(2**255)}], "order.pegs.0.offset_ticks: more"),
        ("order.pegs", ..., "order.pegs: Field required"),
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


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"mean_days": 0}, "order.pegs: a mean of other than 1 to 7 days"),
        ({"mean_days": 8}, "order.pegs: a mean of other than 1 to 7 days"),
        ({"low_ticks": 6}, "order.pegs: low is above high"),
    ],
)
def test_json__peg_that_no_book_takes__is_refused(change: dict[str, int], complaint: str) -> None:
    """What the book refuses for ever is refused before."""
    peg = replace(Peg(1, 2, -3, 4, 5), **change)
    order = make_order(legs=(Leg(SERIES, True, 0),), peg=peg)

    with pytest.raises(OrderFormatError) as caught:
        order_from_json(order_to_json(SignedOrder(DOMAIN, order, b"x")))

    assert str(caught.value) == complaint


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
        "[" * 24,
        PLAIN + "x",
        PLAIN[:-1] + ',"type":"hashrate-forwards-order"}',
        PLAIN.replace('"5000"', "NaN"),
        PLAIN.replace('"version":2', '"version":2.0'),
        PLAIN.replace('"version":2', '"version":2e0'),
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
