# SPDX-License-Identifier: AGPL-3.0-only
"""Whatever breaks between a reporter and the chain: every day is posted exactly once."""

from collections.abc import Callable
from dataclasses import replace

import pytest
from eth_typing import ChecksumAddress

from hashrate.core.types import DayIndex
from hashrate.evm.rpc import EvmRpc
from oracles.daemon.parts import Outcome
from oracles.journal.models import Fate, TransactionRow, WorkKind
from testing.daemon_parts import GWEI, POLICY, SENDING, LocalReporter, ManualClock, Reporters
from testing.daemon_process import PATIENCE_SECONDS, wait_for
from testing.faulty_rpc import FaultyRpc
from testing.oracle_world import DAY_SECONDS, OracleWorld

pytestmark = pytest.mark.integration

Start = Callable[..., LocalReporter]
QUICK = replace(POLICY, fallback_seconds=0, wait_seconds=0)
HOUR = 3_600


@pytest.fixture
def sending(world: OracleWorld, start_reporter: Start) -> tuple[LocalReporter, FaultyRpc]:
    """The reporter that sends, over a connection that can break; another has signed."""
    rpc = FaultyRpc(world.anvil.url)
    first = start_reporter(0, rpc=rpc, policy=QUICK)
    second = start_reporter(1, policy=QUICK)
    second.change(transmitter=None)
    first.meet([second.url])
    finish(world, [first, second], world.first_day)
    assert second.daemon.run_once().outcome is Outcome.NO_TRANSMITTER
    return first, rpc


class BlindRpc(EvmRpc):
    """A node that does not know of transactions that wait."""

    def estimate_gas(self, sender: ChecksumAddress, to: ChecksumAddress, data: str) -> int:
        """Answer as if nothing waited."""
        return 400_000


def finish(world: OracleWorld, reporters: list[LocalReporter], day: int) -> None:
    """Let a day be over, for the chain and for every clock."""
    world.finish_day(day)
    for reporter in reporters:
        assert isinstance(reporter.clock, ManualClock)
        reporter.clock.time = world.anvil.now()


def fates(reporter: LocalReporter, day: int, kind: WorkKind = WorkKind.DAY) -> list[str]:
    """Read the fates of a reporter's transactions for a day."""
    return [row.fate for row in reporter.journal.transactions(kind, DayIndex(day))]


def settle_down(reporter: LocalReporter) -> None:
    """Run cycles until nothing is open, and one more that leaves nothing open."""
    reporter.daemon.run_once()
    wait_for(
        lambda: not reporter.daemon.run_once().waiting and not waiting(reporter),
        PATIENCE_SECONDS,
        "done",
    )
    reporter.daemon.run_once()
    assert waiting(reporter) == []


def waiting(reporter: LocalReporter) -> list[TransactionRow]:
    """Read the transactions whose fate is open."""
    return reporter.journal.open_transactions(reporter.transmitter.address)


def test_send__answer_lost_after_accepting__posts_once(
    world: OracleWorld, sending: tuple[LocalReporter, FaultyRpc]
) -> None:
    """The node took the transaction and the connection broke: nothing is sent again."""
    reporter, rpc = sending
    day = world.first_day
    rpc.lose_answer_of = "eth_sendRawTransaction"

    result = reporter.daemon.run_once()

    assert not result.is_good
    settle_down(reporter)
    assert len(rpc.sent) == 1
    assert fates(reporter, day) == [Fate.CONFIRMED]
    assert world.posted_exactly_once(day, day)


def test_send__request_lost__hands_over_the_same_transaction(
    world: OracleWorld, sending: tuple[LocalReporter, FaultyRpc]
) -> None:
    """The transaction is written down but never arrived: the same bytes are handed over."""
    reporter, rpc = sending
    day = world.first_day
    rpc.lose_request_of = "eth_sendRawTransaction"
    reporter.daemon.run_once()
    assert fates(reporter, day) == [Fate.INTENDED]

    settle_down(reporter)

    (row,) = reporter.journal.transactions(WorkKind.DAY, DayIndex(day))
    assert rpc.sent == [row.raw]
    assert row.fate == Fate.CONFIRMED
    assert world.posted_exactly_once(day, day)


@pytest.mark.parametrize("method", ["eth_estimateGas", "eth_getTransactionReceipt", "eth_call"])
def test_run_once__node_fails_at_any_call__posts_once(
    world: OracleWorld, sending: tuple[LocalReporter, FaultyRpc], method: str
) -> None:
    """One failed call costs a cycle, never a second transaction."""
    reporter, rpc = sending
    day = world.first_day
    rpc.lose_answer_of = method
    reporter.daemon.run_once()

    settle_down(reporter)

    assert fates(reporter, day) == [Fate.CONFIRMED]
    assert world.posted_exactly_once(day, day)


def test_run_once__node_dead_for_an_hour__catches_up(
    world: OracleWorld, sending: tuple[LocalReporter, FaultyRpc]
) -> None:
    """Cycles fail for an hour and say so; then the day is posted."""
    reporter, rpc = sending
    day = world.first_day
    clock = reporter.clock
    rpc.is_dead = True
    for _ in range(60):
        result = reporter.daemon.run_once()
        assert not result.is_good
        clock.sleep(60)
    assert any("no cycle" in why for why in reporter.parts.health.complaints())
    rpc.is_dead = False

    assert reporter.daemon.run_once().is_good

    assert reporter.parts.health.complaints() == []
    settle_down(reporter)
    assert world.posted_exactly_once(day, day)


def test_advance__transaction_stuck__is_replaced_at_its_nonce(
    world: OracleWorld, sending: tuple[LocalReporter, FaultyRpc]
) -> None:
    """No block for a while: the bid is raised, a bounded number of times, and one is mined."""
    reporter, rpc = sending
    day = world.first_day
    world.anvil.do("evm_setAutomine", False)
    for _ in range(8):
        reporter.daemon.run_once()
        reporter.clock.sleep(SENDING.stuck_seconds)
    rows = reporter.journal.transactions(WorkKind.DAY, DayIndex(day))
    assert len(rows) == len(rpc.sent) == 1 + SENDING.replacements
    assert len({row.nonce for row in rows}) == 1
    bids = [int(row.max_fee) for row in rows]
    assert bids == sorted(set(bids))
    assert max(bids) <= SENDING.fees.cap_wei

    world.anvil.do("evm_mine")
    settle_down(reporter)

    assert fates(reporter, day) == [Fate.REPLACED] * SENDING.replacements + [Fate.CONFIRMED]
    assert world.posted_exactly_once(day, day)


def test_send__gas_above_the_cap__waits_and_posts_later(
    world: OracleWorld, sending: tuple[LocalReporter, FaultyRpc]
) -> None:
    """A fee spike is waited out; nothing is sent at a price above the cap."""
    reporter, rpc = sending
    day = world.first_day
    world.anvil.do("anvil_setNextBlockBaseFeePerGas", hex(SENDING.fees.cap_wei + GWEI))
    world.anvil.do("evm_mine")
    assert reporter.daemon.run_once().outcome is Outcome.FEE_TOO_HIGH
    assert rpc.sent == []

    world.anvil.do("anvil_setNextBlockBaseFeePerGas", hex(GWEI))
    world.anvil.do("evm_mine")
    settle_down(reporter)

    assert world.posted_exactly_once(day, day)


def test_advance__chain_reverts_under_a_sent_transaction__posts_again(
    world: OracleWorld, sending: tuple[LocalReporter, FaultyRpc]
) -> None:
    """The chain takes the block back: the same work is done once on the chain that stays."""
    reporter, rpc = sending
    day = world.first_day
    deep = replace(SENDING, confirmations=3)
    reporter.transmitter._policy = deep
    snapshot = world.anvil.do("evm_snapshot")
    reporter.daemon.run_once()
    wait_for(lambda: world.next_day() == day + 1, PATIENCE_SECONDS, "it is mined")
    reporter.transmitter.advance()
    assert fates(reporter, day) == [Fate.MINED]
    assert world.anvil.do("evm_revert", snapshot)
    assert world.next_day() == day

    reporter.daemon.run_once()
    for _ in range(3):
        world.anvil.do("evm_mine")
    settle_down(reporter)

    assert len(set(rpc.sent)) == 1
    assert fates(reporter, day) == [Fate.CONFIRMED]
    assert world.posted_exactly_once(day, day)


def test_advance__confirmed_transaction_reorganised_away__posts_again(
    world: OracleWorld, sending: tuple[LocalReporter, FaultyRpc]
) -> None:
    """Even what was taken as settled is done again when the chain says it is not done."""
    reporter, _ = sending
    day = world.first_day
    snapshot = world.anvil.do("evm_snapshot")
    settle_down(reporter)
    assert fates(reporter, day) == [Fate.CONFIRMED]
    assert world.anvil.do("evm_revert", snapshot)

    settle_down(reporter)

    assert world.posted_exactly_once(day, day)
    assert fates(reporter, day).count(Fate.CONFIRMED) == 1


def test_run_once__two_transmitters_race__one_transaction_counts(
    world: OracleWorld, start_reporter: Start
) -> None:
    """Both send before a block comes: the second reverts, and is known to be done."""
    pair = [
        start_reporter(number, policy=QUICK, rpc=BlindRpc(world.anvil.url)) for number in range(2)
    ]
    pair[0].meet([pair[1].url])
    pair[1].meet([pair[0].url])
    day = world.first_day
    finish(world, pair, day)
    for reporter in pair:  # both sign, neither has the other's signature yet, or only one has
        transmitter = reporter.transmitter
        reporter.change(transmitter=None)
        reporter.daemon.run_once()
        reporter.change(transmitter=transmitter)
    world.anvil.do("evm_setAutomine", False)
    for reporter in pair:
        assert reporter.daemon.run_once().outcome is Outcome.SENT
    world.anvil.do("evm_mine")
    world.anvil.do("evm_setAutomine", True)

    for reporter in pair:
        settle_down(reporter)

    assert sorted(fates(r, day)[0] for r in pair) == [Fate.CONFIRMED, Fate.REVERTED]
    assert world.posted_exactly_once(day, day)


def test_advance__another_posted_while_ours_waits__our_transaction_is_cancelled(
    world: OracleWorld, sending: tuple[LocalReporter, FaultyRpc]
) -> None:
    """A transaction that came too late and is stuck gives its nonce to an empty one."""
    reporter, rpc = sending
    day = world.first_day
    world.anvil.do("evm_setAutomine", False)
    reporter.daemon.run_once()
    ours = reporter.journal.transactions(WorkKind.DAY, DayIndex(day))[0]
    world.anvil.do("anvil_dropTransaction", ours.tx_hash)
    post_by_another(world, ours.call_data)
    world.anvil.do("evm_setAutomine", False)
    rpc.send_raw(ours.raw)
    reporter.clock.sleep(SENDING.stuck_seconds)
    reporter.daemon.run_once()

    world.anvil.do("evm_mine")
    settle_down(reporter)

    assert fates(reporter, day) == [Fate.REPLACED]
    assert fates(reporter, day, WorkKind.CANCEL) == [Fate.CONFIRMED]
    assert world.posted_exactly_once(day, day)


def test_advance__another_posted_and_ours_never_arrived__is_abandoned(
    world: OracleWorld, sending: tuple[LocalReporter, FaultyRpc]
) -> None:
    """What no node has and nobody needs any more is not sent."""
    reporter, rpc = sending
    day = world.first_day
    rpc.lose_request_of = "eth_sendRawTransaction"
    reporter.daemon.run_once()
    ours = reporter.journal.transactions(WorkKind.DAY, DayIndex(day))[0]
    post_by_another(world, ours.call_data)

    settle_down(reporter)

    assert rpc.sent == []
    assert fates(reporter, day) == [Fate.ABANDONED]
    assert world.posted_exactly_once(day, day)


def test_advance__nonce_used_elsewhere__goes_on_with_the_next(
    world: OracleWorld, sending: tuple[LocalReporter, FaultyRpc]
) -> None:
    """Someone sends from the account behind our back: the lost nonce does not block the lane."""
    reporter, rpc = sending
    day = world.first_day
    rpc.lose_request_of = "eth_sendRawTransaction"
    reporter.daemon.run_once()
    payer = reporter.transmitter.address
    world.anvil.do("anvil_impersonateAccount", payer)
    world.anvil.send(**{"from": payer, "to": payer, "value": "0x1"})
    reporter.clock.sleep(SENDING.stuck_seconds)

    settle_down(reporter)

    assert fates(reporter, day) == [Fate.LOST, Fate.CONFIRMED]
    assert world.posted_exactly_once(day, day)


def test_send__account_cannot_pay__waits_for_money(
    world: OracleWorld, sending: tuple[LocalReporter, FaultyRpc]
) -> None:
    """An empty account is said aloud, and the day is posted when there is money again."""
    reporter, _ = sending
    day = world.first_day
    world.anvil.give(reporter.transmitter.address, 1)
    result = reporter.daemon.run_once()
    assert not result.is_good

    world.anvil.give(reporter.transmitter.address)
    settle_down(reporter)

    assert world.posted_exactly_once(day, day)


def test_run_once__missed_days__are_caught_up_in_order(
    world: OracleWorld, reporters: Reporters
) -> None:
    """All reporters were away for ten days: the days come in order, each once."""
    day = world.first_day
    last = day + 9
    world.finish_day(last)
    for reporter in reporters.all:
        reporter.clock.time = world.anvil.now()

    for _ in range(20):
        for reporter in reporters.all:
            reporter.daemon.run_once()
            reporter.clock.sleep(600)

    assert world.posted_exactly_once(day, last)


def test_run_once__vetoed_day__is_signed_and_posted_at_its_next_revision(
    world: OracleWorld, reporters: Reporters
) -> None:
    """After a veto the reporters sign the next revision; the old signatures are worth nothing."""
    day = world.first_day
    finish(world, reporters.all, day)
    run_for_an_hour(reporters)
    assert world.next_day() == day + 1
    world.oracle.send("veto_day", day, sender=world.guardian)
    assert world.next_day() == day

    run_for_an_hour(reporters)

    assert world.next_day() == day + 1
    assert world.oracle.read("revision_of", day) == 1
    assert world.postings()[day] == 2


@pytest.mark.parametrize("seconds", [-DAY_SECONDS, DAY_SECONDS])
def test_run_once__clock_off_by_a_day__changes_nothing(
    world: OracleWorld, reporters: Reporters, seconds: int
) -> None:
    """The operator's clock decides how long to wait, not what is true."""
    first = world.first_day
    for day in range(first, first + 3):
        finish(world, reporters.all, day)
        reporters.all[0].clock.sleep(seconds)
        run_for_an_hour(reporters)

    assert world.posted_exactly_once(first, first + 2)


def run_for_an_hour(reporters: Reporters) -> None:
    """Run cycles of all reporters in turn while an hour passes."""
    for _ in range(6):
        for reporter in reporters.all:
            reporter.daemon.run_once()
            reporter.clock.sleep(HOUR // 6)


def post_by_another(world: OracleWorld, data: str) -> None:
    """Post the same signatures from another account."""
    world.anvil.do("evm_setAutomine", True)
    world.anvil.send(**{"from": world.holder, "to": world.oracle.address, "data": data})
