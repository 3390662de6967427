# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run claim`: what a holder has earned."""

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand, account_option

from commands.series.money import claim
from commands.shell.acts import perform
from commands.shell.chain import address_of
from commands.shell.options import deployments_option, dry_run_option, one_line_errors, yes_option
from commands.shell.session import Session


@click.command(cls=ConnectedProviderCommand, short_help="Claim a holder's rewards.")
@click.argument("series")
@click.option("--for", "holder", help="Holder to claim for; the sending account if not given.")
@account_option()
@deployments_option
@dry_run_option
@yes_option
@one_line_errors
def cli(
    series: str,
    holder: str | None,
    account: Any,
    deployments: Path | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Pay a holder of SERIES what it has earned on settled days and not yet received.

    Anyone may claim for anyone: the money goes to the holder, or to the address it chose. A holder
    that is a contract must claim itself, unless it opted in.

    \b
    Examples
      ape run claim fjord --account TEST::7
      ape run claim fjord --for TEST::8 --account TEST::19
    """
    session = Session(account, deployments)
    act = claim(session, session.series(series), address_of(holder or account.address))
    perform(session, act, is_dry=dry_run, is_agreed=yes)
