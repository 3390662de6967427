# SPDX-License-Identifier: AGPL-3.0-only
"""The lane of transactions over nodes of many kinds: it always moves, or says why it does not."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from hashrate.core.types import DayIndex
from hashrate.evm.errors import NodeRefusedError
from hashrate.evm.fees import FeePolicy, FeeTooHighError
from oracles.chain.errors import TransmitterFundsError, TransmitterRefusedError
from oracles.chain.transmitter import BIDS_SPENT, CAP_REACHED, Lane, Work
from oracles.daemon.parts import Outcome
from oracles.daemon.posting import transmit
from oracles.journal.history import History
from oracles.journal.models import Fate, TransactionRow, WorkKind
from testing.daemon_parts import GWEI, POLICY, SENDING, LocalReporter
from testing.daemon_process import PATIENCE_SECONDS, wait_for
from testing.faulty_rpc import FaultyRpc
from testing.oracle_world import OracleWorld

pytestmark = pytest.mark.integration

QUICK = replace(POLICY, wait_seconds=0)
TRANSFER_GAS = 60_000


class DearRpc(FaultyRpc):
    """A chain where an empty transfer costs more than 21,000 gas, as on Arbitrum."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.door = self._intrinsic

    def estimate_gas(self, sender: str, to: str, data: str) -> int:
        """Answer what an empty transfer costs here."""
        return TRANSFER_GAS

    def _intrinsic(self, transaction: dict[str, Any]) -> str | None:
        gas = int(transaction["gas"])
        return "intrinsic gas too low" if gas < TRANSFER_GAS else None


@pytest.fixture
def reporter(world: OracleWorld, start_reporter: Callable[..., LocalReporter]) -> LocalReporter:
    """One reporter over a node that a test makes odd."""
    return start_reporter(0, rpc=DearRpc(world.anvil.url), policy=QUICK)


@pytest.fixture
def rpc(reporter: LocalReporter) -> DearRpc:
    """Its node."""
    assert isinstance(reporter.rpc, DearRpc)
    return reporter.rpc


def empty(world: OracleWorld, kind: WorkKind = WorkKind.SETTLE) -> Work:
    """Make a work that the chain takes: a transaction without a call."""
    data = "0x" if kind is WorkKind.SETTLE else "0x01"  # else the two were the same bytes
    return Work(kind, DayIndex(world.first_day), world.payers[0].address, data)


def stay_needed(reporter: LocalReporter, *, needed: bool = True) -> None:
    """Decide whether what waits is still to be done."""
    reporter.transmitter._is_needed = lambda _row: needed


def rows(reporter: LocalReporter, kind: WorkKind = WorkKind.SETTLE) -> list[TransactionRow]:
    """Read all attempts of a kind."""
    return reporter.journal.transactions(kind, DayIndex(reporter.world.first_day))


def pass_time(reporter: LocalReporter) -> Lane:
    """Let an attempt become stuck, and look."""
    reporter.clock.sleep(SENDING.stuck_seconds)
    return reporter.transmitter.advance()


def test_advance__transfer_dearer_than_21000__is_cancelled_with_estimated_gas(
    world: OracleWorld, reporter: LocalReporter, rpc: DearRpc
) -> None:
    """O1: a cancel with a fixed gas limit is refused for ever on such a chain."""
    world.anvil.do("evm_setAutomine", False)
    reporter.transmitter.send(empty(world))
    stay_needed(reporter, needed=False)

    assert pass_time(reporter) is Lane.BUSY
    world.anvil.do("evm_mine")
    wait_for(lambda: reporter.transmitter.advance() is Lane.FREE, PATIENCE_SECONDS, "mined")

    (cancel,) = rows(reporter, WorkKind.CANCEL)
    assert cancel.fate == Fate.CONFIRMED
    assert cancel.gas == TRANSFER_GAS * 5 // 4


def test_advance__cancel_that_no_node_knows__frees_the_lane(
    world: OracleWorld, reporter: LocalReporter, rpc: DearRpc
) -> None:
    """O1: the nonce is free and no node has any attempt: nothing can be waited for."""
    world.anvil.do("evm_setAutomine", False)
    row = reporter.transmitter.send(empty(world))
    stay_needed(reporter, needed=False)
    pass_time(reporter)
    for each in (row, *rows(reporter, WorkKind.CANCEL)):
        world.anvil.do("anvil_dropTransaction", each.tx_hash)
    rpc.door = lambda _: "the stars are not right"

    assert pass_time(reporter) is Lane.FREE

    fates = {
        each.fate for kind in (WorkKind.SETTLE, WorkKind.CANCEL) for each in rows(reporter, kind)
    }
    assert fates == {Fate.ABANDONED}
    rpc.door = lambda _: None
    again = reporter.transmitter.send(empty(world, WorkKind.OUTPUT))
    assert again.nonce == row.nonce


@pytest.mark.parametrize("words", ["txpool is full", "the stars are not right", "nonce too high"])
def test_run_once__lane_that_cannot_move__is_not_good(
    world: OracleWorld, reporter: LocalReporter, rpc: DearRpc, words: str
) -> None:
    """O1: a lane that a node holds up is said aloud in every cycle, and is free in the end."""
    stay_needed(reporter)
    rpc.door = lambda _: words
    with pytest.raises(TransmitterRefusedError, match=words):
        reporter.transmitter.send(empty(world))

    result = reporter.daemon.run_once()

    assert not result.is_good
    assert any(words in why for why in result.waiting)
    assert pass_time(reporter) is Lane.FREE
    rpc.door = lambda _: None
    reporter.transmitter.send(empty(world))
    wait_for(lambda: reporter.transmitter.advance() is Lane.FREE, PATIENCE_SECONDS, "mined")
    assert [row.fate for row in rows(reporter)].count(Fate.CONFIRMED) == 1


def test_advance__node_hides_what_waits__already_known_counts_as_known(
    world: OracleWorld, reporter: LocalReporter, rpc: DearRpc
) -> None:
    """O4: beside "already known" a null look-up says nothing; the bid is raised when it is time."""
    stay_needed(reporter)
    world.anvil.do("evm_setAutomine", False)
    rpc.hides = True
    first = reporter.transmitter.send(empty(world))
    assert reporter.transmitter.advance() is Lane.BUSY

    assert pass_time(reporter) is Lane.BUSY

    assert [row.nonce for row in rows(reporter)] == [first.nonce] * 2
    assert int(rows(reporter)[1].max_fee) > int(first.max_fee)


def test_send__tip_floor_named_by_the_node__is_bid_at_once(
    world: OracleWorld, reporter: LocalReporter, rpc: DearRpc
) -> None:
    """O5: a chain with a least priority fee above ours, as Polygon's 25 gwei."""

    def polygon(transaction: dict[str, Any]) -> str | None:
        tip = int(transaction["maxPriorityFeePerGas"])
        least = 25 * GWEI
        short = f"transaction gas price below minimum: gas tip cap {tip}, minimum needed {least}"
        return short if tip < least else None

    rpc.door = polygon

    row = reporter.transmitter.send(empty(world))

    assert int(row.priority_fee) == 25 * GWEI
    assert [each.fate for each in rows(reporter)] == [Fate.ABANDONED, Fate.BROADCAST]
    second = reporter.transmitter.send(empty(world, WorkKind.OUTPUT))
    assert int(second.priority_fee) == 25 * GWEI  # remembered: not refused again
    assert len(rows(reporter, WorkKind.OUTPUT)) == 1


def test_advance__bids_refused_at_the_door__cost_none_of_the_replacements(
    world: OracleWorld, reporter: LocalReporter, rpc: DearRpc
) -> None:
    """O5: the node names no floor; refused bids are free, and the lane ends in a block."""
    stay_needed(reporter)
    reporter.transmitter._policy = replace(SENDING, replacements=0)
    rpc.door = lambda t: (
        "transaction underpriced" if int(t["maxPriorityFeePerGas"]) < 30 * GWEI else None
    )

    row = reporter.transmitter.send(empty(world))

    assert row.fate == Fate.BROADCAST
    assert [each.fate for each in rows(reporter)][:-1] == [Fate.ABANDONED] * 5  # 1 to 16 gwei
    wait_for(lambda: reporter.transmitter.advance() is Lane.FREE, PATIENCE_SECONDS, "mined")


def test_send__floor_above_the_cap__is_too_dear_and_leaves_the_lane_free(
    world: OracleWorld, reporter: LocalReporter, rpc: DearRpc
) -> None:
    """O5: no bid below the cap is taken: it is a matter of fees, and said to be one."""
    rpc.door = lambda _: "transaction underpriced: gas tip cap 1, minimum needed 900000000000"

    outcome = transmit(reporter.parts, empty(world), lambda: False)

    assert outcome is Outcome.FEE_TOO_HIGH
    assert reporter.transmitter.advance() is Lane.FREE
    with pytest.raises(FeeTooHighError):
        reporter.transmitter.send(empty(world))


def test_send__setting_of_a_least_priority_fee__is_bid(
    world: OracleWorld, reporter: LocalReporter, rpc: DearRpc
) -> None:
    """O5: an operator who knows the chain's floor sets it."""
    fees = FeePolicy(100 * GWEI, 2 * GWEI, least_priority_wei=30 * GWEI)
    reporter.transmitter._policy = replace(SENDING, fees=fees)

    assert int(reporter.transmitter.send(empty(world)).priority_fee) == 30 * GWEI


def test_advance__bids_spent__is_stuck_and_recovers_with_more(
    world: OracleWorld, reporter: LocalReporter, rpc: DearRpc
) -> None:
    """The runbook's remedy works: with more replacements, or a higher cap, the bid is raised."""
    stay_needed(reporter)
    world.anvil.do("evm_setAutomine", False)
    reporter.transmitter._policy = replace(SENDING, replacements=1)
    reporter.transmitter.send(empty(world))
    assert pass_time(reporter) is Lane.BUSY
    assert pass_time(reporter) is Lane.STUCK
    assert reporter.transmitter.complaint.endswith(BIDS_SPENT)
    low = FeePolicy(int(rows(reporter)[-1].max_fee), 2 * GWEI)
    reporter.transmitter._policy = replace(SENDING, replacements=3, fees=low)
    assert reporter.transmitter.advance() is Lane.STUCK
    assert reporter.transmitter.complaint.endswith(CAP_REACHED)

    reporter.transmitter._policy = replace(SENDING, replacements=3)

    assert reporter.transmitter.advance() is Lane.BUSY
    assert len(rows(reporter)) == 3


def test_advance__given_up_and_mined_all_the_same__is_found(
    world: OracleWorld, reporter: LocalReporter, rpc: DearRpc
) -> None:
    """A node that we did not ask kept an attempt: its nonce is not lost to a stranger."""
    stay_needed(reporter)
    world.anvil.do("evm_setAutomine", False)
    first = reporter.transmitter.send(empty(world))
    reporter.journal.mark([first], Fate.ABANDONED, "no node knows it")
    rpc.door = lambda _: "txpool is full"
    with pytest.raises(TransmitterRefusedError):
        reporter.transmitter.send(empty(world, WorkKind.OUTPUT))
    world.anvil.do("evm_mine")

    wait_for(lambda: reporter.transmitter.advance() is Lane.FREE, PATIENCE_SECONDS, "found")

    assert [row.fate for row in rows(reporter)] == [Fate.CONFIRMED]
    assert [row.fate for row in rows(reporter, WorkKind.OUTPUT)] == [Fate.REPLACED]


@pytest.mark.parametrize(
    "words", ["Your app has exceeded its compute units per second capacity", "header not found"]
)
@pytest.mark.parametrize("method", ["eth_estimateGas", "eth_getTransactionCount"])
def test_transmit__providers_own_error__is_no_refusal_of_the_contract(
    world: OracleWorld, start_reporter: Callable[..., LocalReporter], method: str, words: str
) -> None:
    """O7: any JSON body with an error paged as "the contract refuses our report"."""
    rpc = FaultyRpc(world.anvil.url)
    reporter = start_reporter(1, rpc=rpc, policy=QUICK)
    rpc.refuses[method] = words
    work = Work(WorkKind.DAY, DayIndex(1), world.payers[1].address, "0x")

    with pytest.raises(NodeRefusedError, match=words):
        transmit(reporter.parts, work, lambda: False)


def test_transmit__empty_account_at_the_estimate__is_a_matter_of_funds(
    world: OracleWorld, start_reporter: Callable[..., LocalReporter]
) -> None:
    """O7: a node that finds no money says so in place of an estimate."""
    rpc = FaultyRpc(world.anvil.url)
    reporter = start_reporter(1, rpc=rpc, policy=QUICK)
    rpc.refuses["eth_estimateGas"] = "gas required exceeds allowance (0)"

    with pytest.raises(TransmitterFundsError):
        reporter.transmitter.send(empty(world))


def test_waiting__transaction_that_needs_an_operator__says_what_to_do(
    world: OracleWorld, reporter: LocalReporter, rpc: DearRpc
) -> None:
    """`status` shows what each waits for, in the words of the lane."""
    stay_needed(reporter)
    world.anvil.do("evm_setAutomine", False)
    reporter.transmitter._policy = replace(SENDING, replacements=0)
    reporter.transmitter.send(empty(world))
    (before,) = History(reporter.store).waiting()
    pass_time(reporter)

    (after,) = History(reporter.store).waiting()

    assert (before.waits_for, after.waits_for) == ("waits for a block", BIDS_SPENT)
    assert "raise replacements" in after.waits_for
