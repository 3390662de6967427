# SPDX-License-Identifier: AGPL-3.0-only
"""Steps of a cycle leave one another alone: what is broken in one slows no other down."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest
from eth_typing import ChecksumAddress

from hashrate.core.errors import HashrateError
from hashrate.core.types import DayIndex, Sats
from hashrate.service.errors import (
    SourceRefusedError,
    SourceShapeError,
    SourceUnavailableError,
)
from oracles.daemon.cycle import LoopPolicy, run_forever
from oracles.daemon.readings import OutputReading
from oracles.journal.journal import Subject
from oracles.journal.models import ReportKind
from oracles.sources.errors import DayNotClosedError, SourcesDisagreeError, TooFewSourcesError
from testing.daemon_parts import LocalReporter, Reporters
from testing.oracle_world import OracleWorld
from tests.oracles.builders import SERIES

pytestmark = pytest.mark.integration

Start = Callable[..., LocalReporter]
WRONG = SourceShapeError("pool", "earnings[0].totalAmount", "is not a number")
GONE = SourceUnavailableError("pool: status 502")
BANNED = SourceRefusedError("pool: status 401", 401)
OPEN = DayNotClosedError("pool: not booked yet")


@dataclass
class Pool:
    """A series' output; some days, or all, fail."""

    broken: dict[int, HashrateError] = field(default_factory=dict)
    all_broken: HashrateError | None = None
    asked: list[int] = field(default_factory=list)
    series: ChecksumAddress = SERIES
    longest_wait: int = 3_600

    def output(self, day: DayIndex) -> OutputReading:
        """Return an output, or fail."""
        self.asked.append(day)
        error = self.all_broken or self.broken.get(day)
        if error is not None:
            raise error
        return OutputReading(Sats(1), 1, ())


def start_with(world: OracleWorld, start: Start, pool: Pool, days: int) -> LocalReporter:
    """Start a reporter some days after the first."""
    reporter = start(0)
    reporter.change(outputs=(pool,), transmitter=None)
    world.finish_day(world.first_day + days - 1)
    reporter.clock.time = world.anvil.now()
    return reporter


def signed(reporter: LocalReporter, days: Sequence[int]) -> list[int]:
    """Return which outputs are signed."""
    held = {
        day: reporter.journal.held_report(Subject(ReportKind.OUTPUT, DayIndex(day), SERIES))
        for day in days
    }
    return [day for day in days if held[day] is not None]


@pytest.mark.parametrize("error", [WRONG, GONE, BANNED, OPEN], ids=["shape", "502", "401", "open"])
def test_outputs__one_day_fails__the_next_ones_go_on(
    world: OracleWorld, start_reporter: Start, error: HashrateError
) -> None:
    """O3: the first failing day does not end the loop, whatever it fails with."""
    first = world.first_day
    pool = Pool({first: error})
    reporter = start_with(world, start_reporter, pool, 3)

    result = reporter.daemon.run_once()

    assert signed(reporter, range(first, first + 3)) == [first + 1, first + 2]
    assert result.is_good is (error is OPEN)


def test_outputs__pool_dead__is_left_after_the_second_day(
    world: OracleWorld, start_reporter: Start
) -> None:
    """O6, O12: each question to a dead pool takes its time-outs; two in a row are enough."""
    pool = Pool(all_broken=GONE)
    reporter = start_with(world, start_reporter, pool, 6)

    reporter.daemon.run_once()

    assert len(pool.asked) == 2


def test_outputs__day_never_booked__is_asked_for_ever_less_often(
    world: OracleWorld, start_reporter: Start
) -> None:
    """O6: a fleet that stood still has no row at some pools: an hour passes between questions."""
    pool = Pool(all_broken=OPEN)
    reporter = start_with(world, start_reporter, pool, 1)
    for _ in range(12 * 10):
        reporter.daemon.run_once()
        reporter.clock.sleep(360)

    assert 12 <= len(pool.asked) <= 15


def test_run_forever__pool_key_broken__days_keep_their_pace(
    world: OracleWorld, start_reporter: Start
) -> None:
    """O12: one series' key slowed every day report to a cycle in ten minutes."""
    reporter = start_with(world, start_reporter, Pool(all_broken=BANNED), 1)
    stop = threading.Event()
    cycles: list[int] = []
    run_once = reporter.daemon.run_once

    def counted() -> object:
        cycles.append(reporter.clock.now())
        if len(cycles) == 60:
            stop.set()
        return run_once()

    reporter.daemon.run_once = counted
    policy = LoopPolicy(cycle_seconds=60, max_backoff_seconds=600, max_failures=5)

    assert run_forever(reporter.daemon, reporter.parts, policy, stop) == 0

    assert cycles[-1] - cycles[0] == 59 * 60
    assert reporter.parts.health.complaints() == []
    text = reporter.metrics.text().decode()
    (line,) = [x for x in text.splitlines() if x.startswith("hashrate_step_errors_total")]
    assert float(line.split()[-1]) <= 8  # it backs off alone


class Anchors:
    """Facts of a reporter, with anchors that fail or are counted."""

    def __init__(self, inner: object) -> None:
        self.inner = inner
        self.error: HashrateError | None = None
        self.anchored: list[int] = []
        self.broken_day = 0

    def __getattr__(self, name: str) -> object:
        return getattr(self.inner, name)

    def anchor(self, day: DayIndex, last_height: int) -> str:
        """Count, and fail where told to."""
        self.anchored.append(day)
        if self.error is not None:
            raise self.error
        return self.inner.anchor(day, last_height)

    def read(self, day: DayIndex, first_height: int | None) -> object:
        """Read, or fail."""
        if day == self.broken_day:
            raise TooFewSourcesError("facts: 1 of at least 2 sources: b: status 429")
        return self.inner.read(day, first_height)


@pytest.fixture
def late(world: OracleWorld, reporters: Reporters) -> tuple[LocalReporter, Anchors]:
    """A reporter that signed a week of days that nobody else has."""
    first = reporters.all[0]
    facts = Anchors(first.parts.facts)
    first.change(facts=facts)
    world.finish_day(world.first_day + 3)
    for reporter in reporters.all:
        reporter.clock.time = world.anvil.now()
    first.daemon.run_once()
    facts.anchored.clear()
    return first, facts


def test_days__signed_days_wait__one_hash_a_cycle_is_asked(
    world: OracleWorld, late: tuple[LocalReporter, Anchors]
) -> None:
    """O6: six hashes of each waiting day in every cycle went above public limits."""
    reporter, facts = late
    for _ in range(5):
        reporter.daemon.run_once()

    assert facts.anchored == [world.first_day] * 5


def test_days__sources_at_their_limit__gathering_and_posting_go_on(
    world: OracleWorld, reporters: Reporters, late: tuple[LocalReporter, Anchors]
) -> None:
    """O6: what is signed is posted although no source answers any more."""
    reporter, facts = late
    facts.error = TooFewSourcesError("block: 0 of at least 2 sources: a: status 429")
    for _ in range(3):
        for each in reporters.all:
            each.daemon.run_once()
            each.clock.sleep(1_300)

    assert world.next_day() > world.first_day


@pytest.mark.parametrize(("said", "is_posted"), [("the anchor", True), ("0f" * 32, False)])
def test_days__one_source_answers__its_word_against_what_was_signed_counts(
    world: OracleWorld,
    reporters: Reporters,
    late: tuple[LocalReporter, Anchors],
    said: str,
    is_posted: bool,
) -> None:
    """A source at its limit says nothing; one with another block says that the truth moved."""
    reporter, facts = late
    own = reporter.journal.held_report(Subject(ReportKind.DAY, world.first_day))
    assert own is not None
    answer = own.anchor if is_posted else said
    facts.error = TooFewSourcesError("block: 1 of at least 2 sources: status 429", {"b": answer})
    for each in reporters.all[1:]:
        each.change(transmitter=None)
    for _ in range(3):
        for each in reporters.all:
            result = each.daemon.run_once()
            each.clock.sleep(1_300)
        if not is_posted:
            own_result = reporter.daemon.run_once()
            assert any("was …simulated, b has …0f0f" in why for why in own_result.waiting)

    assert result.is_good
    assert (world.next_day() > world.first_day) is is_posted


def test_days__sources_on_two_chains__nothing_is_posted(
    world: OracleWorld, reporters: Reporters, late: tuple[LocalReporter, Anchors]
) -> None:
    """A fork among the sources is no silence: it is waited out."""
    reporter, facts = late
    facts.error = SourcesDisagreeError("block 7: a has 0f, b has 0e")
    reporter.clock.sleep(7_200)

    result = reporter.daemon.run_once()

    assert not result.is_good
    assert world.next_day() == world.first_day


def test_days__a_later_day_fails__the_earlier_ones_are_posted(
    world: OracleWorld, reporters: Reporters
) -> None:
    """O6: trouble with tomorrow's facts keeps nobody from posting today's."""
    for each in reporters.all:
        facts = Anchors(each.parts.facts)
        facts.broken_day = world.first_day + 1
        each.change(facts=facts)
    world.finish_day(world.first_day + 1)
    for each in reporters.all:
        each.clock.time = world.anvil.now()
    for _ in range(4):
        for each in reporters.all:
            result = each.daemon.run_once()
            each.clock.sleep(1_300)

    assert world.posted_exactly_once(world.first_day, world.first_day)
    assert any("status 429" in why for why in result.waiting)
