# SPDX-License-Identifier: AGPL-3.0-only
"""What a subaccount at Luxor was credited, and its hashrate.

Source: REST v2, `GET /v2/pool/revenue/BTC` and `/v2/pool/hashrate-efficiency/BTC`, header
`authorization`. Revenue is dated by the day it was mined on; the ledger under
`/v2/pool/transactions` is dated by the booking, and cannot be told apart by day. Hashrates are
texts in H/s.
"""

from typing import Any

from hashrate.core.types import DayIndex, MiningOutput
from hashrate.core.units import iso_from_day
from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Instant, Number, Shape, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Now
from oracles.sources.day_end import DayBoundary
from oracles.sources.pool import POOL_DAY, Dated, only_row, row_of_day, rows_of_day, sats, ths_wad

DEFAULT_URL = "https://app.luxor.tech/api"
HEADER = "authorization"
_CURRENCY = "BTC"
_MINING = "MINING"


class _Pages(Shape):
    next_page_url: str | None


class _Amount(Shape):
    currency_type: str
    revenue_type: str
    revenue: Number


class _Day(Dated):
    date_time: Instant

    @property
    def starts_at(self) -> int:
        return self.date_time


class _Revenue(_Day):
    revenue: _Amount


class _RevenueAnswer(Shape):
    revenue: list[Any]
    pagination: _Pages | None = None


class _Hashrate(_Day):
    hashrate: Number


class _HashrateAnswer(Shape):
    hashrate_efficiency: list[Any]
    pagination: _Pages | None = None


class Luxor:
    """One subaccount; see `OutputSource`."""

    def __init__(
        self, http: HttpClient, clock: Now, subaccount: str, boundary: DayBoundary = POOL_DAY
    ) -> None:
        """Ask through `http`, which holds the key."""
        self.source_id = http.source_id
        self._http = http
        self._clock = clock
        self._subaccount = subaccount
        self._boundary = boundary

    async def output(self, day: DayIndex) -> MiningOutput:
        """Return a day's output; see `OutputSource.output`."""
        self._boundary.require_closed(day, self.source_id, self._clock())
        iso = iso_from_day(day)
        params = {
            "subaccount_names": self._subaccount,
            "start_date": iso,
            "end_date": iso,
            "tick_size": "1d",
            "page_size": "100",
        }
        reply = await self._http.get(f"/v2/pool/revenue/{_CURRENCY}", params)
        earned = shaped(self.source_id, _RevenueAnswer, reply.json())
        self._require_one_page(earned.pagination)
        rows = rows_of_day(
            self.source_id, day, self._boundary, earned.revenue, (_Day, _Revenue), "revenue"
        )
        mined = [
            row
            for row in rows
            if (row.revenue.currency_type, row.revenue.revenue_type) == (_CURRENCY, _MINING)
        ]
        revenue = only_row(self.source_id, day, mined, "revenue")
        self._boundary.require_closed(day, self.source_id, self._clock(), reply.observation)
        reply = await self._http.get(f"/v2/pool/hashrate-efficiency/{_CURRENCY}", params)
        delivered = shaped(self.source_id, _HashrateAnswer, reply.json())
        self._require_one_page(delivered.pagination)
        hashrate = row_of_day(
            self.source_id,
            day,
            self._boundary,
            delivered.hashrate_efficiency,
            (_Day, _Hashrate),
            "hashrate_efficiency",
        )
        return MiningOutput(
            day, sats(revenue.revenue.revenue), ths_wad(hashrate.hashrate, 1), self.source_id
        )

    def _require_one_page(self, pages: _Pages | None) -> None:
        if pages is not None and pages.next_page_url is not None:
            raise SourceShapeError(
                self.source_id, "pagination.next_page_url", "one day takes more than a page"
            )
