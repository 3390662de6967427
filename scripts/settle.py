# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run settle`: days whose facts are final."""

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand, account_option

from commands.series.money import MAX_SETTLED_DAYS, settle
from commands.shell.acts import perform
from commands.shell.options import deployments_option, dry_run_option, one_line_errors, yes_option
from commands.shell.session import Session


@click.command(cls=ConnectedProviderCommand, short_help="Settle days of a series.")
@click.argument("series")
@click.option(
    "--days",
    type=click.IntRange(1, MAX_SETTLED_DAYS),
    default=MAX_SETTLED_DAYS,
    show_default=True,
    help="How many days at most.",
)
@account_option()
@deployments_option
@dry_run_option
@yes_option
@one_line_errors
def cli(
    series: str, days: int, account: Any, deployments: Path | None, dry_run: bool, yes: bool
) -> None:
    """Settle the next days of SERIES, in order, as far as facts and money allow. Anyone may.

    \b
    Examples
      ape run settle fjord --account TEST::19
      ape run settle fjord --days 1 --account TEST::19 --dry-run
    """
    session = Session(account, deployments)
    act = settle(session, session.series(series), days)
    perform(session, act, is_dry=dry_run, is_agreed=yes)
