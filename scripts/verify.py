# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run verify`: whether the chain has the code that is recorded."""

from pathlib import Path

import click
from ape.cli import ConnectedProviderCommand

from commands.deploy.verify import verify_deployment
from commands.shell.options import deployments_option, one_line_errors
from commands.shell.session import Session


@click.command(cls=ConnectedProviderCommand, short_help="Check the code on the chain.")
@deployments_option
@one_line_errors
def cli(deployments: Path | None) -> None:
    """Compare the code of every recorded contract with its recorded hash, immutables included.

    Says of each whether the sources of this tree are those it was made from, else of which commit.
    Sends nothing, needs no account; ends with exit code 1 if any code differs or is missing.

    \b
    Examples
      ape run verify --network ethereum:sepolia:node
    """
    verify_deployment(Session(None, deployments))
