# SPDX-License-Identifier: AGPL-3.0-only
"""What an address earned at Ocean.

Source: `GET /v1/earnpay/{address}/{start}/{end}`, public, times in unix seconds; the answer stands
under `result`. Each block that the pool found pays the address its share, `satoshis_net_earned`;
a day's credit is the sum of its blocks'. Of hashrates the interface gives trailing means only, and
none of a past day: the operator's own meter tells the hashrate delivered.
"""

import datetime as dt
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BeforeValidator

from hashrate.core.types import DayIndex, MiningOutput, Sats, UnixSeconds
from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Integer, Shape, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import HttpLimits, Now
from oracles.sources.day_end import DayBoundary
from oracles.sources.own_node import HashrateMeter

DEFAULT_URL = "https://api.ocean.xyz"
LIMITS = HttpLimits(interval_seconds=1.1)
OCEAN_DAY = DayBoundary(delay_seconds=2 * 3_600)
"""A block is credited when it is some blocks deep."""


def _moment(value: object) -> int:
    """Take unix seconds, as a number or a text, or a UTC date and time without its zone."""
    text = str(value)
    if text.isdecimal() and not isinstance(value, bool):
        return int(text)
    try:
        instant = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ValueError("is not a time") from error
    if instant.tzinfo is None:
        instant = instant.replace(tzinfo=dt.UTC)
    return int(instant.timestamp())


class _Earning(Shape):
    block_hash: str
    ts: Annotated[UnixSeconds, BeforeValidator(_moment)]
    satoshis_net_earned: Integer


class _Result(Shape):
    earnings: list[Any]


class _Answer(Shape):
    result: _Result


class Ocean:
    """One address; see `OutputSource`."""

    def __init__(
        self,
        http: HttpClient,
        clock: Now,
        address: str,
        meter: HashrateMeter,
        boundary: DayBoundary = OCEAN_DAY,
    ) -> None:
        """Ask through `http`; `LIMITS` suit it."""
        self.source_id = http.source_id
        self._http = http
        self._clock = clock
        self._address = address
        self._meter = meter
        self._boundary = boundary

    async def output(self, day: DayIndex) -> MiningOutput:
        """Return a day's output; see `OutputSource.output`.

        A row that cannot be read fails the day: a sum without it would be wrong.
        """
        self._boundary.require_closed(day, self.source_id, self._clock())
        start, end = self._boundary.start(day), self._boundary.end(day)
        path = f"/v1/earnpay/{quote(self._address, safe='')}/{start}/{end}"
        reply = await self._http.get(path)
        rows = shaped(self.source_id, _Answer, reply.json()).result.earnings
        self._boundary.require_closed(day, self.source_id, self._clock(), reply.observation)
        earned = [
            shaped(self.source_id, _Earning, row, f"result.earnings[{i}]")
            for i, row in enumerate(rows)
        ]
        own = [row for row in earned if start <= row.ts < end]
        if len({row.block_hash for row in own}) != len(own):
            raise SourceShapeError(self.source_id, "result.earnings", "has a block twice")
        credited = Sats(sum(row.satoshis_net_earned for row in own))
        return MiningOutput(day, credited, self._meter.delivered(day), self.source_id)
