# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run demo`: five weeks of two series on ape's in-process chain, checked to the satoshi."""

import sys
from pathlib import Path

import click
from ape.cli import ConnectedProviderCommand

from commands.shell.late import imported_late
from commands.shell.options import one_line_errors

DEFAULT_START = "2024-04-01"


@click.command(cls=ConnectedProviderCommand, short_help="Five weeks of two series, checked.")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with real days (btc_daily.csv, difficulty_epochs.csv) instead of simulated ones.",
)
@click.option(
    "--start", default=DEFAULT_START, show_default=True, help="First of the real days, with --data."
)
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("demo-output"),
    show_default=True,
    help="Folder for the chart.",
)
@one_line_errors
def cli(data: Path | None, start: str, output: Path) -> None:
    """Show the whole system at work on ape's in-process chain. It needs no node and no key.

    Two mining fleets with different power cost are sold as tokens. Three reporters sign each day's
    hashprice and each fleet's output, two signatures of three count. Holders buy, trade at awkward
    times of day and claim. One report is vetoed and corrected; a fleet fails for a day; an issuer
    stops paying: its bond pays, then arrears build up, then it repays them.

    Everything is compared with a reference model written in exact fractions from docs/rules.md,
    which is told only what people did. The exit code is 1 if a single satoshi differs.

    \b
    Examples
      ape run demo
      ape run demo --data ../data --start 2024-04-01
    """
    if not imported_late("simulation.demo.run").run(data, start, output):
        sys.exit(1)
