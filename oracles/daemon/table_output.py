# SPDX-License-Identifier: AGPL-3.0-only
"""A fleet's output from a CSV file that the operator keeps."""

import json
from pathlib import Path

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.core.errors import NumberFormatError
from hashrate.core.types import DayIndex, Sats
from hashrate.core.units import WAD, day_from_iso, fraction_from_decimal_text, iso_from_day
from hashrate.history.table import Row, integer_from_text, read_table
from hashrate.service.errors import SettingsError
from oracles.daemon.errors import DayNotDueError
from oracles.daemon.readings import OutputReading
from oracles.daemon.settings import OutputSettings
from oracles.journal.journal import Evidence

_COLUMNS = ("date", "credited_sats", "delivered_ths")


class TableOutput:
    """Outputs by day; a day without a row is not closed yet. The file is read each time."""

    longest_wait = 0

    def __init__(self, settings: OutputSettings) -> None:
        """Name the file.

        Raises:
            SettingsError: no path is set.
        """
        if settings.path is None:
            raise SettingsError("outputs: a table needs a path")
        self._path: Path = settings.path
        self.series: ChecksumAddress = to_checksum_address(settings.series)

    def output(self, day: DayIndex) -> OutputReading:
        """Return a day's output.

        Raises:
            DayNotDueError: there is no row for the day.
            MissingFileError: the file cannot be read.
            MalformedDataError: the row is malformed.
        """
        for row in read_table(self._path, _COLUMNS):
            if row.read("date", day_from_iso) == day:
                return self._reading(row)
        raise DayNotDueError(f"{self._path.name} has no row for {iso_from_day(day)}")

    def _reading(self, row: Row) -> OutputReading:
        credited = Sats(row.read("credited_sats", integer_from_text))
        delivered = row.read("delivered_ths", _wad_from_text)
        value = json.dumps([str(credited), str(delivered)])
        seen = Evidence("output", "table", self._path.name, "", value)
        return OutputReading(credited, delivered, (seen,))


def _wad_from_text(text: str) -> int:
    exact = fraction_from_decimal_text(text) * WAD
    if exact.denominator != 1:
        raise NumberFormatError(f"{text!r} has more than 18 decimals")
    return exact.numerator
