# SPDX-License-Identifier: AGPL-3.0-only
"""What an account at Braiins Pool was credited, and its hashrate.

Source: `GET /accounts/rewards/json/btc` and `/accounts/hash_rate_daily/json/btc`, header
`Pool-Auth-Token`. One request in five seconds, a ban beyond; refusals are plain text. The second
ignores any dates and gives some 190 days with the unit in each row.
"""

from typing import Any

from hashrate.core.errors import NumberFormatError
from hashrate.core.types import DayIndex, MiningOutput, Wad
from hashrate.core.units import iso_from_day
from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Integer, Number, Shape, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import HttpLimits, Now
from oracles.sources.day_end import DayBoundary
from oracles.sources.pool import POOL_DAY, Dated, hashes_per_second, row_of_day, sats, ths_wad

DEFAULT_URL = "https://pool.braiins.com"
HEADER = "Pool-Auth-Token"
LIMITS = HttpLimits(interval_seconds=5.5, hold_seconds=600.0)


class _Day(Dated):
    date: Integer

    @property
    def starts_at(self) -> int:
        return self.date


class _Reward(_Day):
    total_reward: Number


class _Rewards(Shape):
    daily_rewards: list[Any]


class _RewardsAnswer(Shape):
    btc: _Rewards


class _Hashrate(_Day):
    hash_rate_unit: str
    hash_rate_24h: Number


class _HashratesAnswer(Shape):
    btc: list[Any]


class Braiins:
    """One account; see `OutputSource`."""

    def __init__(self, http: HttpClient, clock: Now, boundary: DayBoundary = POOL_DAY) -> None:
        """Ask through `http`, which holds the token; `LIMITS` suit it."""
        self.source_id = http.source_id
        self._http = http
        self._clock = clock
        self._boundary = boundary

    async def output(self, day: DayIndex) -> MiningOutput:
        """Return a day's output; see `OutputSource.output`."""
        self._boundary.require_closed(day, self.source_id, self._clock())
        iso = iso_from_day(day)
        reply = await self._http.get("/accounts/rewards/json/btc", {"from": iso, "to": iso})
        rewards = shaped(self.source_id, _RewardsAnswer, reply.json()).btc.daily_rewards
        name = "btc.daily_rewards"
        kinds = (_Day, _Reward)
        reward = row_of_day(self.source_id, day, self._boundary, rewards, kinds, name)
        self._boundary.require_closed(day, self.source_id, self._clock(), reply.observation)
        delivered = await self._delivered(day)
        return MiningOutput(day, sats(reward.total_reward), delivered, self.source_id)

    async def _delivered(self, day: DayIndex) -> Wad:
        reply = await self._http.get("/accounts/hash_rate_daily/json/btc")
        hashrates = shaped(self.source_id, _HashratesAnswer, reply.json()).btc
        kinds = (_Day, _Hashrate)
        row = row_of_day(self.source_id, day, self._boundary, hashrates, kinds, "btc")
        try:
            unit = hashes_per_second(row.hash_rate_unit)
        except NumberFormatError:
            raise SourceShapeError(
                self.source_id, "btc[].hash_rate_unit", "is not a unit of hashrate"
            ) from None
        return ths_wad(row.hash_rate_24h, unit)
