# SPDX-License-Identifier: AGPL-3.0-only
"""Daily closes of BTC-USD on Coinbase Exchange.

Source: `GET /products/BTC-USD/candles`, newest first, rows
`[time, low, high, open, close, volume]`.
"""

import datetime as dt
from typing import Annotated, Any, Final

from pydantic import Strict

from hashrate.core.types import DayIndex, Price, UnixSeconds
from hashrate.service.fields import Integer, Number, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Now
from oracles.sources.price import CANDLE_SECONDS, UTC_DAY, Candles, close_of

DEFAULT_URL = "https://api.exchange.coinbase.com"
_CLOSE: Final = 4
# Not strict: JSON has lists only, and each number checks itself.
_Candle = Annotated[tuple[Integer, Number, Number, Number, Number, Number], Strict(False)]
_CANDLES = Candles("", 0, _Candle, lambda row: row[_CLOSE], f"[{_CLOSE}]")


class CoinbaseExchange:
    """One exchange; see `PriceSource`."""

    def __init__(self, http: HttpClient, clock: Now) -> None:
        """Ask through `http`; `clock` tells whether a candle is finished."""
        self.source_id = http.source_id
        self._http = http
        self._clock = clock

    async def close(self, day: DayIndex) -> Price:
        """Return the closing price of a UTC day; see `PriceSource.close`."""
        UTC_DAY.require_closed(day, self.source_id, self._clock())
        reply = await self._http.get(
            "/products/BTC-USD/candles",
            {
                "granularity": str(CANDLE_SECONDS),
                "start": _iso(UTC_DAY.start(day)),
                "end": _iso(UTC_DAY.end(day)),
            },
        )
        candles = shaped(self.source_id, list[Any], reply.json())
        UTC_DAY.require_closed(day, self.source_id, self._clock(), reply.observation)
        return close_of(self.source_id, day, candles, _CANDLES)


def _iso(time: UnixSeconds) -> str:
    return dt.datetime.fromtimestamp(time, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
