# SPDX-License-Identifier: AGPL-3.0-only
"""The command line. It only reads arguments and shows results."""

import sys
from pathlib import Path
from typing import Any

import click

from hashrate.service.command_line import (
    EXIT_FAILED,
    Command,
    JsonModel,
    check_command,
    config_option,
    one_line_errors,
    show_config_command,
)

_config_option = config_option("RELAY")


def _url_option(command: Command) -> Command:
    return click.option(
        "--url",
        default="http://127.0.0.1:8711",
        show_default=True,
        help="Address of a running relay, yours or another's.",
    )(command)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def main() -> None:
    """Order relay: keeps signed orders and shows them as a book.

    A maker signs an order (`ape run forwards order` writes it to a file) and hands it in; a taker
    reads the book and fills orders on the chain. The relay lists an order only while the book
    would fill it and its maker could pay. It holds no key and no money, and the book trusts
    nothing of it.

    \b
    Run one
      cp ops/relay.example.toml relay.toml     # name chain, book and node
      python -m relay check --config relay.toml
      python -m relay run --config relay.toml
    Use one
      curl http://127.0.0.1:8711/markets
      curl -H 'content-type: application/json' -d @order.json http://127.0.0.1:8711/orders
      python -m relay book SERIES
    Move its orders to another
      python -m relay export --config relay.toml > orders.jsonl
      python -m relay import orders.jsonl --url https://relay.example

    docs/relay.md says all of it.
    """


@main.command()
@_config_option
@one_line_errors
def run(config: Path | None) -> None:
    """Serve until SIGTERM.

    Traders ask listen_port, monitoring asks operator_port (/health, /metrics).
    """
    from relay import service

    service.run(config)


@check_command("RELAY")
def check(config: Path | None) -> bool:
    """Check everything a relay depends on: node, chain, book, events, database."""
    from relay import preflight

    return preflight.show(config)


@show_config_command("RELAY")
def show_config(config: Path | None) -> JsonModel:
    """Read the settings."""
    from relay.settings import load_settings

    return load_settings(config)


@main.command()
@click.argument("series", type=click.IntRange(min=0))
@_url_option
@click.option("--depth", type=click.IntRange(1, 200), default=10, show_default=True)
@one_line_errors
def book(series: int, url: str, depth: int) -> None:
    """Show what a relay's book offers for SERIES, as `/markets` numbers it.

    Prices in ticks, quantities in contracts of 1 PH/s. What stands under "strips" can only be
    taken together with other months.
    """
    from relay import errands

    errands.show_book(url, series, depth)


@main.command()
def openapi() -> None:
    """Print the description of the interface, OpenAPI 3.1; a relay serves it as /openapi.json."""
    from relay.openapi import description

    click.echo(description(), nl=False)


@main.command("export")
@_config_option
@one_line_errors
def export_orders(config: Path | None) -> None:
    """Write the open orders of the database to stdout, one signed order a line."""
    from relay import errands

    errands.export_orders(config)


@main.command("import")
@click.argument("file", type=click.File("rb"))
@_url_option
@one_line_errors
def import_orders(file: Any, url: str) -> None:
    """Hand in the orders of FILE, one a line (`-` for stdin), and wait where the relay says so.

    Exit code 0 if all are listed, 1 if some were refused; each refusal is a line on stderr.
    """
    from relay import errands

    sys.exit(EXIT_FAILED if errands.import_orders(file, url) else 0)


for _command in (check, show_config):
    main.add_command(_command)
