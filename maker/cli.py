# SPDX-License-Identifier: AGPL-3.0-only
"""The command line. It only reads arguments and shows results."""

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

_config_option = config_option("MAKER")


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Market maker of the forwards book: quotes both sides of listed months around the index.

    Prices come from the oracle's final days: index x expected growth of difficulty x halving, less
    a lean against what it holds. Satoshi and difficulty months are pegged to the index; dollar
    months are signed anew every few minutes from a live price. It quotes within its limits, is
    quiet around retargets, and stops for good, all cancelled, at its loss limit.

    \b
    Try a policy on days that were
      python -m maker simulate --data ../data
    Run one: without a keystore it only says what it would sign
      cp ops/maker.example.toml maker.toml     # name chain, contracts, relay and months
      python -m maker check --config maker.toml
      python -m maker once --config maker.toml
      python -m maker run --config maker.toml

    docs/maker.md says all of it.
    """


@main.command()
@_config_option
@click.option("--resume", is_flag=True, help="Go on after the loss limit was reached.")
@one_line_errors
def run(config: Path | None, resume: bool) -> None:
    """Quote until SIGTERM; exit code 1 at the loss limit.

    Losses made before count again after --resume: raise the limit, or it stops at once.
    """
    from maker import service

    sys.exit(0 if service.run(config, resumes=resume) else EXIT_FAILED)


@main.command()
@_config_option
@one_line_errors
def once(config: Path | None) -> None:
    """Look once: show what is offered, and with a keystore sign it and hand it in."""
    from maker import showing
    from maker.service import look_once

    showing.show_report(look_once(config))


@check_command("MAKER")
def check(config: Path | None) -> bool:
    """Check everything a maker depends on: node, contracts, months, relay, keys, money, gas."""
    from maker import preflight

    return preflight.show(config)


@show_config_command("MAKER")
def show_config(config: Path | None) -> JsonModel:
    """Read the settings."""
    from maker.settings import load_settings

    return load_settings(config)


@main.command()
@click.option(
    "--data",
    envvar="HASHRATE_DATA",
    required=True,
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Folder with real days (btc_daily.csv, difficulty_epochs.csv); or HASHRATE_DATA.",
)
@click.option("--from", "first", default="2019-01-01", show_default=True, help="First day.")
@click.option("--to", "end", help="First day without trading; as many as can settle if not given.")
@click.option("--months", type=click.IntRange(1, 12), default=3, show_default=True, help="Listed.")
@click.option("--seed", default="maker", show_default=True, help="Decides who comes.")
@click.option("--flow", type=click.IntRange(0, 10_000), default=10, show_default=True, help="Most.")
@click.option("--loss", type=click.IntRange(1), help="Loss limit [sat]; none if not given.")
@click.option("--json", "is_json", is_flag=True, help="Print JSON instead of a table.")
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Draw profit and inventory into this PNG.",
)
@one_line_errors
def simulate(is_json: bool, output: Path | None, **asked: Any) -> None:
    """Let policies quote HPS months through real days, and show what became of each.

    Every day begins with a taker who knows two days more than the index; then ordinary takers come,
    --flow contracts a day, month and side at most. All of a policy's trades settle on the days that
    were. Amounts are satoshi.
    """
    from maker import showing

    results = showing.simulated(**asked)
    click.echo(showing.results_json(results) if is_json else showing.results_text(results))
    if output is not None:
        from maker import chart

        chart.draw(results, output)
        click.echo(f"Picture: {output}", err=True)


for _command in (check, show_config):
    main.add_command(_command)
