# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run issue`: a new series of hashrate tokens."""

from pathlib import Path

import click

from commands.series.issue import issue
from commands.shell.options import Sender, parameters_option, sending_command


@sending_command(short_help="Issue a series.")
@click.argument("series")
@parameters_option
def cli(sender: Sender, series: str, parameters_file: Path | None) -> None:
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
    session = sender.session
    parameters = session.parameters(parameters_file)
    issue(session, parameters, series, is_dry=sender.is_dry, is_agreed=sender.is_agreed)
