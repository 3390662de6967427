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

from pydantic import Field

from hashrate.orders.documents import (
    Address,
    Bytes,
    Form,
    Uint,
    read_file,
    read_values,
    validated,
    write_file,
)
from hashrate.orders.errors import OrderFormatError
from hashrate.orders.order import MAX_SIGNATURE_BYTES, ZERO_ADDRESS
from hashrate.orders.spot import WIDTH, SignedSpotOrder, SpotDomain, SpotOrder

FORMAT = "hashrate-spot-order"
VERSION = 1


class _SpotForm(Form):
    maker: Address
    taker: Address
    is_buy: bool
    token: Address
    money: Address
    price: Uint
    is_per_remaining: bool
    max_lag_days: Uint
    quantity: Uint
    minimum_quantity: Uint
    deadline: Uint
    epoch: Uint
    salt: Uint


class _SignedSpotForm(Form):
    type: Literal["hashrate-spot-order"]
    version: Annotated[int, Field(ge=VERSION, le=VERSION)]
    chain_id: Annotated[int, Field(ge=1, le=2**53 - 1)]
    market: Address
    order: _SpotForm
    signature: Annotated[Bytes, Field(min_length=1, max_length=MAX_SIGNATURE_BYTES)]


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
        "market": signed.domain.contract,
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
    form = validated(_SignedSpotForm, read_values(text))
    order = SpotOrder(**dict(form.order))
    _require_sense(order)
    return SignedSpotOrder(SpotDomain(form.chain_id, form.market), order, form.signature)


def read_spot(path: Path) -> SignedSpotOrder:
    """Read a signed order from a file.

    Raises:
        MissingFileError: the file is not there or cannot be read.
        OrderFormatError: see `spot_from_json`; the message begins with the file's name.
    """
    return read_file(path, spot_from_json)


def write_spot(path: Path, signed: SignedSpotOrder) -> None:
    """Write a signed order to a file.

    Raises:
        MissingFileError: the file cannot be written.
    """
    write_file(path, spot_to_json(signed))


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
