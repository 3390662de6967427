# SPDX-License-Identifier: AGPL-3.0-only
"""Measure our operations along one history of days; README.md tells it."""

from concurrent.futures import ProcessPoolExecutor
from itertools import count

from benchmarks.contract import Contract, silent_account
from benchmarks.errors import HistoryError
from benchmarks.recorder import Recorder
from benchmarks.system import (
    ATTESTATION_DAYS,
    DAY,
    FIRST_DAY,
    HOUR,
    LONG_WINDOW,
    OUTPUT_DEADLINE,
    WAD,
    System,
)
from testing.series import Series

HOLDERS = 10
MANY_HOLDERS = 10_000
LONG_RUN = 3_650
SHORT_RUN = 30
TOUCHED_DAYS = 30
SETTLED_AT_ONCE = 11

_START = FIRST_DAY + ATTESTATION_DAYS + 3
_WARM = 10  # [days] of the series that are settled before the first claims
_SUPPLY = 4_000 * WAD
_TOUCH = WAD
_BITCOIN = 10**6  # [sat] held before, so that no measured transfer creates a balance


class OurHistory:
    """Two series with the same days, one with 10 holders and one with 10,000."""

    def __init__(self, system: System, recorder: Recorder) -> None:
        """Prepare the series: attested, minted and distributed before their first day."""
        self.system = system
        self._node = system.node
        self._recorder = recorder
        self._roles = system.roles
        holders = list(system.roles.holders[:HOLDERS])
        self._unchanged, self._newcomer, self._daily, self._alternate = holders[:4]
        self._giver, self._taker, self._sink = holders[4:7]
        recorder.say("two series: attestation, mint, 10 and 10,000 holders")
        self._small = system.create_series("small", _START)
        self._large = system.create_series("large", _START)
        for day in range(FIRST_DAY, _START - 1):
            self._report(day)
        self._node.go_to((_START - 1) * DAY + 14 * HOUR)
        for series in (self._small, self._large):
            series.distributor.send("mint", self._roles.issuer, _SUPPLY, sender=self._roles.issuer)
        self._distribute(self._small, holders)
        self._distribute(self._large, [silent_account(i) for i in range(MANY_HOLDERS)])
        for holder in holders:
            system.reward_token.send("mint", holder, _BITCOIN, sender=self._roles.issuer)

    def live(self) -> None:
        """Live through days one by one: each reported, and settled as soon as it is final."""
        self._recorder.say("days one by one: reports, transfers, settlement, claims")
        days = count(_START - 1)
        self._live_until(_START + _WARM, days)
        for holder in (self._unchanged, self._daily, self._alternate):
            self._claim_as(None, holder)
        self._live_until(_START + _WARM + SHORT_RUN, days)
        unchanged = self._claim_as("claim_30_unchanged", self._unchanged)
        self._claim_as("claim_first", self._newcomer)
        touched = [self._claim_as("touched daily", self._daily)]
        self._live_until(_START + _WARM + 2 * TOUCHED_DAYS, days)
        touched.append(self._claim_as("touched every second day", self._alternate))
        worst = -(-(max(touched) - unchanged) // TOUCHED_DAYS)  # rounds up
        self._recorder.gas["claim_per_touched_day"] = worst
        self._settle_late(days)

    def long_run(self) -> None:
        """Let 3,650 days pass without a touch, then report and settle them all."""
        self._require_all_settled()
        self._claim_as(None, self._unchanged)
        self._recorder.say(f"{LONG_RUN:,} days: signing and reporting")
        first = self.system.next_day
        self._node.go_to((first + LONG_RUN) * DAY + HOUR)
        with ProcessPoolExecutor() as pool:
            self.system.catch_up(LONG_RUN, pool)
        self._recorder.say(f"{LONG_RUN:,} days: settling as deemed")
        self._node.go_to(self._node.clock + LONG_WINDOW + OUTPUT_DEADLINE + HOUR)
        settled = self.system.settle_all(self._small)
        if settled != LONG_RUN:
            raise HistoryError(f"{settled} days were settled, expected {LONG_RUN}")
        self._claim_as("claim_3650_unchanged", self._unchanged)

    # ------------------------------------------------------------ Days

    def _live_until(self, end: int, days: "count[int]") -> None:
        """Live through days up to `end`; in the afternoon of `end` the day before is settled."""
        for day in days:
            self._touch(day)
            self._report(day)
            self._node.go_to((day + 1) * DAY + 14 * HOUR)
            if day >= _START:
                self._settle("settle_10_holders", self._small)
                self._settle("settle_10000_holders", self._large)
            if day + 1 == end:
                return

    def _touch(self, day: int) -> None:
        """Make the day's transfers, in its evening."""
        since = day - _START - _WARM
        if day < _START or since >= 2 * TOUCHED_DAYS:
            return
        self._node.go_to(day * DAY + 18 * HOUR)
        token = self._small.token
        if 0 <= since < TOUCHED_DAYS:
            token.send("transfer", self._sink, _TOUCH, sender=self._daily)
        if since >= 0 and since % 2 == 0:
            token.send("transfer", self._sink, _TOUCH, sender=self._alternate)
        if since < 0:
            move = token.call("transfer", self._taker, _TOUCH, sender=self._giver)
            self._recorder.send("transfer_first_touch", move)
            self._recorder.send("transfer_same_day", move)

    def _report(self, day: int) -> None:
        """Report a day and both series' outputs in the first hours of the next one."""
        self._node.go_to((day + 1) * DAY + HOUR)
        self._recorder.send("report_3_of_5", self.system.day_report())
        for series in (self._small, self._large):
            call = self.system.output_report(series, day)
            self._recorder.send("output_report_3_of_5", call)

    # ------------------------------------------------------------ Money

    def _distribute(self, series: Series[Contract], holders: list[str]) -> None:
        """Mint every holder the same part of the supply; the issuer keeps nothing."""
        calls = ((holder, _SUPPLY // len(holders)) for holder in holders)
        series.token.send_many("transfer", calls, sender=self._roles.issuer)
        if series.token.read("balanceOf", self._roles.issuer) != 0:
            raise HistoryError(f"{len(holders)} holders do not share the supply evenly")

    def _settle(self, name: str, series: Series[Contract], days: int = 1) -> int:
        call = series.distributor.call("settle", days, sender=self._roles.transmitter)
        return self._recorder.send(name, call)

    def _settle_late(self, days: "count[int]") -> None:
        """Leave days unsettled, then settle one alone and eleven at once."""
        for _, day in zip(range(SETTLED_AT_ONCE + 1), days, strict=False):
            self._report(day)
        self._node.go_to(self.system.next_day * DAY + 14 * HOUR)
        one = self._settle("settle_10_holders", self._small)
        many = self._settle("settle eleven days", self._small, SETTLED_AT_ONCE)
        more = SETTLED_AT_ONCE - 1
        self._recorder.gas["settle_further_day"] = -(-(many - one) // more)  # rounds up

    def _require_all_settled(self) -> None:
        """Check that the small series has no day left to settle."""
        next_day = self._small.distributor.read("progress")[0]
        if next_day != self.system.next_day:
            raise HistoryError(f"day {next_day} of {self.system.next_day} is not settled")

    def _claim_as(self, name: str | None, holder: str) -> int:
        """Claim, and record it if it has a name; a claim that pays nothing reverts."""
        call = self._small.distributor.call("claim", sender=holder)
        return call.send().gas if name is None else self._recorder.send(name, call)
