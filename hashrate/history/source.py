# SPDX-License-Identifier: AGPL-3.0-only
"""What every source of past days offers."""

from typing import Protocol

from hashrate.core.types import DayIndex, DayObservation, Network


class Source(Protocol):
    """Something that knows the facts and the price of past days."""

    @property
    def label(self) -> str:
        """Describe what kind of source this is, for people to read."""

    @property
    def is_simulated(self) -> bool:
        """Return whether its days are invented; whoever shows them must say so."""

    @property
    def network(self) -> Network:
        """Return the consensus parameters its facts are made with."""

    @property
    def first_day(self) -> DayIndex:
        """Return the first day it knows."""

    @property
    def last_day(self) -> DayIndex | None:
        """Return the last day it knows; None when there is no last."""

    def observe(self, day: DayIndex) -> DayObservation:
        """Return a day's facts and closing price.

        Raises:
            UnknownDayError: it does not know the day.
            MalformedDataError: what it holds for the day is unusable.
        """
