# SPDX-License-Identifier: AGPL-3.0-only
"""The OpenAPI 3.1 description of the relay: made here, kept in docs/relay-openapi.json, served.

`python -m relay openapi` prints it; a test compares file and program, another asks the server
everything it says.
"""

import json
from functools import cache
from typing import Any

from hashrate.orders.documents import MAX_ORDER_BYTES
from hashrate.orders.order_file import FORMAT, VERSION
from hashrate.orders.spot_file import FORMAT as SPOT_FORMAT
from hashrate.orders.spot_file import VERSION as SPOT_VERSION
from relay.queries import (
    DEFAULT_DEPTH,
    DEFAULT_LIMIT,
    MAX_CANDLE_SECONDS,
    MAX_DEPTH,
    MAX_LIMIT,
    MAX_MARKETS,
    MIN_CANDLE_SECONDS,
    ORDER_PLACE,
    TRADE_PLACE,
)
from relay.writes import MOST_IN_BATCH

Json = dict[str, Any]

_DECIMAL = {"type": "string", "pattern": "^(0|[1-9][0-9]{0,77})$"}
_SIGNED_DECIMAL = {"type": "string", "pattern": "^(0|-?[1-9][0-9]{0,77})$"}
_ADDRESS = {"type": "string", "pattern": "^0x[0-9a-fA-F]{40}$"}
_HASH = {"type": "string", "pattern": "^0x[0-9a-f]{64}$"}
_BYTES = {"type": "string", "pattern": "^0x([0-9a-f]{2})+$"}
_MARKET = {
    "type": "string",
    "pattern": "^((0|[1-9][0-9]{0,76})|0x[0-9a-fA-F]{40}-0x[0-9a-fA-F]{40})$",
    "description": "A series of forwards in decimal, or a token and its money.",
}
_COUNT = {"type": "integer", "minimum": 0}
_TIME = {"type": "integer", "minimum": 0, "description": "[unix s]"}
_BOOL = {"type": "boolean"}
_TEXT = {"type": "string"}
_ANY_CURSOR = {"type": ["string", "null"], "description": "`cursor` of the next page."}


def _object(properties: Json, *, optional: tuple[str, ...] = (), is_open: bool = False) -> Json:
    required = [name for name in properties if name not in optional]
    return {
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": is_open,
    }


def _list_of(items: Json) -> Json:
    return {"type": "array", "items": items}


def _ref(name: str) -> Json:
    return {"$ref": f"#/components/schemas/{name}"}


def _maybe(schema: Json) -> Json:
    return {"oneOf": [schema, {"type": "null"}]}


def _schemas() -> Json:
    leg: Json = {"series": _DECIMAL, "is_buy": _BOOL, "price_ticks": _DECIMAL, "ratio": _DECIMAL}
    peg: Json = {"mean_days": _DECIMAL, "max_age_days": _DECIMAL, "offset_ticks": _SIGNED_DECIMAL}
    peg |= {"low_ticks": _DECIMAL, "high_ticks": _DECIMAL}
    numbers = ("quantity", "minimum_quantity", "max_collateral", "deadline")
    order: Json = {"maker": _ADDRESS, "taker": _ADDRESS, **dict.fromkeys(numbers, _DECIMAL)}
    order |= {"may_trade_in_window": _BOOL, "epoch": _DECIMAL, "salt": _DECIMAL}
    order["legs"] = {**_list_of(_object(leg)), "minItems": 1, "maxItems": 12}
    order["pegs"] = {**_list_of(_object(peg)), "maxItems": 1}
    permit: Json = {"token": _ADDRESS, "owner": _ADDRESS, "value": _DECIMAL, "deadline": _DECIMAL}
    permit |= {"v": {"type": "integer", "enum": [27, 28]}, "r": _HASH, "s": _HASH}
    signed: Json = {
        "type": {"const": FORMAT},
        "version": {"const": VERSION},
        "chain_id": {"type": "integer", "minimum": 1},
        "book": _ADDRESS,
        "order": _object(order),
        "signature": _BYTES,
        "permit": _object(permit),
    }
    flags: Json = {"is_buy": _BOOL, "is_per_remaining": _BOOL}
    places = dict.fromkeys(("maker", "taker", "token", "money"), _ADDRESS)
    names = ("price", "max_lag_days", "quantity", "minimum_quantity", "deadline", "epoch", "salt")
    spot: Json = {
        "type": {"const": SPOT_FORMAT},
        "version": {"const": SPOT_VERSION},
        "chain_id": {"type": "integer", "minimum": 1},
        "market": _ADDRESS,
        "order": _object({**places, **flags, **dict.fromkeys(names, _DECIMAL)}),
        "signature": _BYTES,
    }
    any_order = {"oneOf": [_object(signed, optional=("permit",)), _object(spot)]}
    listed: Json = {"hash": _HASH, "kind": {"type": "string"}, "remaining": _DECIMAL}
    listed |= {"covered": _DECIMAL, "prices": _list_of(_DECIMAL), "received_at": _TIME}
    listed |= {"last_second": _TIME, "signed_order": _ref("SignedOrder")}
    level: Json = {"price": _DECIMAL, "quantity": _DECIMAL, "orders": _COUNT}
    level |= {"linked_quantity": _DECIMAL, "linked_orders": _COUNT}
    sides = dict.fromkeys(("buy", "sell"), _list_of(_ref("Level")))
    levels: Json = {**sides, "is_crossed": _BOOL}
    trade: Json = {"block": _COUNT, "log_index": _COUNT, "transaction": _HASH, "time": _TIME}
    trade |= {"kind": {"type": "string"}, "market": _MARKET, "buyer": _ADDRESS, "seller": _ADDRESS}
    trade |= {"price": _DECIMAL, "quantity": _DECIMAL, "cost": {"type": "string"}}
    prices = dict.fromkeys(("open", "high", "low", "close", "volume"), _DECIMAL)
    market: Json = {"market": _MARKET, "kind": {"type": "string"}}
    market |= {"buy_orders": _COUNT, "sell_orders": _COUNT}
    return {
        "Block": _maybe(_object({"number": _COUNT, "hash": _HASH, "timestamp": _TIME})),
        "SignedOrder": any_order,
        "Listed": _object(listed),
        "Level": _object(level),
        "Levels": _object({"market": _MARKET, **levels}),
        "Market": _object(market, is_open=True),
        "Trade": _object(trade),
        "Candle": _object({"start": _TIME, **prices, "trades": _COUNT}),
        "Position": _object({"position": _DECIMAL, "quantity": _DECIMAL}, is_open=True),
        "Error": _object(
            {"error": _object({"reason": {"type": "string"}, "message": {"type": "string"}})}
        ),
    }


def _answers(schema: Json | None, *statuses: int, extra: Json | None = None) -> Json:
    """Return the answers of a path: the good one, and refusals of so many statuses."""
    good: Json = {"description": "As asked."}
    if schema is not None:
        good["content"] = {"application/json": {"schema": schema}}
    refusal = {
        "description": "Refused, and why.",
        "content": {"application/json": {"schema": _ref("Error")}},
    }
    return {"200": good, **(extra or {}), **{str(each): refusal for each in statuses}}


def _query(name: str, schema: Json, *, is_required: bool = False) -> Json:
    return {"name": name, "in": "query", "required": is_required, "schema": schema}


def _path(name: str, schema: Json) -> Json:
    return {"name": name, "in": "path", "required": True, "schema": schema}


def _range(least: int, default: int, most: int) -> Json:
    return {"type": "integer", "minimum": least, "default": default, "maximum": most}


_LIMIT = _query("limit", _range(1, DEFAULT_LIMIT, MAX_LIMIT))
_DEPTH = _query("depth", _range(1, DEFAULT_DEPTH, MAX_DEPTH))
_ORDER_PLACE, _TRADE_PLACE = (
    _query("cursor", {"type": "string", "pattern": f"^{form}$"})
    for form in (ORDER_PLACE, TRADE_PLACE)
)


def _get(about: str, parameters: list[Json], schema: Json, *statuses: int) -> Json:
    not_modified = {"304": {"description": "The answer with this `if-none-match` holds."}}
    answers = _answers(schema, 400, 429, *statuses, extra=not_modified)
    return {"get": {"summary": about, "parameters": parameters, "responses": answers}}


def _post(about: str, media: str, body: Json, schema: Json, *statuses: int, **extra: Json) -> Json:
    every = (400, 408, 413, 415, 422, 429, 503, *statuses)
    return {
        "post": {
            "summary": about,
            "requestBody": {"required": True, "content": {media: {"schema": body}}},
            "responses": _answers(schema, *every, extra=extra),
        }
    }


def _paths() -> Json:
    block = {"block": _ref("Block")}
    one = _object({"order": _ref("Listed")})
    created = {"description": "It is new.", "content": {"application/json": {"schema": one}}}
    result = _object(
        {"status": _COUNT, "hash": _HASH, "error": {"type": "object"}}, optional=("hash", "error")
    )
    sides = {"type": "string", "enum": ["buy", "sell"]}
    several = {"type": "array", "items": _MARKET, "maxItems": MAX_MARKETS}
    many = {**_query("market", {**several, "minItems": 1}, is_required=True), "explode": True}
    some = {**_query("market", several), "explode": True}
    withdrawal = {"order_hash": _HASH, "signature": {**_BYTES, "maxLength": 132, "minLength": 132}}
    said = {"hash": _HASH, "is_off_book": _BOOL, "is_cancelled_on_chain": _BOOL}
    seconds = _query("seconds", _range(MIN_CANDLE_SECONDS, 3_600, MAX_CANDLE_SECONDS))
    spans = [_query(name, {**_TIME, "minimum": 1}) for name in ("from", "to")]
    listed = _object({"orders": _list_of(_ref("Listed")), **block, "next": _ANY_CURSOR})
    orders = _get(
        "Orders of a market's side, best price first; or of a maker, the earliest first.",
        [
            _query("market", _MARKET),
            _query("side", sides),
            _query("maker", _ADDRESS),
            _LIMIT,
            _ORDER_PLACE,
        ],
        listed,
    )
    orders |= _post(
        f"Hand an order in, at most {MAX_ORDER_BYTES} bytes.",
        "application/json",
        _ref("SignedOrder"),
        one,
        **{"201": created},
    )
    stream = {
        "description": "Events: hello, order, gone, trade, block.",
        "content": {"text/event-stream": {"schema": {"type": "string"}}},
    }
    levels = _object({**_schemas()["Levels"]["properties"], **block})
    candles = {"candles": _list_of(_ref("Candle")), **block, "market": _MARKET, "seconds": _COUNT}
    positions = {"positions": _list_of(_ref("Position")), **block, "account": _ADDRESS}
    return {
        "/orders": orders,
        "/batches": _post(
            f"Hand in 1 to {MOST_IN_BATCH} orders, one a line.",
            "application/x-ndjson",
            {"description": "Signed orders, one a line."},
            _object({"results": _list_of(result)}),
        ),
        "/withdrawals": _post(
            "Have an order taken off by its maker's word; the chain does not hear of it.",
            "application/json",
            _object(withdrawal),
            _object(said),
            404,
        ),
        "/orders/{hash}": _get(
            "One order.",
            [_path("hash", _HASH)],
            _object({"order": _ref("Listed"), **block}),
            404,
            410,
        ),
        "/book/{market}": _get(
            "What each price of a market offers.", [_path("market", _MARKET), _DEPTH], levels
        ),
        "/books": _get(
            "The same of several markets, all at one block.",
            [many, _DEPTH],
            _object({"books": _list_of(_ref("Levels")), **block}),
        ),
        "/markets": _get(
            "Markets that have orders to show, with their terms.",
            [],
            _object({"markets": _list_of(_ref("Market")), **block}),
        ),
        "/markets/{market}": _get(
            "One market: best prices, last trade, open interest.",
            [_path("market", _MARKET)],
            _object({"market": _ref("Market"), **block}),
            404,
        ),
        "/trades": _get(
            "Trades of the chain, the newest first.",
            [_query("market", _MARKET), _LIMIT, _TRADE_PLACE],
            _object({"trades": _list_of(_ref("Trade")), **block, "next": _ANY_CURSOR}),
        ),
        "/candles/{market}": _get(
            "A market's trades, summed up in spans of time; `next` is the next request's `from`.",
            [_path("market", _MARKET), seconds, *spans],
            _object({**candles, "next": {"type": ["integer", "null"]}}),
        ),
        "/positions/{account}": _get(
            "What an account holds.",
            [_path("account", _ADDRESS), _LIMIT, _query("cursor", _DECIMAL)],
            _object({**positions, "next": _ANY_CURSOR}),
        ),
        "/stream": {
            "get": {
                "summary": "Server-sent events of some markets, or of all.",
                "parameters": [some],
                "responses": {**_answers(None, 400, 429), "200": stream},
            }
        },
        "/openapi.json": _get("This.", [], {"type": "object"}),
        "/health": {
            "get": {
                "summary": "Whether the book can be trusted to follow the chain.",
                "responses": {
                    status: {
                        "description": about,
                        "content": {"application/json": {"schema": {"type": "object"}}},
                    }
                    for status, about in (("200", "It does."), ("503", "It does not, and why."))
                },
            }
        },
    }


@cache
def description() -> bytes:
    """Return the description, JSON."""
    described = {
        "openapi": "3.1.0",
        "info": {
            "title": "Hashrate order relay",
            "version": "2",
            "license": {"name": "AGPL-3.0-only", "identifier": "AGPL-3.0-only"},
            "description": "docs/relay.md of the project is the manual.",
        },
        "paths": _paths(),
        "components": {"schemas": _schemas()},
    }
    return json.dumps(described, indent=1).encode() + b"\n"
