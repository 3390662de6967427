# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run bond`: money that pays when the escrow cannot."""

import click

from commands.series.money import post_bond
from commands.shell.options import Sender, sending_command
from hashrate.core.amounts import parse_bitcoin


@sending_command(short_help="Add to a series' bond.")
@click.argument("series")
@click.argument("amount")
def cli(sender: Sender, series: str, amount: str) -> None:
    """Add AMOUNT of the reward token to the bond of SERIES, refilling what was drawn.

    AMOUNT is written like 0.25btc or 25000000sat. The bond pays holders on days the escrow cannot,
    and minting needs it. While arrears are owed it is refused: `fund` pays those.

    \b
    Examples
      ape run bond fjord 0.02btc --account TEST::5
    """
    session = sender.session
    found = session.series(series)
    act = post_bond(session, found, parse_bitcoin(amount, found.decimals))
    sender.perform(act)
