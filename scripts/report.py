# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run report`: a signed day or output, from files."""

from pathlib import Path
from typing import Any

import click
from ape.cli import ConnectedProviderCommand, account_option

from commands.series.posting import post
from commands.shell.acts import perform
from commands.shell.options import deployments_option, dry_run_option, one_line_errors, yes_option
from commands.shell.session import Session


@click.command(cls=ConnectedProviderCommand, short_help="Post a signed report.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--replace", "replaces", is_flag=True, help="Replace the pending report.")
@account_option()
@deployments_option
@dry_run_option
@yes_option
@one_line_errors
def cli(
    files: tuple[Path, ...],
    replaces: bool,
    account: Any,
    deployments: Path | None,
    dry_run: bool,
    yes: bool,
) -> None:
    """Post the report in FILES: a day, or the output of a series.

    Give one file with enough signatures, or several files of the same report, one for each
    reporter: the command checks all signatures and sends as many as the threshold asks for. The
    sending account only pays for the transaction; it need not be a reporter.

    Every reporter serves what it signed in this form: GET /v1/reports/YYYY-MM-DD for a day,
    GET /v1/outputs/DISTRIBUTOR/YYYY-MM-DD for an output (see docs/runbook.md).

    With --replace a pending report is corrected; the reporters sign its revision plus one.
    Replacing a day removes every later pending day.

    \b
    Examples
      ape run report day-a.json day-b.json --account TEST::19
      ape run report output.json --replace --network ethereum:sepolia:node --account relayer
    """
    session = Session(account, deployments)
    act = post(session, files, replaces=replaces)
    perform(session, act, is_dry=dry_run, is_agreed=yes)
