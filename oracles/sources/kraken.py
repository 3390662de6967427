# SPDX-License-Identifier: AGPL-3.0-only
"""Daily closes of BTC/USD on Kraken.

Source: `GET /0/public/OHLC`, rows `[time, open, high, low, close, vwap, volume, count]`.
Errors come with status 200 in `error`. The last row is the candle that is still being made.
"""

from typing import Annotated, Any, Final

from pydantic import Strict

from hashrate.core.types import DayIndex, Price
from hashrate.service.errors import SourceUnavailableError
from hashrate.service.fields import Integer, Number, Shape, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Now
from oracles.sources.errors import SourceAnswerError
from oracles.sources.price import CANDLE_SECONDS, UTC_DAY, Candles, close_of

DEFAULT_URL = "https://api.kraken.com"
_PAIR = "XBTUSD"
_MINUTES = CANDLE_SECONDS // 60
_CLOSE: Final = 4
_PASSING = ("EGeneral:Too many requests", "EAPI:Rate limit exceeded", "EService:")
# Not strict: JSON has lists only, and each number checks itself.
_Candle = Annotated[
    tuple[Integer, Number, Number, Number, Number, Number, Number, Integer], Strict(False)
]


class _Envelope(Shape):
    error: list[str]


_CANDLES = Candles("result.XXBTZUSD", 0, _Candle, lambda row: row[_CLOSE], f"[{_CLOSE}]")


class _Candles(Shape):
    XXBTZUSD: list[Any]


class _Answer(Shape):
    result: _Candles


class Kraken:
    """One exchange; see `PriceSource`."""

    def __init__(self, http: HttpClient, clock: Now) -> None:
        """Ask through `http`; `clock` tells whether a candle is finished."""
        self.source_id = http.source_id
        self._http = http
        self._clock = clock

    async def close(self, day: DayIndex) -> Price:
        """Return the closing price of a UTC day; see `PriceSource.close`."""
        UTC_DAY.require_closed(day, self.source_id, self._clock())
        since = UTC_DAY.start(day) - CANDLE_SECONDS  # whether `since` itself is given is not said
        reply = await self._http.get(
            "/0/public/OHLC", {"pair": _PAIR, "interval": str(_MINUTES), "since": str(since)}
        )
        value = reply.json()
        self._require_no_error(shaped(self.source_id, _Envelope, value).error)
        candles = shaped(self.source_id, _Answer, value).result.XXBTZUSD
        UTC_DAY.require_closed(day, self.source_id, self._clock(), reply.observation)
        return close_of(self.source_id, day, candles[:-1], _CANDLES)

    def _require_no_error(self, errors: list[str]) -> None:
        if not errors:
            return
        message = f"{self.source_id}: {self._http.excerpt('; '.join(errors))}"
        if errors[0].startswith(_PASSING):
            raise SourceUnavailableError(message)
        raise SourceAnswerError(message, self._http.excerpt(errors[0]))
