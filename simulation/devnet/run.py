# SPDX-License-Identifier: AGPL-3.0-only
"""Runs the local network from its start to Ctrl-C: node, contracts, days, page."""

import os
import signal
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event

from ape import networks
from ape.logging import LogLevel, logger
from rich.console import Console
from rich.markup import escape

from commands.shell.console import counted, grid, open_console
from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS, day_from_iso
from hashrate.history import Source, open_source
from hashrate.service.listener import Listener
from simulation.demo.system import System
from simulation.devnet.anvil import CHAIN_ID, MNEMONIC, Anvil
from simulation.devnet.block_timer import AnvilBlockTimer
from simulation.devnet.live_scheduler import VISITOR, LiveScheduler, parameters
from simulation.devnet.multicall import etch
from simulation.devnet.page import deployment_document, make_app, require_built
from simulation.devnet.ports import LOOPBACK, require_free
from simulation.devnet.trading import MAKERS, Trading

_NETWORK = "ethereum:local:foundry"
_HOST_VARIABLE = "APE_FOUNDRY_HOST"
_STATES_IN_MEMORY = 512  # no more are kept and none goes to disk, so there is nothing to clean up


@dataclass(frozen=True, slots=True)
class Settings:
    """How the local network runs.

    Attributes:
        data: folder with real days; None for simulated ones.
        start: first of the real days, YYYY-MM-DD.
        seed: of the simulation and of the trades.
        past_days: days run at once before the page opens.
        seconds: real time of each further day [s].
        rpc_port, page_port, relay_port: TCP ports on loopback.
    """

    data: Path | None
    start: str
    seed: str
    past_days: int
    seconds: float
    rpc_port: int
    page_port: int
    relay_port: int


def run(settings: Settings) -> None:
    """Run until SIGINT or SIGTERM.

    Raises:
        HashrateError: something is missing, a port is taken, or the node ended by itself.
    """
    console = open_console()
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda *_: stop.set())
    source, first = _open_days(settings)
    folder = require_built()
    require_free(settings.rpc_port, "--rpc-port")
    require_free(settings.page_port, "--port")
    require_free(settings.relay_port, "--relay-port")
    with ExitStack() as cleanup, logger.at_level(LogLevel.WARNING):
        options = ("--prune-history", str(_STATES_IN_MEMORY))
        node = Anvil(*options, timestamp=first * DAY_SECONDS, port=settings.rpc_port)
        cleanup.callback(node.close)
        cleanup.enter_context(_connected(node))
        etch(node.rpc)
        console.print(f"Node on {node.url}; deploying the contracts")
        system = System(AnvilBlockTimer(node.rpc), parameters(source, first))
        scratch = cleanup.enter_context(tempfile.TemporaryDirectory(prefix="devnet-"))
        trading = Trading(system, node, Path(scratch), settings.relay_port, settings.seed)
        scheduler = LiveScheduler(
            system, trading, source, lambda text: console.print(f"  {escape(text)}"), settings.seed
        )
        _run_past(console, scheduler, settings.past_days, stop)
        if not stop.is_set():
            document = deployment_document(
                node.url,
                str(system.oracle.address),
                str(system.registry.address),
                is_simulated=source.is_simulated,
                lens=str(system.lens.address),
                places=trading.places,
            )
            listener = Listener(make_app(folder, document), LOOPBACK, settings.page_port)
            listener.start()
            cleanup.callback(listener.stop)
            cleanup.enter_context(trading.running())
            _introduce(console, settings, source, node, system, trading)
            _live(console, scheduler, (node, trading), settings, stop)
    console.print("Stopped: node, relay, makers and page have ended, nothing is left.")


def _open_days(settings: Settings) -> tuple[Source, DayIndex]:
    if settings.data is not None:
        return open_source(f"dataset:{settings.data}"), day_from_iso(settings.start)
    source = open_source(f"simulated:{settings.seed}")
    return source, source.first_day


@contextmanager
def _connected(node: Anvil) -> Iterator[None]:
    """Let ape use the node that runs."""
    before = os.environ.get(_HOST_VARIABLE)
    os.environ[_HOST_VARIABLE] = node.url
    try:
        with networks.parse_network_choice(_NETWORK):
            yield
    finally:
        if before is None:
            del os.environ[_HOST_VARIABLE]
        else:
            os.environ[_HOST_VARIABLE] = before


def _run_past(console: Console, scheduler: LiveScheduler, days: int, stop: Event) -> None:
    for index in range(days):
        if stop.is_set():
            return
        console.print(
            f"{scheduler.headline(index)} of {counted(days, 'day')} before the page opens"
        )
        scheduler.live_day(index, 0, stop)


def _live(
    console: Console,
    scheduler: LiveScheduler,
    parts: tuple[Anvil, Trading],
    settings: Settings,
    stop: Event,
) -> None:
    index = settings.past_days
    while not stop.is_set():
        _require_alive(parts)
        if not scheduler.is_known(index):
            console.print("The data ends here: no more days pass. Ctrl-C ends everything.")
            while not stop.wait(1):
                _require_alive(parts)
            return
        console.print(scheduler.headline(index))
        scheduler.live_day(index, settings.seconds, stop)
        index += 1


def _require_alive(parts: tuple[Anvil, Trading]) -> None:
    for part in parts:
        part.require_alive()


def _introduce(
    console: Console,
    settings: Settings,
    source: Source,
    node: Anvil,
    system: System,
    trading: Trading,
) -> None:
    visitor = system.holders[VISITOR]
    kind = "invented by a simulation" if source.is_simulated else "real"
    rows = [
        ("page", f"http://{LOOPBACK}:{settings.page_port}/"),
        ("RPC URL", node.url),
        ("forwards", f"vault {trading.vault.address}, book {trading.book.address}"),
        ("relay", f"{trading.relay_url}, with orders of {counted(len(MAKERS), 'maker')}"),
        ("offering", f"{system.market.offering.address}, a round every five weeks"),
        ("spot market", f"{system.market.spot.address}, quoted by the same makers"),
        ("chain id", f"{CHAIN_ID}, currency ETH"),
        ("account", f"{visitor.address}, holds hashrate of both series and 10,000 ETH"),
        ("its private key", f"{visitor.private_key}, to import into a wallet"),
        ("all accounts", f"{MNEMONIC} (the public test mnemonic)"),
        ("days", f"{kind}, one every {settings.seconds:g} s"),
    ]
    console.print(
        grid("The local network is ready. Ctrl-C ends it and leaves nothing behind.", rows)
    )
    console.print("The keys are public: never send anything of value to these accounts.")
