# SPDX-License-Identifier: AGPL-3.0-only
"""Signed orders as JSON, which makers hand out and relays exchange.

Integers of the order are decimal strings, since many a JSON reader would round them. Reading is
strict: every unknown, missing, repeated or malformed field is refused by its path. It does not
check the signature: that a contract wallet may have made it, only its chain can tell.
"""

import json
import re
from dataclasses import asdict
from itertools import pairwise
from math import gcd
from pathlib import Path
from typing import Annotated, Any, Literal, NoReturn

from eth_typing import ChecksumAddress
from eth_utils.address import is_checksum_address, to_checksum_address
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from hashrate.core.errors import MissingFileError
from hashrate.orders.errors import OrderFormatError
from hashrate.orders.order import (
    MAX_LEGS,
    MAX_PEG_DAYS,
    MAX_QUANTITY,
    MAX_RATIO,
    MAX_SIGNATURE_BYTES,
    ZERO_ADDRESS,
    BookDomain,
    Leg,
    Order,
    Peg,
    Permit,
    SignedOrder,
)

FORMAT = "hashrate-forwards-order"
VERSION = 2  # 1 was of the engine that had no legs
MAX_UINT256 = 2**256 - 1
MAX_INT256 = 2**255 - 1
MAX_ORDER_BYTES = 12_288  # twelve legs, a peg, a permit and the longest signature need less
MAX_BRACKETS = 24  # twelve legs, a peg and a permit in their lists and objects are 18
_WORD_BYTES = 32
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,77}", re.ASCII)
_SIGNED_DECIMAL = re.compile(r"0|-?[1-9][0-9]{0,77}", re.ASCII)
_HEX = re.compile(r"0x(?:[0-9a-f]{2})*", re.ASCII)


def _read_uint(given: object) -> int:
    if not isinstance(given, str) or not _DECIMAL.fullmatch(given):
        raise ValueError("not a decimal string without sign or leading zeros")
    if (value := int(given)) > MAX_UINT256:
        raise ValueError("more than 256 bits")
    return value


def _read_int(given: object) -> int:
    if not isinstance(given, str) or not _SIGNED_DECIMAL.fullmatch(given):
        raise ValueError("not a decimal string without leading zeros")
    if not -MAX_INT256 - 1 <= (value := int(given)) <= MAX_INT256:
        raise ValueError("more than 256 bits")
    return value


def _read_address(given: object) -> ChecksumAddress:
    if not isinstance(given, str) or not _ADDRESS.fullmatch(given):
        raise ValueError("not an address")
    if given != given.lower() and not is_checksum_address(given):
        raise ValueError("the address has a wrong checksum")
    return to_checksum_address(given)


def _read_bytes(given: object) -> bytes:
    if not isinstance(given, str) or not _HEX.fullmatch(given):
        raise ValueError("not bytes as 0x and pairs of lower-case hexadecimal digits")
    return bytes.fromhex(given[2:])


_Uint = Annotated[int, BeforeValidator(_read_uint)]
_Int = Annotated[int, BeforeValidator(_read_int)]
_Address = Annotated[ChecksumAddress, BeforeValidator(_read_address)]
_Bytes = Annotated[bytes, BeforeValidator(_read_bytes)]
_Word = Annotated[_Bytes, Field(min_length=_WORD_BYTES, max_length=_WORD_BYTES)]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _LegForm(_Form):
    series: _Uint
    is_buy: bool
    price_ticks: _Uint
    ratio: _Uint


class _PegForm(_Form):
    mean_days: _Uint
    max_age_days: _Uint
    offset_ticks: _Int
    low_ticks: _Uint
    high_ticks: _Uint


class _OrderForm(_Form):
    maker: _Address
    taker: _Address
    quantity: _Uint
    minimum_quantity: _Uint
    max_collateral: _Uint
    deadline: _Uint
    may_trade_in_window: bool
    epoch: _Uint
    salt: _Uint
    legs: Annotated[list[_LegForm], Field(min_length=1, max_length=MAX_LEGS)]
    pegs: Annotated[list[_PegForm], Field(max_length=1)]

    def order(self) -> Order:
        """Return the order."""
        plain = {name: value for name, value in self if name not in ("legs", "pegs")}
        legs = tuple(Leg(**dict(leg)) for leg in self.legs)
        peg = Peg(**dict(self.pegs[0])) if self.pegs else None
        return Order(**plain, legs=legs, peg=peg)


class _PermitForm(_Form):
    token: _Address
    owner: _Address
    value: _Uint
    deadline: _Uint
    v: Annotated[int, Field(ge=27, le=28)]
    r: _Word
    s: _Word


class _SignedOrderForm(_Form):
    type: Literal["hashrate-forwards-order"]
    version: Annotated[int, Field(ge=VERSION, le=VERSION)]
    chain_id: Annotated[int, Field(ge=1, le=2**53 - 1)]
    book: _Address
    order: _OrderForm
    signature: Annotated[_Bytes, Field(min_length=1, max_length=MAX_SIGNATURE_BYTES)]
    permit: _PermitForm | None = None


def order_to_json(signed: SignedOrder) -> str:
    """Write a signed order as JSON on one line."""
    return json.dumps(order_to_record(signed), separators=(",", ":"))


def order_to_record(signed: SignedOrder) -> dict[str, Any]:
    """Turn a signed order into JSON values: integers as decimal text, bytes as hexadecimal."""
    record: dict[str, Any] = {
        "type": FORMAT,
        "version": VERSION,
        "chain_id": signed.domain.chain_id,
        "book": signed.domain.book,
        "order": _texts(signed.order.message()),
        "signature": "0x" + signed.signature.hex(),
    }
    if signed.permit is not None:
        record["permit"] = _texts(asdict(signed.permit)) | {"v": signed.permit.v}
    return record


def order_from_json(text: str | bytes) -> SignedOrder:
    """Read a signed order from JSON; the signature is not checked.

    Raises:
        OrderFormatError: a field is missing, unknown, repeated or malformed, or the order is one
            that no book fills; the message begins with the field's path.
    """
    form = _read_form(_read_values(text))
    signed = SignedOrder(
        BookDomain(form.chain_id, form.book),
        form.order.order(),
        form.signature,
        Permit(**dict(form.permit)) if form.permit else None,
    )
    _require_sense(signed)
    return signed


def read_order(path: Path) -> SignedOrder:
    """Read a signed order from a file.

    Raises:
        MissingFileError: the file is not there or cannot be read.
        OrderFormatError: see `order_from_json`; the message begins with the file's name.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MissingFileError(f"cannot read {path}: {error.strerror}") from error
    try:
        return order_from_json(data)
    except OrderFormatError as error:
        raise OrderFormatError(f"{path.name}: {error}") from error


def write_order(path: Path, signed: SignedOrder) -> None:
    """Write a signed order to a file.

    Raises:
        MissingFileError: the file cannot be written.
    """
    try:
        path.write_text(order_to_json(signed) + "\n", encoding="utf-8")
    except OSError as error:
        raise MissingFileError(f"cannot write {path}: {error.strerror}") from error


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return [_texts(each) for each in value] if isinstance(value, list) else str(value)


def _read_values(text: str | bytes) -> object:
    """Read JSON from a stranger: bounded in size and depth before it is parsed."""
    if isinstance(text, str):
        # Lone surrogates are no text of any file; `json` would take them.
        text = text.encode("utf-8", "surrogatepass")
    if len(text) > MAX_ORDER_BYTES:
        raise OrderFormatError(f"order: more than {MAX_ORDER_BYTES} bytes")
    if text.count(b"{") + text.count(b"[") > MAX_BRACKETS:
        raise OrderFormatError(f"order: more than {MAX_BRACKETS} objects and lists")
    try:
        return json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_without_repetition,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except ValueError:
        raise OrderFormatError("order: not JSON, or not UTF-8") from None


def _refuse_number(_given: str) -> NoReturn:
    raise OrderFormatError("order: a number that is no integer")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise OrderFormatError("order: a field is there twice")
    return values


def _read_form(values: object) -> _SignedOrderForm:
    try:
        return _SignedOrderForm.model_validate(values)
    except ValidationError as error:
        # The input is not repeated, and an unknown field not named: both are a stranger's text.
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = [str(part) for part in first["loc"]]
        if first["type"] == "extra_forbidden":
            where[-1] = "unknown field"
        complaint = first["msg"].removeprefix("Value error, ")
        raise OrderFormatError(f"{'.'.join(where) or 'order'}: {complaint}") from None


def _require_sense(signed: SignedOrder) -> None:
    """Refuse what no book fills, whatever its chain says."""
    order = signed.order
    if order.maker == ZERO_ADDRESS:
        raise OrderFormatError("order.maker: the zero address")
    if order.taker == order.maker:
        raise OrderFormatError("order.taker: the maker itself")
    if order.quantity == 0:
        raise OrderFormatError("order.quantity: zero")
    if order.quantity > MAX_QUANTITY:
        raise OrderFormatError("order.quantity: 2^120 or more")
    _require_form(order)
    permit = signed.permit
    if permit is not None and permit.owner != order.maker:
        raise OrderFormatError("permit.owner: not the maker")


def _require_form(order: Order) -> None:
    """Refuse legs and a peg that are not in the one form the book takes."""
    if any(left >= right for left, right in pairwise(order.series)):
        raise OrderFormatError("order.legs: the series are not strictly ascending")
    if any(each % 2 for each in order.series):
        raise OrderFormatError("order.legs: an odd number; a series is even")
    ratios = [leg.ratio for leg in order.legs]
    if not all(1 <= ratio <= MAX_RATIO for ratio in ratios):
        raise OrderFormatError(f"order.legs: a ratio is not of 1 to {MAX_RATIO}")
    if gcd(*ratios) != 1:
        raise OrderFormatError("order.legs: the ratios have a common divisor")
    peg = order.peg
    if peg is None:
        return
    if any(leg.price_ticks for leg in order.legs):
        raise OrderFormatError("order.legs: a leg of a pegged order has a price of its own")
    if not 1 <= peg.mean_days <= MAX_PEG_DAYS:
        raise OrderFormatError(f"order.pegs: a mean of other than 1 to {MAX_PEG_DAYS} days")
    if peg.low_ticks > peg.high_ticks:
        raise OrderFormatError("order.pegs: low is above high")
