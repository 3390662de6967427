# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run status`: what the chain says."""

from pathlib import Path

import click
from ape.cli import ConnectedProviderCommand

from commands.series.status import as_json, read_oracle, read_series, show
from commands.shell.chain import address_of
from commands.shell.options import deployments_option, one_line_errors
from commands.shell.session import Session


@click.command(cls=ConnectedProviderCommand, short_help="Show oracle, series and a holder.")
@click.argument("series", required=False)
@click.option("--holder", help="Also show this account's hashrate and what it can claim.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON; integers are strings.")
@deployments_option
@one_line_errors
def cli(series: str | None, holder: str | None, is_json: bool, deployments: Path | None) -> None:
    """Show the oracle and every recorded series, or SERIES alone. Sends nothing, needs no account.

    \b
    Examples
      ape run status --network ethereum:sepolia:node
      ape run status fjord --holder TEST::7 --json
    """
    session = Session(None, deployments)
    chosen = [session.series(series)] if series else session.all_series()
    account = address_of(holder) if holder else None
    oracle, found = read_oracle(session), [read_series(each, account) for each in chosen]
    if is_json:
        click.echo(as_json(oracle, found))
    else:
        show(session, oracle, found)
