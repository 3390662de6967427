# SPDX-License-Identifier: AGPL-3.0-only
"""How the commands talk: tables that survive a pipe, a question before anything is sent."""

from collections.abc import Sequence

import click
from rich.console import Console
from rich.table import Table
from rich.text import Text

_PIPE_WIDTH = 120


def open_console() -> Console:
    """Open a console that does not fold tables in a pipe."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(width=_PIPE_WIDTH, highlight=False)


def grid(title: str, rows: Sequence[tuple[str, str]]) -> Table:
    """Make a table of names and values, shown as they are: no markup in them counts."""
    table = Table(title=Text(title), title_justify="left", show_header=False)
    table.add_column(style="cyan", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in rows:
        table.add_row(Text(name), Text(value))
    return table


def show_figures(
    console: Console, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    """Print a table whose figures are never cut: too wide for the console, each row is a list.

    Args:
        console: where to.
        title: above it.
        header: a name for each column; may have several lines.
        rows: cells; the first of each names its row, the others stand to the right.
    """
    widths = [
        max(len(line) for cell in column for line in cell.split("\n"))
        for column in zip(header, *rows, strict=True)
    ]
    if sum(widths) + 3 * len(widths) + 1 > console.width:
        _show_lists(console, title, header, rows)
        return
    table = Table(title=Text(title), title_justify="left")
    for place, name in enumerate(header):
        table.add_column(Text(name), justify="right" if place else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    console.print(table)


def _show_lists(
    console: Console, title: str, header: Sequence[str], rows: Sequence[Sequence[str]]
) -> None:
    console.print(Text(title, style="italic"), soft_wrap=True)
    names = [name.replace("\n", " ") for name in header]
    for first, *cells in rows:
        console.print(Text(first, style="bold"), soft_wrap=True)
        for name, cell in zip(names[1:], cells, strict=True):
            if cell:
                console.print(Text(f"  {name}: {cell}"), soft_wrap=True)


def counted(count: int, noun: str) -> str:
    """Write a number of things, such as `1 day` or `14 days`."""
    return f"{count} {noun}" if count == 1 else f"{count} {noun}s"


def go_ahead(console: Console, *, is_dry: bool, is_agreed: bool) -> bool:
    """Ask whether to send, unless that was said on the command line.

    Args:
        console: where a dry run is announced.
        is_dry: `--dry-run`: never send.
        is_agreed: `--yes`: do not ask.

    Raises:
        click.Abort: the answer was no.
    """
    if is_dry:
        console.print("Dry run: nothing was sent, nothing was written.")
        return False
    if not is_agreed:
        click.confirm("Go ahead?", abort=True)
    return True
