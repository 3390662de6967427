# SPDX-License-Identifier: AGPL-3.0-only
"""The daemon's commands. They import what they need when they run, so that others start fast."""

import sys
from pathlib import Path
from typing import Any

import click

from hashrate.service.command_line import (
    EXIT_FAILED,
    JsonModel,
    check_command,
    config_option,
    one_line_errors,
    show_config_command,
)

_config_option = config_option("HASHRATE")
_FILE = click.Path(dir_okay=False, path_type=Path)


@click.command()
@_config_option
@click.option("--dry-run", is_flag=True, help="Use no key: sign nothing, send nothing.")
@one_line_errors
def run(config: Path | None, dry_run: bool) -> None:
    """Report every day, until SIGTERM.

    Without keys in the settings it is a dry run: it reads and logs what it would sign.
    """
    from oracles.commands import service

    sys.exit(service.run(config, dry_run=dry_run))


@click.command()
@_config_option
@click.option("--dry-run", is_flag=True, help="Use no key: sign nothing, send nothing.")
@one_line_errors
def once(config: Path | None, dry_run: bool) -> None:
    """Run one cycle and end: 0 if all that is due was done, 1 if something was missing."""
    from oracles.commands import service

    sys.exit(service.once(config, dry_run=dry_run))


@click.command()
@_config_option
@click.option(
    "--days", type=click.IntRange(1, 400), default=14, show_default=True, help="Days to show."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@one_line_errors
def status(config: Path | None, days: int, as_json: bool) -> None:
    """Show how far each day is: observed, signed, transmitted, final, settled."""
    from oracles.commands import status as view

    view.show(config, days, as_json=as_json)


@click.command()
@_config_option
@click.argument("day", metavar="YYYY-MM-DD", required=False)
@click.option("--to", "last", metavar="YYYY-MM-DD", help="Last day of a range, included.")
@click.option("--evidence", type=_FILE, help="A reporter's file in place of sources of your own.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@one_line_errors
def verify(
    config: Path | None, day: str | None, last: str | None, evidence: Path | None, as_json: bool
) -> None:
    """Compute a posted day from your own sources and show where the oracle differs.

    Exit code 0 if every value of every day agrees; 1 if one differs, a day is not posted, or the
    node does not give all of it, which is said.
    """
    from oracles.commands import audit

    if evidence is not None:
        sys.exit(EXIT_FAILED if audit.show_evidence(config, evidence, as_json=as_json) else 0)
    if day is None:
        raise click.UsageError("name a day, or a file with --evidence")
    sys.exit(EXIT_FAILED if audit.show(config, day, last or day, as_json=as_json) else 0)


@check_command("HASHRATE")
def check(config: Path | None) -> bool:
    """Check everything a reporter depends on, before it is trusted with a key."""
    from oracles.commands import preflight

    return preflight.show(config)


@show_config_command("HASHRATE")
def show_config(config: Path | None) -> JsonModel:
    """Read the settings."""
    from oracles.daemon.settings import load_settings

    return load_settings(config)


@click.command()
@click.option("--source", "spec", metavar="SOURCE", help="dataset:FOLDER or simulated:SEED.")
@_config_option
@click.option("--from", "first", required=True, metavar="YYYY-MM-DD", help="First day.")
@click.option("--to", "last", required=True, metavar="YYYY-MM-DD", help="Last day, included.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="CSV file for the facts; stdout without it.",
)
@one_line_errors
def backfill(
    spec: str | None, config: Path | None, first: str, last: str, output: Path | None
) -> None:
    """Compute the facts of many days, without a chain, into a CSV file.

    With --source from a whole-day source, else from the sources in the settings.
    """
    from oracles.commands import backfilling

    backfilling.show(spec, config, first, last, output)


@click.command()
@_config_option
@click.argument("target", type=_FILE)
@one_line_errors
def backup(config: Path | None, target: Path) -> None:
    """Copy the journal to TARGET while the reporter runs; only its owner can read the copy."""
    from oracles.commands import keeping

    click.echo(keeping.back_up(config, target))


@click.command()
@_config_option
@click.argument("source", type=_FILE)
@one_line_errors
def restore(config: Path | None, source: Path) -> None:
    """Put SOURCE, a copy, in the place of a journal that is gone; the reporter must be stopped."""
    from oracles.commands import keeping

    click.echo(keeping.restore(config, source))


@click.command()
@_config_option
@click.option(
    "--keep-days", type=click.IntRange(min=90), default=400, show_default=True, help="Days to keep."
)
@one_line_errors
def prune(config: Path | None, keep_days: int) -> None:
    """Drop what sources said of older days; what was signed and sent stays. Stop the reporter."""
    from oracles.commands import keeping

    click.echo(keeping.prune(config, keep_days))


@click.command()
@_config_option
@click.argument("day", metavar="YYYY-MM-DD")
@click.argument("target", type=_FILE)
@one_line_errors
def evidence(config: Path | None, day: str, target: Path) -> None:
    """Write what a day's report rests on to TARGET; `verify --evidence` reads it elsewhere."""
    from oracles.commands import keeping

    click.echo(keeping.export(config, day, target))


@click.command()
@click.option("--source", "spec", metavar="SOURCE", help="dataset:FOLDER or simulated:SEED.")
@_config_option
@click.argument("first", metavar="YYYY-MM-DD")
@click.option("--days", type=click.IntRange(1, 400), default=7, show_default=True, help="Days.")
@click.option(
    "--reporters", type=click.IntRange(1, 31), default=3, show_default=True, help="In the quorum."
)
@click.option("--rpc-url", metavar="URL", help="A local chain; without it, one is started (anvil).")
@click.option("--contracts", type=_FILE, help="The .build/__local__.json of `make build`.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@one_line_errors
def rehearse(first: str, *, as_json: bool, **options: Any) -> None:
    """Replay past days through whole reporters and a local chain.

    With --source from a whole-day source, else from the sources in the settings, each as it stood
    at the time; the outputs of series in the settings too. The reporters are real: loops, journals,
    peers and transmitters, each with keys of no worth. Shown is what each day's report and each
    output would have been, who signed and posted it, and when.

    Exit code 0 if all was posted, 1 if a day or an output was not within the setting late_seconds,
    six hours by default, of the day's end.
    """
    from oracles.commands import rehearsing

    wanted = rehearsing.Wanted(first=first, **options)
    sys.exit(0 if rehearsing.show(wanted, as_json=as_json) else EXIT_FAILED)


DAEMON_COMMANDS = (
    run,
    once,
    status,
    verify,
    check,
    show_config,
    backfill,
    backup,
    restore,
    prune,
    evidence,
    rehearse,
)
