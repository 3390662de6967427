# SPDX-License-Identifier: AGPL-3.0-only
"""The step `watch` on a real Bitcoin node: a lie is found, proven, disputed, and answered."""

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import pytest
from eth_account.signers.local import LocalAccount
from structlog.testing import capture_logs

from commands.shell.headers import AnchorParameters
from hashrate.bitcoin.headers import Header, anchor_from_headers, expected_work
from hashrate.core.types import REGTEST, BlockHeight, DayFacts, DayIndex, Sats, UsdE8, Wad
from hashrate.core.units import iso_from_day
from hashrate.service.logging import Redactor
from oracles.chain.contracts import OracleContract
from oracles.chain.headers import HeadersContract
from oracles.daemon.parts import WatchMode, WatchPolicy
from oracles.daemon.prover_wiring import open_header_sources
from oracles.daemon.proving import DayProver
from oracles.daemon.settings import BitcoinSettings, Settings
from oracles.daemon.wiring import open_readers
from oracles.journal.models import PROOF_KINDS, WorkKind
from testing.bcoin import API_KEY, Bcoin
from testing.daemon_parts import POLICY, LocalReporter
from testing.daemon_process import PATIENCE_SECONDS, DaemonProcess, toml
from testing.exchange import Exchanges
from testing.header_times import REGTEST_BITS, Replay, invented_replay
from testing.oracle import DISPUTE_WINDOW_SECONDS, OracleConfig
from testing.oracle_world import DAY_SECONDS, HOUR_SECONDS, OracleWorld, key_of
from testing.program import ROOT

pytestmark = pytest.mark.integration

DAYS = 5
ANCHOR_HEIGHT = 30
PRICE = UsdE8(60_000 * 10**8)
BUDGET = 8_000_000
QUICK = replace(POLICY, fallback_seconds=0)
LONG = 3 * DAY_SECONDS


class Mined:
    """A Bitcoin node on which all days are mined; the tests only read it."""

    def __init__(self, stack: ExitStack, folder: Path) -> None:
        """Start it; one block has a payment, the other blocks have none."""
        plan = invented_replay(DAYS)
        self.node = Bcoin(folder)
        stack.callback(self.node.close)
        # every other block carries nothing; one has a fee
        self.node.mine(list(plan.times[:200]), self.node.new_address())
        self.fee = self.node.pay()
        self.node.mine(list(plan.times[200:]), self.node.new_address())
        self.plan = Replay(self.node.header_times(), plan.days)


class Scene:
    """A Bitcoin node, an oracle with its header contract, two bought reporters, an honest one."""

    def __init__(self, stack: ExitStack, folder: Path, mined: Mined) -> None:
        """Start everything else; no day is reported."""
        self.stack, self.folder = stack, folder
        self.node, self.fee, self.plan = mined.node, mined.fee, mined.plan
        self.first = DayIndex(self.plan.days[1])
        hashes = [self.node.call("getblockhash", h) for h in range(20, ANCHOR_HEIGHT + 1)]
        raw = [Header(bytes.fromhex(self.node.call("getblockheader", h, False))) for h in hashes]
        genesis = self.node.call("getblockheader", self.node.call("getblockhash", 0))["time"]
        work = expected_work(REGTEST_BITS, REGTEST) * (ANCHOR_HEIGHT + 1)
        anchor = anchor_from_headers(BlockHeight(ANCHOR_HEIGHT), raw, genesis, work)
        first_height = self.plan.heights(self.first)[0]
        config = OracleConfig(self.first, first_height, halving_blocks=150, unit_hashes=1)
        self.world = OracleWorld(config, anchor=anchor)
        stack.callback(self.world.close)
        self.exchanges = Exchanges(lambda _day: 60_000)
        stack.callback(self.exchanges.close)
        assert self.world.headers is not None
        self.headers = HeadersContract(self.world.rpc, self.world.headers.address)
        self.oracle = OracleContract(self.world.rpc, self.world.domain)

    def reporter(self, number: int, mode: WatchMode, gas: int = BUDGET) -> LocalReporter:
        """Wire a reporter that asks the node and watches."""
        reporter = LocalReporter(self.world, self.folder, number, policy=QUICK)
        self.stack.callback(reporter.close)
        secret = self.folder / "password"
        secret.write_text(API_KEY)
        secret.chmod(0o600)
        node = BitcoinSettings(kind="core", url=self.node.url, user="x", password_file=secret)
        settings = Settings(
            chain_id=self.world.domain.chain_id,
            oracle=self.world.domain.verifying_contract,
            rpc_url=self.world.anvil.url,
            network="regtest",
            bitcoin=(node,),
            min_sources=1,
            prices=("coinbase", "bitstamp"),
            price_urls=self.exchanges.urls,
        )
        readers = self.stack.enter_context(open_readers(settings, Redactor(), reporter.clock))
        wire, (source,) = self.stack.enter_context(
            open_header_sources(settings, Redactor(), reporter.clock)
        )
        prover = DayProver(
            HeadersContract(reporter.rpc, self.headers.address), source, wire, REGTEST
        )
        reporter.change(
            facts=readers.facts,
            prices=readers.prices,
            prover=prover,
            watch=WatchPolicy(mode, gas),
        )
        return reporter

    def true(self, day: int) -> DayFacts:
        """Work a day out from the node's blocks."""
        fees = {201: self.fee} if 201 in self.plan.heights(day) else {}
        values = self.plan.facts(day, fees)
        return DayFacts(
            DayIndex(values[0]),
            BlockHeight(values[1]),
            BlockHeight(values[2]),
            Sats(values[3]),
            Sats(values[4]),
            Wad(values[5]),
            Wad(values[6]),
        )

    def post(self, facts: DayFacts, signers: list[LocalAccount] | None = None) -> None:
        """Post a day as signed by the first two reporters, an hour after its end or now."""
        end = (facts.day + 1) * DAY_SECONDS + HOUR_SECONDS
        if self.world.anvil.now() < end:
            self.world.anvil.warp(end)
        self.world.post(facts, PRICE, signers or self.world.signers[:2])
        assert self.oracle.next_day() == facts.day + 1

    def send(self, to: str, data: str) -> None:
        """Send a transaction as anyone, and wait for it."""
        receipt = self.world.anvil.send(**{"from": self.world.holder, "to": to, "data": data})
        assert receipt["status"] == "0x1"

    def watch(self, reporter: LocalReporter) -> list[dict[str, object]]:
        """Run the step alone, now; return what it logs."""
        reporter.clock.time = self.world.anvil.now()
        with capture_logs() as logs:
            reporter.daemon.watch()
        return [dict(log) for log in logs]

    def final_at(self, day: int) -> int:
        """Return when a posted day is final [unix s]."""
        posted = self.oracle.posted_day(DayIndex(day))
        assert posted is not None
        return posted.final_at


@pytest.fixture(scope="module")
def mined(tmp_path_factory: pytest.TempPathFactory, bitcoin_program: Path) -> Iterator[Mined]:
    """Five days of blocks, mined once for all tests."""
    assert bitcoin_program.exists()
    with ExitStack() as stack:
        yield Mined(stack, tmp_path_factory.mktemp("node"))


@pytest.fixture
def scene(mined: Mined, tmp_path: Path, anvil_path: Path) -> Iterator[Scene]:
    """The anchor in the first of five days of blocks; the oracle begins with the second."""
    with ExitStack() as stack:
        yield Scene(stack, tmp_path, mined)


def kinds(reporter: LocalReporter, day: int) -> list[str]:
    """Return the kinds of a reporter's transactions about a day, proofs and reviews only."""
    rows = [
        row for kind in PROOF_KINDS for row in reporter.journal.transactions(kind, DayIndex(day))
    ]
    return [row.kind for row in sorted(rows, key=lambda row: row.id)]


def test_watch__height_falsified_by_a_bought_quorum__is_proven_disputed_and_answered(
    scene: Scene,
) -> None:
    """The whole story: lie, proof, dispute, a key removed, the truth, its finality."""
    watcher = scene.reporter(2, WatchMode.WATCH)
    first = scene.first
    scene.post(scene.true(first))
    assert scene.watch(watcher) == []
    true = scene.true(first + 1)
    scene.post(
        replace(true, last_height=BlockHeight(true.last_height - 1), subsidy_sats=_less(true))
    )
    posted_at = scene.world.anvil.now()

    logs = scene.watch(watcher)

    loud = [log for log in logs if log["event"] == "quorum_contradicted"]
    assert [log["log_level"] for log in loud] == ["error"]
    # a call ends one day: the anchor's, the one before, and this one
    assert kinds(watcher, true.day) == [*[WorkKind.HEADERS] * 3, WorkKind.REVIEW]
    proven = scene.headers.proven_day(true.day)
    assert proven is not None and proven.last_height == true.last_height
    assert scene.final_at(true.day) >= posted_at + DISPUTE_WINDOW_SECONDS
    spent = watcher.journal.gas_since(PROOF_KINDS, 0)
    assert 0 < spent < BUDGET
    assert _metric(watcher, "contradicted_days") == 1
    # nothing more is spent on it within the day
    scene.watch(watcher)
    assert watcher.journal.gas_since(PROOF_KINDS, 0) == spent

    # the owner removes a bought key at once and adds an honest one after the delay
    newcomer = key_of("newcomer")
    issuer, oracle = scene.world.issuer, scene.world.oracle
    oracle.send("remove_reporter", scene.world.signers[0].address, sender=issuer)
    oracle.send("schedule_membership", [newcomer.address], 2, sender=issuer)
    scene.world.anvil.warp(scene.world.anvil.now() + 7 * DAY_SECONDS)
    oracle.send("apply_membership", sender=issuer)
    oracle.send("veto_day", true.day, sender=scene.world.guardian)
    scene.post(true, [scene.world.signers[2], newcomer])
    # the wait belongs to the day, until the truth is proven to be it
    assert scene.final_at(true.day) >= posted_at + DISPUTE_WINDOW_SECONDS
    logs = scene.watch(watcher)
    assert [log["event"] for log in logs if log["log_level"] == "error"] == []
    assert scene.final_at(true.day) <= scene.world.anvil.now() + LONG
    assert scene.oracle.disputes_end() < scene.world.anvil.now()
    assert _metric(watcher, "contradicted_days") == 0


def _less(true: DayFacts) -> Sats:
    """Return the subsidy of a day with a block less."""
    return Sats(true.subsidy_sats - (50 * 10**8 >> true.last_height // REGTEST.halving_blocks))


def _metric(reporter: LocalReporter, name: str) -> float:
    value = reporter.metrics.registry.get_sample_value(f"hashrate_{name}")
    assert value is not None
    return value


def test_watch__hashprice_above_its_fees__is_proven_by_every_coinbase(scene: Scene) -> None:
    """Heights and difficulty are true: only complete fees show that the hashprice is too high."""
    watcher = scene.reporter(2, WatchMode.WATCH)
    true = scene.true(scene.first)
    scene.post(replace(true, hashprice_wad=Wad(true.hashprice_wad * 101 // 100)))

    scene.watch(watcher)

    proven = scene.headers.proven_day(true.day)
    assert proven is not None and proven.has_all_fees
    assert proven.least_hashprice_wad == true.hashprice_wad
    assert scene.final_at(true.day) > scene.world.anvil.now() + 4 * LONG
    assert set(kinds(watcher, true.day)) == {*PROOF_KINDS}


@pytest.mark.parametrize("mode", [WatchMode.OFF, WatchMode.WATCH])
def test_watch__off_or_without_the_gas__tells_of_the_lie_and_sends_nothing(
    scene: Scene, mode: WatchMode
) -> None:
    watcher = scene.reporter(2, mode, gas=100_000)
    true = scene.true(scene.first)
    scene.post(replace(true, difficulty_wad=Wad(true.difficulty_wad + 1)))

    logs = scene.watch(watcher)

    events = [log["event"] for log in logs]
    assert "quorum_contradicted" in events
    assert ("watch_budget_spent" in events) == (mode is WatchMode.WATCH)
    assert kinds(watcher, true.day) == []
    assert _metric(watcher, "unproven_days") == 1


def test_watch__daily__every_day_carries_a_complete_proof(scene: Scene) -> None:
    watcher = scene.reporter(2, WatchMode.DAILY, gas=100_000_000)
    days = range(scene.first, scene.first + 3)
    for day in days:
        scene.post(scene.true(day))
        scene.watch(watcher)

    for day in days:
        proven, true = scene.headers.proven_day(DayIndex(day)), scene.true(day)
        assert proven is not None and proven.has_all_fees
        assert proven.agrees(true.last_height, true.difficulty_wad, true.hashprice_wad)
        assert proven.greatest_hashprice_wad == true.hashprice_wad
    # a second watcher finds everything done and spends nothing
    other = scene.reporter(1, WatchMode.DAILY)
    scene.watch(other)
    assert other.journal.gas_since(PROOF_KINDS, 0) == 0


def test_watch__fork_proven_by_others__is_outdone_by_the_true_chain(scene: Scene) -> None:
    """Another chain has proven the day: the watcher sends more work and the day's proof is true."""
    watcher = scene.reporter(2, WatchMode.WATCH)
    true = scene.true(scene.first)
    fork = _fork(scene, true)
    proven = scene.headers.proven_day(true.day)
    assert proven is not None and proven.last_height == fork != true.last_height
    scene.post(replace(true, last_height=BlockHeight(fork), subsidy_sats=_subsidy(true, fork)))
    scene.world.anvil.warp(scene.world.anvil.now() + 12 * HOUR_SECONDS)

    scene.watch(watcher)

    proven = scene.headers.proven_day(true.day)
    assert proven is not None and proven.last_height == true.last_height
    assert (
        scene.final_at(true.day) >= scene.world.anvil.now() + DISPUTE_WINDOW_SECONDS - HOUR_SECONDS
    )


def _subsidy(true: DayFacts, last: int) -> Sats:
    heights = range(true.first_height, last + 1)
    return Sats(sum(50 * 10**8 >> height // REGTEST.halving_blocks for height in heights))


def _fork(scene: Scene, true: DayFacts) -> int:
    """Prove the day by another chain that leaves the true one ten blocks before the day's end."""
    other = Bcoin(scene.folder / "fork")
    scene.stack.callback(other.close)
    scene.node.copy_to(other)
    other.drop_from(true.last_height - 10)
    end = (true.day + 1) * DAY_SECONDS
    times = [end - 4_000 + 60 * i for i in range(20)] + [end + 10 * i for i in range(1, 20)]
    other.mine(times, other.new_address())
    real, scene.node = scene.node, other
    try:
        attacker = scene.reporter(0, WatchMode.WATCH)
        prover = attacker.parts.prover
        assert prover is not None
        scene.world.anvil.warp((true.day + 1) * DAY_SECONDS + HOUR_SECONDS)
        truth = prover.truth(true.day)
        for call in prover.extend_calls(truth):
            scene.send(scene.headers.address, call.data)
        return truth.last_height
    finally:
        scene.node = real


def test_commands__as_an_operator_types_them__prove_dispute_and_show(scene: Scene) -> None:
    """Without a daemon: anchor, extend, fees, review, status, and verify."""
    true = scene.true(scene.first)
    scene.post(replace(true, hashprice_wad=Wad(true.hashprice_wad + 1)))
    secret = scene.folder / "password"
    secret.write_text(API_KEY)
    secret.chmod(0o600)
    node = {"kind": "core", "url": scene.node.url, "user": "x", "password_file": str(secret)}
    daemon = DaemonProcess(
        scene.world,
        scene.folder / "operator",
        1,
        network="regtest",
        bitcoin=[{**node, "name": "near"}, {**node, "name": "far"}],
        prices=["coinbase", "bitstamp"],
        price_urls=scene.exchanges.urls,
    )
    day = iso_from_day(true.day)

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        daemon.config.write_text(toml(daemon.settings))
        command = [sys.executable, "-m", "oracles", *arguments, "--config", str(daemon.config)]
        return subprocess.run(
            command, cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )

    def done(*arguments: str) -> str:
        result = run(*arguments)
        assert result.returncode == 0, result.stderr
        return result.stdout

    printed = tomllib.loads(done("headers", "anchor", "--height", str(ANCHOR_HEIGHT)))
    parameters = AnchorParameters.model_validate(printed["headers"]["anchor"])
    assert parameters.anchor == scene.headers.anchor()
    assert "bytes to" in done("headers", "extend", "--day", day, "--dry-run")
    assert scene.headers.proven_day(true.day) is None
    assert "2 transactions" in done("headers", "extend", "--day", day)
    rows = json.loads(done("headers", "status", "--json"))["days"]
    assert [row["proof"] for row in rows] == ["proven"]  # fees may be any so far
    assert "transactions" in done("headers", "fees", day)
    rows = json.loads(done("headers", "status", "--json"))["days"]
    assert [row["proof"] for row in rows] == ["contradicted"]
    verified = run("verify", day, "--json")
    assert verified.returncode == 1
    said = {row["field"]: row["posted"] for row in json.loads(verified.stdout)}
    assert said["proof-of-work"] == "contradicted"
    assert "1 transactions" in done("headers", "review", day)
    assert json.loads(done("headers", "status", "--json"))["dispute_ends_at"] is not None
    again = run("headers", "review", day)
    assert again.returncode != 0 and "refused" in again.stderr
