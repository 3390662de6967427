# SPDX-License-Identifier: AGPL-3.0-only
"""Real Bitcoin nodes that reorganise, disagree or lag: nothing false is signed and posted."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from hashrate.core.types import DayIndex
from hashrate.service.logging import Redactor
from oracles.daemon.parts import Outcome
from oracles.daemon.settings import BitcoinSettings, Settings
from oracles.daemon.wiring import open_readers
from oracles.journal.journal import Subject
from oracles.journal.models import ReportKind
from oracles.journal.records import Held
from testing.bcoin import API_KEY, Bcoin
from testing.daemon_parts import LocalReporter, Reporters
from testing.exchange import Exchanges
from testing.header_times import Replay, invented_replay
from testing.oracle import OracleConfig
from testing.oracle_world import OracleWorld

pytestmark = pytest.mark.integration

CONFIRMATIONS = 6


class Scene:
    """Two Bitcoin nodes, an oracle, and two reporters that ask both nodes."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        """Start everything; the first day is over, and a few blocks deep."""
        self.plan = invented_replay(2)
        self.day = DayIndex(self.plan.days[0])
        self.nodes = [Bcoin(folder / name) for name in ("near", "far")]
        for node in self.nodes:
            stack.callback(node.close)
        exchanges = Exchanges(lambda _day: 60_000)
        stack.callback(exchanges.close)
        config = OracleConfig(self.day, 1, halving_blocks=150, unit_hashes=1)
        self.world = OracleWorld(config)
        stack.callback(self.world.close)
        self.address = self.nodes[0].new_address()
        self.last = self.plan.heights(self.day)[-1]
        self.reporters = Reporters(self.world, folder, 2)
        stack.callback(self.reporters.close)
        secret = folder / "password"
        secret.write_text(API_KEY)
        secret.chmod(0o600)
        bitcoin = tuple(
            BitcoinSettings(kind="core", name=name, url=node.url, user="x", password_file=secret)
            for name, node in zip(("near", "far"), self.nodes, strict=True)
        )
        settings = Settings(
            chain_id=self.world.domain.chain_id,
            oracle=self.world.domain.verifying_contract,
            rpc_url=self.world.anvil.url,
            network="regtest",
            bitcoin=bitcoin,
            confirmations=CONFIRMATIONS,
            prices=("coinbase", "bitstamp"),
            price_urls=exchanges.urls,
        )
        for reporter in self.reporters.all:
            readers = stack.enter_context(open_readers(settings, Redactor(), reporter.clock))
            reporter.change(facts=readers.facts, prices=readers.prices)
        self.reporters.meet()

    def mine(self, node: Bcoin, last: int, delay: int = 0) -> None:
        """Mine a node's blocks up to a height, at the planned times and a delay [s]."""
        times = self.plan.times[node.height() : last]
        node.mine([time + delay for time in times], self.address)

    def finish_day(self) -> None:
        """Let the day be over for the EVM chain and the clocks."""
        self.world.finish_day(self.day)
        for reporter in self.reporters.all:
            reporter.clock.time = self.world.anvil.now()

    def run(self) -> list[Outcome | None]:
        """Run a cycle of each reporter; an hour passes."""
        outcomes = []
        for reporter in self.reporters.all:
            outcomes.append(reporter.daemon.run_once().outcome)
            reporter.clock.sleep(3_600)
        return outcomes

    def held(self, reporter: LocalReporter) -> Held | None:
        """Return what a reporter signed."""
        return reporter.journal.held_report(Subject(ReportKind.DAY, self.day))

    def expected(self) -> tuple[int, ...]:
        """Work the day out from the first node's blocks."""
        return Replay(self.nodes[0].header_times(), self.plan.days).facts(self.day, {})


@pytest.fixture
def scene(tmp_path: Path, anvil_path: Path, bitcoin_program: Path) -> Iterator[Scene]:
    """The first day is over, and one block short of deep enough."""
    assert bitcoin_program.exists()
    with ExitStack() as stack:
        made = Scene(stack, tmp_path)
        made.mine(made.nodes[0], made.last + CONFIRMATIONS - 2)
        made.nodes[0].copy_to(made.nodes[1])
        made.finish_day()
        yield made


def test_run_once__nodes_lag_disagree_and_reorganise__posts_the_truth_once(scene: Scene) -> None:
    """A day's last blocks change twice before it is posted; what is posted is the chain's."""
    near, far = scene.nodes
    first, second = scene.reporters.all

    # too few confirmations: not due, not signed
    assert scene.run() == [Outcome.NOT_DUE, Outcome.NOT_DUE]
    assert scene.held(first) is None

    # the nodes are on different forks: not signed
    near.drop_from(scene.last - 1)
    scene.mine(near, scene.last + CONFIRMATIONS + 2, delay=1)
    scene.mine(far, scene.last + CONFIRMATIONS + 2)
    result = first.daemon.run_once()
    assert not result.is_good
    assert "far has" in result.waiting[0] + result.waiting[-1]
    assert scene.held(first) is None

    # both agree; one signs, then both reorganise the day's last blocks, deeper than asked for
    far.drop_from(scene.last - 1)
    near.copy_to(far)
    first.daemon.run_once()
    before = scene.held(first)
    assert before is not None
    near.drop_from(scene.last - 3)
    scene.mine(near, scene.last - 1)
    extra = range(scene.last + CONFIRMATIONS + 1 - near.height())
    later = near.call("getblockheader", near.call("getbestblockhash"))["time"]
    near.mine([scene.plan.times[scene.last] + 700 * i for i in extra], scene.address)
    assert later < near.call("getblockheader", near.call("getbestblockhash"))["time"]
    far.drop_from(scene.last - 3)
    near.copy_to(far)
    for _ in range(4):
        scene.run()

    after = scene.held(first)
    assert after is not None
    assert after.anchor != before.anchor
    assert first.journal.standing(before.report_id) is None
    assert scene.held(second) is not None
    assert scene.world.posted_exactly_once(scene.day, scene.day)
    assert scene.world.day_facts(scene.day) == [scene.expected()]


def test_run_once__one_node_gone__signs_nothing(scene: Scene) -> None:
    """One source alone is not believed."""
    scene.mine(scene.nodes[0], scene.last + CONFIRMATIONS + 2)
    scene.nodes[1].close()

    result = scene.reporters.all[0].daemon.run_once()

    assert any("1 of at least 2 sources" in why for why in result.waiting)
    assert scene.held(scene.reporters.all[0]) is None
