# SPDX-License-Identifier: AGPL-3.0-only
"""What the commands do with a running relay, or with its database."""

import time
from collections.abc import Iterable
from pathlib import Path

import click
from rich.console import Console
from rich.table import Table

from hashrate.orders.relay_client import RelayClient, complaint
from hashrate.service.fetch import Answer
from relay.service import open_database
from relay.settings import load_settings

_MOST_WAITING_SECONDS = 60
_TOO_MANY = 429


def export_orders(config: Path | None) -> None:
    """Write the open orders of the database to stdout.

    Raises:
        RelayStoreError: it cannot be read.
    """
    store = open_database(load_settings(config), writes=False)
    try:
        for kept in store.open_orders():
            click.echo(kept.document)
    finally:
        store.close()


def import_orders(lines: Iterable[bytes], url: str) -> int:
    """Hand in orders, one a line; gives how many were refused.

    Raises:
        RelayAnswerError: the relay does not answer.
    """
    listed = refused = 0
    with RelayClient(url) as relay:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            answer = _submit(relay, line.strip())
            if answer.is_success:
                listed += 1
            else:
                refused += 1
                click.echo(f"line {number}: {complaint(answer)}", err=True)
    click.echo(f"{listed} listed, {refused} refused")
    return refused


def show_book(url: str, series: int, depth: int) -> None:
    """Print what a book offers.

    Raises:
        RelayAnswerError: the relay does not answer.
    """
    with RelayClient(url) as relay:
        found = relay.book(str(series), depth)
    table = Table("side", "price", "contracts", "orders", "linked")
    offered = [("sell", each) for each in reversed(found.asks)]
    for side, level in [*offered, *(("buy", each) for each in found.bids)]:
        cells = (level.price, level.quantity, level.orders, level.linked_quantity)
        table.add_row(side, *map(str, cells))
    Console().print(table)


def _submit(relay: RelayClient, document: bytes) -> Answer:
    """Hand an order in, as often as the relay says to come back soon."""
    while True:
        answer = relay.submit(document)
        wait = answer.headers.get("retry-after", "")
        if answer.status != _TOO_MANY or not wait.isdecimal():
            return answer
        if int(wait) > _MOST_WAITING_SECONDS:
            return answer
        time.sleep(max(1, int(wait)))
