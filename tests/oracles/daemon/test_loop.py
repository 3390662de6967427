# SPDX-License-Identifier: AGPL-3.0-only
"""The loop around cycles, health and metrics, and a full disk."""

import sqlite3
import threading
import time
from collections.abc import Callable

import pytest
from sqlalchemy import event

from hashrate.core.types import DayIndex
from oracles.daemon.cycle import LoopPolicy, run_forever
from oracles.journal.errors import JournalError
from oracles.journal.journal import Evidence
from oracles.observability.health import Deadlines, Health, make_operator_app
from oracles.observability.metrics import Metrics
from testing.asking import ask
from testing.daemon_parts import LocalReporter, ManualClock, Reporters
from testing.faulty_rpc import FaultyRpc
from testing.oracle_world import DAY_SECONDS, OracleWorld

LOOP = LoopPolicy(cycle_seconds=60, max_backoff_seconds=600, max_failures=5)
DAY = DayIndex(20_000)
NOW = (DAY + 1) * DAY_SECONDS


@pytest.mark.integration
def test_run_forever__node_gone__waits_longer_and_gives_up(
    world: OracleWorld, start_reporter: Callable[..., LocalReporter]
) -> None:
    """After so many bad cycles the process ends with 1, for its supervisor to start it afresh."""
    rpc = FaultyRpc(world.anvil.url)
    reporter = start_reporter(0, rpc=rpc)
    rpc.is_dead = True
    began = reporter.clock.now()

    code = run_forever(reporter.daemon, reporter.parts, LOOP, threading.Event())

    assert code == 1
    assert 60 * (1 + 2 + 4 + 8) / 2 <= reporter.clock.now() - began <= 60 * (1 + 2 + 4 + 8)
    text = reporter.metrics.text().decode()
    assert 'hashrate_cycles_total{result="failed"} 5.0' in text
    assert "hashrate_consecutive_failures 5.0" in text


@pytest.mark.integration
def test_run_forever__stopped__finishes_the_cycle_and_ends_well(
    world: OracleWorld, start_reporter: Callable[..., LocalReporter]
) -> None:
    """A stop that comes within a cycle lets it finish."""
    reporter = start_reporter(0)
    stop = threading.Event()
    cycles = []
    run_once = reporter.daemon.run_once

    def stopping() -> object:
        stop.set()
        cycles.append(run_once())
        return cycles[-1]

    reporter.daemon.run_once = stopping

    assert run_forever(reporter.daemon, reporter.parts, LOOP, stop) == 0
    assert len(cycles) == 1


@pytest.mark.integration
def test_run_once__due_day__is_decided_within_a_second(
    world: OracleWorld, reporters: Reporters
) -> None:
    """Reading, gathering, signing and sending a day takes less than a second of the processor."""
    first, second, _ = reporters.all
    world.finish_day(world.first_day)
    for reporter in reporters.all:
        reporter.clock.time = world.anvil.now() + 7_200
    first.daemon.run_once()
    began = time.process_time()

    second.daemon.run_once()
    first.daemon.run_once()

    taken = time.process_time() - began
    first.clock.sleep(7_200)
    first.daemon.run_once()

    assert taken < 1
    assert world.posted_exactly_once(world.first_day, world.first_day)


@pytest.mark.integration
def test_run_once__disk_full__signs_and_sends_nothing_until_there_is_room(
    world: OracleWorld, reporters: Reporters
) -> None:
    """Without a journal nothing is done; with room again the day is posted, once."""
    day = world.first_day
    full = reporters.all[0]
    with full.store.engine.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one()
    full.store.engine.dispose()
    limits = {"pages": pages}

    def limit(connection: sqlite3.Connection, _record: object) -> None:
        connection.execute(f"PRAGMA max_page_count={limits['pages']}")

    event.listen(full.store.engine, "connect", limit)
    for size in (3_000, 100, 1):
        with pytest.raises(JournalError, match="full"):
            while True:
                seen = Evidence("filler", "", "", "", "x" * size)
                full.journal.add_evidence(DayIndex(day), [seen])
    world.finish_day(day)
    for reporter in reporters.all:
        reporter.clock.time = world.anvil.now()
    stop = threading.Event()
    assert run_forever(full.daemon, full.parts, LOOP, stop) == 1
    assert world.next_day() == day

    limits["pages"] = 2**30
    full.store.engine.dispose()
    for _ in range(3):
        for reporter in reporters.all:
            reporter.daemon.run_once()
            reporter.clock.sleep(1_200)

    assert world.posted_exactly_once(day, day)


@pytest.mark.unit
def test_healthz__work_in_time__is_ok_and_then_late() -> None:
    """200 while the work is done in time, 503 and the reasons when it is not."""
    clock, metrics = ManualClock(NOW), Metrics()
    health = Health(clock, metrics, Deadlines(cycle_seconds=600, day_seconds=7_200))
    app = make_operator_app(health, metrics)
    health.saw_next_day(DAY)
    health.succeeded()
    assert ask(app, "/healthz").status_code == 200

    clock.sleep(7_300)
    answer = ask(app, "/healthz")

    assert answer.status_code == 503
    assert answer.json()["reasons"] == [
        "no cycle succeeded for 7300 s",
        "2024-10-04 is not posted 7300 s after its end",
    ]


@pytest.mark.unit
def test_healthz__clock_behind_by_a_day__does_not_complain() -> None:
    """A day that is not over by this clock is not late."""
    clock = ManualClock(NOW - DAY_SECONDS)
    health = Health(clock, Metrics(), Deadlines(600, 7_200))

    health.saw_next_day(DAY)

    assert health.complaints() == []


@pytest.mark.unit
def test_metrics__asked__are_prometheus_text() -> None:
    """Every metric an alert asks for is there from the start."""
    metrics = Metrics()
    health = Health(ManualClock(NOW), metrics, Deadlines(600, 7_200))
    health.saw_next_day(DAY)

    answer = ask(make_operator_app(health, metrics), "/metrics")

    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    for name in ("consecutive_failures", "lateness_seconds", "transmitter_balance_wei"):
        assert f"hashrate_{name} " in answer.text
