# SPDX-License-Identifier: AGPL-3.0-only
"""Runs the demo from beginning to end and shows it."""

import time
from pathlib import Path

from ape.logging import LogLevel, logger
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from commands.shell.console import open_console
from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS, day_from_iso, iso_from_day
from hashrate.history import Source, open_source
from simulation.demo import story
from simulation.demo.chart import Line, Panel, Picture, draw
from simulation.demo.clock import LocalClock
from simulation.demo.director import LAST_DAY, Director
from simulation.demo.history import History
from simulation.demo.replay import Audit, replay
from simulation.demo.rows import day_rows, posted_facts, received, repayment_days, vetoed_days
from simulation.demo.stage import Stage
from simulation.demo.tables import show_holders, show_series, show_verdict

SIMULATION = "simulated:demo"
CHART_NAME = "demo.png"


def run(data: Path | None, start: str, output: Path) -> bool:
    """Play the story, check it and show it.

    Args:
        data: folder with real days; None for simulated ones.
        start: first of the real days, YYYY-MM-DD.
        output: folder for the chart.

    Returns:
        Whether chain and reference model agree in everything.
    """
    began = time.monotonic()
    console = open_console()
    # ape tells about each of some 300 transactions otherwise
    with logger.at_level(LogLevel.WARNING):
        source = open_source(f"dataset:{data}" if data else SIMULATION)
        first = day_from_iso(start) if data else source.first_day
        _introduce(console, source, first)
        stage = _play(console, source, first)
    audit = replay(stage.history)
    names = {account.address: name for name, account in stage.holders.items()}
    _show(console, source, stage.history, audit, names)
    path = output / CHART_NAME
    draw(_picture(source, stage.history, audit, names), path)
    console.print(f"Chart: {path}   ({time.monotonic() - began:.0f} s)")
    return not audit.differences


def _introduce(console: Console, source: Source, first: DayIndex) -> None:
    last = iso_from_day(DayIndex(first + story.DAYS - 1))
    kind = "invented by a simulation" if source.is_simulated else "real"
    console.print(
        f"[bold]{story.DAYS} days, {iso_from_day(first)} to {last}, {kind}[/bold]\n"
        f"{len(story.REPORTERS)} reporters, {story.THRESHOLD} must sign; "
        f"{len(story.SERIES)} series; {story.ATTESTATION_DAYS} days of proven output before the "
        f"first sale; rewards from {iso_from_day(DayIndex(first + story.START))}"
    )


def _play(console: Console, source: Source, first: DayIndex) -> Stage:
    """Play all days on a new in-process chain, with a bar for who watches."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("deploying", total=LAST_DAY + 1)
        facts = source.observe(first).facts
        parameters = story.parameters(first, facts.first_height, facts.hashprice_wad)
        stage = Stage(LocalClock(first * DAY_SECONDS), parameters)
        director = Director(stage, source, lambda text: console.print(f"  {text}"))
        for index in range(LAST_DAY):
            when = iso_from_day(director.day(index))
            progress.update(task, advance=1, description=f"{when}  day {index + 1}")
            director.play_day(index)
        director.claim_all()
        director.close_all()
        stage.take_stock()
    return stage


def _show(
    console: Console, source: Source, history: History, audit: Audit, names: dict[str, str]
) -> None:
    for cast in story.SERIES:
        console.print()
        show_series(console, cast, day_rows(history, cast.key), source.label)
    symbols = {cast.key: cast.symbol for cast in story.SERIES}
    show_holders(console, audit.holders, symbols, names)
    show_verdict(console, audit)


def _picture(source: Source, history: History, audit: Audit, names: dict[str, str]) -> Picture:
    return Picture(
        facts=[facts for _, facts in sorted(posted_facts(history).items())],
        vetoed=vetoed_days(history),
        series=[
            Panel(cast, day_rows(history, cast.key), repayment_days(history, cast.key))
            for cast in story.SERIES
        ],
        holders=[
            Line(
                name,
                [(earned.at, earned.amount) for earned in audit.earned.get(account, [])],
                received(history, account),
            )
            for account, name in names.items()
        ],
        until=history.entries[-1].at + DAY_SECONDS // 2,
        is_simulated=source.is_simulated,
    )
