# SPDX-License-Identifier: AGPL-3.0-only
"""Daily closes of BTC/USD on Bitstamp.

Source: `GET /api/v2/ohlc/btcusd/`, `{"data": {"ohlc": [{"timestamp", "close", ...}]}}`, all texts.
"""

from typing import Any

from hashrate.core.types import DayIndex, Price
from hashrate.service.fields import Integer, Number, Shape, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Now
from oracles.sources.price import CANDLE_SECONDS, UTC_DAY, Candles, close_of

DEFAULT_URL = "https://www.bitstamp.net"


class _Candle(Shape):
    timestamp: Integer
    close: Number


_CANDLES = Candles("data.ohlc", "timestamp", _Candle, lambda row: row.close, ".close")


class _Data(Shape):
    ohlc: list[Any]


class _Answer(Shape):
    data: _Data


class Bitstamp:
    """One exchange; see `PriceSource`."""

    def __init__(self, http: HttpClient, clock: Now) -> None:
        """Ask through `http`; `clock` tells whether a candle is finished."""
        self.source_id = http.source_id
        self._http = http
        self._clock = clock

    async def close(self, day: DayIndex) -> Price:
        """Return the closing price of a UTC day; see `PriceSource.close`."""
        UTC_DAY.require_closed(day, self.source_id, self._clock())
        start = UTC_DAY.start(day)
        reply = await self._http.get(
            "/api/v2/ohlc/btcusd/",
            {"step": str(CANDLE_SECONDS), "limit": "1", "start": str(start)},
        )
        candles = shaped(self.source_id, _Answer, reply.json()).data.ohlc
        UTC_DAY.require_closed(day, self.source_id, self._clock(), reply.observation)
        return close_of(self.source_id, day, candles, _CANDLES)
