# SPDX-License-Identifier: AGPL-3.0-only
"""Every alert fires in time on what the daemon makes of a fault, and none in quiet times.

The series come from the daemon's own scheduler, minute by minute, over a real chain whose time the
test moves; the rules are those that are shipped, run by `promtool test rules`.
"""

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from hashrate.core.errors import HashrateError
from hashrate.core.types import BlockHeight, DayFacts, DayIndex, Sats, UsdE8
from hashrate.evm.errors import RpcRefusedError
from hashrate.evm.nodes import EvmNodes
from hashrate.evm.rpc import EvmRpc
from hashrate.history import open_source
from hashrate.service.errors import SourceRefusedError, SourceUnavailableError
from oracles.chain.budget import LEAST_REPORTS
from oracles.daemon.cycle import LoopPolicy, run_forever
from oracles.daemon.readings import FactsReading, OutputReading
from oracles.daemon.remote import AgreedPrices, Wire
from oracles.journal.journal import Subject
from oracles.journal.models import ReportKind
from oracles.observability.metrics import Names, SourceWatch
from oracles.peers.client import name_of
from oracles.sources.agreement import PriceLimits
from testing.chain_source import OnePrice
from testing.daemon_parts import POLICY, SENDING, LocalReporter, ManualClock, Reporters
from testing.faulty_rpc import FaultyRpc
from testing.oracle_world import DAY_SECONDS, OracleWorld
from testing.prometheus import MINUTE, PROMTOOL, Scrapes, ever_fired, firing
from tests.conftest import tool_missing
from tests.oracles.builders import SERIES

pytestmark = pytest.mark.integration

HOUR = 60  # minutes
PATIENT = replace(POLICY, poll_seconds=5.0)  # each sleep moves the whole world
LOOP = LoopPolicy(cycle_seconds=60, max_backoff_seconds=600, max_failures=30)
RULES = Path(__file__).resolve().parents[3] / "ops/prometheus/alerts.yml"
QUIET = 3 * HOUR  # before a fault
EXCHANGES = ("x0", "x1", "x2")


class NodeRpc(FaultyRpc):
    """The node of the reporter under test; further faults of a transaction's way."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.swallows = False
        self.reverts = False
        self.swallowed: set[str] = set()

    def request(self, method: str, *params: Any) -> Any:
        """Pass on, or keep transactions waiting, or have the contract refuse reports."""
        if method == "eth_estimateGas" and self.reverts:
            raise RpcRefusedError(
                "evm node: execution reverted", "quorum: threshold", is_revert=True
            )
        if method == "eth_sendRawTransaction" and self.swallows:
            self.swallowed.add(params[0])
            return "0x00"
        if method == "eth_getTransactionByHash" and self.swallowed:
            return {"hash": params[0]}
        return super().request(method, *params)


class Exchange(OnePrice):
    """An exchange that can be gone."""

    is_gone = False

    async def close(self, day: DayIndex) -> Any:
        """Return the price, or nothing."""
        if self.is_gone:
            raise SourceUnavailableError(f"{self.source_id}: status 503")
        return await super().close(day)


@dataclass
class Pool:
    """A series' output."""

    error: HashrateError | None = None
    series: str = SERIES
    longest_wait: int = 3_600

    def output(self, day: DayIndex) -> OutputReading:
        """Return an output, or fail."""
        if self.error is not None:
            raise self.error
        return OutputReading(Sats(1), 1, ())


class Facts:
    """The facts of a reporter; they can be false, gone or a defect."""

    def __init__(self, inner: Any) -> None:
        self.inner = inner
        self.error: Exception | None = None
        self.lie = 0

    def __getattr__(self, name: str) -> Any:
        return getattr(self.inner, name)

    def read(self, day: DayIndex, first_height: BlockHeight | None) -> FactsReading:
        """Read, lie or fail."""
        if self.error is not None:
            raise self.error
        reading = self.inner.read(day, first_height)
        fees = Sats(reading.facts.fees_sats + self.lie)
        return replace(reading, facts=replace(reading.facts, fees_sats=fees))


class Clock(ManualClock):
    """The reporter's clock: while it sleeps, the world goes on."""

    on_sleep: Callable[[], None] = staticmethod(lambda: None)

    def sleep(self, seconds: float) -> None:
        """Let time pass for all."""
        super().sleep(seconds)
        self.on_sleep()


class Simulation:
    """A reporter, its peer, its sources, and what Prometheus sees."""

    def __init__(self, world: OracleWorld, folder: Path) -> None:
        self.world, self.folder = world, folder
        self.reporters = Reporters(world, folder, 2)
        self.ours, self.peer = self.reporters.all
        self.pace = 60
        start = (world.first_day + 1) * DAY_SECONDS - 600
        world.anvil.warp(start)
        self.clock = Clock(start)
        self.rpc = NodeRpc(world.anvil.url)
        self.spare = FaultyRpc(world.anvil.url)
        nodes = [("evm-1", self.rpc), ("evm-2", self.spare)]
        self._rewire(EvmNodes(nodes, world.domain.chain_id, 900))
        self.scrapes = Scrapes(start)
        self.start = start
        self.is_up = True
        self.clock.on_sleep = self._pass

    def _rewire(self, nodes: EvmRpc) -> None:
        """Make the reporter anew on its clock, nodes and sources."""
        ours, folder = self.ours, self.folder / "ours"
        folder.mkdir()
        self.ours = LocalReporter(
            self.world, folder, 0, clock=self.clock, rpc=nodes, policy=PATIENT
        )
        ours.close()
        self.reporters.all[0] = self.ours
        self.metrics = self.ours.metrics
        self.wire = Wire(self.clock, SourceWatch(self.metrics, self.clock))
        price = 6_000_000_000_000
        self.exchanges = [Exchange(name, price) for name in EXCHANGES]
        self.facts = Facts(self.ours.parts.facts)
        self.pool = Pool()
        prices = AgreedPrices(self.wire, self.exchanges, PriceLimits())
        self.ours.change(facts=self.facts, prices=prices, outputs=(self.pool,))
        self.peer.change(
            prices=SimpleNamespace(
                close=lambda day: replace(prices.close(day), btc_usd_e8=UsdE8(self.peer_price))
            )
        )
        self.peer_price = price
        self.reporters.meet()
        self.metrics.begin(
            Names(
                sources=EXCHANGES,
                nodes=("evm-1", "evm-2"),
                peers=(name_of(self.peer.url),),
                series=(SERIES,),
                steps=("nodes", "days", "audit", "watch", "transactions", f"outputs/{SERIES}"),
            ),
            self.clock.now(),
        )

    def run(self, minutes: int) -> None:
        """Let the daemon's own loop run, started afresh where it gives up."""
        end = self.clock.time + minutes * MINUTE
        while self.clock.time < end:
            stop = threading.Event()
            self.end, self.stop = end, stop
            run_forever(self.ours.daemon, self.ours.parts, LOOP, stop)

    def _pass(self) -> None:
        """Move the chain and the peer to our time, and scrape."""
        idle = self.pace - 60
        if idle > 0:
            self.clock.time += idle
        self.scrapes.until(self.clock.now() - 1, self._metrics())
        self.world.anvil.warp(max(self.clock.now(), self.world.anvil.now() + 1))
        self.peer.clock.time = self.clock.time
        if self.peer.listener is not None:
            self.peer.daemon.run_once()
        self.scrapes.until(self.clock.now(), self._metrics())
        if self.clock.time >= self.end:
            self.stop.set()

    def _metrics(self) -> bytes | None:
        return self.metrics.text() if self.is_up else None

    @property
    def minute(self) -> int:
        """Return the minute of the last scrape."""
        return self.scrapes.minutes - 1

    def close(self) -> None:
        """Stop everything."""
        self.reporters.close()
        self.wire.close()


@pytest.fixture(scope="module", autouse=True)
def _promtool() -> None:
    if PROMTOOL is None:
        tool_missing("promtool (Debian's package prometheus)")


@pytest.fixture
def simulation(world: OracleWorld, tmp_path: Path) -> Iterator[Simulation]:
    """A reporter ten minutes before its first day is over."""
    made = Simulation(world, tmp_path)
    yield made
    made.close()


# ---------------------------------------------------------------- faults


def _dead_nodes(s: Simulation) -> None:
    s.rpc.is_dead = s.spare.is_dead = True


def _crash(s: Simulation) -> None:
    s.facts.error = ZeroDivisionError("a defect")
    _next_midnight(s)


def _no_facts(s: Simulation) -> None:
    s.facts.error = SourceUnavailableError("node: status 502")
    s.peer.change(transmitter=None)
    _next_midnight(s)


def _false_day(s: Simulation) -> None:
    """Two bought reporters post a lie at once."""
    _next_midnight(s)
    day = DayIndex(s.world.next_day())
    s.world.finish_day(day, 30)
    s.clock.time = s.world.anvil.now()
    s.peer.change(transmitter=None)
    s.ours.change(transmitter=None)
    s.ours.daemon.run_once()
    values = list(open_source("simulated:1").observe(day).facts.as_tuple())
    values[4] += 1
    values[5] += 10**12
    s.world.post(DayFacts(*values), UsdE8(6_000_000_000_000), s.world.signers[1:])


def _lying_peer(s: Simulation) -> None:
    lying = Facts(s.peer.parts.facts)
    lying.lie = 1_000
    s.peer.change(facts=lying, transmitter=None)
    _next_midnight(s)


def _dead_peer(s: Simulation) -> None:
    s.peer.listener.stop()


def _odd_exchange(s: Simulation) -> None:
    s.exchanges[2]._price = 7_000_000_000_000
    _next_midnight(s)


def _gone_exchange(s: Simulation) -> None:
    s.exchanges[2].is_gone = True


def _dead_spare(s: Simulation) -> None:
    s.spare.is_dead = True


def _broken_pool(s: Simulation) -> None:
    s.pool.error = SourceRefusedError("pool: status 401", 401)
    _next_midnight(s)


def _prices_apart(s: Simulation) -> None:
    s.peer_price = 6_600_000_000_000
    s.peer.change(transmitter=None)
    _next_midnight(s)


def _refused(s: Simulation) -> None:
    s.rpc.reverts = True
    s.peer.change(transmitter=None)
    _next_midnight(s)


def _dear_gas(s: Simulation) -> None:
    fees = replace(SENDING.fees, cap_wei=1)
    s.ours.transmitter._policy = replace(SENDING, fees=fees)
    s.peer.change(transmitter=None)
    _next_midnight(s)


def _stuck(s: Simulation) -> None:
    s.rpc.swallows = True
    s.peer.change(transmitter=None)
    _next_midnight(s)


def _poor(s: Simulation) -> None:
    s.world.anvil.give(s.ours.transmitter.address, 10**15)


def _unsettled(s: Simulation) -> None:
    behind = SimpleNamespace(address=SERIES, next_day=lambda: DayIndex(s.world.first_day - 20))
    oracle = s.ours.parts.oracle
    last = DayIndex(s.world.first_day)

    class Final:
        """The oracle with a day that is final."""

        def __getattr__(self, name: str) -> Any:
            return getattr(oracle, name)

        def last_final_day(self) -> DayIndex:
            return last

    s.ours.change(series=(behind,), oracle=Final(), transmitter=None)


def _down(s: Simulation) -> None:
    s.is_up = False


def _next_midnight(s: Simulation) -> None:
    """Go to the end of the day that is posted next, in one step; nobody scrapes on the way."""
    s.world.finish_day(s.world.next_day(), 0)
    s.clock.time = max(s.clock.time, s.world.anvil.now())
    s.scrapes.skip(s.clock.now())


Fault = Callable[[Simulation], None]
# alert: the fault, minutes until it must fire, seconds of a sleep at least
SCENARIOS: dict[str, tuple[Fault, int, int]] = {
    "OracleDown": (_down, 15, 60),
    "OracleNoCycle": (_dead_nodes, 50, 60),
    "OracleCrashed": (_crash, 10, 60),
    "OracleDayLate": (_no_facts, 6 * HOUR + 20, 600),
    "OraclePostedDayDiffers": (_false_day, 10, 60),
    "OracleDayContradicted": (_false_day, 10, 60),
    "OracleProofMissing": (_false_day, 2 * HOUR + 15, 600),
    "OraclePeerDiffers": (_lying_peer, 10, 60),
    "OraclePeerUnusable": (_dead_peer, 4 * HOUR + 20, 600),
    "OracleSourceDiffers": (_odd_exchange, 10, 60),
    "OracleSourceSilent": (_gone_exchange, 31 * HOUR, 1_200),
    "OracleNodeTrouble": (_dead_spare, HOUR + 20, 60),
    "OracleStepFails": (_broken_pool, 3 * HOUR + 30, 600),
    "OraclePricesApart": (_prices_apart, 50, 60),
    "OracleRefused": (_refused, 25, 60),
    "OracleFeeTooHigh": (_dear_gas, 85, 60),
    "OracleTransactionStuck": (_stuck, 85, 60),
    "OracleBalanceLow": (_poor, 40, 60),
    "OracleSettlementBehind": (_unsettled, 70, 60),
}


@pytest.mark.parametrize("alert", list(SCENARIOS))
def test_alerts__fault__fires_in_time_and_not_before(simulation: Simulation, alert: str) -> None:
    """Quiet hours with a posted day, then the fault: nothing before, the alert within its time."""
    fault, within, pace = SCENARIOS[alert]
    simulation.pace = 600
    simulation.run(QUIET)
    before = simulation.minute
    assert simulation.world.next_day() == simulation.world.first_day + 1
    fault(simulation)
    simulation.pace = pace
    begun = int((simulation.clock.time - simulation.start) // MINUTE)
    simulation.run(within + 10)

    expected = [(before, ever_fired(), 0), (begun + within, firing(alert), 1)]
    wrong = simulation.scrapes.check(simulation.folder, RULES, expected)

    assert wrong == ""


def test_alerts__others_post_before_us__sources_that_were_not_asked_are_not_silent(
    simulation: Simulation,
) -> None:
    """Whoever comes late to a day asks nobody: its sources are as good as they were."""
    simulation.pace = 600
    simulation.run(QUIET)
    day = DayIndex(simulation.world.next_day())
    _next_midnight(simulation)
    facts = open_source("simulated:1").observe(day).facts
    world = simulation.world
    world.post(facts, UsdE8(6_000_000_000_000), world.signers[1:])
    simulation.pace = 1_200
    simulation.run(23 * HOUR)

    assert simulation.ours.journal.held_report(Subject(ReportKind.DAY, day)) is None
    expected = [(simulation.minute, ever_fired(), 0)]
    assert simulation.scrapes.check(simulation.folder, RULES, expected) == ""


def test_alerts__clock_was_ahead_for_a_cycle__what_fails_since_is_not_hidden(
    simulation: Simulation,
) -> None:
    """The times of that cycle lie in the future, and stay: nothing succeeds any more."""
    simulation.pace = 600
    simulation.run(QUIET)
    simulation.clock.time += 2 * DAY_SECONDS
    assert simulation.ours.daemon.run_once().is_good
    SourceWatch(simulation.metrics, simulation.clock).answered(EXCHANGES[0])
    simulation.clock.time -= 2 * DAY_SECONDS
    _dead_nodes(simulation)
    simulation.pace = 60
    simulation.run(50)

    expected = [
        (simulation.minute, firing("OracleNoCycle"), 1),
        (simulation.minute, firing("OracleSourceSilent"), 1),
    ]
    assert simulation.scrapes.check(simulation.folder, RULES, expected) == ""


def test_alerts__every_rule__has_a_fault() -> None:
    """A rule without a scenario may be one that can never fire."""
    names = {line.split(": ")[1] for line in RULES.read_text().splitlines() if "- alert: " in line}

    assert names == set(SCENARIOS)


def quiet(simulation: Simulation, days: int) -> None:
    """Run quiet days; at night the loop has its usual pace, by day the clock jumps ahead."""
    for _ in range(days):
        simulation.pace = 300
        simulation.run(2 * HOUR)
        simulation.pace = 1_200
        simulation.run(22 * HOUR)

    assert simulation.world.next_day() == simulation.world.first_day + days
    expected = [(simulation.minute, ever_fired(), 0)]
    assert simulation.scrapes.check(simulation.folder, RULES, expected) == ""


def test_alerts__quiet_days__none_fires(simulation: Simulation) -> None:
    """Three days in which all is well, for every run of the tests."""
    quiet(simulation, 3)


@pytest.mark.long
def test_alerts__quiet_month__none_fires(simulation: Simulation) -> None:
    """A month in which all is well."""
    quiet(simulation, 30)


def test_balance_rule__number__is_the_one_of_check() -> None:
    """O10: the alert asks for as many reports as `check`."""
    assert f"expr: hashrate_transmitter_reports_left < {LEAST_REPORTS}\n" in RULES.read_text()
