# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run faucet`: mock bitcoin and dollars, on local networks."""

import click

from commands.series.faucet import give
from commands.shell.chain import address_of
from commands.shell.options import Sender, sending_command


@sending_command(short_help="Mock money, local networks only.")
@click.argument("receiver")
@click.argument("amount")
def cli(sender: Sender, receiver: str, amount: str) -> None:
    """Mint RECEIVER an AMOUNT of mock bitcoin, such as 1btc, or of mock dollars, such as 100usd.

    They exist on local networks only.

    \b
    Examples
      ape run faucet TEST::5 10btc --account TEST::0
      ape run faucet TEST::6 50000usd --account TEST::0
    """
    act = give(sender.session, address_of(receiver), amount)
    sender.perform(act)
