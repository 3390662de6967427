# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run report`: a signed day or output, from files."""

from pathlib import Path

import click

from commands.series.posting import post
from commands.shell.options import Sender, sending_command


@sending_command(short_help="Post a signed report.")
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--replace", "replaces", is_flag=True, help="Replace the pending report.")
def cli(sender: Sender, files: tuple[Path, ...], replaces: bool) -> None:
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
    act = post(sender.session, files, replaces=replaces)
    sender.perform(act)
