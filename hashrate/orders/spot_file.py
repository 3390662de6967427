# SPDX-License-Identifier: AGPL-3.0-only
"""Signed spot orders as JSON, which makers hand out.

Written and read as orders on forwards are: integers as decimal strings, every unknown, missing,
repeated or malformed field refused by its path. The signature is not checked here: that a contract
wallet may have made it, only its chain can tell.
"""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError

from hashrate.core.errors import MissingFileError
from hashrate.orders import order_file as parts
from hashrate.orders.errors import OrderFormatError
from hashrate.orders.order import MAX_SIGNATURE_BYTES, ZERO_ADDRESS
from hashrate.orders.spot import WIDTH, SignedSpotOrder, SpotDomain, SpotOrder

FORMAT = "hashrate-spot-order"
VERSION = 1


class _SpotForm(parts._Form):
    maker: parts._Address
    taker: parts._Address
    is_buy: bool
    token: parts._Address
    money: parts._Address
    price: parts._Uint
    is_per_remaining: bool
    max_lag_days: parts._Uint
    quantity: parts._Uint
    minimum_quantity: parts._Uint
    deadline: parts._Uint
    epoch: parts._Uint
    salt: parts._Uint


class _SignedSpotForm(parts._Form):
    type: Literal["hashrate-spot-order"]
    version: Annotated[int, Field(ge=VERSION, le=VERSION)]
    chain_id: Annotated[int, Field(ge=1, le=2**53 - 1)]
    market: parts._Address
    order: _SpotForm
    signature: Annotated[parts._Bytes, Field(min_length=1, max_length=MAX_SIGNATURE_BYTES)]


def spot_to_record(signed: SignedSpotOrder) -> dict[str, Any]:
    """Turn a signed order into JSON values: integers as decimal text, bytes as hexadecimal."""
    order = {
        name: value if isinstance(value, bool) else str(value)
        for name, value in asdict(signed.order).items()
    }
    return {
        "type": FORMAT,
        "version": VERSION,
        "chain_id": signed.domain.chain_id,
        "market": signed.domain.market,
        "order": order,
        "signature": "0x" + signed.signature.hex(),
    }


def spot_to_json(signed: SignedSpotOrder) -> str:
    """Write a signed order as JSON on one line."""
    return json.dumps(spot_to_record(signed), separators=(",", ":"))


def spot_from_json(text: str | bytes) -> SignedSpotOrder:
    """Read a signed order from JSON; the signature is not checked.

    Raises:
        OrderFormatError: a field is missing, unknown, repeated or malformed, or the order is one
            that no market fills; the message begins with the field's path.
    """
    values = parts._read_values(text)
    try:
        form = _SignedSpotForm.model_validate(values)
    except ValidationError as error:
        # The input is not repeated, and an unknown field not named: both are a stranger's text.
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = [str(part) for part in first["loc"]]
        if first["type"] == "extra_forbidden":
            where[-1] = "unknown field"
        complaint = first["msg"].removeprefix("Value error, ")
        raise OrderFormatError(f"{'.'.join(where) or 'order'}: {complaint}") from None
    order = SpotOrder(**dict(form.order))
    _require_sense(order)
    return SignedSpotOrder(SpotDomain(form.chain_id, form.market), order, form.signature)


def read_spot(path: Path) -> SignedSpotOrder:
    """Read a signed order from a file.

    Raises:
        MissingFileError: the file is not there or cannot be read.
        OrderFormatError: see `spot_from_json`; the message begins with the file's name.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MissingFileError(f"cannot read {path}: {error.strerror}") from error
    try:
        return spot_from_json(data)
    except OrderFormatError as error:
        raise OrderFormatError(f"{path.name}: {error}") from error


def write_spot(path: Path, signed: SignedSpotOrder) -> None:
    """Write a signed order to a file.

    Raises:
        MissingFileError: the file cannot be written.
    """
    try:
        path.write_text(spot_to_json(signed) + "\n", encoding="utf-8")
    except OSError as error:
        raise MissingFileError(f"cannot write {path}: {error.strerror}") from error


def _require_sense(order: SpotOrder) -> None:
    """Refuse what no market fills, whatever its chain says."""
    if order.maker == ZERO_ADDRESS:
        raise OrderFormatError("order.maker: the zero address")
    if order.taker == order.maker:
        raise OrderFormatError("order.taker: the maker itself")
    if not 0 < order.quantity < WIDTH:
        raise OrderFormatError("order.quantity: zero, or 128 bits and more")
    if not 0 < order.price < WIDTH:
        raise OrderFormatError("order.price: zero, or 128 bits and more")
