# SPDX-License-Identifier: AGPL-3.0-only
"""Sending transactions so that each work is done exactly once, whatever breaks in between.

One rule carries it: *a transaction is written down, with its nonce and hash, before any node sees
it, and no further one is made until the chain has said what became of it.* A restart, a lost
answer, a dropped or a reorganised transaction all leave a row whose fate the chain decides. Bids
for one nonce replace one another, so at most one of them can be mined.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto
from itertools import groupby

import structlog
from eth_account.signers.local import LocalAccount
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.core.types import DayIndex
from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError
from hashrate.evm.fees import Bid, FeePolicy, bid_now, raised
from hashrate.evm.rpc import EvmRpc, number_from_hex
from hashrate.service.clock import Clock
from oracles.chain.errors import TransmitterFundsError
from oracles.journal.journal import Journal
from oracles.journal.models import Fate, TransactionRow, WorkKind

_LOG = structlog.get_logger(__name__)
_TRANSFER_GAS = 21_000
_KNOWN = ("already known", "already imported", "known transaction")


class Lane(Enum):
    """Whether the next transaction can be made."""

    FREE = auto()
    BUSY = auto()


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

    def send(self, work: Work) -> TransactionRow:
        """Write a transaction down and hand it over. The lane must be free.

        Raises:
            RpcRefusedError: the contract would refuse it; nothing was written.
            FeeTooHighError: gas costs too much; nothing was written.
            TransmitterFundsError: the account cannot pay.
            RpcUnavailableError: no answer; `advance` finds out what became of it.
            JournalError: it could not be written, and was not sent.
        """
        bid = bid_now(self._rpc, self._policy.fees)
        estimate = self._rpc.estimate_gas(self.address, work.to, work.data)
        gas = estimate * 5 // 4
        if gas > self._policy.gas_cap:
            raise RpcRefusedError(f"{work.kind} {work.day}: {gas} gas is above the cap")
        nonce = self._rpc.nonce(self.address)
        row = self._write(work, nonce, bid, gas)
        self._hand_over(row)
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
            if self._advance_nonce(nonce, list(group)) is Lane.BUSY:
                lane = Lane.BUSY
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
        _LOG.info("transaction_settled", fate=fate, kind=row.kind, day=row.day, hash=row.tx_hash)
        return Lane.FREE

    def _on_nonce_used(self, attempts: Sequence[TransactionRow]) -> Lane:
        """The nonce is used, but none of our attempts has a receipt (yet)."""
        if self._age(attempts[-1]) < self._policy.stuck_seconds:
            return Lane.BUSY
        _LOG.error("nonce_used_elsewhere", nonce=attempts[-1].nonce, account=self.address)
        self._journal.mark(attempts, Fate.LOST, "its nonce was used by another transaction")
        return Lane.FREE

    def _on_waiting(self, attempts: Sequence[TransactionRow]) -> Lane:
        """The nonce is free: the attempts wait in a node, or went away."""
        last = attempts[-1]
        is_stuck = self._age(last) >= self._policy.stuck_seconds
        if not (last.kind == WorkKind.CANCEL or self._is_needed(last)):
            if not any(self._rpc.knows(row.tx_hash) for row in attempts):
                self._journal.mark(attempts, Fate.ABANDONED, "done by another, or superseded")
                return Lane.FREE
            if is_stuck:
                self._raise_bid(attempts, cancel=True)
            return Lane.BUSY
        is_known = self._rpc.knows(last.tx_hash)
        was_outbid = bool(last.note)  # a node refused it: something else waits at this nonce
        if is_stuck and (is_known or was_outbid) and self._raise_bid(attempts, cancel=False):
            return Lane.BUSY
        if not is_known:
            self._hand_over(last)
        return Lane.BUSY

    def _raise_bid(self, attempts: Sequence[TransactionRow], *, cancel: bool) -> bool:
        """Replace a stuck transaction at its nonce, a bounded number of times; tell whether."""
        last = attempts[-1]
        if len(attempts) > self._policy.replacements:
            _LOG.error("transaction_stuck", nonce=last.nonce, hash=last.tx_hash, why="bids spent")
            return False
        fees = self._policy.fees
        earlier = Bid(int(last.max_fee), int(last.priority_fee))
        bid = raised(earlier, bid_now(self._rpc, fees), fees)
        if bid is None:
            _LOG.error("transaction_stuck", nonce=last.nonce, hash=last.tx_hash, why="fee cap")
            return False
        if cancel:
            work = Work(WorkKind.CANCEL, DayIndex(last.day), self.address, "0x")
            row = self._write(work, last.nonce, bid, _TRANSFER_GAS)
        else:
            row = self._write(self._same_work(last), last.nonce, bid, last.gas)
        _LOG.warning("transaction_replaced", nonce=row.nonce, was=last.tx_hash, hash=row.tx_hash)
        self._hand_over(row)
        return True

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

    def _hand_over(self, row: TransactionRow) -> None:
        try:
            self._rpc.send_raw(row.raw)
        except RpcRefusedError as refusal:
            self._on_refusal(row, refusal)
            return
        except RpcUnavailableError:
            _LOG.warning("broadcast_unanswered", hash=row.tx_hash, nonce=row.nonce)
            raise
        if row.fate == Fate.INTENDED:
            self._journal.mark([row], Fate.BROADCAST)
        _LOG.info("transaction_sent", kind=row.kind, day=row.day, hash=row.tx_hash, nonce=row.nonce)

    def _on_refusal(self, row: TransactionRow, refusal: RpcRefusedError) -> None:
        """The node would not take it; most refusals are settled by the next look at the chain."""
        text = str(refusal).lower()
        if any(known in text for known in _KNOWN):
            self._journal.mark([row], Fate.BROADCAST)
            return
        if "insufficient funds" in text:
            self._journal.mark([row], Fate.ABANDONED, "the account cannot pay")
            raise TransmitterFundsError(f"{self.address} cannot pay for gas")
        self._journal.change([row], note=str(refusal))
        _LOG.warning("broadcast_refused", hash=row.tx_hash, nonce=row.nonce, why=str(refusal))

    def _age(self, row: TransactionRow) -> int:
        """Find how long ago the newest attempt was made [s]."""
        return self._clock.now() - row.created_at
