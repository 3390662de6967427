# SPDX-License-Identifier: AGPL-3.0-only
"""What clients ask for, read strictly; complaints never repeat what was given."""

import re
from dataclasses import dataclass

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address
from starlette.requests import Request

from hashrate.orders.documents import MAX_UINT256
from hashrate.service.errors import RequestError
from relay.book import Key

MAX_LIMIT = 100
DEFAULT_LIMIT = 50
MAX_DEPTH = 200
DEFAULT_DEPTH = 20
MAX_MARKETS = 40
MIN_CANDLE_SECONDS = 60
MAX_CANDLE_SECONDS = 7 * 86_400
MAX_CANDLES = 1_000
_HOUR = 3_600
_MOST_TIME = 2**40
_NUMBER = re.compile(r"0|[1-9][0-9]{0,77}", re.ASCII)
ORDER_PLACE = r"(-?[0-9]{1,78})\.([0-9]{1,15})"
"""A cursor of orders: a price, which may be any uint256, and a number of arrival."""
TRADE_PLACE = r"([0-9]{1,16})\.([0-9]{1,15})"
"""A cursor of trades: a block and a place in it, as a database holds them."""
_HASH = re.compile(r"0x[0-9a-f]{64}", re.ASCII)
_PAIR = re.compile(r"0x[0-9a-fA-F]{40}-0x[0-9a-fA-F]{40}", re.ASCII)
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_SIDES = {"buy": True, "sell": False}


@dataclass(frozen=True, slots=True)
class SideQuery:
    """Orders of one side of a market, from behind a place on."""

    market: str
    is_buy: bool
    after: Key | None
    limit: int


@dataclass(frozen=True, slots=True)
class MakerQuery:
    """Orders of one maker, from behind a number of arrival on."""

    maker: ChecksumAddress
    after: Key | None
    limit: int


@dataclass(frozen=True, slots=True)
class CandlesQuery:
    """Trades of a market, in spans of so many seconds, from a time to a time [unix s]."""

    market: str
    seconds: int
    first: int
    last: int


def read_orders_query(request: Request) -> SideQuery | MakerQuery:
    """Read what `/orders` is asked for.

    Raises:
        RequestError: it is neither a market and a side, nor a maker.
    """
    given = _parameters(request, {"market", "side", "maker", "limit", "cursor"})
    limit = _count(given.get("limit"), "limit", DEFAULT_LIMIT, MAX_LIMIT)
    after = _cursor(given.get("cursor"), ORDER_PLACE)
    if set(given) & {"market", "side", "maker"} == {"maker"}:
        return MakerQuery(_account(given["maker"], "maker"), after, limit)
    if "maker" in given or "market" not in given or given.get("side") not in _SIDES:
        raise RequestError("give market and side (buy or sell), or maker")
    return SideQuery(_market(given["market"]), _SIDES[given["side"]], after, limit)


def read_book_query(request: Request) -> tuple[str, int]:
    """Read which market's levels are asked for, and how many of each side.

    Raises:
        RequestError: it is no market, or no such number.
    """
    given = _parameters(request, {"depth"})
    return read_market(request), _count(given.get("depth"), "depth", DEFAULT_DEPTH, MAX_DEPTH)


def read_books_query(request: Request) -> tuple[list[str], int]:
    """Read which markets' levels are asked for, and how many of each side.

    Raises:
        RequestError: they are none, too many or no markets, or it is no such number.
    """
    markets = _markets(request, {"market", "depth"})
    if not markets:
        raise RequestError("give one market or more")
    depth = request.query_params.get("depth")
    return markets, _count(depth, "depth", DEFAULT_DEPTH, MAX_DEPTH)


def read_stream_query(request: Request) -> list[str]:
    """Read which markets are listened to; none for all.

    Raises:
        RequestError: they are too many or no markets.
    """
    return _markets(request, {"market"})


def read_trades_query(request: Request) -> tuple[str | None, Key | None, int]:
    """Read which market's trades are asked for, None for all, before which place, and how many.

    Raises:
        RequestError: something of it is malformed.
    """
    given = _parameters(request, {"market", "limit", "cursor"})
    market = _market(given["market"]) if "market" in given else None
    limit = _count(given.get("limit"), "limit", DEFAULT_LIMIT, MAX_LIMIT)
    return market, _cursor(given.get("cursor"), TRADE_PLACE), limit


def read_candles_query(request: Request, now: int) -> CandlesQuery:
    """Read which market's candles are asked for; by default the last day's hours.

    Raises:
        RequestError: something of it is malformed.
    """
    given = _parameters(request, {"seconds", "from", "to"})
    seconds = _count(given.get("seconds"), "seconds", _HOUR, MAX_CANDLE_SECONDS)
    if seconds < MIN_CANDLE_SECONDS:
        raise RequestError(f"seconds: fewer than {MIN_CANDLE_SECONDS}")
    last = _count(given.get("to"), "to", max(1, now), _MOST_TIME)
    first = _count(given.get("from"), "from", max(1, last - 24 * _HOUR), _MOST_TIME)
    if (last - first) // seconds > MAX_CANDLES:
        raise RequestError(f"more than {MAX_CANDLES} candles")
    return CandlesQuery(read_market(request), seconds, first, last)


def read_positions_query(request: Request) -> tuple[ChecksumAddress, str, int]:
    """Read whose positions are asked for, behind which one, and how many.

    Raises:
        RequestError: something of it is malformed.
    """
    given = _parameters(request, {"limit", "cursor"})
    cursor = given.get("cursor")
    if cursor is not None and not _NUMBER.fullmatch(cursor):
        raise RequestError("cursor: not one that was given out")
    limit = _count(given.get("limit"), "limit", DEFAULT_LIMIT, MAX_LIMIT)
    return _account(str(request.path_params["account"]), "account"), cursor or "", limit


def read_market(request: Request) -> str:
    """Read which market is asked for.

    Raises:
        RequestError: it is none.
    """
    return _market(str(request.path_params["market"]))


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


def _markets(request: Request, names: set[str]) -> list[str]:
    pairs = request.query_params.multi_items()
    if {name for name, _ in pairs} - names:
        raise RequestError(f"the parameters are: {', '.join(sorted(names))}")
    single = [name for name, _ in pairs if name != "market"]
    if len(single) != len(set(single)):
        raise RequestError("a parameter is there twice")
    markets = [_market(value) for name, value in pairs if name == "market"]
    if len(markets) > MAX_MARKETS:
        raise RequestError(f"more than {MAX_MARKETS} markets")
    return list(dict.fromkeys(markets))


def _market(text: str) -> str:
    if _PAIR.fullmatch(text):
        return text.lower()
    if not _NUMBER.fullmatch(text) or int(text) > MAX_UINT256:
        raise RequestError("market: neither a series nor a token and its money")
    return text


def _account(text: str, name: str) -> ChecksumAddress:
    if not _ADDRESS.fullmatch(text):
        raise RequestError(f"{name}: not an address")
    return to_checksum_address(text)


def _count(text: str | None, name: str, default: int, most: int) -> int:
    if text is None:
        return default
    if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= most:
        raise RequestError(f"{name}: not an integer from 1 to {most}")
    return int(text)


def _cursor(text: str | None, form: str) -> Key | None:
    if text is None:
        return None
    found = re.fullmatch(form, text, re.ASCII)
    if found is None:
        raise RequestError("cursor: not one that was given out")
    return int(found[1]), int(found[2])
