# SPDX-License-Identifier: AGPL-3.0-only
"""What a series may know of the outside: final days and final outputs.

`FactSource` is what `SeriesModel` reads. `OracleModel` provides it through reports and windows;
`FactTable` provides it from values a test writes down.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from .units import Account, day_of

ATTESTATION_STALENESS_DAYS = 4


@dataclass(frozen=True)
class DayPrices:
    """What a unit of hashrate earned on a day, and what a bitcoin cost.

    hashprice_wad: [satoshi per TH/s per day, 1e18]; btc_usd_e8: [USD per BTC, 1e8].
    """

    hashprice_wad: int
    btc_usd_e8: int


@dataclass(frozen=True)
class FinalPrices:
    """The prices of a final day and since when it is final [unix s]."""

    prices: DayPrices
    final_at: int


@dataclass(frozen=True)
class Output:
    """A series' mining output of a day.

    credited_sats: [satoshi, net of pool fee]; delivered_ths: [TH/s, 18 dec], the day's average;
    final_at: [unix s].
    """

    credited_sats: int
    delivered_ths: int
    final_at: int


class FactSource(Protocol):
    """Final facts, as a series reads them at `now` [unix s]."""

    @property
    def first_day(self) -> int:
        """Return the first day the oracle ever reports."""
        ...

    def last_final_day(self, now: int) -> int | None:
        """Return the newest final day, None before the first."""
        ...

    def final_prices(self, day: int, now: int) -> FinalPrices | None:
        """Return a day's prices, None unless the day is final."""
        ...

    def posted_output(self, series: Account, day: int) -> Output | None:
        """Return an output, final or not, None if none is posted."""
        ...

    def final_output(self, series: Account, day: int, now: int) -> Output | None:
        """Return an output, None unless it is final."""
        ...

    def attested_ths(self, series: Account, days: int, now: int) -> int:
        """Return the least delivered hashrate of the attestation days [TH/s, 18 dec]."""
        ...


def attested_minimum(output_of: Callable[[int], Output | None], days: int, today: int) -> int:
    """Return `attested_ths` [TH/s, 18 dec] (rules.md §1.4).

    Args:
        output_of: a day's final output, None where there is none.
        days: how many days are looked at, at least 1.
        today: [day].
    """
    for newest in range(today - 1, today - 1 - ATTESTATION_STALENESS_DAYS, -1):
        if output_of(newest) is not None:
            outputs = [output_of(day) for day in range(newest - days + 1, newest + 1)]
            return min(0 if output is None else output.delivered_ths for output in outputs)
    return 0


@dataclass
class FactTable:
    """Facts written down by hand; final days are contiguous from `first_day`."""

    first_day: int
    daily_prices: list[FinalPrices] = field(default_factory=list)
    outputs: dict[tuple[Account, int], Output] = field(default_factory=dict)

    def add_day(self, prices: DayPrices, final_at: int) -> int:
        """Append the next day's prices and return the day; finality never goes back."""
        earlier = self.daily_prices[-1].final_at if self.daily_prices else 0
        self.daily_prices.append(FinalPrices(prices, max(final_at, earlier)))
        return self.first_day + len(self.daily_prices) - 1

    def set_output(self, series: Account, day: int, output: Output) -> None:
        """Write an output down."""
        self.outputs[series, day] = output

    def last_final_day(self, now: int) -> int | None:
        """Return the newest final day at `now` [unix s], None before the first."""
        final = [index for index, posted in enumerate(self.daily_prices) if now >= posted.final_at]
        return self.first_day + final[-1] if final else None

    def final_prices(self, day: int, now: int) -> FinalPrices | None:
        """Return a day's prices, None unless final at `now` [unix s]."""
        index = day - self.first_day
        if not 0 <= index < len(self.daily_prices) or now < self.daily_prices[index].final_at:
            return None
        return self.daily_prices[index]

    def posted_output(self, series: Account, day: int) -> Output | None:
        """Return an output, final or not, None if none is written down."""
        return self.outputs.get((series, day))

    def final_output(self, series: Account, day: int, now: int) -> Output | None:
        """Return an output, None unless final at `now` [unix s]."""
        output = self.outputs.get((series, day))
        return output if output is not None and now >= output.final_at else None

    def attested_ths(self, series: Account, days: int, now: int) -> int:
        """Return the least delivered hashrate of the attestation days [TH/s, 18 dec]."""
        return attested_minimum(lambda day: self.final_output(series, day, now), days, day_of(now))
