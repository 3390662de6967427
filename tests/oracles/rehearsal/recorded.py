# SPDX-License-Identifier: AGPL-3.0-only
"""The real header times around the halving of 2024 as blocks of a source."""

import csv
from pathlib import Path

from hashrate.bitcoin.days import MEDIAN_TIME_SPAN, median_time_past
from hashrate.core.types import Block, BlockHeight, CompactBits, Sats, UnixSeconds

FEES_SATS = Sats(12_345_678)  # of every block: the file has header times, no fees


_BEFORE = 500  # invented blocks, ten minutes apart: where a search for a day may look


def recorded_blocks(folder: Path) -> list[Block]:
    """Read the file's blocks, with some invented ones before them."""
    with (folder / "header_times_2024_04.csv").open(newline="") as stream:
        rows = list(csv.DictReader(stream))
    first, begin = int(rows[0]["height"]), int(rows[0]["time"])
    times = [UnixSeconds(begin - 600 * ago) for ago in range(_BEFORE, 0, -1)]
    times += [UnixSeconds(int(row["time"])) for row in rows]
    bits = [int(rows[0]["bits_hex"], 16)] * _BEFORE + [int(row["bits_hex"], 16) for row in rows]
    return [
        Block(
            BlockHeight(first - _BEFORE + i),
            times[i],
            median_time_past(times[max(0, i - MEDIAN_TIME_SPAN + 1) : i + 1]),
            CompactBits(bits[i]),
            FEES_SATS,
        )
        for i in range(len(times))
    ]
