# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run mint`: hashrate, as attested and bonded."""

import click

from commands.series.minting import mint
from commands.shell.chain import address_of
from commands.shell.options import Sender, sending_command
from hashrate.core.amounts import parse_hashrate


@sending_command(short_help="Mint hashrate of a series.")
@click.argument("series")
@click.argument("receiver")
@click.argument("amount")
def cli(sender: Sender, series: str, receiver: str, amount: str) -> None:
    """Mint AMOUNT of the hashrate of SERIES to RECEIVER; only its issuer can.

    AMOUNT is written like 1500ths or 1.5phs, RECEIVER is an address or an ape account. The supply
    cannot exceed what the reporters attested, nor what the bond covers; both are shown.

    \b
    Examples
      ape run mint fjord TEST::7 60phs --account TEST::5
    """
    session = sender.session
    found = session.series(series)
    act = mint(session, found, address_of(receiver), parse_hashrate(amount))
    sender.perform(act)
