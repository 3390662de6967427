# SPDX-License-Identifier: AGPL-3.0-only
"""Nodes that refuse logs of many blocks: a posted day is compared whole, or it is said."""

from collections.abc import Iterator

import pytest
import structlog

from hashrate.core.types import DayIndex
from hashrate.evm.contracts.oracle import HashpriceOracle
from hashrate.evm.errors import RpcRefusedError
from hashrate.evm.rpc import EvmRpc
from hashrate.history import open_source
from oracles.chain.contracts import OracleContract
from oracles.commands.audit import compare_day
from oracles.commands.status import read_status
from oracles.daemon.readings import WholeDays
from oracles.daemon.wiring import Readers
from oracles.journal.history import History
from testing.daemon_parts import LocalReporter, Reporters
from testing.oracle_world import OracleWorld

pytestmark = pytest.mark.integration

EVERYTHING = {
    "day", "first_height", "last_height", "subsidy_sats", "fees_sats", "hashprice_wad",
    "difficulty_wad", "btc_usd_e8",
}  # fmt: skip


class NarrowRpc(EvmRpc):
    """A node that gives the logs of some blocks only, as public ones do."""

    widest = 10

    def request(self, method: str, *params: object) -> object:
        """Refuse wide ranges."""
        if method == "eth_getLogs":
            where = params[0]
            first, last = where["fromBlock"], where["toBlock"]
            wide = last == "latest" or int(last, 16) - int(first, 16) >= self.widest
            if wide:
                raise RpcRefusedError(
                    f"evm node: eth_getLogs: range is limited to {self.widest}", is_revert=False
                )
        return super().request(method, *params)


@pytest.fixture
def posted(world: OracleWorld, reporters: Reporters) -> LocalReporter:
    """A reporter of two days that were posted among many blocks."""
    for day in (world.first_day, world.first_day + 1):
        world.anvil.do("anvil_mine", hex(40))
        world.finish_day(day)
        for reporter in reporters.all * 2:
            reporter.clock.time = world.anvil.now()
            reporter.daemon.run_once()
            reporter.clock.sleep(3_600)
        world.anvil.do("anvil_mine", hex(40))
    assert world.posted_exactly_once(world.first_day, world.first_day + 1)
    return reporters.all[0]


@pytest.fixture
def narrow(world: OracleWorld) -> Iterator[NarrowRpc]:
    """A connection to the same chain with narrow logs."""
    rpc = NarrowRpc(world.anvil.url)
    yield rpc
    rpc.close()


def readers() -> Readers:
    """Return sources that know every day."""
    whole = WholeDays(open_source("simulated:1"))
    return Readers(whole, whole, ())


def test_compare_day__wide_logs_refused__compares_every_value(
    world: OracleWorld, posted: LocalReporter, narrow: NarrowRpc
) -> None:
    """O8: the blocks around the known time of posting are asked alone."""
    oracle = OracleContract(narrow, world.domain)
    for day in (world.first_day, world.first_day + 1):
        rows = compare_day(oracle, readers(), DayIndex(day))

        assert {row.field for row in rows} == EVERYTHING
        assert all(row.agrees for row in rows)


def test_compare_day__finality_kept_back_by_the_day_before__is_found_by_a_scan(
    world: OracleWorld, posted: LocalReporter, narrow: NarrowRpc, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the time of posting does not follow from finality, blocks are looked through."""
    monkeypatch.setattr("oracles.chain.contracts._WINDOWS", _without_exact_windows())
    oracle = OracleContract(narrow, world.domain)

    rows = compare_day(oracle, readers(), DayIndex(world.first_day))

    assert {row.field for row in rows} == EVERYTHING
    assert all(row.agrees for row in rows)


def _without_exact_windows() -> tuple[object, ...]:
    """Return a function whose number is no window: a day's first posting is never that late."""
    return (HashpriceOracle.SPREAD_BPS,)


def test_compare_day__all_logs_refused__says_what_was_not_compared(
    world: OracleWorld, posted: LocalReporter, narrow: NarrowRpc
) -> None:
    """O8: three values of eight that nobody compared are no agreement."""
    narrow.widest = 0
    oracle = OracleContract(narrow, world.domain)

    rows = compare_day(oracle, readers(), DayIndex(world.first_day))

    assert {row.field for row in rows} == EVERYTHING
    missing = {row.field for row in rows if row.posted == "not given"}
    assert missing == {"first_height", "subsidy_sats", "fees_sats"}
    assert {row.field for row in rows if not row.agrees} == missing


@pytest.mark.parametrize(("widest", "is_told"), [(10, True), (0, False)])
def test_read_status__wide_logs_refused__tells_signers_and_lateness_where_it_can(
    world: OracleWorld, posted: LocalReporter, narrow: NarrowRpc, widest: int, is_told: bool
) -> None:
    """O8's sibling in `status`."""
    narrow.widest = widest
    oracle = OracleContract(narrow, world.domain)

    first, _ = read_status(narrow, oracle, [], History(posted.store), 2)

    assert (first.late_seconds is not None) is is_told
    if is_told:
        assert len(first.signers) == 2


def test_audit__all_logs_refused__is_logged(
    world: OracleWorld, posted: LocalReporter, narrow: NarrowRpc
) -> None:
    """O8's sibling in the daemon's own audit."""
    narrow.widest = 0
    posted.change(oracle=OracleContract(narrow, world.domain))

    with structlog.testing.capture_logs() as logs:
        posted.daemon.run_once()

    told = [log for log in logs if log["event"] == "posted_day_compared_in_part"]
    assert told
    assert told[0]["not_compared"] == ["first_height", "subsidy_sats", "fees_sats"]
