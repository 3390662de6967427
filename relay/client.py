# SPDX-License-Identifier: AGPL-3.0-only
"""What the commands do with a running relay, or with its database."""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import click
import httpx
from rich.console import Console
from rich.table import Table

from hashrate.core.errors import SourceUnavailableError
from relay.service import open_database
from relay.settings import load_settings

_MAX_COMPLAINT = 300
_SECONDS = 30.0
_MOST_WAITING_SECONDS = 60
_TOO_MANY = 429


def export_orders(config: Path | None) -> None:
    """Write the open orders of the database to stdout.

    Raises:
        RelayStoreError: it cannot be read.
    """
    store = open_database(load_settings(config))
    try:
        for kept in store.open_orders():
            click.echo(kept.document)
    finally:
        store.close()


def import_orders(lines: Iterable[bytes], url: str) -> int:
    """Hand in orders, one a line; gives how many were refused.

    Raises:
        SourceUnavailableError: the relay does not answer.
    """
    listed = refused = 0
    with _client(url) as client:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            answer = _submit(client, line)
            if answer.is_success:
                listed += 1
            else:
                refused += 1
                click.echo(
                    f"line {number}: {complaint(answer.status_code, answer.content)}", err=True
                )
    click.echo(f"{listed} listed, {refused} refused")
    return refused


def show_book(url: str, series: int, depth: int) -> None:
    """Print what a book offers.

    Raises:
        SourceUnavailableError: the relay does not answer.
    """
    with _client(url) as client:
        answer = _ask(client, "GET", f"/book/{series}?depth={depth}")
    if not answer.is_success:
        raise SourceUnavailableError(
            f"the relay says: {complaint(answer.status_code, answer.content)}"
        )
    levels = answer.json()
    table = Table("side", "price", "contracts", "orders", "in strips")
    for side in ("sell", "buy"):
        rows = levels[side]
        for row in reversed(rows) if side == "sell" else rows:
            cells = (row["price_ticks"], row["quantity"], row["orders"], row["strip_quantity"])
            table.add_row(side, *(str(int(cell)) for cell in cells))
    Console().print(table)


def _client(url: str) -> httpx.Client:
    return httpx.Client(base_url=url, timeout=_SECONDS, trust_env=False)


def _submit(client: httpx.Client, line: bytes) -> httpx.Response:
    while True:
        kind = {"content-type": "application/json"}
        answer = _ask(client, "POST", "/orders", content=line.strip(), headers=kind)
        wait = answer.headers.get("retry-after", "")
        if answer.status_code != _TOO_MANY or not wait.isdecimal():
            return answer
        if int(wait) > _MOST_WAITING_SECONDS:
            return answer
        time.sleep(max(1, int(wait)))


def _ask(client: httpx.Client, method: str, path: str, **options: Any) -> httpx.Response:
    try:
        return client.request(method, path, **options)
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise SourceUnavailableError(f"the relay: {type(error).__name__}") from error


def complaint(status: int, body: bytes) -> str:
    """Explain why a relay refuses, in one line of what a terminal can show; it may be anybody's."""
    try:
        error = json.loads(body)["error"]
        text = f"{error['reason']}: {error['message']}"[:_MAX_COMPLAINT]
        return "".join(each if each.isprintable() else "?" for each in text)
    except (ValueError, KeyError, TypeError):
        return f"HTTP {status}"
