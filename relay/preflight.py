# SPDX-License-Identifier: AGPL-3.0-only
"""`check`: whether everything a relay depends on is there."""

from collections.abc import Iterator
from pathlib import Path

from hashrate.service.command_line import Check, show_checks
from hashrate.service.logging import Redactor
from relay.chain import Chain
from relay.service import open_chain, open_database
from relay.settings import RelaySettings, load_settings


def show(config: Path | None) -> bool:
    """Print a line for each check; tells whether all is well.

    Raises:
        HashrateError: the settings cannot be read.
    """
    settings = load_settings(config)
    with open_chain(settings, Redactor()) as chain:
        return show_checks(_checks(settings, chain))


def _checks(settings: RelaySettings, chain: Chain) -> Iterator[Check]:
    yield "book", lambda: _book(chain)
    yield "batches", lambda: _batches(chain)
    yield "events", lambda: _events(chain)
    yield "database", lambda: _database(settings)


def _book(chain: Chain) -> str:
    chain.prepare()
    names = ", ".join(chain.kinds)
    return f"{names}: {', '.join(chain.sources())} on chain {chain.node.chain_id}"


def _batches(chain: Chain) -> str:
    head = chain.head()
    times = chain.node.times([max(0, head.number - 1), head.number])
    return f"answered at block {head.number}, {len(times)} calls in one request"


def _events(chain: Chain) -> str:
    head = chain.head()
    chain.touched(max(0, head.number - 10), head.number, [])
    return "the last ten blocks' can be read"


def _database(settings: RelaySettings) -> str:
    if isinstance(settings.database, Path) and not settings.database.exists():
        return f"{settings.database} will be made"
    store = open_database(settings, writes=False)
    try:
        return f"{settings.database}, {store.count_open()} open orders"
    finally:
        store.close()
