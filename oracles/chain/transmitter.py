# SPDX-License-Identifier: AGPL-3.0-only
"""Sending transactions so that each work is done exactly once, whatever breaks in between.

One rule carries it: *a transaction is written down, with its nonce and hash, before any node sees
it, and no further one is made until the chain has said what became of it.* A restart, a lost
answer, a dropped or a reorganised transaction all leave a row whose fate the chain decides. Bids
for one nonce replace one another, so at most one of them can be mined.

An attempt that a node refused at the door costs no bid. One that no node knows while its nonce is
free is given up, which frees the lane: whatever comes next takes the same nonce.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from itertools import groupby

import structlog
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.core.types import DayIndex
from hashrate.core.units import iso_from_day
from hashrate.evm.errors import NodeRefusedError, RpcRefusedError, RpcUnavailableError
from hashrate.evm.fees import Bid, FeePolicy, FeeTooHighError, Floor, bid_now, raised
from hashrate.evm.rpc import EvmRpc, number_from_hex
from hashrate.service.clock import Clock
from oracles.chain.client_words import Verdict, floor_in, verdict_of
from oracles.chain.errors import TransmitterFundsError, TransmitterRefusedError
from oracles.journal.journal import Journal
from oracles.journal.models import OPEN_FATES, Fate, TransactionRow, WorkKind

_LOG = structlog.get_logger(__name__)
_GAS_ROOM_NUMERATOR, _GAS_ROOM_DENOMINATOR = 5, 4
_FLOOR_SECONDS = 3_600  # how long a node's word on the least fee is remembered
_FLOOR_STEP_WEI = 10**8  # where a node refuses a priority fee of nothing and names no number

BIDS_SPENT = "its bids are spent: raise replacements and restart, or wait"
CAP_REACHED = "the fee cap is reached: raise max_fee_gwei and restart, or wait"
WAITS_FOR_BLOCK = "waits for a block"

_DOOR = (Verdict.UNDERPRICED, Verdict.WRONG)
"""Refusals of these very bytes: what was never taken is given up at once."""
_MOVES = (Verdict.TAKEN, Verdict.OUTBID, Verdict.UNDERPRICED)
"""What waiting or a higher bid settles."""


class Lane(Enum):
    """Whether the next transaction can be made; `STUCK` needs an operator, or another hour."""

    FREE = auto()
    BUSY = auto()
    STUCK = auto()


@dataclass(frozen=True, slots=True)
class Work:
    """Something to be done by one transaction.

    Attributes:
        kind: what it does.
        day: the day it is about.
        to: the contract.
        data: the call, hexadecimal.
        series: the series it is about, empty for a day.
        report_id: the report in the journal that it carries.
    """

    kind: WorkKind
    day: DayIndex
    to: ChecksumAddress
    data: str
    series: str = ""
    report_id: int | None = None


@dataclass(frozen=True, slots=True)
class SendPolicy:
    """The operator's limits on sending.

    Attributes:
        chain_id: the chain.
        fees: limits on the price of gas.
        gas_cap: most gas one transaction may use.
        confirmations: blocks until a transaction's fate is taken as settled.
        stuck_seconds: how long a bid waits before it is raised [s].
        replacements: how often a bid is raised at most.
    """

    chain_id: int
    fees: FeePolicy
    gas_cap: int
    confirmations: int
    stuck_seconds: int
    replacements: int


@dataclass(slots=True)
class _LearnedFloor:
    """What nodes lately said is the least they take."""

    clock: Clock
    until: int = 0
    least: Floor = field(default_factory=Floor)

    def now(self) -> Floor:
        """Return the floor that still counts."""
        return self.least if self.clock.now() < self.until else Floor()

    def learn(self, refused: Bid, words: str) -> None:
        """Take a floor from a refusal; where it names none, twice the priority fee is tried."""
        told = floor_in(words)
        if told.priority_fee <= refused.priority_fee and told.max_fee <= refused.max_fee:
            more = max(2 * refused.priority_fee, refused.priority_fee + _FLOOR_STEP_WEI)
            told = Floor(refused.max_fee + more - refused.priority_fee, more)
        self.least = self.now().over(told)
        self.until = self.clock.now() + _FLOOR_SECONDS


class Transmitter:
    """The account that pays for gas, and the one lane of its transactions."""

    def __init__(
        self,
        rpc: EvmRpc,
        journal: Journal,
        account: LocalAccount,
        policy: SendPolicy,
        clock: Clock,
        is_needed: Callable[[TransactionRow], bool],
    ) -> None:
        """Use an account that nobody else sends from.

        Args:
            rpc: the node.
            journal: where every transaction is written before it is sent.
            account: pays for gas; holds no other right.
            policy: the operator's limits.
            clock: for what is stuck.
            is_needed: tells by the chain's state whether a written transaction's work is still
                to be done.
        """
        self._rpc = rpc
        self._journal = journal
        self._account = account
        self._policy = policy
        self._clock = clock
        self._is_needed = is_needed
        self.address: ChecksumAddress = account.address
        self.complaint = ""
        """Why the lane is stuck."""
        self.cap_wei = policy.fees.cap_wei
        self._floor = _LearnedFloor(clock)

    def send(self, work: Work) -> TransactionRow:
        """Write a transaction down and hand it over. The lane must be free.

        Raises:
            RpcRefusedError: the contract would refuse it; nothing was written.
            FeeTooHighError: gas costs too much, or no node takes it below the cap.
            TransmitterFundsError: the account cannot pay.
            TransmitterRefusedError: the node does not take it, for a reason of its own.
            RpcUnavailableError: no answer; `advance` finds out what became of it.
            JournalError: it could not be written, and was not sent.
        """
        gas = self._estimate(work)
        if gas > self._policy.gas_cap:
            raise RpcRefusedError(
                f"{work.kind} {iso_from_day(work.day)}: {gas} gas is above the cap", is_revert=True
            )
        nonce = self._rpc.nonce(self.address)
        row, verdict = self._offer(work, nonce, gas, None)
        if verdict not in _MOVES:
            raise TransmitterRefusedError(f"{work.kind} {iso_from_day(work.day)}: {row.note}")
        return row

    def advance(self) -> Lane:
        """Learn from the chain what became of written transactions, and do what it takes.

        Raises:
            RpcUnavailableError: the node does not answer.
            TransmitterFundsError: a bid could not be raised.
            JournalError: the journal cannot be written.
        """
        lane = Lane.FREE
        rows = self._journal.open_transactions(self.address)
        for nonce, group in groupby(rows, key=lambda row: row.nonce):
            here = self._advance_nonce(nonce, list(group))
            lane = here if lane is not Lane.STUCK and here is not Lane.FREE else lane
        return lane

    def _advance_nonce(self, nonce: int, attempts: Sequence[TransactionRow]) -> Lane:
        """Follow the attempts at one nonce."""
        for row in attempts:
            receipt = self._rpc.receipt(row.tx_hash)
            if receipt is not None:
                return self._on_mined(row, [r for r in attempts if r is not row], receipt)
        dropped = [row for row in attempts if row.fate == Fate.MINED]
        if dropped:
            _LOG.warning("transaction_dropped_by_reorg", nonce=nonce, hash=dropped[0].tx_hash)
            self._journal.change(
                dropped, fate=Fate.BROADCAST, block=None, block_hash=None, note="reorganised away"
            )
        used = self._rpc.nonce(self.address)
        if used > nonce:
            return self._on_nonce_used(attempts)
        if used < nonce:
            # An earlier transaction went away for good: these can never be mined in this order.
            self._journal.mark(attempts, Fate.ABANDONED, "an earlier nonce is free again")
            return Lane.FREE
        return self._on_waiting(attempts)

    def _on_mined(
        self, row: TransactionRow, others: Sequence[TransactionRow], receipt: dict[str, object]
    ) -> Lane:
        block = number_from_hex(receipt["blockNumber"])
        block_hash = str(receipt.get("blockHash"))
        if row.fate != Fate.MINED or row.block_hash != block_hash:
            self._journal.change(
                [row],
                fate=Fate.MINED,
                note="",
                block=block,
                block_hash=block_hash,
                gas_used=number_from_hex(receipt.get("gasUsed")),
                gas_price=str(number_from_hex(receipt.get("effectiveGasPrice"))),
            )
        depth = number_from_hex(self._rpc.block().get("number")) - block + 1
        if depth < self._policy.confirmations:
            return Lane.FREE
        done = number_from_hex(receipt.get("status")) == 1
        fate, note = (Fate.CONFIRMED, "") if done else (Fate.REVERTED, "another was first")
        self._journal.mark([row], fate, note)
        if others:
            self._journal.mark(others, Fate.REPLACED, row.tx_hash)
        _LOG.info("transaction_settled", fate=fate, **_described(row))
        return Lane.FREE

    def _on_nonce_used(self, attempts: Sequence[TransactionRow]) -> Lane:
        """The nonce is used, but none of the open attempts has a receipt (yet)."""
        for row in self._journal.given_up_at(self.address, attempts[-1].nonce):
            receipt = self._rpc.receipt(row.tx_hash)
            if receipt is not None:  # given up here, and kept by a node that we did not ask
                return self._on_mined(row, attempts, receipt)
        if self._age(attempts[-1]) < self._policy.stuck_seconds:
            return Lane.BUSY
        _LOG.error("nonce_used_elsewhere", nonce=attempts[-1].nonce, account=self.address)
        self._journal.mark(attempts, Fate.LOST, "its nonce was used by another transaction")
        return Lane.FREE

    def _on_waiting(self, attempts: Sequence[TransactionRow]) -> Lane:
        """The nonce is free: the attempts wait in a node, or went away."""
        last = attempts[-1]
        is_stuck = self._age(last) >= self._policy.stuck_seconds
        known = [row for row in attempts if self._rpc.knows(row.tx_hash)]
        if last.kind == WorkKind.CANCEL:
            is_done = not known and (is_stuck or last.fate == Fate.INTENDED)
        elif self._is_needed(last):
            is_done = False
        elif known:
            return self._raise_bid(attempts, cancel=True) if is_stuck else Lane.BUSY
        else:
            is_done = True
        if is_done:
            self._journal.mark(attempts, Fate.ABANDONED, "done by another, or superseded")
            return Lane.FREE
        return self._keep(attempts, known, is_stuck=is_stuck)

    def _keep(
        self, attempts: Sequence[TransactionRow], known: Sequence[TransactionRow], *, is_stuck: bool
    ) -> Lane:
        """See to it that the last attempt, which is wanted, is in a node and pays enough."""
        last = attempts[-1]
        cancel = last.kind == WorkKind.CANCEL
        # A node may hide what waits: handed over again, it says whether it has it.
        verdict = Verdict.TAKEN if last in known else self._hand_over(last)
        if verdict is Verdict.UNDERPRICED:
            return self._raise_bid(attempts, cancel=cancel)
        if verdict in _MOVES:
            return self._raise_bid(attempts, cancel=cancel) if is_stuck else Lane.BUSY
        left = [row for row in attempts if row.fate in OPEN_FATES]
        if left and is_stuck and not known:
            _LOG.warning("transaction_given_up", why=last.note, **_described(last))
            self._journal.mark(left, Fate.ABANDONED, last.note)
            left = []
        return self._stuck(last, last.note) if left else Lane.FREE

    def _raise_bid(self, attempts: Sequence[TransactionRow], *, cancel: bool) -> Lane:
        """Replace a waiting transaction at its nonce, a bounded number of times."""
        last = attempts[-1]
        bids = sum(row.fate != Fate.INTENDED for row in attempts)  # what was refused is free
        if bids > self._policy.replacements and last.fate in OPEN_FATES:
            return self._stuck(last, BIDS_SPENT)
        if cancel:
            work = Work(WorkKind.CANCEL, DayIndex(last.day), self.address, "0x")
        else:
            work = self._same_work(last)
        earlier = Bid(int(last.max_fee), int(last.priority_fee))
        try:
            row, verdict = self._offer(work, last.nonce, self._gas_again(work, last), earlier)
        except FeeTooHighError:
            return self._stuck(last, CAP_REACHED)
        _LOG.warning("transaction_replaced", was=last.tx_hash, **_described(row))
        return Lane.BUSY if verdict in _MOVES else self._stuck(row, row.note)

    def _offer(
        self, work: Work, nonce: int, gas: int, earlier: Bid | None
    ) -> tuple[TransactionRow, Verdict]:
        """Write a transaction down and hand it over; bid more as long as the node wants more.

        Raises:
            FeeTooHighError: it would cost more than the cap.
        """
        fees = self._policy.fees
        while True:
            bid: Bid | None = bid_now(self._rpc, fees, self._floor.now())
            if bid is not None and earlier is not None:
                bid = raised(earlier, bid, fees)
            if bid is None:
                raise FeeTooHighError(f"a higher bid is above the cap of {fees.cap_wei} wei")
            row = self._write(work, nonce, bid, gas)
            verdict = self._hand_over(row)
            if verdict is not Verdict.UNDERPRICED:
                return row, verdict

    def _estimate(self, work: Work) -> int:
        """Find how much gas to allow: what it would use, and a quarter more."""
        try:
            used = self._rpc.estimate_gas(self.address, work.to, work.data)
        except NodeRefusedError as error:
            if verdict_of(str(error)) is Verdict.NO_FUNDS:
                raise TransmitterFundsError(f"{self.address} cannot pay for gas") from error
            raise
        return used * _GAS_ROOM_NUMERATOR // _GAS_ROOM_DENOMINATOR

    def _gas_again(self, work: Work, last: TransactionRow) -> int:
        """Find how much gas the next attempt needs: on some chains it follows their parent's price.

        Where nodes run the call on top of the attempt that waits, it reverts: what was allowed
        before stands.
        """
        is_same = last.kind == work.kind
        try:
            gas = self._estimate(work)
        except (RpcRefusedError, NodeRefusedError):
            if not is_same:
                raise
            return last.gas
        return max(last.gas, min(gas, self._policy.gas_cap)) if is_same else gas

    def _stuck(self, row: TransactionRow, why: str) -> Lane:
        """Note what a transaction waits for; it is logged when it changes."""
        self.complaint = f"{row.kind} {iso_from_day(DayIndex(row.day))}, nonce {row.nonce}: {why}"
        if row.note != why or row.fate not in OPEN_FATES:
            _LOG.error("transaction_stuck", why=why, **_described(row))
        if row.note != why and row.fate in OPEN_FATES:
            self._journal.change([row], note=why)
        return Lane.STUCK

    def _same_work(self, row: TransactionRow) -> Work:
        to, day = to_checksum_address(row.call_to), DayIndex(row.day)
        return Work(WorkKind(row.kind), day, to, row.call_data, row.series, row.report_id)

    def _write(self, work: Work, nonce: int, bid: Bid, gas: int) -> TransactionRow:
        """Sign a transaction and write it down; nothing is sent."""
        signed = self._account.sign_transaction(
            {
                "type": 2,
                "chainId": self._policy.chain_id,
                "nonce": nonce,
                "to": work.to,
                "value": 0,
                "data": bytes.fromhex(work.data.removeprefix("0x")),
                "gas": gas,
                "maxFeePerGas": bid.max_fee,
                "maxPriorityFeePerGas": bid.priority_fee,
            }
        )
        row = TransactionRow(
            kind=work.kind,
            report_id=work.report_id,
            series=work.series,
            day=work.day,
            sender=self.address,
            call_to=work.to,
            call_data=work.data,
            nonce=nonce,
            tx_hash=signed.hash.to_0x_hex(),
            raw=signed.raw_transaction.to_0x_hex(),
            max_fee=str(bid.max_fee),
            priority_fee=str(bid.priority_fee),
            gas=gas,
            fate=Fate.INTENDED,
            note="",
        )
        return self._journal.add_transaction(row)

    def _hand_over(self, row: TransactionRow) -> Verdict:
        """Hand a written transaction to the node, and write down what it made of it.

        Raises:
            TransmitterFundsError: the account cannot pay; the attempt is given up.
            RpcUnavailableError: no answer.
        """
        try:
            self._rpc.send_raw(row.raw)
        except RpcRefusedError as refusal:
            return self._on_refusal(row, refusal)
        except RpcUnavailableError:
            _LOG.warning("broadcast_unanswered", **_described(row))
            raise
        self._on_taken(row)
        return Verdict.TAKEN

    def _on_taken(self, row: TransactionRow) -> None:
        if row.fate == Fate.INTENDED:
            self._journal.mark([row], Fate.BROADCAST)
            _LOG.info("transaction_sent", **_described(row))

    def _on_refusal(self, row: TransactionRow, refusal: RpcRefusedError) -> Verdict:
        """The node did not take it; most refusals are settled by the next look at the chain."""
        why = str(refusal)
        verdict = verdict_of(why)
        if verdict is Verdict.TAKEN:
            self._on_taken(row)
            return verdict
        if verdict is Verdict.NO_FUNDS:
            self._journal.mark([row], Fate.ABANDONED, "the account cannot pay")
            raise TransmitterFundsError(f"{self.address} cannot pay for gas")
        if verdict is Verdict.UNDERPRICED:
            self._floor.learn(Bid(int(row.max_fee), int(row.priority_fee)), why)
        if row.note != why:
            _LOG.warning("broadcast_refused", verdict=verdict, why=why, **_described(row))
        if verdict in _DOOR and row.fate == Fate.INTENDED:
            self._journal.mark([row], Fate.ABANDONED, why)
        elif row.note != why:
            self._journal.change([row], note=why)
        return verdict

    def _age(self, row: TransactionRow) -> int:
        """Find how long ago the newest attempt was made [s]."""
        return self._clock.now() - row.created_at


def _described(row: TransactionRow) -> dict[str, object]:
    day = iso_from_day(DayIndex(row.day))
    return {"kind": row.kind, "day": day, "nonce": row.nonce, "hash": row.tx_hash}
