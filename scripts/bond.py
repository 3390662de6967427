# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run bond`: money that pays when the escrow cannot."""

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand, account_option

from commands.series.money import post_bond
from commands.shell.acts import perform
from commands.shell.options import deployments_option, dry_run_option, one_line_errors, yes_option
from commands.shell.session import Session
from hashrate.core.amounts import parse_bitcoin


@click.command(cls=ConnectedProviderCommand, short_help="Add to a series' bond.")
@click.argument("series")
@click.argument("amount")
@account_option()
@deployments_option
@dry_run_option
@yes_option
@one_line_errors
def cli(
    series: str, amount: str, account: Any, deployments: Path | None, dry_run: bool, yes: bool
) -> None:
    """Add AMOUNT of the reward token to the bond of SERIES, refilling what was drawn.

    AMOUNT is written like 0.25btc or 25000000sat. The bond pays holders on days the escrow cannot,
    and minting needs it. While arrears are owed it is refused: `fund` pays those.

    \b
    Examples
      ape run bond fjord 0.02btc --account TEST::5
    """
    session = Session(account, deployments)
    found = session.series(series)
    act = post_bond(session, found, parse_bitcoin(amount, found.decimals))
    perform(session, act, is_dry=dry_run, is_agreed=yes)
