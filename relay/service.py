# SPDX-License-Identifier: AGPL-3.0-only
"""Wires a relay from its settings, and runs it."""

import asyncio
import gc
import signal
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import structlog
import uvicorn
from eth_utils.address import to_checksum_address

from hashrate.evm.node import open_rpc
from hashrate.orders.order import BookDomain
from hashrate.service.errors import SettingsError
from hashrate.service.listener import ConnectionPolicy, Listener, make_server
from hashrate.service.logging import Redactor, configure_logging
from relay.book import Book
from relay.chain import Chain
from relay.health import RelayHealth, make_operator_app
from relay.history import History
from relay.intake import Intake, IntakePolicy, Workers
from relay.kinds.registry import kinds_of
from relay.ledger import Ledger
from relay.metrics import RelayMetrics
from relay.node import Node
from relay.server import Api, RequestPolicy
from relay.settings import RelaySettings, load_settings
from relay.store import RelayStore
from relay.stream import Stream
from relay.watcher import Watcher, WatchPolicy

_LOG = structlog.get_logger(__name__)
_NODE_SECONDS = 5.0
_LOOK_SECONDS = 0.2
_SWITCH_SECONDS = 0.0002  # how long computing in a worker may hold up the event loop [s]
_GC_THRESHOLDS = (20_000, 20, 50)  # a full collection walks every order; let it be rare


@dataclass(frozen=True, slots=True)
class Relay:
    """The parts of a relay."""

    intake: Intake
    ledger: Ledger
    watcher: Watcher
    health: RelayHealth


def domain_of(settings: RelaySettings) -> BookDomain:
    """Name the book."""
    return BookDomain(settings.chain_id, to_checksum_address(settings.book))


def open_database(settings: RelaySettings, *, writes: bool = True) -> RelayStore:
    """Open the database.

    Raises:
        RelayStoreError: it cannot be used.
    """
    return RelayStore(settings.database, domain_of(settings), writes=writes)


@contextmanager
def open_chain(settings: RelaySettings, redactor: Redactor) -> Iterator[Chain]:
    """Connect to the node.

    Raises:
        KeystoreError: the file with its address cannot be read.
    """
    with open_rpc(settings, redactor, _NODE_SECONDS) as rpc:
        yield Chain(Node(rpc, settings.chain_id), kinds_of(settings))


@contextmanager
def open_relay(settings: RelaySettings, redactor: Redactor) -> Iterator[Relay]:
    """Wire a relay, and take it apart afterwards.

    Raises:
        HashrateError: something it needs is not there.
    """
    with ExitStack() as stack:
        chain = stack.enter_context(open_chain(settings, redactor))
        chain.prepare()
        store = open_database(settings)
        stack.callback(store.close)
        workers = Workers()
        stack.callback(workers.close)
        stream, policy = Stream(settings.max_listeners), _intake_policy(settings)
        intake = Intake(chain, Book(), store, workers, RelayMetrics(), policy, stream)
        ledger = Ledger(store)
        history = History(
            intake,
            ledger,
            settings.history_first_block,
            settings.history_blocks,
            settings.overlap_blocks,
        )
        watcher = Watcher(
            intake,
            history,
            WatchPolicy(
                poll_seconds=settings.poll_seconds,
                overlap_blocks=settings.overlap_blocks,
                reorg_blocks=settings.reorg_blocks,
                sweep_orders=settings.sweep_orders,
                sleep_seconds=settings.sleep_seconds,
                ahead_seconds=settings.ahead_seconds,
                behind_seconds=settings.behind_seconds,
            ),
        )
        health = RelayHealth(intake, watcher, settings.stale_seconds, settings.head_seconds)
        yield Relay(intake, ledger, watcher, health)


def run(config: Path | None) -> None:
    """Run a relay until SIGTERM or SIGINT.

    Raises:
        HashrateError: it cannot start.
    """
    settings = load_settings(config)
    redactor = Redactor()
    configure_logging(settings.log_level, redactor)
    for name in (signal.SIGTERM, signal.SIGINT):
        # uvicorn takes both while it serves, and gives them back when it has stopped.
        signal.signal(name, lambda *_: None)
    sys.setswitchinterval(_SWITCH_SECONDS)
    gc.set_threshold(*_GC_THRESHOLDS)
    with open_relay(settings, redactor) as relay:
        operator = make_operator_app(relay.intake, relay.health)
        listener = Listener(operator, settings.operator_host, settings.operator_port)
        listener.start()
        try:
            asyncio.run(serve(settings, relay, listener.port))
        finally:
            listener.stop()


async def serve(settings: RelaySettings, relay: Relay, operator_port: int) -> None:
    """Serve traders and follow the chain, until a signal comes.

    Raises:
        SettingsError: the address cannot be used.
    """
    app = Api(relay.intake, relay.ledger, relay.health, _request_policy(settings)).app()
    server = make_server(
        app, settings.listen_host, settings.listen_port, _connection_policy(settings)
    )
    watching = asyncio.create_task(relay.watcher.run())
    watching.add_done_callback(lambda _: setattr(server, "should_exit", True))
    ending = asyncio.create_task(_end_streams(server, relay.intake.stream))
    resting = asyncio.create_task(_let_orders_rest(relay.watcher))
    _LOG.info("started", book=settings.book, operator_port=operator_port)
    try:
        await server.serve()
    except SystemExit:  # how uvicorn says that it cannot bind
        raise SettingsError(
            f"cannot listen on {settings.listen_host}:{settings.listen_port}"
        ) from None
    finally:
        watching.cancel()
        ending.cancel()
        resting.cancel()
    _LOG.info("stopped")
    try:
        await watching
    except asyncio.CancelledError:
        return


async def _end_streams(server: uvicorn.Server, stream: Stream) -> None:
    """End the streams when the server is to stop: it waits for open answers."""
    while not server.should_exit:
        await asyncio.sleep(_LOOK_SECONDS)
    stream.close()


async def _let_orders_rest(watcher: Watcher) -> None:
    """Take what was read at the start out of garbage collections.

    It stays for long, and what leaves is freed by itself; to walk 100,000 orders would stop the
    process for a third of a second each time.
    """
    while not watcher.is_caught_up:
        await asyncio.sleep(_LOOK_SECONDS)
    gc.collect()
    gc.freeze()


def _intake_policy(settings: RelaySettings) -> IntakePolicy:
    return IntakePolicy(
        most_orders=settings.max_orders,
        most_per_maker=settings.max_orders_per_maker,
        most_per_client=settings.max_orders_per_client,
        submits_per_second=settings.submits_per_second,
        submits_burst=settings.submits_burst,
        maker_per_second=settings.maker_per_second,
        maker_burst=settings.maker_burst,
    )


def _request_policy(settings: RelaySettings) -> RequestPolicy:
    return RequestPolicy(
        reads_per_second=settings.reads_per_second,
        reads_burst=settings.reads_burst,
        body_seconds=settings.body_seconds,
        request_seconds=settings.request_seconds,
    )


def _connection_policy(settings: RelaySettings) -> ConnectionPolicy:
    return ConnectionPolicy(
        most=settings.max_connections,
        most_per_client=settings.max_connections_per_client,
        header_seconds=settings.header_seconds,
        proxies=tuple(str(each) for each in settings.trusted_proxies),
    )
