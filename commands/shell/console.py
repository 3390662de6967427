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
