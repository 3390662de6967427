# SPDX-License-Identifier: AGPL-3.0-only
"""What an account at ViaBTC was credited, and its hashrate.

Source: viabtc/viapool_api, `GET /res/openapi/v1/profit/history` and `/hashrate/history`, header
`X-API-KEY`; with `utc=true` the days are UTC. Amounts are BTC and hashrates H/s, both texts. Errors
come with status 200 as `{"code", "message"}`.
"""

from typing import Any

from hashrate.core.types import DayIndex, MiningOutput
from hashrate.core.units import day_from_iso, day_start, iso_from_day
from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Number, Shape, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import HttpLimits, Now
from oracles.sources.day_end import DayBoundary
from oracles.sources.errors import SourceAnswerError
from oracles.sources.pool import POOL_DAY, Dated, IsoDay, row_of_day, sats, ths_wad

DEFAULT_URL = "https://pool.viabtc.com"
HEADER = "X-API-KEY"
LIMITS = HttpLimits(interval_seconds=1.1)
_COIN = "BTC"
_ROWS = "50"


class _Day(Dated):
    date: IsoDay

    @property
    def starts_at(self) -> int:
        return day_start(day_from_iso(self.date))


class _Profit(_Day):
    total_profit: Number


class _Hashrate(_Day):
    hashrate: Number


class _Page(Shape):
    data: list[Any]
    has_next: bool


class _Answer(Shape):
    data: _Page


class _Error(Shape):
    code: int
    message: str


class ViaBtc:
    """One account; see `OutputSource`."""

    def __init__(self, http: HttpClient, clock: Now, boundary: DayBoundary = POOL_DAY) -> None:
        """Ask through `http`, which holds the key; `LIMITS` suit it."""
        self.source_id = http.source_id
        self._http = http
        self._clock = clock
        self._boundary = boundary

    async def output(self, day: DayIndex) -> MiningOutput:
        """Return a day's output; see `OutputSource.output`."""
        profit = await self._row("profit", day, _Profit)
        hashrate = await self._row("hashrate", day, _Hashrate)
        delivered = ths_wad(hashrate.hashrate, 1)
        return MiningOutput(day, sats(profit.total_profit), delivered, self.source_id)

    async def _row(self, what: str, day: DayIndex, kind: Any) -> Any:
        self._boundary.require_closed(day, self.source_id, self._clock())
        iso = iso_from_day(day)
        params = {"coin": _COIN, "start_date": iso, "end_date": iso, "utc": "true", "limit": _ROWS}
        reply = await self._http.get(f"/res/openapi/v1/{what}/history", params)
        value = reply.json()
        if isinstance(value, dict) and value.get("code"):
            error = shaped(self.source_id, _Error, value)
            said = self._http.excerpt(error.message)
            raise SourceAnswerError(f"{self.source_id}: {said} ({error.code})", error.code)
        page = shaped(self.source_id, _Answer, value).data
        if page.has_next:
            raise SourceShapeError(self.source_id, "data.has_next", "a day takes more than a page")
        self._boundary.require_closed(day, self.source_id, self._clock(), reply.observation)
        name = "data.data"
        return row_of_day(self.source_id, day, self._boundary, page.data, (_Day, kind), name)
