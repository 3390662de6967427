# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run settle`: days whose facts are final."""

import click

from commands.series.money import MAX_SETTLED_DAYS, settle
from commands.shell.options import Sender, sending_command


@sending_command(short_help="Settle days of a series.")
@click.argument("series")
@click.option(
    "--days",
    type=click.IntRange(1, MAX_SETTLED_DAYS),
    default=MAX_SETTLED_DAYS,
    show_default=True,
    help="How many days at most.",
)
def cli(sender: Sender, series: str, days: int) -> None:
    """Settle the next days of SERIES, in order, as far as facts and money allow. Anyone may.

    \b
    Examples
      ape run settle fjord --account TEST::19
      ape run settle fjord --days 1 --account TEST::19 --dry-run
    """
    session = sender.session
    act = settle(session, session.series(series), days)
    sender.perform(act)
