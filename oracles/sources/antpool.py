# SPDX-License-Identifier: AGPL-3.0-only
"""What an account at AntPool was credited, and its hashrate.

Source: AntPool's user API guide, `POST /api/paymentHistoryV2.htm` with `type=recv`, form-encoded
and signed: HMAC-SHA256 over user id, key and a growing nonce. A row for each UTC day: `timestamp`
without a zone, one amount in BTC for each way of paying, `hashrate` as a text with its unit and
`hashrate_unit` as a number in H/s. 600 requests in ten minutes. Errors come with status 200 as
`{"code", "message"}`.
"""

import datetime as dt
import hashlib
import hmac
import time
from fractions import Fraction
from typing import Annotated, Any

from pydantic import BeforeValidator

from hashrate.core.errors import NumberFormatError
from hashrate.core.types import DayIndex, MiningOutput, UnixSeconds
from hashrate.core.units import fraction_from_decimal_text
from hashrate.history.errors import SourceSpecError
from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Number, Shape, shaped
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import HttpLimits, Now
from oracles.sources.day_end import DayBoundary
from oracles.sources.errors import SourceAnswerError
from oracles.sources.pool import POOL_DAY, Dated, hashes_per_second, row_of_day, sats, ths_wad

DEFAULT_URL = "https://antpool.com"
LIMITS = HttpLimits(interval_seconds=1.1, hold_seconds=600.0)
_PATH = "/api/paymentHistoryV2.htm"
_ROWS = "50"
_CLOSE_PARTS = 100  # the text is rounded; it tells the unit, not the digits


def _utc(value: object) -> int:
    """Take `YYYY-MM-DD HH:MM:SS`, which is UTC."""
    if not isinstance(value, str):
        raise ValueError("is not a text")
    try:
        instant = dt.datetime.strptime(value, "%Y-%m-%d %H:%M:%S").replace(tzinfo=dt.UTC)
    except ValueError as error:
        raise ValueError("is not a date and time") from error
    return int(instant.timestamp())


class _Day(Dated):
    timestamp: Annotated[UnixSeconds, BeforeValidator(_utc)]

    @property
    def starts_at(self) -> int:
        return self.timestamp


class _Row(_Day):
    hashrate: str
    hashrate_unit: Number
    ppsAmount: Number
    pplnsAmount: Number
    soloAmount: Number
    ppappsAmount: Number
    ppapplnsAmount: Number
    fppsBlockAmount: Number
    fppsFeeAmount: Number

    def credited(self) -> Fraction:
        """Sum what every way of paying brought [BTC]."""
        shares = self.ppsAmount + self.pplnsAmount + self.ppappsAmount + self.ppapplnsAmount
        return shares + self.soloAmount + self.fppsBlockAmount + self.fppsFeeAmount


class _Rows(Shape):
    rows: list[Any]


class _Answer(Shape):
    data: _Rows


class _Error(Shape):
    code: int
    message: str


class AntPool:
    """One account; see `OutputSource`."""

    def __init__(
        self,
        http: HttpClient,
        clock: Now,
        account: str,
        key_and_secret: str,
        boundary: DayBoundary = POOL_DAY,
    ) -> None:
        """Ask through `http`; `LIMITS` suit it.

        Args:
            http: knows both secrets, so that they are never shown.
            clock: tells whether a day is closed.
            account: the user id.
            key_and_secret: as `key:secret`.
            boundary: where the days begin.

        Raises:
            SourceSpecError: they are not written so.
        """
        self.source_id = http.source_id
        self._http = http
        self._clock = clock
        self._account = account
        self._key, found, self._secret = key_and_secret.partition(":")
        self._boundary = boundary
        if not (found and self._key and self._secret):
            raise SourceSpecError(f"{self.source_id}: the token file does not hold key:secret")

    async def output(self, day: DayIndex) -> MiningOutput:
        """Return a day's output; see `OutputSource.output`."""
        self._boundary.require_closed(day, self.source_id, self._clock())
        reply = await self._http.post_form(_PATH, self._signed(), "recv")
        value = reply.json()
        if isinstance(value, dict) and value.get("code"):
            error = shaped(self.source_id, _Error, value)
            said = self._http.excerpt(error.message)
            raise SourceAnswerError(f"{self.source_id}: {said} ({error.code})", error.code)
        rows = shaped(self.source_id, _Answer, value).data.rows
        self._boundary.require_closed(day, self.source_id, self._clock(), reply.observation)
        row = row_of_day(self.source_id, day, self._boundary, rows, (_Day, _Row), "data.rows")
        self._require_hashes(row)
        delivered = ths_wad(row.hashrate_unit, 1)
        return MiningOutput(day, sats(row.credited()), delivered, self.source_id)

    def _signed(self) -> dict[str, str]:
        nonce = str(time.time_ns() // 10**6)
        message = f"{self._account}{self._key}{nonce}".encode()
        signature = hmac.new(self._secret.encode(), message, hashlib.sha256).hexdigest().upper()
        fields = {"key": self._key, "nonce": nonce, "signature": signature}
        return {**fields, "coin": "BTC", "type": "recv", "pageSize": _ROWS, "page": "1"}

    def _require_hashes(self, row: _Row) -> None:
        """Check that the number is in H/s: the text beside it names its unit."""
        name = "data.rows[].hashrate"
        number, _, unit = row.hashrate.strip().rpartition(" ")
        try:
            told = fraction_from_decimal_text(number) * hashes_per_second(unit)
        except NumberFormatError:
            raise SourceShapeError(self.source_id, name, "is not a number and its unit") from None
        if abs(told - row.hashrate_unit) * _CLOSE_PARTS > max(told, row.hashrate_unit):
            raise SourceShapeError(self.source_id, name, "is not what hashrate_unit says in H/s")
