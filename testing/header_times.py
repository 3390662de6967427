# SPDX-License-Identifier: AGPL-3.0-only
"""Header times to feed a Bitcoin node with, and the days they make, worked out independently."""

import csv
import datetime as dt
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from statistics import median_high

from hashrate.core.types import BlockHeight, DayIndex, Sats
from hashrate.history.simulated import START_BITS
from hashrate.history.simulated_chain import ChainStart, SimulatedChain

DAY_SECONDS = 86_400
REGTEST_BITS = 0x207FFFFF
REGTEST_GENESIS_TIME = 1_296_688_602
REGTEST_HALVING = 150
_REAL_FIRST, _REAL_HALVING = 839_851, 840_000
_MEDIAN_SPAN = 11


@dataclass(frozen=True)
class Replay:
    """Header times of the blocks of heights 1, 2, …, in whole days and a little more.

    Attributes:
        times: header times [unix s], that of height 1 first.
        days: the whole days they cover.
    """

    times: tuple[int, ...]
    days: range

    def mediantime(self, height: int) -> int:
        """Compute a block's mediantime [unix s]."""
        times = (REGTEST_GENESIS_TIME, *self.times)
        return median_high(times[max(0, height - _MEDIAN_SPAN + 1) : height + 1])

    def heights(self, day: int) -> range:
        """Find the heights of a day."""
        found = [
            height
            for height in range(1, len(self.times) + 1)
            if self.mediantime(height) // DAY_SECONDS == day
        ]
        return range(found[0], found[-1] + 1)

    def facts(self, day: int, fees: dict[int, int]) -> tuple[int, ...]:
        """Compute a day's facts by the definition, given the fees of heights [sats].

        Returns:
            day, first and last height, subsidy, fees, hashprice and difficulty, as in the contract.
        """
        heights = self.heights(day)
        size, mantissa = REGTEST_BITS >> 24, REGTEST_BITS & 0xFFFFFF
        target = mantissa << 8 * (size - 3)
        difficulty = Fraction(0xFFFF << 208, target)
        subsidies = [50 * 10**8 >> height // REGTEST_HALVING for height in heights]
        day_fees = [fees.get(height, 0) for height in heights]
        earned = sum(subsidies) + sum(day_fees)
        hashprice = Fraction(DAY_SECONDS * earned, len(heights)) / (difficulty * 2**32)
        wads = (hashprice * 10**18, difficulty * 10**18)
        return (
            day,
            heights[0],
            heights[-1],
            sum(subsidies),
            sum(day_fees),
            *(wad.numerator // wad.denominator for wad in wads),
        )


def real_replay(folder: Path) -> Replay:
    """Read the header times around the halving of 2024; height 840,000 becomes 150.

    Height 1 is the real 839,851, so the first day begins there.
    """
    with (folder / "header_times_2024_04.csv").open(newline="") as stream:
        rows = {int(row["height"]): int(row["time"]) for row in csv.DictReader(stream)}
    assert _REAL_HALVING - _REAL_FIRST + 1 == REGTEST_HALVING
    times = []
    height = _REAL_FIRST
    while height in rows:
        times.append(rows[height])
        height += 1
    first = (dt.date(2024, 4, 19) - dt.date(1970, 1, 1)).days
    return Replay(tuple(times), range(first, first + 2))


def invented_replay(days: int) -> Replay:
    """Invent header times of whole days that begin at height 1, and twelve blocks more."""
    first = 19_900
    start = ChainStart("daemon", DayIndex(first), BlockHeight(2_016 * 500), START_BITS, Sats(0))
    end = (first + days) * DAY_SECONDS
    times: list[int] = []
    extra = 12
    for block in SimulatedChain(start).blocks():
        if block.mediantime < first * DAY_SECONDS + 3 * 3_600:
            continue  # the first blocks' mediantime would still know what came before them
        times.append(block.time)
        if block.mediantime >= end:
            extra -= 1
        if extra == 0:
            return Replay(tuple(times), range(first, first + days))
    raise AssertionError("the chain never ends")
