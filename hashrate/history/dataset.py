# SPDX-License-Identifier: AGPL-3.0-only
"""Days from a folder with `btc_daily.csv` and `difficulty_epochs.csv`.

Only exact columns are read: heights, issuance, fees, closing price, and each epoch's compact
target. Three things the files cannot say are settled here:

* Fees are known for the day, not for the block, and are spread evenly over the day's blocks.
* They are what transactions paid. Where a miner claimed less, its coinbase and thus a node's facts
  have less; the files know no coinbase.
* On some days of 2016 to 2018 they are not whole satoshi; the fraction of a satoshi is dropped.
"""

import re
from bisect import bisect_right
from fractions import Fraction
from pathlib import Path

from hashrate.bitcoin.difficulty import target_from_bits
from hashrate.bitcoin.errors import InvalidBitsError, NoBlocksError
from hashrate.bitcoin.hashprice import day_facts
from hashrate.bitcoin.subsidy import subsidy_sum
from hashrate.core.errors import NumberFormatError
from hashrate.core.types import (
    MAINNET,
    BlockHeight,
    CompactBits,
    DayFacts,
    DayIndex,
    DayObservation,
    Network,
    Sats,
    Segment,
    UsdE8,
)
from hashrate.core.units import (
    SATS_PER_BTC,
    day_from_iso,
    fraction_from_decimal_text,
    iso_from_day,
    sats_from_btc,
    usd_e8_from_usd,
)
from hashrate.history.errors import MalformedDataError, UnknownDayError
from hashrate.history.table import Row, integer_from_text, read_table

DAILY_FILE = "btc_daily.csv"
EPOCHS_FILE = "difficulty_epochs.csv"
_DAILY_COLUMNS = (
    "date",
    "height_first",
    "height_last",
    "BlkCnt",
    "IssTotNtv",
    "FeeTotNtv",
    "PriceUSD",
)
_EPOCH_COLUMNS = ("start_height", "end_height", "bits_hex")
_BITS_HEX = re.compile(r"[0-9a-fA-F]{8}", re.ASCII)


def _bits_from_hex(text: str) -> CompactBits:
    if not _BITS_HEX.fullmatch(text):
        raise NumberFormatError(f"{text!r} is not 8 hexadecimal digits")
    bits = CompactBits(int(text, 16))
    try:
        target_from_bits(bits)
    except InvalidBitsError as error:
        raise NumberFormatError(str(error)) from error
    return bits


def _price_from_text(text: str) -> UsdE8:
    price = usd_e8_from_usd(text)
    if price == 0:
        raise NumberFormatError(f"{text!r} is not a price")
    return price


class DifficultyEpochs:
    """The compact target of every height, from a table of epochs."""

    def __init__(self, path: Path) -> None:
        """Read the table.

        Raises:
            MissingFileError: the file is not there.
            MalformedDataError: an epoch is malformed or does not follow the one before.
        """
        self._starts: list[int] = []
        self._bits: list[CompactBits] = []
        self._end = 0
        for row in read_table(path, _EPOCH_COLUMNS):
            start = row.read("start_height", integer_from_text)
            end = row.read("end_height", integer_from_text)
            if self._starts and start != self._end:
                raise row.error("start_height", f"{start} does not follow {self._end - 1}")
            if end < start:
                raise row.error("end_height", f"{end} is below start_height {start}")
            self._starts.append(start)
            self._bits.append(row.read("bits_hex", _bits_from_hex))
            self._end = end + 1
        if not self._starts:
            raise MalformedDataError(f"{path.name} holds no epoch")

    def cover(self, first: int, last: int) -> bool:
        """Return whether every height of a range lies in an epoch."""
        return self._starts[0] <= first and last < self._end

    def segments(self, first: int, last: int, fees_sats: Sats) -> tuple[Segment, ...]:
        """Cut a covered range of heights at the epochs; spread fees [sats] evenly over it."""
        segments = []
        index = bisect_right(self._starts, first) - 1
        height = first
        while height <= last:
            ends = self._starts[index + 1] if index + 1 < len(self._starts) else self._end
            end = min(last, ends - 1)
            share = Fraction(fees_sats * (end - height + 1), last - first + 1)
            bits = self._bits[index]
            segments.append(Segment(BlockHeight(height), BlockHeight(end), bits, share))
            height, index = end + 1, index + 1
        return tuple(segments)


class DatasetSource:
    """Real days from files."""

    label = "dataset"
    is_simulated = False
    network: Network = MAINNET

    def __init__(self, folder: Path) -> None:
        """Open the folder; a row's numbers are read when its day is asked for.

        Raises:
            MissingFileError: a file is not there.
            MalformedDataError: a file has no usable header, date or epoch.
        """
        self._epochs = DifficultyEpochs(folder / EPOCHS_FILE)
        self._rows: dict[DayIndex, Row] = {}
        for row in read_table(folder / DAILY_FILE, _DAILY_COLUMNS):
            day = row.read("date", day_from_iso)
            if day in self._rows:
                raise row.error("date", f"{iso_from_day(day)} is there twice")
            self._rows[day] = row
        if not self._rows:
            raise MalformedDataError(f"{DAILY_FILE} holds no day")
        self.first_day: DayIndex = min(self._rows)
        self.last_day: DayIndex | None = max(self._rows)

    def observe(self, day: DayIndex) -> DayObservation:
        """Return a day's facts and closing price.

        Raises:
            UnknownDayError: there is no row for the day.
            MalformedDataError: the row is malformed or contradicts itself.
            NoBlocksError: a day without blocks, and no earlier day with one.
        """
        row = self._row(day)
        return DayObservation(self._facts(day), row.read("PriceUSD", _price_from_text))

    def _row(self, day: DayIndex) -> Row:
        try:
            return self._rows[day]
        except KeyError:
            first, last = iso_from_day(self.first_day), iso_from_day(max(self._rows))
            raise UnknownDayError(
                f"{iso_from_day(day)} is not in the dataset ({first} to {last})"
            ) from None

    def _facts(self, day: DayIndex) -> DayFacts:
        """Make a day's facts, by way of the last day with blocks before it if it has none."""
        busy = day
        while not (segments := self._segments(self._row(busy))):
            busy = DayIndex(busy - 1)
            if busy not in self._rows:
                raise NoBlocksError(f"{iso_from_day(day)} and every day before it have no block")
        facts = day_facts(busy, segments, self.network)
        for empty in range(busy + 1, day + 1):
            facts = day_facts(DayIndex(empty), (), self.network, previous=facts)
        return facts

    def _segments(self, row: Row) -> tuple[Segment, ...]:
        first = BlockHeight(row.read("height_first", integer_from_text))
        last = BlockHeight(row.read("height_last", integer_from_text))
        count = row.read("BlkCnt", integer_from_text)
        issued = row.read("IssTotNtv", fraction_from_decimal_text) * SATS_PER_BTC
        fees = row.read("FeeTotNtv", sats_from_btc)
        if last - first + 1 != count:
            raise row.error("BlkCnt", f"{count} blocks, but heights {first}..{last}")
        subsidy = subsidy_sum(first, last, self.network)
        if issued != subsidy:
            raise row.error("IssTotNtv", f"the schedule allows {subsidy} sats at these heights")
        if count == 0:
            if fees:
                raise row.error("FeeTotNtv", "fees without a block")
            return ()
        if not self._epochs.cover(first, last):
            raise row.error("height_last", f"{EPOCHS_FILE} does not cover {first}..{last}")
        return self._epochs.segments(first, last, fees)
