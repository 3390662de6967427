# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run deposit`: money for a series' escrow."""

import click

from commands.series.money import deposit
from commands.shell.options import Sender, sending_command
from hashrate.core.amounts import parse_bitcoin


@sending_command(short_help="Add to a series' escrow.")
@click.argument("series")
@click.argument("amount")
def cli(sender: Sender, series: str, amount: str) -> None:
    """Add AMOUNT of the reward token to the escrow of SERIES; arrears are repaid from it at once.

    AMOUNT is written like 0.25btc or 25000000sat. The token is approved first, for exactly this
    amount, where that is missing. Anyone may; what is left at the end goes to the issuer.

    \b
    Examples
      ape run deposit fjord 0.25btc --account TEST::5
      ape run deposit fjord 25000000sat --network ethereum:sepolia:node --account issuer --dry-run
    """
    session = sender.session
    found = session.series(series)
    act = deposit(session, found, parse_bitcoin(amount, found.decimals))
    sender.perform(act)
