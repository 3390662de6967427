# SPDX-License-Identifier: AGPL-3.0-only
"""Work a hedge out and show it. Needs no chain; pictures are loaded only where one is asked for."""

from pathlib import Path
from typing import Any

import click
from rich.console import Console

from commands.hedge.documents import to_csv, to_json
from commands.hedge.request import Request
from commands.hedge.sections import Section, not_hedged, sections_of
from commands.shell.console import grid, open_console, show_figures
from commands.shell.late import imported_late
from hashrate.hedging.hedge import Hedge, work_out_hedge


def run(
    *,
    is_brief: bool,
    is_quote: bool,
    is_json: bool,
    table: str | None,
    picture: Path | None,
    pdf: Path | None,
    **given: Any,
) -> None:
    """Show the hedge.

    Args:
        is_brief: leave the line for each past start month out.
        is_quote: print the order that quotes the strip.
        is_json: print JSON instead of tables.
        table: print one table as CSV instead.
        picture: the PNG to draw.
        pdf: the page to write.
        **given: what the miner said, see `Request`.

    Raises:
        HashrateError: a number, a month or a price makes no sense.
    """
    request = Request(**given)
    plan = request.plan()
    hedge = work_out_hedge(plan)
    if is_json:
        click.echo(to_json(hedge))
    elif table is not None:
        click.echo(to_csv(hedge, table), nl=False)
    else:
        console = open_console()
        sections = sections_of(hedge, is_brief=is_brief)
        if is_quote:
            quoting = imported_late("commands.hedge.quoting")
            sections.append(quoting.quote_section(request.asked(plan), hedge.quantity))
        show_sections(console, sections)
        console.print("Not hedged:")
        for line in not_hedged(plan.product):
            console.print(f"  * {line}", markup=False)
    _draw(request, hedge, picture, pdf)


def show_sections(console: Console, sections: list[Section]) -> None:
    """Print sections; no figure is cut, however narrow the console."""
    for section in sections:
        if section.header:
            show_figures(console, section.title, section.header, section.rows)
        else:
            console.print(grid(section.title, [(row[0], row[1]) for row in section.rows]))
        if section.note:
            console.print(section.note, markup=False)


def _draw(request: Request, hedge: Hedge, picture: Path | None, pdf: Path | None) -> None:
    """Draw what was asked for, and say where it is on stderr: stdout may be read by a program."""
    if picture is None and pdf is None:
        return
    chart = imported_late("commands.hedge.chart")
    contracts = [sale.contract for sale in hedge.sales]
    title = f"{hedge.quantity:,} PH/s sold forward, {contracts[0]} to {contracts[-1]}"
    subtitle = f"A fleet of {request.phs} PH/s at {request.j_per_th} J/TH and "
    subtitle += f"{request.usd_per_kwh} USD/kWh"
    drawing = chart.Picture(title, subtitle, hedge.stories, hedge.history)
    if picture is not None:
        chart.draw(drawing, picture)
        click.echo(f"Picture: {picture}", err=True)
    if pdf is not None:
        sections = sections_of(hedge, is_brief=True)
        imported_late("commands.hedge.page").write(drawing, sections, pdf)
        click.echo(f"Page: {pdf}", err=True)
