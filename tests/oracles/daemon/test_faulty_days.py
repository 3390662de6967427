# SPDX-License-Identifier: AGPL-3.0-only
"""Many days through three processes while everything they ask and they themselves have faults.

Each day a Bitcoin source, an exchange, two pools, an EVM node and a reporter get a fault, drawn
from a shuffled pile of all there are. Each day is posted once and is true, each output too, every
alert that is due fires and no other, the journal holds what was posted, and memory stays flat.
"""

import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

import httpx2 as httpx
import pytest

from hashrate.core.types import DayIndex
from hashrate.core.units import iso_from_day
from hashrate.evm.contracts.oracle import HashpriceOracle
from oracles.journal.journal import Journal, Subject
from oracles.journal.models import ReportKind
from oracles.journal.store import open_store
from oracles.peers.client import name_of
from testing.daemon_parts import ManualClock
from testing.daemon_process import PATIENCE_SECONDS, DaemonProcess, wait_for
from testing.oracle import OracleConfig
from testing.oracle_world import DAY_SECONDS, OracleWorld
from testing.prometheus import MINUTE, PROMTOOL, Scrapes
from tests.conftest import tool_missing
from tests.oracles.daemon.processes import (
    count_confirmed,
    is_posted,
    three_reporters,
)
from tests.oracles.daemon.services import (
    BITCOIN,
    CHANGED,
    EXCHANGES,
    HANGS_UP,
    NODE,
    OF_SOURCE,
    REMOTE,
    SERIES,
    WAY,
    Services,
)

pytestmark = pytest.mark.integration

FIRST_DAY = 19_833
RULES = Path(__file__).resolve().parents[3] / "ops/prometheus/alerts.yml"
MORNING = 8 * 3_600  # the day before is deep enough, and closed at every pool
EVENING = 15 * 3_600  # what was of no use in the morning, was of none for over 30 hours
GROWTH_KB = 12_000
SILENCE = 30 * 3_600  # until a source counts as silent
EVALUATED = "4m"  # a quarter of the work; samples are looked back at for five
STRETCH = 10  # days whose alerts are looked at together
OUTPUT_DAYS = 8  # no source has a fault on so many days in a row
SEEDS = (2, 3, 4, 5)  # of a hundred days each
OF_REPORTER = (
    "nothing", "killed", "killed at a write", "paused", "down", "clock behind", "clock ahead",
    "false fees", "wrong price",
)  # fmt: skip
LASTING = ("OracleSourceDiffers", "OracleSourceSilent")
"""For a day, or until the source is asked again."""
Alert = tuple[str, str]  # its name, and a label as PromQL writes it


class Pile:
    """Cards that are dealt in a random order, all of them before any comes again."""

    def __init__(self, cards: Sequence[tuple[str, str]], draw: random.Random) -> None:
        self._cards, self._draw = cards, draw
        self._left: list[tuple[str, str]] = []

    def deal(self) -> tuple[str, str]:
        """Return the next card."""
        if not self._left:
            self._left = self._draw.sample(self._cards, len(self._cards))
        return self._left.pop()


def pile_of(names: Sequence[str], draw: random.Random) -> Pile:
    """Make a pile of all faults of some sources."""
    return Pile([(name, fault) for name in names for fault in OF_SOURCE[name]], draw)


@dataclass
class Due:
    """Alerts of one day: those that have to fire, those that may; seen at a minute."""

    must: set[Alert] = field(default_factory=set)
    may: set[Alert] = field(default_factory=set)
    minute: int = 0

    def add(self, name: str, fault: str) -> None:
        """Add those of a source's fault; docs/sources.md."""
        silent = ("OracleSourceSilent", f'source="{name}"')
        differs = ("OracleSourceDiffers", f'source="{name}"')
        if name == NODE:
            self.must.add(("OracleNodeTrouble", f'node="{NODE}"'))
        elif fault in WAY:
            self.must.add(silent)
            if name in REMOTE:
                self.must.add(step_of(name))
        elif fault in ("pruned", "still downloading"):
            self.must.add(silent)
        elif fault in ("another chain", "fees kept back"):
            # a spare is asked for its tip only
            (self.may if name == "esplora" else self.must).add(differs)
        elif fault == "far off":
            self.must.add(differs)
        elif fault in CHANGED or fault == "another height":
            self.may |= {silent, differs}
            self.may |= {step_of(name)} if name in REMOTE else set()
        if name == "core":  # the fleet's own coinbases are asked there too
            self.may |= {("OracleSourceSilent", 'source="own_node"'), step_of("own_node")}

    def excuse(self, names: Sequence[str], alerts: Sequence[str]) -> None:
        """Let alerts of some sources fire or not."""
        excused = {(alert, f'source="{name}"') for alert in alerts for name in names} & self.must
        self.must, self.may = self.must - excused, self.may | excused

    def expressions(self) -> Iterator[tuple[int, str, int]]:
        """Write what has to be so, for `Scrapes.check`."""
        for alert in sorted(self.must):
            yield self.minute, f"count({_fired(alert)})", 1
        allowed = " or ".join(map(_fired, sorted(self.must | self.may)))
        rest = f" unless ({allowed})" if allowed else ""
        yield self.minute, f"{_fired()}{rest}", 0


def step_of(kind: str) -> Alert:
    """Return the alert of an output's step."""
    return "OracleStepFails", f'step="outputs/{SERIES[kind]}"'


def _fired(alert: Alert | None = None) -> str:
    """Write what fired since the morning."""
    which = f'alertname="{alert[0]}",{alert[1]},' if alert else ""
    return f'count_over_time(ALERTS{{{which}alertstate="firing"}}[8h])'


class Scene:
    """Three reporters, all they ask, and what Prometheus sees of the first of them."""

    def __init__(self, stack: ExitStack, folder: Path, seed: int) -> None:
        self.folder = folder
        self.draw = random.Random(seed)
        services = Services((FIRST_DAY - 3) * DAY_SECONDS, "", folder, seed)
        stack.callback(services.close)
        for day in (FIRST_DAY, FIRST_DAY + 1):
            services.reach(day * DAY_SECONDS)
        self.services = services
        first = services.first_height(FIRST_DAY)
        config = OracleConfig(FIRST_DAY, first, halving_blocks=150, unit_hashes=1)
        self.world = OracleWorld(config)
        stack.callback(self.world.close)
        services.evm_url = self.world.anvil.url
        self.daemons = three_reporters(
            stack,
            self.world,
            folder,
            **services.settings(),
            output_days=OUTPUT_DAYS,
            log_level="ERROR",
        )
        self.watcher, *self.others = self.daemons
        for daemon in self.others:  # nobody waits for their cycles
            daemon.settings["cycle_seconds"] = 1.0
        self.piles = [
            pile_of(BITCOIN, self.draw),
            pile_of(EXCHANGES, self.draw),
            pile_of(REMOTE[::2], self.draw),
            pile_of(REMOTE[1::2], self.draw),
            pile_of((NODE,), self.draw),
        ]
        self.troubles = Pile([(name, "") for name in OF_REPORTER], self.draw)
        self.drawn: Counter[tuple[str, str]] = Counter()
        # Days on which the node lied that all three share here: of a fleet's coinbases it is the
        # only witness, and each reporter has to have its own.
        self.lied: set[int] = set()
        self.passed: list[int] = []  # days that others posted before the first reporter signed
        self.lasting: set[Alert] = set()
        self._begin_stretch()

    def start(self) -> None:
        """Start everybody."""
        for daemon in self.daemons:
            daemon.set_clock(self.services.now)
            daemon.start(is_quick=True)
        wait_for(partial(is_up, self.watcher), PATIENCE_SECONDS, "a process that answers")

    def run_day(self, day: int, *, is_faulty: bool) -> None:
        """Let one day be over, and be posted, with its faults."""
        due = Due(may=set(self.lasting))
        victim = self.draw.choice(self.others)
        trouble = self.troubles.deal()[0] if is_faulty else "nothing"
        for pile in self.piles if is_faulty else ():
            name, fault = pile.deal()
            self.services.break_one(name, fault)
            self.drawn[name, fault] += 1
            if name == "core" and fault == "fees kept back":
                self.lied |= {day, DayIndex(day - 1)}  # an output may be late, and a lie is long
            due.add(name, fault)
        self.drawn["reporter", trouble] += 1
        self.days[day] = {**self.services.faults, victim.folder.name: trouble}
        self._trouble(victim, trouble, day)
        peer = f'peer="{name_of(victim.url)}"'
        if trouble in ("paused", "down"):
            due.must.add(("OraclePeerUnusable", peer))
        if trouble == "killed at a write":  # whenever that comes
            due.may.add(("OraclePeerUnusable", peer))
        if trouble == "false fees":
            due.may.add(("OraclePeerDiffers", peer))

        end = (day + 1) * DAY_SECONDS
        if self.scrapes.minutes == 0:  # what rises from here on is seen to rise
            self.scrapes.until(end + MORNING - MINUTE, self._metrics())
        self._go_to(end + MORNING, victim if trouble.startswith("clock") else None)
        self.scrapes.skip(end + MORNING)
        self.scrapes.until(end + MORNING, self._metrics())
        wait_for(partial(is_posted, self.world, day), PATIENCE_SECONDS, f"day {day}")
        self._cycle()
        self.scrapes.until(end + MORNING + MINUTE, self._metrics())
        self.scrapes.skip(end + EVENING)
        for minutes in (0, 6, 12, 18):  # rules wait for ten
            self._go_to(end + EVENING + minutes * MINUTE)
            self._cycle()
            self.scrapes.until(end + EVENING + minutes * MINUTE, self._metrics())
        due.minute = self.scrapes.minutes - 1
        answered = self._answered_within(end + EVENING - SILENCE, end)
        due.excuse(answered, ["OracleSourceSilent"])
        if not self.watcher_signed(day):  # others were quicker, and its sources were not asked
            self.passed.append(day)
            due.excuse(EXCHANGES, LASTING)
        self.due.append(due)
        self.lasting = {alert for alert in due.must | due.may if alert[0] in LASTING}
        self._relieve(victim, trouble)
        self.services.mend()
        assert self.world.day_facts(day) == [self.services.facts(day)]
        if len(self.due) == STRETCH:
            self.check_alerts()

    def watcher_signed(self, day: int) -> bool:
        """Return whether the reporter that is watched signed a day before it was posted."""
        url = f"{self.watcher.url}/v1/reports/{iso_from_day(DayIndex(day))}"
        return httpx.get(url, trust_env=False, timeout=30).is_success

    def check_alerts(self) -> None:
        """Run the rules on the days since the last time."""
        expected = [each for due in self.due for each in due.expressions()]
        found = self.scrapes.check(self.folder, RULES, expected, EVALUATED)
        assert found == "", json.dumps(self.days)
        self._begin_stretch()

    def outputs(self) -> dict[tuple[str, int], list[tuple[int, int]]]:
        """Read the outputs that were posted, by series and day."""
        event = HashpriceOracle.OutputReported
        found: dict[tuple[str, int], list[tuple[int, int]]] = {}
        for log in self.world.rpc.logs(self.world.oracle.address, [event.topic], 0):
            said = event.decode(log["data"])
            place = f"0x{log['topics'][1][-40:]}", int(log["topics"][2], 16)
            found.setdefault(place, []).append((said["credited_sats"], said["delivered_ths"]))
        return found

    def _begin_stretch(self) -> None:
        end = self.services.now // DAY_SECONDS * DAY_SECONDS
        morning = end + (DAY_SECONDS if self.services.now > end else 0) + MORNING
        self.scrapes = Scrapes(morning - MINUTE)
        self.due: list[Due] = []
        self.days: dict[int, dict[str, str]] = {}  # their faults

    def _go_to(self, now: int, odd: DaemonProcess | None = None) -> None:
        """Let a time come [unix s] for the chains, the services and the reporters."""
        self.services.reach(now)
        # clocks first: a source is asked by the chain's time, and one that is asked for a day that
        # is not over by the clock has answered, yesterday
        for daemon in self.daemons:
            if daemon is not odd:
                daemon.set_clock(now)
        self.world.anvil.warp(max(now, self.world.anvil.now() + 1))

    def _metrics(self) -> bytes:
        url = f"{self.watcher.operator_url}/metrics"
        return bytes(httpx.get(url, trust_env=False, timeout=30).content)

    def _cycle(self) -> None:
        """Wait until a cycle that begins now is over."""
        before = self._cycles()
        wait_for(lambda: self._cycles() >= before + 2, PATIENCE_SECONDS, "two cycles")

    def _cycles(self) -> int:
        return int(next(iter(self._values("hashrate_cycle_seconds_count").values()), 0))

    def _answered_within(self, begin: int, end: int) -> list[str]:
        """List the sources whose last answer came before a day's faults, and not long before.

        "That day is not closed here" is an answer, and may come late on the day before.
        """
        times = self._values("hashrate_source_last_answer_timestamp_seconds")
        return [label.split('"')[1] for label, time in times.items() if begin < time < end]

    def _values(self, metric: str) -> dict[str, float]:
        """Read a metric of the reporter that is watched, by its labels."""
        lines = [line.rpartition(" ") for line in self._metrics().decode().splitlines()]
        return {
            name.removeprefix(metric): float(value)
            for name, _, value in lines
            if name.partition("{")[0] == metric
        }

    def _trouble(self, daemon: DaemonProcess, trouble: str, day: int) -> None:
        if trouble in ("killed", "killed at a write", "down", "false fees", "wrong price"):
            daemon.kill()
        faults: dict[str, dict[str, int]] = {
            "killed": {},
            "killed at a write": {
                self.draw.choice(["kill_before", "kill_after"]): self.draw.randrange(1, 12)
            },
            "false fees": {"fees_day": day},
            "wrong price": {"price_day": day},
        }
        if trouble in faults:
            daemon.start(is_quick=True, **faults[trouble])
        elif trouble == "paused":
            daemon.pause()
        elif trouble.startswith("clock"):
            ahead = DAY_SECONDS * (1 if trouble == "clock ahead" else -1)
            daemon.set_clock(self.services.now + ahead)

    def _relieve(self, daemon: DaemonProcess, trouble: str) -> None:
        """Let a process run as it should."""
        daemon.resume()
        if trouble in ("killed at a write", "down", "false fees", "wrong price"):
            daemon.kill()  # one that is to die at a write would die on another's day
            daemon.start(is_quick=True)


@pytest.fixture
def faulty(
    tmp_path: Path, anvil_path: Path
) -> Iterator[Callable[[int, int], Counter[tuple[str, str]]]]:
    """Run days with faults and check them; gives which faults were drawn how often."""
    if PROMTOOL is None:
        tool_missing("promtool (Debian's package prometheus)")
    with ExitStack() as stack:

        def run(days: int, seed: int) -> Counter[tuple[str, str]]:
            scene = Scene(stack, tmp_path, seed)
            scene.start()
            last = FIRST_DAY + days
            before = 0
            for day in range(FIRST_DAY, last + 1):
                if day == min(FIRST_DAY + 50, last - days // 3):
                    before = scene.watcher.resident_kb()
                scene.run_day(day, is_faulty=FIRST_DAY < day < last)  # the last one catches up
            scene.check_alerts()
            after = scene.watcher.resident_kb()
            assert after - before < GROWTH_KB, (before, after)
            for daemon in scene.daemons:
                wait_for(partial(is_up, daemon), PATIENCE_SECONDS, "a process that answers")
            assert [daemon.stop() for daemon in scene.daemons] == [0, 0, 0]
            assert scene.world.posted_exactly_once(FIRST_DAY, last)
            check_outputs(scene, range(FIRST_DAY, last + 1))
            check_journals(scene, range(FIRST_DAY, last + 1))
            return scene.drawn

        yield run


def is_up(daemon: DaemonProcess) -> bool:
    """Return whether a process has started: from then on it ends as it is asked to."""
    try:
        return httpx.get(f"{daemon.operator_url}/metrics", trust_env=False).is_success
    except httpx.TransportError:
        return False


def check_outputs(scene: Scene, days: range) -> None:
    """Each series' output of each day was posted once, and is true."""
    expected = {
        (series.lower(), day): [output]
        for day in days
        for series, output in scene.services.outputs_of(day).items()
    }
    posted = scene.outputs()
    for day in scene.lied & set(days):
        ((told, delivered),) = posted.pop((SERIES["own_node"].lower(), day))
        ((true, measured),) = expected.pop((SERIES["own_node"].lower(), day))
        assert (told <= true, delivered) == (True, measured)
    assert posted == expected


def check_journals(scene: Scene, days: range) -> None:
    """Each file is whole, holds what was posted, and no transaction is open."""
    confirmed = [count_confirmed(daemon, days) for daemon in scene.daemons]
    # a process that was killed between its transaction and the journal learns of it later; turns
    # rotate, but of five days a slow machine may pass over the one turn that somebody has
    assert len(days) - len(confirmed) <= sum(confirmed) <= len(days)
    assert min(confirmed) > 0 or len(days) < 3 * STRETCH
    for daemon in scene.daemons:
        store = open_store(daemon.folder / "journal.sqlite3")
        with store.engine.connect() as connection:
            (verdict,) = connection.exec_driver_sql("PRAGMA integrity_check").one()
        assert verdict == "ok"
        store.close()
        assert "cycle_crashed" not in {event["event"] for event in daemon.events()}
    assert "posted_day_differs" not in {event["event"] for event in scene.watcher.events()}
    journal = Journal(open_store(scene.watcher.folder / "journal.sqlite3"), ManualClock(0))
    for day in days:
        held = journal.held_report(Subject(ReportKind.DAY, DayIndex(day)))
        if held is None:
            assert day in scene.passed
            continue
        assert [held.signed.report.facts.as_tuple()] == scene.world.day_facts(day)
    assert journal.open_transactions(scene.world.payers[0].address) == []
    journal.close()


def test_run__a_few_days_with_faults__each_day_once_and_true_and_alerts_as_due(
    faulty: Callable[[int, int], Counter[tuple[str, str]]],
) -> None:
    """For every run of the tests."""
    assert sum(faulty(4, 1).values()) == 3 * 6 + 2


@pytest.mark.long
@pytest.mark.parametrize("seed", SEEDS)
def test_run__hundred_days_with_every_fault__each_day_once_and_true_and_alerts_as_due(
    faulty: Callable[[int, int], Counter[tuple[str, str]]], seed: int
) -> None:
    """Every fault of every source comes, most of them several times; 400 days in all."""
    drawn = faulty(100, seed)

    for (name, fault), count in sorted(drawn.items()):
        print(f"{count:4} {name}: {fault}")
    every = {(name, fault) for name, faults in OF_SOURCE.items() for fault in faults}
    every |= {("reporter", trouble) for trouble in OF_REPORTER}
    assert set(drawn) == every
    assert HANGS_UP in {fault for _, fault in drawn}
