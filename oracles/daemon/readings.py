# SPDX-License-Identifier: AGPL-3.0-only
"""What the daemon asks its sources, and what they answer."""

import hashlib
import json
from dataclasses import dataclass
from typing import Protocol

from eth_typing import ChecksumAddress

from hashrate.core.types import (
    BlockHeight,
    DayFacts,
    DayIndex,
    DayObservation,
    Network,
    Sats,
    UnixSeconds,
    UsdE8,
)
from hashrate.core.units import day_start, iso_from_day
from hashrate.history.errors import UnknownDayError
from hashrate.history.source import Source
from hashrate.reports.report import DayReport
from oracles.daemon.errors import DayNotDueError
from oracles.journal.journal import Evidence
from oracles.journal.records import values_of


@dataclass(frozen=True, slots=True)
class FactsReading:
    """A day's facts and what they rest on.

    Attributes:
        facts: the facts.
        anchor: hash of the day's last block, or what stands in for it; when it changes, the facts
            are read again.
        evidence: what each source said.
    """

    facts: DayFacts
    anchor: str
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class PriceReading:
    """A day's closing price [USD, 1e8] and what it rests on."""

    btc_usd_e8: UsdE8
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class OutputReading:
    """A day's mining output of one series and what it rests on.

    Attributes:
        credited_sats: credited by the pool, net of its fee [sats].
        delivered_ths: average hashrate of the day [TH/s, 18 decimals].
        evidence: what each source said.
    """

    credited_sats: Sats
    delivered_ths: int
    evidence: tuple[Evidence, ...]


class FactsReader(Protocol):
    """Reads the facts of days, from one or several Bitcoin sources."""

    @property
    def network(self) -> Network:
        """Return the consensus parameters."""

    def read(self, day: DayIndex, first_height: BlockHeight | None) -> FactsReading:
        """Return the facts of a day that is over and deep enough.

        Args:
            day: the day.
            first_height: height of its first block where it is known: one more than the last
                height of the day before.

        Raises:
            DayNotDueError: the day is not over, or its last block has too few confirmations.
            SourcesDisagreeError: sources contradict one another.
            RetryableError: a source is not there.
            HashrateError: what a source says is unusable.
        """

    def anchor(self, day: DayIndex, last_height: BlockHeight) -> str:
        """Return the present hash of the day's last block, to compare with a reading's anchor.

        Raises:
            RetryableError: a source is not there.
        """

    def probe(self) -> str:
        """Ask every source for its state and return it as one line.

        Raises:
            HashrateError: a source is not there, still syncs, or contradicts another.
        """


class PriceReader(Protocol):
    """Reads closing prices."""

    def close(self, day: DayIndex) -> PriceReading:
        """Return the closing price of a day that is over.

        Raises:
            RetryableError: too few exchanges answer, or they are too far apart.
            HashrateError: what they say is unusable.
        """

    def probe(self) -> str:
        """Ask every exchange for its state and return it as one line.

        Raises:
            HashrateError: too few answer.
        """


class OutputReader(Protocol):
    """Reads what one series' fleet produced."""

    @property
    def series(self) -> ChecksumAddress:
        """Return the series."""

    @property
    def longest_wait(self) -> int:
        """Return how long a day that was not given is left alone at most [s]."""

    def output(self, day: DayIndex) -> OutputReading:
        """Return the output of a day that the pool has closed.

        Raises:
            DayNotDueError: the pool has not closed the day.
            RetryableError: the pool is not there.
            HashrateError: what it says is unusable.
        """


class WholeDays:
    """Facts and prices from a source of whole days, such as `dataset:` and `simulated:`.

    Such a source has no chain tip: a day is over when the EVM chain's clock says so, which every
    day must be before it is signed.
    """

    def __init__(self, source: Source) -> None:
        self._source = source

    @property
    def network(self) -> Network:
        """Return the source's consensus parameters."""
        return self._source.network

    def read(self, day: DayIndex, first_height: BlockHeight | None) -> FactsReading:
        """Return a day's facts."""
        facts = self._facts(day)
        anchor = self.anchor(day, facts.last_height)
        value = json.dumps(values_of(DayReport(facts, 0, 0)))
        seen = Evidence("facts", self._source.label, "", _sha256(value), value)
        return FactsReading(facts, anchor, (seen,))

    def anchor(self, day: DayIndex, last_height: BlockHeight) -> str:
        """Return the source's name: its past does not change."""
        return self._source.label

    def close(self, day: DayIndex) -> PriceReading:
        """Return a day's closing price."""
        price = self._observe(day).btc_usd_e8
        seen = Evidence("price", self._source.label, "", _sha256(str(price)), str(price))
        return PriceReading(price, (seen,))

    def probe(self) -> str:
        """Return which days there are."""
        first, last = self._source.first_day, self._source.last_day
        until = "on" if last is None else f"to {iso_from_day(last)}"
        return f"{self._source.label}: days from {iso_from_day(first)} {until}"

    def _facts(self, day: DayIndex) -> DayFacts:
        return self._observe(day).facts

    def _observe(self, day: DayIndex) -> DayObservation:
        last = self._source.last_day
        if last is not None and day > last:
            raise DayNotDueError(f"{iso_from_day(day)}: the dataset ends before it")
        try:
            return self._source.observe(day)
        except UnknownDayError as error:
            raise DayNotDueError(str(error)) from error


def is_over(day: DayIndex, time: UnixSeconds | int) -> bool:
    """Return whether a day is over at a time [unix s]."""
    return time >= day_start(DayIndex(day + 1))


def ending_of(block_hash: str) -> str:
    """Write a block's hash short; it begins with zeros."""
    return f"…{block_hash[-16:]}"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
