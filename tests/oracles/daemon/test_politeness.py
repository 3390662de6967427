# SPDX-License-Identifier: AGPL-3.0-only
"""How often a reporter asks its sources: the numbers in the runbook, held by the daemon itself."""

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hashrate.core.types import REGTEST, DayIndex, UnixSeconds, UsdE8
from hashrate.evm.rpc import EvmRpc
from hashrate.service.http import HttpClient
from oracles.daemon.agreed_days import AgreedDays
from oracles.daemon.readings import PriceReading
from oracles.daemon.remote import Wire
from oracles.sources.bitcoin_core import BitcoinCore
from oracles.sources.esplora import Esplora
from oracles.sources.mempool_space import MempoolSpace
from testing.daemon_parts import LocalReporter, Reporters
from testing.http_server import serving
from testing.oracle import OracleConfig
from testing.oracle_world import DAY_SECONDS, OracleWorld
from tests.oracles.daemon.idle import busy_reporter
from tests.oracles.sources.chains import chain, heights_of
from tests.oracles.sources.explorer_server import Explorer
from tests.oracles.sources.node_server import Node

pytestmark = pytest.mark.integration

FIRST_DAY = DayIndex(19_833)
DAYS = 8
SPACING = 600
CYCLE = 60
CYCLES_A_DAY = DAY_SECONDS // CYCLE
# requests from midnight until the day is signed and waits for an hour; Esplora is the spare
LIMITS = {"core": 220, "mempool": 210, "esplora": 130}


class OneDayPrice:
    """A price for every day."""

    def close(self, day: DayIndex) -> PriceReading:
        """Return it."""
        return PriceReading(UsdE8(6_000_000_000_000), ())


class Scene:
    """A reporter over three sources of a chain of 144 blocks a day, as it was at each moment."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        start = FIRST_DAY * DAY_SECONDS - DAY_SECONDS
        self.blocks = chain((DAYS + 2) * 144, start, SPACING)
        self.times = sorted(block.block.time for block in self.blocks)
        first, _ = heights_of(self.blocks, FIRST_DAY)
        config = OracleConfig(FIRST_DAY, first, halving_blocks=150, unit_hashes=1)
        self.world = OracleWorld(config)
        stack.callback(self.world.close)
        self.reporter = LocalReporter(self.world, folder, 0)
        stack.callback(self.reporter.close)
        self.wire = Wire(self.reporter.clock)
        stack.callback(self.wire.close)
        self.servers = {name: stack.enter_context(serving()) for name in LIMITS}
        self.views = [
            Node(self.blocks),
            Explorer("mempool", self.blocks),
            Explorer("esplora", self.blocks),
        ]
        for server, view in zip(self.servers.values(), self.views, strict=True):
            server.reply_to_all(view.answer)
        kinds = {"core": BitcoinCore, "mempool": MempoolSpace, "esplora": Esplora}
        sources = [kinds[name](self._http(name, stack), REGTEST) for name in LIMITS]
        facts = AgreedDays(self.wire, sources, REGTEST, 2, 6)
        self.reporter.change(facts=facts, prices=OneDayPrice(), transmitter=None)

    def _http(self, name: str, stack: ExitStack) -> HttpClient:
        def now() -> UnixSeconds:
            return UnixSeconds(self.reporter.clock.now())

        http = HttpClient(name, self.servers[name].url, self.wire.record, now)
        stack.callback(lambda: self.wire.run(http.aclose()))
        return http

    def cycle(self) -> None:
        """Run a cycle; the chain is as high as it was then."""
        now = self.reporter.clock.now()
        known = self.blocks[: bisect_right(self.times, now)]
        for view in self.views:
            view.blocks = known
        self.world.anvil.warp(max(now, self.world.anvil.now() + 1))
        self.reporter.daemon.run_once()
        self.reporter.clock.sleep(CYCLE)

    def asked(self) -> dict[str, int]:
        """Count the requests so far."""
        return {name: len(server.asked) for name, server in self.servers.items()}


@pytest.fixture
def scene(tmp_path: Path, anvil_path: Path) -> Iterator[Scene]:
    """A reporter before its first day is over."""
    with ExitStack() as stack:
        yield Scene(stack, tmp_path)


def test_run__one_day__asks_each_source_as_often_as_the_runbook_says(scene: Scene) -> None:
    """O6: from midnight until the day is signed, and what a waiting day costs after that."""
    scene.reporter.clock.time = (FIRST_DAY + 1) * DAY_SECONDS
    for _ in range(200):
        scene.cycle()
    signing = scene.asked()

    for _ in range(10):
        scene.cycle()

    waiting = {name: count - signing[name] for name, count in scene.asked().items()}
    assert all(0 < signing[name] <= limit for name, limit in LIMITS.items()), signing
    # one hash of two sources a cycle; the third is a spare
    assert waiting == {"core": 10, "mempool": 10, "esplora": 0}


def test_run__quorum_a_week_late__asks_no_more_than_on_one_day(scene: Scene) -> None:
    """O6: a week of signed days waits; it cost 1,080 requests an hour of each source."""
    scene.reporter.clock.time = (FIRST_DAY + 7) * DAY_SECONDS + 3 * 3_600
    scene.cycle()
    before = scene.asked()

    for _ in range(30):
        scene.cycle()

    an_hour = {name: 2 * (count - before[name]) for name, count in scene.asked().items()}
    assert an_hour == {"core": 60, "mempool": 60, "esplora": 0}


def test_run_once__nothing_to_do__asks_its_node_little(
    world: OracleWorld, reporters: Reporters, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A minute costs a provider of nodes so many questions, with a series and ten days of it."""
    busy = busy_reporter(world, reporters)
    asked: list[str] = []
    really_ask = EvmRpc.request

    def ask(rpc: EvmRpc, method: str, *params: object) -> object:
        asked.append(method)
        return really_ask(rpc, method, *params)

    monkeypatch.setattr(EvmRpc, "request", ask)

    assert busy.daemon.run_once().is_good

    assert Counter(asked) == {"eth_call": 30, "eth_getBlockByNumber": 3, "eth_getBalance": 1}
