# SPDX-License-Identifier: AGPL-3.0-only
"""The facts of many days at once, without a chain."""

import csv
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

from rich.console import Console
from rich.progress import track

from hashrate.core.errors import MissingFileError
from hashrate.core.types import BlockHeight, DayFacts, DayIndex, UsdE8
from hashrate.core.units import day_from_iso, iso_from_day
from hashrate.history import open_source
from hashrate.service.clock import SystemClock
from hashrate.service.errors import SettingsError
from hashrate.service.logging import Redactor
from oracles.daemon.settings import load_settings
from oracles.daemon.wiring import open_readers

COLUMNS = (
    "date",
    "first_height",
    "last_height",
    "subsidy_sats",
    "fees_sats",
    "hashprice_wad",
    "difficulty_wad",
    "btc_usd_e8",
)

Reading = tuple[DayFacts, UsdE8]


def show(spec: str | None, config: Path | None, first: str, last: str, output: Path | None) -> None:
    """Write the facts of a range of days as CSV, and show how far it is.

    Raises:
        HashrateError: a day cannot be computed; the days before it are written.
    """
    days = range(day_from_iso(first), day_from_iso(last) + 1)
    if not days:
        raise SettingsError(f"{last} is before {first}")
    console = Console(stderr=True)
    with _reader(spec, config) as read, _writer(output) as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(COLUMNS)
        label = f"Computing {_counted(days)}"
        quiet = not console.is_terminal
        for day in track(days, description=label, console=console, disable=quiet):
            facts, price = read(DayIndex(day))
            writer.writerow([iso_from_day(facts.day), *facts.as_tuple()[1:], price])
    console.print(f"{_counted(days)}, {first} to {last}")


def _counted(days: range) -> str:
    return f"{len(days)} day" if len(days) == 1 else f"{len(days)} days"


@contextmanager
def _reader(spec: str | None, config: Path | None) -> Iterator[Callable[[DayIndex], Reading]]:
    """Open what computes a day: a source of whole days, or the sources in the settings."""
    if spec is not None:
        source = open_source(spec)

        def read_whole(day: DayIndex) -> Reading:
            seen = source.observe(day)
            return seen.facts, seen.btc_usd_e8

        yield read_whole
        return
    settings = load_settings(config)
    with open_readers(settings, Redactor(), SystemClock()) as readers:
        known: list[BlockHeight] = []

        def read_remote(day: DayIndex) -> Reading:
            facts = readers.facts.read(day, known[-1] if known else None).facts
            known.append(BlockHeight(facts.last_height + 1))
            return facts, readers.prices.close(day).btc_usd_e8

        yield read_remote


@contextmanager
def _writer(output: Path | None) -> Iterator[TextIO]:
    if output is None:
        yield sys.stdout
        return
    try:
        with output.open("w", encoding="utf-8", newline="") as stream:
            yield stream
    except OSError as error:
        raise MissingFileError(f"cannot write {output}: {error.strerror}") from error
