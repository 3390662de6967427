# SPDX-License-Identifier: AGPL-3.0-only
"""Read a CSV file of exact numbers; every complaint names file, row and column."""

import csv
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from hashrate.core.errors import MissingFileError, NumberFormatError
from hashrate.history.errors import MalformedDataError

_T = TypeVar("_T")
_INTEGER = re.compile(r"\d{1,18}", re.ASCII)


def integer_from_text(text: str) -> int:
    """Read a non-negative integer.

    Raises:
        NumberFormatError: anything else.
    """
    if not _INTEGER.fullmatch(text):
        raise NumberFormatError(f"{text!r} is not a non-negative integer")
    return int(text)


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table; `line` is its line in the file, the header being line 1."""

    file: str
    line: int
    cells: dict[str, str]

    def read(self, column: str, parse: Callable[[str], _T]) -> _T:
        """Parse one cell.

        Raises:
            MalformedDataError: `parse` refused it.
        """
        try:
            return parse(self.cells[column])
        except NumberFormatError as error:
            raise self.error(column, str(error)) from error

    def error(self, column: str, why: str) -> MalformedDataError:
        """Make the error that says where it is wrong."""
        return MalformedDataError(f"{self.file} row {self.line} column {column}: {why}")


def read_table(path: Path, columns: Sequence[str]) -> Iterator[Row]:
    """Return a CSV file's rows, reduced to the columns asked for.

    Raises:
        MissingFileError: the file is not there or cannot be read.
        MalformedDataError: not UTF-8, a column is missing, or a row is too short or too long.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            yield from _rows(path.name, stream, columns)
    except OSError as error:
        raise MissingFileError(f"cannot read {path}: {error.strerror}") from error
    except (UnicodeDecodeError, csv.Error) as error:
        raise MalformedDataError(f"{path.name} is not a CSV file in UTF-8: {error}") from error


def _rows(file: str, stream: Iterator[str], columns: Sequence[str]) -> Iterator[Row]:
    reader = csv.reader(stream, strict=True)
    header = next(reader, [])
    for column in columns:
        if header.count(column) != 1:
            raise MalformedDataError(f"{file} row 1 column {column}: not there exactly once")
    for cells in reader:
        if len(cells) != len(header):
            column = header[min(len(cells), len(header) - 1)]
            why = f"the row has {len(cells)} cells, the header {len(header)}"
            raise Row(file, reader.line_num, {}).error(column, why)
        named = dict(zip(header, cells, strict=True))
        yield Row(file, reader.line_num, {column: named[column] for column in columns})
