# SPDX-License-Identifier: AGPL-3.0-only
"""Signed orders as JSON, which makers hand out and relays exchange.

Integers of the order are decimal strings, since many a JSON reader would round them. Reading is
strict: every unknown, missing, repeated or malformed field is refused by its path. It does not
check the signature: that a contract wallet may have made it, only its chain can tell.
"""

import json
from dataclasses import asdict
from itertools import pairwise
from math import gcd
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from hashrate.orders.documents import (
    Address,
    Bytes,
    Form,
    Int,
    Uint,
    Word,
    read_file,
    read_values,
    validated,
    write_file,
)
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


class _LegForm(Form):
    series: Uint
    is_buy: bool
    price_ticks: Uint
    ratio: Uint


class _PegForm(Form):
    mean_days: Uint
    max_age_days: Uint
    offset_ticks: Int
    low_ticks: Uint
    high_ticks: Uint


class _OrderForm(Form):
    maker: Address
    taker: Address
    quantity: Uint
    minimum_quantity: Uint
    max_collateral: Uint
    deadline: Uint
    may_trade_in_window: bool
    epoch: Uint
    salt: Uint
    legs: Annotated[list[_LegForm], Field(min_length=1, max_length=MAX_LEGS)]
    pegs: Annotated[list[_PegForm], Field(max_length=1)]

    def order(self) -> Order:
        """Return the order."""
        plain = {name: value for name, value in self if name not in ("legs", "pegs")}
        legs = tuple(Leg(**dict(leg)) for leg in self.legs)
        peg = Peg(**dict(self.pegs[0])) if self.pegs else None
        return Order(**plain, legs=legs, peg=peg)


class _PermitForm(Form):
    token: Address
    owner: Address
    value: Uint
    deadline: Uint
    v: Annotated[int, Field(ge=27, le=28)]
    r: Word
    s: Word


class _SignedOrderForm(Form):
    type: Literal["hashrate-forwards-order"]
    version: Annotated[int, Field(ge=VERSION, le=VERSION)]
    chain_id: Annotated[int, Field(ge=1, le=2**53 - 1)]
    book: Address
    order: _OrderForm
    signature: Annotated[Bytes, Field(min_length=1, max_length=MAX_SIGNATURE_BYTES)]
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
        "book": signed.domain.contract,
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
    form = validated(_SignedOrderForm, read_values(text))
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
    return read_file(path, order_from_json)


def write_order(path: Path, signed: SignedOrder) -> None:
    """Write a signed order to a file.

    Raises:
        MissingFileError: the file cannot be written.
    """
    write_file(path, order_to_json(signed))


def _texts(values: dict[str, Any]) -> dict[str, Any]:
    return {name: _text(value) for name, value in values.items()}


def _text(value: object) -> object:
    if isinstance(value, bool):
        return value
    if isinstance(value, bytes):
        return "0x" + value.hex()
    return [_texts(each) for each in value] if isinstance(value, list) else str(value)


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
