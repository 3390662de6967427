# SPDX-License-Identifier: AGPL-3.0-only
"""What an account at F2Pool was credited, and its hashrate.

Source: `POST /v2/assets/transactions/list`, header `F2P-API-SECRET`. A day's revenue is booked
after it, with the day it was mined on (`mining_extra.mining_date`) and that day's average hashrate
in H/s. Errors come with status 200 as `{"code", "msg"}`.
"""

from typing import Any

from hashrate.core.types import DayIndex, MiningOutput
from hashrate.core.units import DAY_SECONDS
from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Integer, Number, Shape, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import HttpLimits, Now
from oracles.sources.day_end import DayBoundary
from oracles.sources.errors import SourceAnswerError
from oracles.sources.pool import POOL_DAY, Dated, row_of_day, sats, ths_wad

DEFAULT_URL = "https://api.f2pool.com"
HEADER = "F2P-API-SECRET"
LIMITS = HttpLimits(interval_seconds=1.1)
_BOOKED_WITHIN_DAYS = 3


class _MiningDate(Shape):
    mining_date: Integer


class _Mining(_MiningDate):
    hash_rate: Number


class _Day(Dated):
    mining_extra: _MiningDate

    @property
    def starts_at(self) -> int:
        return self.mining_extra.mining_date


class _Transaction(_Day):
    type: str
    changed_balance: Number
    mining_extra: _Mining


class _Transactions(Shape):
    transactions: list[Any]


class _Error(Shape):
    code: int
    msg: str


class F2Pool:
    """One account; see `OutputSource`."""

    def __init__(
        self, http: HttpClient, clock: Now, account: str, boundary: DayBoundary = POOL_DAY
    ) -> None:
        """Ask through `http`, which holds the secret; `LIMITS` suit it."""
        self.source_id = http.source_id
        self._http = http
        self._clock = clock
        self._account = account
        self._boundary = boundary

    async def output(self, day: DayIndex) -> MiningOutput:
        """Return a day's output; see `OutputSource.output`."""
        self._boundary.require_closed(day, self.source_id, self._clock())
        start = self._boundary.start(day)
        reply = await self._http.post_json(
            "/v2/assets/transactions/list",
            {
                "currency": "bitcoin",
                "mining_user_name": self._account,
                "type": "revenue",
                "start_time": start,
                "end_time": start + _BOOKED_WITHIN_DAYS * DAY_SECONDS,
            },
            subject=f"revenue from {start}",
        )
        value = reply.json()
        self._require_no_error(value)
        rows = shaped(self.source_id, _Transactions, value).transactions
        self._boundary.require_closed(day, self.source_id, self._clock(), reply.observation)
        kinds = (_Day, _Transaction)
        row = row_of_day(self.source_id, day, self._boundary, rows, kinds, "transactions")
        hashrate = ths_wad(row.mining_extra.hash_rate, 1)
        return MiningOutput(day, sats(row.changed_balance), hashrate, self.source_id)

    def _require_no_error(self, value: object) -> None:
        if not isinstance(value, dict):
            raise SourceShapeError(self.source_id, "body", "is not an object")
        if value.get("code"):
            error = shaped(self.source_id, _Error, value)
            said = self._http.excerpt(error.msg)
            raise SourceAnswerError(f"{self.source_id}: {said} ({error.code})", error.code)
