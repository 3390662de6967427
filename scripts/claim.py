# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run claim`: what a holder has earned."""

import click

from commands.series.money import claim
from commands.shell.chain import address_of
from commands.shell.options import Sender, sending_command


@sending_command(short_help="Claim a holder's rewards.")
@click.argument("series")
@click.option("--for", "holder", help="Holder to claim for; the sending account if not given.")
def cli(sender: Sender, series: str, holder: str | None) -> None:
    """Pay a holder of SERIES what it has earned on settled days and not yet received.

    Anyone may claim for anyone: the money goes to the holder, or to the address it chose. A holder
    that is a contract must claim itself, unless it opted in.

    \b
    Examples
      ape run claim fjord --account TEST::7
      ape run claim fjord --for TEST::8 --account TEST::19
    """
    session = sender.session
    act = claim(session, session.series(series), address_of(holder or sender.account.address))
    sender.perform(act)
