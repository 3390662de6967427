# SPDX-License-Identifier: AGPL-3.0-only
"""`headers`: the commands that prove days by proof-of-work. They import what they need late."""

from pathlib import Path

import click

from hashrate.service.command_line import config_option, one_line_errors

_config_option = config_option("HASHRATE")
_day_argument = click.argument("day", metavar="YYYY-MM-DD")
_dry_option = click.option("--dry-run", is_flag=True, help="Show what would be sent, send nothing.")


@click.group()
def headers() -> None:
    """Prove days by Bitcoin's own proof-of-work, and let the oracle review them by it.

    Anyone can: it takes a transmitter's key for the gas, and a Bitcoin node or an explorer that
    serves raw headers. A false source proves nothing.
    """


@headers.command()
@_config_option
@click.option("--height", required=True, type=click.IntRange(10, 2**31 - 1), help="Of the anchor.")
@one_line_errors
def anchor(config: Path | None, height: int) -> None:
    """Print the anchor at a height for parameters/<network>.toml.

    It is the only thing the header contract believes: at least two sources must tell the same,
    a node among them. Take a block some hundred blocks deep, two days before the oracle's first.
    """
    from oracles.commands import headers as work

    work.show_anchor(config, height)


@headers.command()
@_config_option
@click.option("--day", metavar="YYYY-MM-DD", help="Go as far as this day's proof takes.")
@_dry_option
@one_line_errors
def extend(config: Path | None, day: str | None, dry_run: bool) -> None:
    """Extend the chain of headers on chain: to prove a day, else up to the tip."""
    from oracles.commands import headers as work

    work.extend(config, day, is_dry=dry_run)


@headers.command()
@_config_option
@_day_argument
@_dry_option
@one_line_errors
def fees(config: Path | None, day: str, dry_run: bool) -> None:
    """Prove the fees of a proven day, block by block from the last one back."""
    from oracles.commands import headers as work

    work.prove_fees(config, day, is_dry=dry_run)


@headers.command()
@_config_option
@_day_argument
@_dry_option
@one_line_errors
def review(config: Path | None, day: str, dry_run: bool) -> None:
    """Hold a pending day against its proof: a false one waits for people, a true one does not."""
    from oracles.commands import headers as work

    work.review(config, day, is_dry=dry_run)


@headers.command()
@_config_option
@click.option(
    "--days", type=click.IntRange(1, 400), default=14, show_default=True, help="Days to show."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@one_line_errors
def status(config: Path | None, days: int, as_json: bool) -> None:
    """Show what is proven of the last days, and whether a dispute runs."""
    from oracles.commands import headers as work

    work.show_status(config, days, as_json=as_json)
