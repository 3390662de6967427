# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run mint`: hashrate, as attested and bonded."""

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand, account_option

from commands.series.minting import mint
from commands.shell.acts import perform
from commands.shell.chain import address_of
from commands.shell.options import deployments_option, dry_run_option, one_line_errors, yes_option
from commands.shell.session import Session
from hashrate.core.amounts import parse_hashrate


@click.command(cls=ConnectedProviderCommand, short_help="Mint hashrate of a series.")
@click.argument("series")
@click.argument("receiver")
@click.argument("amount")
@account_option()
@deployments_option
@dry_run_option
@yes_option
@one_line_errors
def cli(
    series: str,
    receiver: str,
    amount: str,
    account: Any,
    deployments: Path | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Mint AMOUNT of the hashrate of SERIES to RECEIVER; only its issuer can.

    AMOUNT is written like 1500ths or 1.5phs, RECEIVER is an address or an ape account. The supply
    cannot exceed what the reporters attested, nor what the bond covers; both are shown.

    \b
    Examples
      ape run mint fjord TEST::7 60phs --account TEST::5
    """
    session = Session(account, deployments)
    found = session.series(series)
    act = mint(session, found, address_of(receiver), parse_hashrate(amount))
    perform(session, act, is_dry=dry_run, is_agreed=yes)
