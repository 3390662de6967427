# SPDX-License-Identifier: AGPL-3.0-only
"""`ape run devnet`: a local chain where a day passes every few seconds, with the page."""

from pathlib import Path

import click

from commands.shell.late import imported_late
from commands.shell.options import one_line_errors

DEFAULT_START = "2024-04-01"
_PORT = click.IntRange(1, 65_535)


@click.command(short_help="A local chain that lives, with the page.")
@click.option(
    "--data",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with real days (btc_daily.csv, difficulty_epochs.csv) instead of simulated ones.",
)
@click.option(
    "--start", default=DEFAULT_START, show_default=True, help="First of the real days, with --data."
)
@click.option("--seed", default="devnet", show_default=True, help="Of the simulation and trades.")
@click.option(
    "--past-days",
    type=click.IntRange(0, 3_650),
    default=14,
    show_default=True,
    help="Days that pass at once before the page opens.",
)
@click.option(
    "--seconds",
    type=click.FloatRange(1, 86_400),
    default=6,
    show_default=True,
    help="Real time of each further day.",
)
@click.option("--rpc-port", type=_PORT, default=8545, show_default=True, help="Of the node.")
@click.option("--port", type=_PORT, default=8080, show_default=True, help="Of the page.")
@click.option("--relay-port", type=_PORT, default=8711, show_default=True, help="Of the relay.")
@one_line_errors
def cli(
    data: Path | None,
    start: str,
    seed: str,
    past_days: int,
    seconds: float,
    rpc_port: int,
    port: int,
    relay_port: int,
) -> None:
    """Start a node, deploy, let reporters, issuers and holders live, and serve the page.

    A relay runs beside it, and two makers who quote forwards.

    Everything listens on loopback only. Ctrl-C ends it and leaves nothing behind.

    \b
    Examples
      ape run devnet
      ape run devnet --seconds 2 --past-days 60
      ape run devnet --data ../data --start 2024-04-01
    """
    devnet = imported_late("simulation.devnet.run")
    devnet.run(
        devnet.Settings(
            data=data,
            start=start,
            seed=seed,
            past_days=past_days,
            seconds=seconds,
            rpc_port=rpc_port,
            page_port=port,
            relay_port=relay_port,
        )
    )
