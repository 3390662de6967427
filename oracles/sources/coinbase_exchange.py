# SPDX-License-Identifier: AGPL-3.0-only
"""Daily closes of BTC-USD on Coinbase Exchange.

Source: `GET /products/BTC-USD/candles`, newest first, rows
`[time, low, high, open, close, volume]`.
"""

import datetime as dt
from typing import Final

from hashrate.core.types import DayIndex, Price, UnixSeconds
from hashrate.service.fields import Integer, Number, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Now
from oracles.sources.price import CANDLE_SECONDS, UTC_DAY, close_of

DEFAULT_URL = "https://api.exchange.coinbase.com"
_CLOSE: Final = 4
_Candle = tuple[Integer, Number, Number, Number, Number, Number]


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
        candles = shaped(self.source_id, list[_Candle], reply.json())
        UTC_DAY.require_closed(day, self.source_id, self._clock(), reply.observation)
        rows = ((row[0], f"[{i}][{_CLOSE}]", row[_CLOSE]) for i, row in enumerate(candles))
        return close_of(self.source_id, day, rows)


def _iso(time: UnixSeconds) -> str:
    return dt.datetime.fromtimestamp(time, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
