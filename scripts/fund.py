# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run fund`: money for a series' escrow."""

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand, account_option

from commands.series.money import fund
from commands.shell.acts import perform
from commands.shell.options import deployments_option, dry_run_option, one_line_errors, yes_option
from commands.shell.session import Session
from hashrate.core.amounts import parse_bitcoin


@click.command(cls=ConnectedProviderCommand, short_help="Add to a series' escrow.")
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
    """Add AMOUNT of the reward token to the escrow of SERIES; arrears are repaid from it at once.

    AMOUNT is written like 0.25btc or 25000000sat. The token is approved first, for exactly this
    amount, where that is missing. Anyone may fund; what is left at the end goes to the issuer.

    \b
    Examples
      ape run fund fjord 0.25btc --account TEST::5
      ape run fund fjord 25000000sat --network ethereum:sepolia:node --account issuer --dry-run
    """
    session = Session(account, deployments)
    found = session.series(series)
    act = fund(session, found, parse_bitcoin(amount, found.decimals))
    perform(session, act, is_dry=dry_run, is_agreed=yes)
