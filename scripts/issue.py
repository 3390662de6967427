# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run issue`: a new series of hashrate tokens."""

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand, account_option

from commands.series.issue import issue
from commands.shell.options import (
    deployments_option,
    dry_run_option,
    one_line_errors,
    parameters_option,
    yes_option,
)
from commands.shell.session import Session


@click.command(cls=ConnectedProviderCommand, short_help="Issue a series.")
@click.argument("series")
@account_option()
@parameters_option
@deployments_option
@dry_run_option
@yes_option
@one_line_errors
def cli(
    series: str,
    account: Any,
    parameters_file: Path | None,
    deployments: Path | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Issue SERIES, as [series.SERIES] in parameters/<network>.toml describes it.

    The sending account becomes the issuer. Terms are immutable: they are shown in full before
    anything is sent, and read back from the chain before the series is recorded.

    Nothing can be minted yet. The reporters must first attest the fleet's output for as many days
    as the terms ask for, and the bond must be posted.

    \b
    Examples
      ape run issue fjord --account TEST::5 --dry-run
      ape run issue fjord --network ethereum:sepolia:node --account issuer
    """
    session = Session(account, deployments)
    parameters = session.parameters(parameters_file)
    issue(session, parameters, series, is_dry=dry_run, is_agreed=yes)
