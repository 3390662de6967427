# SPDX-License-Identifier: AGPL-3.0-only
"""`rehearse`: past days through whole reporters and a local chain."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import pytest

from hashrate.core.types import MAINNET, DayIndex
from hashrate.core.units import DAY_SECONDS, day_from_iso, iso_from_day
from hashrate.evm.local_node import LocalNode
from hashrate.history import open_source
from hashrate.service.clock import Clock
from oracles.daemon.agreed_days import AgreedDays
from oracles.daemon.remote import AgreedPrices, Wire
from oracles.daemon.settings import Settings
from oracles.daemon.wiring import Readers
from oracles.rehearsal import chain as local
from oracles.rehearsal.chain import open_chain, oracle_code
from oracles.rehearsal.errors import RehearsalError
from oracles.rehearsal.past import PastBitcoin, PastPrices
from oracles.rehearsal.rehearsal import Plan, rehearse
from oracles.rehearsal.told import Rehearsed
from oracles.sources.agreement import PriceLimits
from testing.anvil import TimedAnvil
from testing.chain_source import ChainSource, OnePrice
from testing.compiler import Compiler
from testing.daemon_process import toml
from tests.conftest import ROOT
from tests.oracles.daemon.services import SERIES, Services
from tests.oracles.rehearsal.recorded import FEES_SATS, recorded_blocks

pytestmark = [pytest.mark.integration, pytest.mark.usefixtures("anvil_path")]

HALVING_WEEK = "2024-04-17"
CONFIRMATIONS = 6
ASK_AGAIN_SECONDS = 600 + 2 * 60  # a day that is not deep enough, and a cycle or two
PRICE = 6_400_000_000_000
NOWHERE = "http://127.0.0.1:9"
FIRST = DayIndex(19_833)
WEEKEND = (FIRST, DayIndex(FIRST + 1))


@cache
def compiled() -> Path:
    """Write the oracle as `make build` does: a build may be older than the sources."""
    artifact = Compiler().compile("oracle/HashpriceOracle")
    code = {"bytecode": "0x" + artifact.initcode.hex()}
    contract = {"abi": artifact.abi, "deploymentBytecode": code}
    path = Path(mkdtemp(prefix="compiled-")) / "contracts.json"
    path.write_text(json.dumps({"contractTypes": {"HashpriceOracle": contract}}))
    return path


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    command = [sys.executable, "-m", "oracles", "rehearse", "--contracts", str(compiled())]
    command += arguments
    return subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True, timeout=300, check=False
    )


def settings(**values: Any) -> Settings:
    """Return an operator's settings."""
    return Settings(
        chain_id=1,
        oracle="0x" + "00" * 20,
        rpc_url="http://127.0.0.1:9",
        days="simulated:1",
        confirmations=CONFIRMATIONS,
        **values,
    )


def test_rehearse__recorded_week_of_the_halving__is_signed_and_posted_in_turn(
    market_data_dir: Path,
) -> None:
    """Every day's facts are the recorded ones; two of three sign; the line turns every day."""
    source = open_source(f"dataset:{market_data_dir}")

    done = run(HALVING_WEEK, "--source", f"dataset:{market_data_dir}", "--json")

    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    assert [row["day"] for row in rows] == [f"2024-04-{day}" for day in range(17, 24)]
    final_before = 0
    for row in rows:
        day = day_from_iso(row["day"])
        seen = source.observe(day)
        facts = {name: int(value) for name, value in row["facts"].items()}
        assert tuple(facts.values()) == seen.facts.as_tuple()[1:]
        posted = row["posted"]
        assert posted["btc_usd_e8"] == seen.btc_usd_e8
        assert len(posted["signers"]) == 2
        end = (day + 1) * DAY_SECONDS
        signed = {each["reporter"]: each["at"] for each in row["signed"]}
        assert set(posted["signers"]) <= set(signed)
        assert all(end <= at <= end + 120 for at in signed.values())
        assert end <= posted["at"] <= end + 180
        windows = (posted["at"] + 43_200, posted["at"] + 259_200)
        assert posted["final_at"] in {max(final_before, window) for window in windows}
        final_before = posted["final_at"]
        assert 90_000 < posted["gas"] < 130_000
    turns = [row["posted"]["reporter"] for row in rows]
    assert [(later - earlier) % 3 for earlier, later in zip(turns, turns[1:], strict=False)] == [
        1
    ] * 6


def test_rehearse__table__tells_who_when_and_what() -> None:
    """What a person reads has the same in one row a day."""
    done = run("2028-04-10", "--source", "simulated:1", "--days", "1", "--reporters", "1")

    assert done.returncode == 0, done.stderr
    (row,) = [line for line in done.stdout.splitlines() if "2028-04-10" in line]
    facts = open_source("simulated:1").observe(day_from_iso("2028-04-10")).facts
    assert f"{facts.first_height}-{facts.last_height}" in row
    assert str(facts.hashprice_wad) in row
    assert row.count("1 04-11 00:0") == 2  # signed and posted


class Recorded:
    """Two Bitcoin sources with real header times, and two exchanges."""

    def __init__(self, folder: Path) -> None:
        self.sources = [ChainSource(name, recorded_blocks(folder)) for name in ("core", "mempool")]
        self.exchanges = [OnePrice(name, PRICE) for name in ("coinbase", "kraken")]

    @contextmanager
    def open(self, clock: Clock) -> Iterator[Readers]:
        """Open readers as the command does."""
        wire = Wire(clock)
        sources = [PastBitcoin(source, clock.now) for source in self.sources]
        facts = AgreedDays(wire, sources, MAINNET, 2, CONFIRMATIONS)
        prices = AgreedPrices(wire, [PastPrices(each) for each in self.exchanges], PriceLimits())
        yield Readers(facts, prices, ())
        wire.close()


def rehearsed(recorded: Recorded, folder: Path, days: range, **values: Any) -> list[Rehearsed]:
    """Rehearse recorded days."""
    with open_chain(None, (days.start - 1) * DAY_SECONDS) as chain:
        plan = Plan(settings(**values), days, 3, folder)
        return rehearse(plan, chain, oracle_code(compiled()), recorded.open)


def test_rehearse__sources_as_they_stood__signs_when_the_last_block_was_deep_enough(
    market_data_dir: Path, tmp_path: Path
) -> None:
    """Nobody knows of a block before it was mined: the real days around the halving."""
    recorded = Recorded(market_data_dir)
    first = day_from_iso("2024-04-19")
    times = {height: block.mediantime for height, block in recorded.sources[0].chain.items()}

    told = rehearsed(recorded, tmp_path, range(first, first + 2))

    assert [each.day for each in told] == [first, first + 1]
    for each in told:
        heights = [h for h, time in times.items() if time // DAY_SECONDS == each.day]
        assert each.facts is not None and each.posted is not None
        assert (each.facts.first_height, each.facts.last_height) == (heights[0], heights[-1])
        assert each.facts.fees_sats == FEES_SATS * len(heights)
        # the block that confirms the last one was there when the middle of its eleven had passed
        due = times[heights[-1] + CONFIRMATIONS - 1 + 5]
        assert len(each.signed) >= 2
        assert all(due <= one.at <= due + ASK_AGAIN_SECONDS for one in each.signed)
        assert due <= each.posted.at <= due + ASK_AGAIN_SECONDS + 120
        assert each.posted.btc_usd_e8 == PRICE


def test_rehearse__sources_contradict_one_another__nothing_is_posted(
    market_data_dir: Path, tmp_path: Path
) -> None:
    """A day that nobody may sign is not posted, and the rehearsal says so and ends."""
    recorded = Recorded(market_data_dir)
    first = day_from_iso("2024-04-19")
    heights = [
        h for h, b in recorded.sources[0].chain.items() if b.mediantime // DAY_SECONDS == first + 1
    ]
    recorded.sources[1].steal_fees(heights[10], 1)

    late = {"cycle_seconds": 300, "late_seconds": 3 * 3_600}
    told = rehearsed(recorded, tmp_path, range(first, first + 2), **late)

    assert told[0].posted is not None
    assert told[1] == Rehearsed(DayIndex(first + 1), None, (), None)


def test_rehearse__reporter_gives_up__says_which(market_data_dir: Path, tmp_path: Path) -> None:
    """A reporter that ends by itself ends the rehearsal."""
    recorded = Recorded(market_data_dir)
    first = day_from_iso("2024-04-19")
    recorded.exchanges[1]._price = 2 * PRICE

    with pytest.raises(RehearsalError, match="reporter [123] gave up"):
        rehearsed(recorded, tmp_path, range(first, first + 1), cycle_seconds=300, max_failures=3)


def test_rehearse__sources_over_http__days_and_outputs_are_signed_and_posted(
    tmp_path: Path,
) -> None:
    """The command with the sources of the settings: a node, explorers, exchanges and pools."""
    services = Services((FIRST - 3) * DAY_SECONDS, NOWHERE, tmp_path, 1)
    try:
        services.reach((FIRST - 1) * DAY_SECONDS)
        services.reach((FIRST + 4) * DAY_SECONDS)
        settings = services.settings()
        kinds = ("luxor", "ocean", "own_node", "table")
        settings["outputs"] = [each for each in settings["outputs"] if each["kind"] in kinds]
        local = {
            "cycle_seconds": 600,
            "chain_id": 31_337,
            "oracle": "0x" + "00" * 20,
            "rpc_url": NOWHERE,
        }
        config = tmp_path / "settings.toml"
        config.write_text(toml({**settings, **local}))
        done = run(iso_from_day(FIRST), "--config", str(config), "--days", "2", "--json")
        expected = [[services.facts(day), services.outputs_of(day, kinds)] for day in WEEKEND]
        asked = services.asked()
    finally:
        services.close()

    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)
    told = []
    for row in rows:
        facts = (day_from_iso(row["day"]), *map(int, row["facts"].values()))
        outputs = {
            each["series"]: (each["credited_sats"], int(each["delivered_ths"]))
            for each in row["outputs"]
        }
        told.append([facts, outputs])
        end = (day_from_iso(row["day"]) + 1) * DAY_SECONDS
        for each in (row, *row["outputs"]):
            assert len(each["posted"]["signers"]) == 2
            assert {*each["posted"]["signers"]} <= {one["reporter"] for one in each["signed"]}
            assert all(end <= one["at"] <= end + 12 * 3_600 for one in each["signed"])
        luxor, ocean, *_ = (each["posted"]["at"] for each in row["outputs"])
        assert end + 3_600 <= luxor <= end + 2 * 3_600  # a pool books within the hour after
        assert end + 2 * 3_600 <= ocean <= end + 3 * 3_600
    assert told == expected
    # one of three reporters asks for all of them
    assert asked["coinbase"] == asked["kraken"] == asked["ocean"] == 2
    assert asked["luxor"] == 4


def test_rehearse__pool_has_no_row__says_which_output_is_missing(tmp_path: Path) -> None:
    """The day is posted all the same, and the exit code tells."""
    table = tmp_path / "table.csv"
    table.write_text("date,credited_sats,delivered_ths\n2028-04-10,7,1.5\n")
    series = SERIES["table"]
    config = tmp_path / "settings.toml"
    config.write_text(
        toml(
            {
                "chain_id": 31_337,
                "oracle": "0x" + "00" * 20,
                "rpc_url": NOWHERE,
                "days": "simulated:1",
                "cycle_seconds": 600,
                "outputs": [{"series": series, "kind": "table", "path": table}],
            }
        )
    )

    done = run("2028-04-10", "--config", str(config), "--days", "2")

    assert done.returncode == 1, done.stderr
    assert f"Not posted: 2028-04-11 of {series}; the log above says why" in done.stdout
    assert "1500000000000000000" in done.stdout


def test_rehearse__chain_of_ones_own__is_used(tmp_path: Path) -> None:
    """`--rpc-url` names a local chain that was started before the days."""
    start = (day_from_iso("2028-04-10") - 1) * DAY_SECONDS
    anvil = TimedAnvil(timestamp=start)
    try:
        rest = ("--source", "simulated:1", "--days", "1", "--rpc-url", anvil.url)
        done = run("2028-04-10", *rest)
        again = run("2028-04-10", *rest)
        now = anvil.now()
    finally:
        anvil.close()

    assert done.returncode == 0, done.stderr
    assert now > start + 2 * DAY_SECONDS
    assert again.returncode == 2
    assert f"the chain's time is past the rehearsal's: start it with --timestamp {start}" in (
        again.stderr
    )


@pytest.mark.parametrize(
    ("options", "line"),
    [
        (("--contracts", "nowhere.json"), "no compiled contracts at nowhere.json: run `make build"),
        (("--contracts", "pyproject.toml"), "pyproject.toml: no compiled HashpriceOracle in it"),
        (("--rpc-url", "http://127.0.0.1:9"), "evm node: eth_chainId: "),
        (("--config", "settings.toml"), "name either a --source or a --config with sources"),
    ],
)
def test_rehearse__something_missing__says_what(options: tuple[str, str], line: str) -> None:
    """One line, exit code 2."""
    done = run("2028-04-10", "--source", "simulated:1", *options)

    assert done.returncode == 2
    assert done.stderr.startswith(f"Error: {line}")


def test_open_chain__no_anvil__says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever has none learns of two ways to one, and of the way without."""
    monkeypatch.setattr(local, "ROOT", tmp_path)
    monkeypatch.setenv("PATH", str(tmp_path))

    with (
        pytest.raises(RehearsalError, match=r"install Foundry, .*--rpc-url \(anvil --timestamp 7"),
        open_chain(None, 7),
    ):
        pass


def test_open_chain__live_chain__nothing_is_sent(anvil_path: Path) -> None:
    """A rehearsal moves time and hands out money: on local chains only."""
    node = LocalNode(anvil_path, "--chain-id", "1", timestamp=86_400)
    try:
        with (
            pytest.raises(RehearsalError, match="chain 1 is no local one: nothing is sent there"),
            open_chain(node.url, 86_400),
        ):
            pass
    finally:
        node.close()
