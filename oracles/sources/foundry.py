# SPDX-License-Identifier: AGPL-3.0-only
"""What a subaccount at Foundry USA Pool was credited, and its hashrate.

Source: `GET /v2/earnings/{subaccount}`, header `X-API-KEY`; an entry for each UTC day, the current
one partial, and none just after midnight. `totalAmount` is BTC net of the fee. The interface does
not name the unit of `hashrate`, and its users disagree (H/s, GH/s): the operator states it.
"""

from typing import Any
from urllib.parse import quote

from hashrate.core.types import DayIndex, MiningOutput
from hashrate.core.units import iso_from_day
from hashrate.service.fields import Instant, Number, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import Now
from oracles.sources.day_end import DayBoundary
from oracles.sources.errors import DayNotClosedError
from oracles.sources.pool import POOL_DAY, Dated, hashes_per_second, row_of_day, sats, ths_wad

DEFAULT_URL = "https://api.foundryusapool.com"
HEADER = "X-API-KEY"
_MS = 1_000


class _Day(Dated):
    startTime: Instant

    @property
    def starts_at(self) -> int:
        return self.startTime


class _Earnings(_Day):
    endTime: Instant
    totalAmount: Number
    hashrate: Number


class Foundry:
    """One subaccount; see `OutputSource`."""

    def __init__(
        self,
        http: HttpClient,
        clock: Now,
        subaccount: str,
        hashrate_unit: str,
        boundary: DayBoundary = POOL_DAY,
    ) -> None:
        """Ask through `http`, which holds the key.

        Raises:
            NumberFormatError: `hashrate_unit` is none, such as `GH/s`.
        """
        self.source_id = http.source_id
        self._http = http
        self._clock = clock
        self._subaccount = subaccount
        self._unit = hashes_per_second(hashrate_unit)
        self._boundary = boundary

    async def output(self, day: DayIndex) -> MiningOutput:
        """Return a day's output; see `OutputSource.output`."""
        self._boundary.require_closed(day, self.source_id, self._clock())
        reply = await self._http.get(
            f"/v2/earnings/{quote(self._subaccount, safe='')}",
            {"coin": "BTC", "startDateUnixMs": str(self._boundary.start(day) * _MS)},
        )
        rows = shaped(self.source_id, list[Any], reply.json())
        self._boundary.require_closed(day, self.source_id, self._clock(), reply.observation)
        row = row_of_day(self.source_id, day, self._boundary, rows, (_Day, _Earnings), "earnings")
        if row.endTime != self._boundary.end(day):
            raise DayNotClosedError(f"{self.source_id}: {iso_from_day(day)} is booked in part")
        return MiningOutput(
            day, sats(row.totalAmount), ths_wad(row.hashrate, self._unit), self.source_id
        )
