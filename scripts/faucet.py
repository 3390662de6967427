# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run faucet`: mock bitcoin and dollars, on local networks."""

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand, account_option

from commands.series.faucet import give
from commands.shell.acts import perform
from commands.shell.chain import address_of
from commands.shell.options import deployments_option, dry_run_option, one_line_errors, yes_option
from commands.shell.session import Session


@click.command(cls=ConnectedProviderCommand, short_help="Mock money, local networks only.")
@click.argument("receiver")
@click.argument("amount")
@account_option()
@deployments_option
@dry_run_option
@yes_option
@one_line_errors
def cli(
    receiver: str, amount: str, account: Any, deployments: Path | None, dry_run: bool, yes: bool
) -> None:
    """Mint RECEIVER an AMOUNT of mock bitcoin, such as 1btc, or of mock dollars, such as 100usd.

    They exist on local networks only.

    \b
    Examples
      ape run faucet TEST::5 10btc --account TEST::0
      ape run faucet TEST::6 50000usd --account TEST::0
    """
    session = Session(account, deployments)
    act = give(session, address_of(receiver), amount)
    perform(session, act, is_dry=dry_run, is_agreed=yes)
