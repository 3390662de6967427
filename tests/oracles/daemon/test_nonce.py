# SPDX-License-Identifier: AGPL-3.0-only
"""The transmitter's nonce when something else has taken it, and work that never succeeds."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from hashrate.core.types import DayIndex
from hashrate.evm.errors import RpcUnavailableError
from oracles.chain.transmitter import Lane, Work
from oracles.daemon.parts import Outcome
from oracles.daemon.posting import transmit
from oracles.journal.models import Fate, WorkKind
from testing.daemon_parts import GWEI, POLICY, SENDING, LocalReporter
from testing.daemon_process import PATIENCE_SECONDS, wait_for
from testing.faulty_rpc import FaultyRpc
from testing.oracle_world import OracleWorld

pytestmark = pytest.mark.integration

QUICK = replace(POLICY, wait_seconds=0)


class GullibleRpc(FaultyRpc):
    """A node that finds nothing wrong with any call."""

    def estimate_gas(self, sender: str, to: str, data: str) -> int:
        """Answer as if it worked."""
        return 60_000


@pytest.fixture
def reporter(world: OracleWorld, start_reporter: Callable[..., LocalReporter]) -> LocalReporter:
    """One reporter over a node that finds nothing wrong."""
    return start_reporter(0, rpc=GullibleRpc(world.anvil.url), policy=QUICK)


def nothing(world: OracleWorld, kind: WorkKind = WorkKind.SETTLE) -> Work:
    """Make a work that the chain takes: an empty transaction."""
    return Work(kind, DayIndex(world.first_day), world.payers[0].address, "0x")


def test_advance__something_unknown_waits_at_the_nonce__is_outbid(
    world: OracleWorld, reporter: LocalReporter
) -> None:
    """A transaction that the journal does not know holds the nonce: the bid grows until it wins."""
    payer = reporter.transmitter.address
    world.anvil.do("evm_setAutomine", False)
    world.anvil.do("anvil_impersonateAccount", payer)
    fee = hex(5 * GWEI)
    foreign = {"from": payer, "to": payer, "maxFeePerGas": fee, "maxPriorityFeePerGas": fee}
    world.anvil.do("eth_sendTransaction", foreign)
    reporter.transmitter._policy = replace(SENDING, replacements=12)
    reporter.transmitter._is_needed = lambda _row: True
    row = reporter.transmitter.send(nothing(world))
    assert "underpriced" in row.note

    for _ in range(12):
        reporter.clock.sleep(SENDING.stuck_seconds)
        assert reporter.transmitter.advance() is Lane.BUSY
    world.anvil.do("evm_mine")

    wait_for(lambda: reporter.transmitter.advance() is Lane.FREE, PATIENCE_SECONDS, "one is mined")
    rows = reporter.journal.transactions(WorkKind.SETTLE, DayIndex(world.first_day))
    fates = [each.fate for each in rows]
    assert fates.count(Fate.CONFIRMED) == 1
    assert set(fates) == {Fate.CONFIRMED, Fate.REPLACED}
    assert {each.nonce for each in rows} == {0}


def test_transmit__reverts_every_time__stops_after_three(
    world: OracleWorld, reporter: LocalReporter
) -> None:
    """What looks right and reverts all the same does not burn gas for ever."""
    work = Work(WorkKind.DAY, DayIndex(world.first_day), world.oracle.address, "0x12345678")

    outcomes = []
    for _ in range(5):
        outcomes.append(transmit(reporter.parts, work, lambda: False))
        wait_for(
            lambda: reporter.transmitter.advance() is Lane.FREE, PATIENCE_SECONDS, "it is mined"
        )

    assert outcomes == [Outcome.SENT] * 3 + [Outcome.REFUSED] * 2
    rows = reporter.journal.transactions(WorkKind.DAY, work.day)
    assert [row.fate for row in rows] == [Fate.REVERTED] * 3


def test_send__gas_above_the_cap__is_refused(
    world: OracleWorld, start_reporter: Callable[..., LocalReporter]
) -> None:
    """A call that would use more gas than the operator allows is not sent."""
    small = replace(SENDING, gas_cap=20_000)
    reporter = start_reporter(1, sending=small, policy=QUICK)
    work = Work(WorkKind.DAY, DayIndex(1), world.payers[1].address, "0x")

    assert transmit(reporter.parts, work, lambda: False) is Outcome.REFUSED
    assert reporter.journal.transactions(WorkKind.DAY, DayIndex(1)) == []


def test_request__nothing_listens__is_unavailable() -> None:
    """A node that is not there is told from one that refuses."""
    rpc = FaultyRpc("http://127.0.0.1:9")

    with pytest.raises(RpcUnavailableError, match="ConnectError"):
        rpc.chain_id()
