# SPDX-License-Identifier: AGPL-3.0-only
"""A past week read as the daemon reads it, without a chain: what would have been signed."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from hashrate.core.types import BlockHeight, DayIndex
from hashrate.core.units import DAY_SECONDS, day_from_iso, iso_from_day
from hashrate.history import open_source
from hashrate.service.clock import SystemClock
from hashrate.service.logging import Redactor
from oracles.daemon.readings import FactsReader, PriceReader, WholeDays
from oracles.daemon.settings import load_settings
from oracles.daemon.wiring import open_readers

_READY_SECONDS = 2 * 3_600  # a day's last block is deep enough by then


@dataclass(frozen=True, slots=True)
class Rehearsed:
    """What would have been signed of a day.

    Attributes:
        day: the day, YYYY-MM-DD.
        first_height, last_height: its blocks.
        fees_sats, hashprice_wad, btc_usd_e8: of the report.
        told_by: the sources that told the facts.
        first_in_line: the place of the reporter that would have sent, of as many as there are.
        not_before: the earliest moment [unix s].
    """

    day: str
    first_height: int
    last_height: int
    fees_sats: int
    hashprice_wad: int
    btc_usd_e8: int
    told_by: tuple[str, ...]
    first_in_line: int
    not_before: int


def show(
    spec: str | None, config: Path | None, first: str, days: int, reporters: int, *, as_json: bool
) -> None:
    """Read some days as the daemon does and print what it would sign, who sends, and when.

    Raises:
        HashrateError: a day cannot be read; the days before it are not printed either.
    """
    with _reader(spec, config) as (facts, prices):
        rows = list(rehearse(facts, prices, day_from_iso(first), days, reporters))
    if as_json:
        print(json.dumps([asdict(row) for row in rows], indent=2))
    else:
        _print(rows)


def rehearse(
    facts: FactsReader, prices: PriceReader, first: DayIndex, days: int, reporters: int
) -> Iterator[Rehearsed]:
    """Read days in order, each from where the one before ends.

    Raises:
        HashrateError: a day cannot be read.
    """
    begins: BlockHeight | None = None
    for number in range(first, first + days):
        day = DayIndex(number)
        reading = facts.read(day, begins)
        begins = BlockHeight(reading.facts.last_height + 1)
        told = dict.fromkeys(seen.source for seen in reading.evidence)
        yield Rehearsed(
            iso_from_day(day),
            reading.facts.first_height,
            reading.facts.last_height,
            reading.facts.fees_sats,
            reading.facts.hashprice_wad,
            prices.close(day).btc_usd_e8,
            tuple(told),
            day % reporters,
            (day + 1) * DAY_SECONDS + _READY_SECONDS,
        )


@contextmanager
def _reader(spec: str | None, config: Path | None) -> Iterator[tuple[FactsReader, PriceReader]]:
    if spec is not None:
        whole = WholeDays(open_source(spec))
        yield whole, whole
        return
    with open_readers(load_settings(config), Redactor(), SystemClock()) as readers:
        yield readers.facts, readers.prices


def _print(rows: list[Rehearsed]) -> None:
    table = Table(title="What would have been signed")
    columns: dict[str, Callable[[Rehearsed], object]] = {
        "day": lambda row: row.day,
        "blocks": lambda row: f"{row.first_height}-{row.last_height}",
        "fees, sat": lambda row: row.fees_sats,
        "hashprice, 1e-18 sat": lambda row: row.hashprice_wad,
        "USD, 1e-8": lambda row: row.btc_usd_e8,
        "told by": lambda row: ", ".join(row.told_by),
        "sends": lambda row: f"reporter {row.first_in_line}",
    }
    for name in columns:
        table.add_column(name, no_wrap=True)
    for row in rows:
        table.add_row(*(str(cell(row)) for cell in columns.values()))
    console = Console()
    (console if console.is_terminal else Console(width=200)).print(table)
