# SPDX-License-Identifier: AGPL-3.0-only
"""Reporters that live in the test's own process: real journals, real HTTP, a clock of their own."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

from hashrate.evm.fees import FeePolicy
from hashrate.evm.rpc import EvmRpc
from hashrate.history import open_source
from hashrate.service.clock import Clock
from hashrate.service.fetch import Bounds
from hashrate.service.listener import Listener
from oracles.chain.contracts import OracleContract
from oracles.chain.transmitter import SendPolicy, Transmitter
from oracles.daemon.cycle import Daemon
from oracles.daemon.needs import Needs
from oracles.daemon.parts import CyclePolicy, Parts
from oracles.daemon.readings import FactsReader, PriceReader, WholeDays
from oracles.journal.journal import Journal
from oracles.journal.store import open_store
from oracles.observability.health import Deadlines, Health
from oracles.observability.metrics import Metrics
from oracles.peers.client import Peers
from oracles.peers.server import make_peer_app
from testing.anvil import CHAIN_ID
from testing.oracle_world import OracleWorld

GWEI = 10**9
POLICY = CyclePolicy(
    fallback_seconds=600,
    sign_ahead=3,
    output_days=7,
    settle_days=16,
    wait_seconds=5,
    poll_seconds=0.01,
)
_PEERS = Bounds(timeout_seconds=60.0, total_seconds=60.0)  # nobody hangs here; a test may stall
SENDING = SendPolicy(
    chain_id=CHAIN_ID,
    fees=FeePolicy(100 * GWEI, 2 * GWEI),
    gas_cap=8_000_000,
    confirmations=1,
    stuck_seconds=300,
    replacements=3,
)


class ManualClock:
    """Stands still until a test moves it, or until someone sleeps."""

    def __init__(self, now: int) -> None:
        """Start at a time [unix s]."""
        self.time = float(now)

    def now(self) -> int:
        """Return the time [unix s]."""
        return int(self.time)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.time += seconds


class LocalReporter:
    """One reporter on a world's oracle."""

    def __init__(
        self,
        world: OracleWorld,
        folder: Path,
        number: int,
        *,
        clock: Clock | None = None,
        days: str = "simulated:1",
        policy: CyclePolicy = POLICY,
        sending: SendPolicy = SENDING,
        rpc: EvmRpc | None = None,
    ) -> None:
        """Wire it; `meet` tells it who the others are."""
        self.world = world
        self.number = number
        self.clock = clock or ManualClock(world.anvil.now())
        self.rpc = rpc or EvmRpc(world.anvil.url, timeout_seconds=60)
        self.metrics = Metrics()
        self.store = open_store(folder / f"journal-{number}.sqlite3")
        self.journal = Journal(self.store, self.clock)
        oracle = OracleContract(self.rpc, world.domain)
        needs = Needs(oracle, self.rpc, self.journal)
        payer = world.payers[number]
        self.transmitter = Transmitter(
            self.rpc, self.journal, payer, sending, self.clock, needs.is_needed
        )
        whole = WholeDays(open_source(days))
        self.listener = Listener(make_peer_app(self.journal), "127.0.0.1", 0)
        self.listener.start()
        self.url = f"http://127.0.0.1:{self.listener.port}"
        self.parts = Parts(
            clock=self.clock,
            rpc=self.rpc,
            oracle=oracle,
            series=(),
            journal=self.journal,
            facts=whole,
            prices=whole,
            outputs=(),
            peers=Peers((), self.metrics, self.clock),
            signer=world.signers[number],
            transmitter=self.transmitter,
            metrics=self.metrics,
            health=Health(self.clock, self.metrics, Deadlines(3_600, 86_400)),
            policy=policy,
        )
        self.daemon = Daemon(self.parts)

    def meet(self, urls: Sequence[str]) -> None:
        """Learn the peers' addresses."""
        self.change(peers=Peers(urls, self.metrics, self.clock, _PEERS))

    def change(self, **parts: object) -> None:
        """Put other parts in place of some; the daemon starts anew."""
        self.parts = replace(self.parts, **parts)
        self.daemon = Daemon(self.parts)

    def close(self) -> None:
        """Stop serving and close the journal."""
        self.listener.stop()
        self.parts.peers.close()
        self.journal.close()
        self.rpc.close()


class Reporters:
    """Several reporters who know one another."""

    def __init__(self, world: OracleWorld, folder: Path, count: int = 3, **options: object) -> None:
        self._stack = ExitStack()
        self.all = []
        for number in range(count):
            reporter = LocalReporter(world, folder, number, **options)
            self._stack.callback(reporter.close)
            self.all.append(reporter)
        self.meet()

    def meet(self) -> None:
        """Connect each to the others."""
        for reporter in self.all:
            reporter.meet([other.url for other in self.all if other is not reporter])

    def close(self) -> None:
        """Stop them."""
        self._stack.close()


__all__ = ["FactsReader", "LocalReporter", "ManualClock", "PriceReader", "Reporters"]
