# SPDX-License-Identifier: AGPL-3.0-only
"""Runs the demo from its first day to its last and shows the result."""

import time
from pathlib import Path

from ape.logging import LogLevel, logger
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from commands.shell.console import open_console
from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS, day_from_iso, iso_from_day
from hashrate.history import Source, open_source
from simulation.demo import schedule
from simulation.demo.block_timer import InProcessBlockTimer
from simulation.demo.chart import Line, Panel, Picture, draw
from simulation.demo.dispute import DisputeChapter
from simulation.demo.events import History
from simulation.demo.product_rows import product_lines, product_results
from simulation.demo.replay import Audit, replay
from simulation.demo.rows import day_rows, posted_facts, received, repayment_days, vetoed_days
from simulation.demo.scheduler import LAST_DAY, Scheduler
from simulation.demo.system import System
from simulation.demo.tables import (
    show_dispute,
    show_holders,
    show_products,
    show_series,
    show_verdict,
)

SIMULATION = "simulated:demo"
CHART_NAME = "demo.png"


def run(data: Path | None, start: str, output: Path) -> bool:
    """Run the schedule, compare the result with the reference model and show it.

    Args:
        data: folder with real days; None for simulated ones.
        start: first of the real days, YYYY-MM-DD.
        output: folder for the chart.

    Returns:
        Whether chain and reference model agree in everything.
    """
    began = time.monotonic()
    console = open_console()
    # ape logs each of some 300 transactions otherwise
    with logger.at_level(LogLevel.WARNING):
        source = open_source(f"dataset:{data}" if data else SIMULATION)
        first = day_from_iso(start) if data else source.first_day
        _introduce(console, source, first)
        system = _run_days(console, source, first)
        chapter = DisputeChapter(system.timer)
        chapter.play()
    audit = replay(system.history)
    names = {account.address: name for name, account in system.holders.items()}
    _show(console, source, system.history, audit, names)
    show_dispute(console, chapter)
    path = output / CHART_NAME
    draw(_picture(source, system.history, audit, names), path)
    console.print(f"Chart: {path}   ({time.monotonic() - began:.0f} s)")
    return not audit.differences and not chapter.differences


def _introduce(console: Console, source: Source, first: DayIndex) -> None:
    last = iso_from_day(DayIndex(first + schedule.DAYS - 1))
    kind = "invented by a simulation" if source.is_simulated else "real"
    console.print(
        f"[bold]{schedule.DAYS} days, {iso_from_day(first)} to {last}, {kind}[/bold]\n"
        f"{len(schedule.REPORTERS)} reporters, {schedule.THRESHOLD} must sign; "
        f"{len(schedule.SERIES)} series; "
        f"{schedule.ATTESTATION_DAYS} days of proven output before the first sale; "
        f"rewards from {iso_from_day(DayIndex(first + schedule.START))}"
    )


def _run_days(console: Console, source: Source, first: DayIndex) -> System:
    """Run all days on a new in-process chain, with a progress bar."""
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("deploying", total=LAST_DAY + 1)
        facts = source.observe(first).facts
        parameters = schedule.parameters(first, facts.first_height, facts.hashprice_wad)
        system = System(InProcessBlockTimer(first * DAY_SECONDS), parameters)
        scheduler = Scheduler(system, source, lambda text: console.print(f"  {text}"))
        for index in range(LAST_DAY):
            when = iso_from_day(scheduler.day(index))
            progress.update(task, advance=1, description=f"{when}  day {index + 1}")
            scheduler.run_day(index)
        scheduler.claim_all()
        scheduler.close_all()
        system.record_final_state()
    return system


def _show(
    console: Console, source: Source, history: History, audit: Audit, names: dict[str, str]
) -> None:
    for demo_series in schedule.SERIES:
        console.print()
        show_series(console, demo_series, day_rows(history, demo_series.key), source.label)
    symbols = {demo_series.key: demo_series.symbol for demo_series in schedule.SERIES}
    show_holders(console, audit.holders, symbols, names)
    show_products(console, product_results(history), names)
    show_verdict(console, audit)


def _picture(source: Source, history: History, audit: Audit, names: dict[str, str]) -> Picture:
    return Picture(
        facts=[facts for _, facts in sorted(posted_facts(history).items())],
        vetoed=vetoed_days(history),
        series=[
            Panel(
                demo_series,
                day_rows(history, demo_series.key),
                repayment_days(history, demo_series.key),
            )
            for demo_series in schedule.SERIES
        ],
        products=product_lines(history, audit),
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
