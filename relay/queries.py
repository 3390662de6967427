# SPDX-License-Identifier: AGPL-3.0-only
"""What clients ask for, read strictly; complaints never repeat what was given."""

import re
from dataclasses import dataclass

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from starlette.requests import Request

from hashrate.orders.order_file import MAX_UINT256
from hashrate.service.errors import RequestError
from relay.book import Key

MAX_LIMIT = 100
DEFAULT_LIMIT = 50
MAX_DEPTH = 200
DEFAULT_DEPTH = 20
_NUMBER = re.compile(r"0|[1-9][0-9]{0,77}", re.ASCII)
_CURSOR = re.compile(r"(-?[0-9]{1,20})\.([0-9]{1,15})", re.ASCII)
_HASH = re.compile(r"0x[0-9a-f]{64}", re.ASCII)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_SIDES = {"buy": True, "sell": False}


@dataclass(frozen=True, slots=True)
class SideQuery:
    """Orders of one side of a series, from behind a place on."""

    series: int
    is_buy: bool
    after: Key | None
    limit: int


@dataclass(frozen=True, slots=True)
class MakerQuery:
    """Orders of one maker, from behind a number of arrival on."""

    maker: ChecksumAddress
    after: Key | None
    limit: int


def read_orders_query(request: Request) -> SideQuery | MakerQuery:
    """Read what `/orders` is asked for.

    Raises:
        RequestError: it is neither a series and a side, nor a maker.
    """
    given = _parameters(request, {"series", "side", "maker", "limit", "cursor"})
    limit = _count(given.get("limit"), "limit", DEFAULT_LIMIT, MAX_LIMIT)
    after = _cursor(given.get("cursor"))
    if set(given) & {"series", "side", "maker"} == {"maker"}:
        if not _ADDRESS.fullmatch(given["maker"]):
            raise RequestError("maker: not an address")
        return MakerQuery(to_checksum_address(given["maker"]), after, limit)
    if "maker" in given or "series" not in given or given.get("side") not in _SIDES:
        raise RequestError("give series and side (buy or sell), or maker")
    return SideQuery(_series(given["series"]), _SIDES[given["side"]], after, limit)


def read_book_query(request: Request) -> tuple[int, int]:
    """Read which series' levels are asked for, and how many of each side.

    Raises:
        RequestError: it is no series, or no such number.
    """
    given = _parameters(request, {"depth"})
    series = _series(str(request.path_params["series"]))
    return series, _count(given.get("depth"), "depth", DEFAULT_DEPTH, MAX_DEPTH)


def read_hash(request: Request) -> str:
    """Read which order is asked for.

    Raises:
        RequestError: it is no hash.
    """
    text = str(request.path_params["hash"])
    if not _HASH.fullmatch(text):
        raise RequestError("hash: not 0x and 64 lower-case hexadecimal digits")
    return text


def cursor_text(key: Key) -> str:
    """Write a place in a list, to be given back as the cursor."""
    return f"{key[0]}.{key[1]}"


def _parameters(request: Request, names: set[str]) -> dict[str, str]:
    pairs = request.query_params.multi_items()
    given = dict(pairs)
    if len(given) != len(pairs):
        raise RequestError("a parameter is there twice")
    if set(given) - names:
        raise RequestError(f"the parameters are: {', '.join(sorted(names))}")
    return given


def _series(text: str) -> int:
    if not _NUMBER.fullmatch(text) or int(text) > MAX_UINT256:
        raise RequestError("series: not a decimal integer of 256 bits")
    return int(text)


def _count(text: str | None, name: str, default: int, most: int) -> int:
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise RequestError(f"{name}: not an integer from 1 to {most}")
    return int(text)


def _cursor(text: str | None) -> Key | None:
    if text is None:
        return None
    found = _CURSOR.fullmatch(text)
    if found is None:
        raise RequestError("cursor: not one that was given out")
    return int(found[1]), int(found[2])
