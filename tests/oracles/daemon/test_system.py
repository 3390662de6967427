# SPDX-License-Identifier: AGPL-3.0-only
"""The whole system: two Bitcoin nodes, an EVM node and three daemon processes, 2 of 3.

From the first block to the holders' claims, with one reporter offline for a day, one that lies
about fees and one with a wrong price. All numbers are worked out a second time from the header
times and by the reference model.
"""

import datetime as dt
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path

import pytest

from hashrate.core.units import iso_from_day
from testing.bcoin import API_KEY, Bcoin
from testing.daemon_process import PATIENCE_SECONDS, DaemonProcess, wait_for
from testing.exchange import Exchanges
from testing.header_times import Replay, invented_replay, real_replay
from testing.oracle import OracleConfig
from testing.oracle_world import DAY_SECONDS, OracleWorld
from testing.series_world import SeriesWorld

pytestmark = pytest.mark.integration

CONFIRMATIONS = 6
DELIVERED = "0.0034"
DELIVERED_WAD = 34 * 10**14
MINTED = 3 * 10**15
FINDINGS = ("posted_day_differs", "posted_price_differs")  # what the liar and the erring log


def price_usd(day: int) -> int:
    """Return the lower of two exchanges' closing prices of a day [USD]."""
    return 60_000 + day % 100 * 37


class Scene:
    """Everything that runs."""

    def __init__(self, stack: ExitStack, plan: Replay, folder: Path) -> None:
        """Start the nodes, the exchanges and the oracle, and prepare three reporters."""
        self.plan = plan
        self.folder = folder
        self.node, self.other = (Bcoin(folder / name) for name in ("node", "other"))
        stack.callback(self.node.close)
        stack.callback(self.other.close)
        self.exchanges = Exchanges(price_usd)
        stack.callback(self.exchanges.close)
        config = OracleConfig(plan.days[0], 1, halving_blocks=150, unit_hashes=1)
        self.world = OracleWorld(config)
        stack.callback(self.world.close)
        self.series = SeriesWorld(self.world, plan.days[0] + 1)
        self.address = self.node.new_address()
        self.fees: dict[int, int] = {}
        self._write_meter()
        self.daemons = [self._daemon(number) for number in range(3)]
        for daemon in self.daemons:
            daemon.settings["peers"] = [d.url for d in self.daemons if d is not daemon]
            stack.callback(daemon.kill)

    def mine_day(self, day: int) -> None:
        """Mine a day's blocks and as many as confirm it, with a payment or two among them."""
        last = self.plan.heights(day)[-1] + CONFIRMATIONS + 3
        times = list(self.plan.times[self.node.height() : last])
        half = len(times) // 2
        self.node.mine(times[:half], self.address)
        if self.node.height() > 101:
            self.fees[self.node.height() + 1] = self.node.pay()
        self.node.mine(times[half:], self.address)
        self.node.copy_to(self.other)

    def finish_day(self, day: int, wrong: DaemonProcess | None = None) -> None:
        """Let a day be over on both chains, and wait until it and its output are posted.

        Who is wrong about it signs first, and the honest one second, who then finds a false day
        among its peers': nobody signs a day that is posted, or asks a peer of it.
        """
        self.mine_day(day)
        self.world.finish_day(day)
        honest, liar, _ = self.daemons
        for daemon in () if wrong is None else (wrong, honest):
            self.move_clock(daemon)
            wait_for(partial(self.has_signed, daemon, day), PATIENCE_SECONDS, f"a report of {day}")
        if wrong is liar:
            wait_for(
                partial(self.has_logged, honest, "peer_differs"), PATIENCE_SECONDS, "it differs"
            )
        self.move_clock(*self.daemons)
        wait_for(lambda: self.world.next_day() == day + 1, PATIENCE_SECONDS, f"day {day} is posted")
        wait_for(lambda: self.output(day)[2] != 0, PATIENCE_SECONDS, f"output of {day} is posted")

    def output(self, day: int) -> tuple[int, ...]:
        """Read the series' output of a day."""
        return tuple(self.world.oracle.read("output_record", self.series.series.address, day))

    def has_signed(self, daemon: DaemonProcess, day: int) -> bool:
        """Return whether a reporter has signed a day."""
        signed = [each for each in daemon.events() if each["event"] == "day_signed"]
        return any(each["day"] == iso_from_day(day) for each in signed)

    def has_logged(self, daemon: DaemonProcess, event: str) -> bool:
        """Return whether a reporter has logged an error."""
        errors = [each for each in daemon.events() if each["level"] == "error"]
        return event in {each["event"] for each in errors}

    def move_clock(self, *daemons: DaemonProcess) -> None:
        """Set reporters' clocks to the chain's."""
        for daemon in daemons:
            daemon.set_clock(self.world.anvil.now())

    def actual(self) -> Replay:
        """Return the blocks as the node has them."""
        return Replay(self.node.header_times(), self.plan.days)

    def _write_meter(self) -> None:
        dates = [dt.date(1970, 1, 1) + dt.timedelta(days=day) for day in self.plan.days]
        rows = [f"{date.isoformat()},{DELIVERED}" for date in dates]
        (self.folder / "meter.csv").write_text("\n".join(["date,delivered_ths", *rows]) + "\n")

    def _daemon(self, number: int) -> DaemonProcess:
        folder = self.folder / f"reporter-{number}"
        folder.mkdir()
        (folder / "node-password").write_text(API_KEY)
        (folder / "node-password").chmod(0o600)
        bitcoin = [
            {
                "kind": "core",
                "name": name,
                "url": node.url,
                "user": "x",
                "password_file": "node-password",
            }
            for name, node in (("near", self.node), ("far", self.other))
        ]
        output = {
            "series": self.series.series.address,
            "kind": "own_node",
            "addresses": [self.address],
            "path": str(self.folder / "meter.csv"),
        }
        return DaemonProcess(
            self.world,
            folder,
            number,
            network="regtest",
            bitcoin=bitcoin,
            confirmations=CONFIRMATIONS,
            prices=["coinbase", "bitstamp"],
            price_urls=self.exchanges.urls,
            outputs=[output],
            series=[self.series.series.address],
        )


@pytest.fixture(params=["invented", "real"])
def plan(request: pytest.FixtureRequest) -> Replay:
    """Header times: invented ones of three days, and the real ones around the halving of 2024."""
    if request.param == "invented":
        return invented_replay(3)
    return real_replay(request.getfixturevalue("market_data_dir"))


@pytest.fixture
def scene(plan: Replay, tmp_path: Path, anvil_path: Path, bitcoin_program: Path) -> Iterator[Scene]:
    """The system at the beginning of the first day."""
    assert bitcoin_program.exists()
    with ExitStack() as stack:
        yield Scene(stack, plan, tmp_path)


def test_system__offline_liar_and_wrong_price__pays_holders_by_reference(scene: Scene) -> None:
    """Every day is posted once, true to the blocks, and every holder gets the model's reward."""
    days = scene.plan.days
    honest, liar, erring = scene.daemons
    honest.start()
    liar.start(fees_day=days[1])
    scene.finish_day(days[0])  # the third is offline
    wrong = dict(zip(days[1:], (liar, erring), strict=False))  # the real days are two
    erring.start(price_day=days[2] if erring in wrong.values() else 0)
    tell_model(scene, days[0])
    scene.world.anvil.warp(scene.output(days[0])[2])
    scene.series.open(scene.world.issuer, MINTED)
    scene.world.anvil.warp(scene.world.anvil.now() + 3_600)
    scene.series.transfer(scene.world.issuer, scene.world.holder, MINTED // 3)
    for day in days[1:]:
        scene.finish_day(day, wrong.get(day))
        tell_model(scene, day)

    last = scene.world.oracle.read("day_record", days[-1])
    scene.world.anvil.warp(max(last[4], scene.output(days[-1])[2]) + DAY_SECONDS // 2)
    scene.move_clock(*scene.daemons)
    settled = scene.series.series
    wait_for(lambda: settled.read("progress")[0] == days[-1] + 1, PATIENCE_SECONDS, "settled")

    assert scene.world.posted_exactly_once(days[0], days[-1])
    now = scene.world.anvil.now()
    assert len(scene.series.model.settle(64, now)) == len(days) - 1
    for holder in (scene.world.issuer, scene.world.holder):
        paid, due = scene.series.claim(holder)
        assert paid == due > 0
    for reporter, finding in zip(wrong.values(), FINDINGS, strict=False):
        wait_for(partial(scene.has_logged, reporter, finding), PATIENCE_SECONDS, finding)
    assert [daemon.stop() for daemon in scene.daemons] == [0, 0, 0]
    check_logs(scene)
    check_evidence(scene)


def tell_model(scene: Scene, day: int) -> None:
    """Check a posted day against the definition, and tell the model of it."""
    expected = scene.actual().facts(day, scene.fees)
    logs = scene.world.day_facts(day)
    assert logs[0] == expected
    record = scene.world.oracle.read("day_record", day)
    price = (price_usd(day) + 10) * 10**8
    assert record[3] == price
    scene.series.add_day(expected[5], price, record[4])
    credited, delivered, final_at = scene.output(day)[:3]
    assert (credited, delivered) == (expected[3] + expected[4], DELIVERED_WAD)
    scene.series.add_output(day, credited, delivered, final_at)


def check_evidence(scene: Scene) -> None:
    """Check that the journal holds every answer with its hash, and no password."""
    path = scene.daemons[0].folder / "journal.sqlite3"
    with sqlite3.connect(path) as database:
        rows = database.execute("SELECT subject, source, url, body_sha256, value FROM observations")
        seen = list(rows)
    answers = {
        (subject, source) for subject, source, url, body, _ in seen if url and len(body) == 64
    }
    assert answers >= {
        ("facts", "near"),
        ("facts", "far"),
        ("price", "coinbase"),
        ("price", "bitstamp"),
    }
    assert not [row for row in seen if API_KEY in str(row)]
    days = len(scene.plan.days)
    assert len([row for row in seen if row[:3] == ("facts", "near", "")]) >= days


def check_logs(scene: Scene) -> None:
    """Check that errors are logged where someone lies, and nowhere else."""
    honest, liar, erring = ([e for e in d.events()] for d in scene.daemons)
    wrong = {e["event"] for e in honest if e["level"] == "error"}
    assert wrong == {"peer_differs"}
    assert not [e for events in (honest, liar, erring) for e in events if "exception" in e]
