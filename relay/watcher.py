# SPDX-License-Identifier: AGPL-3.0-only
"""Follows the chain: takes off the list what the book would no longer fill.

Each new block's events name the orders and accounts that something happened to; their orders are
checked again, all at that block. Amounts are read from the contracts, never added up from events. A
few blocks are read twice, because a node may learn of a block before it can give its events. After
a reorganisation everything is checked again, and so is what was taken off lately. Besides, every
order has its turn every now and then, whatever the events said.
"""

import asyncio
import time
from collections import deque
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from functools import partial

import structlog

from hashrate.core.errors import HashrateError
from hashrate.evm.errors import RpcUnavailableError
from relay.book import Listed
from relay.chain import Head, Touched
from relay.errors import OrderRefusedError
from relay.intake import Intake
from relay.restoring import Restorer
from relay.rules import OrderFacts, Reason, remaining_of

_LOG = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """How the chain is followed.

    Attributes:
        poll_seconds: between looks at the newest block [s].
        overlap_blocks: how many blocks are read again.
        reorg_blocks: how far back a reorganisation may reach.
        most_blocks: when more were missed, everything is checked in place of reading events.
        batch_orders: orders asked for in one go.
        most_batches: of them in one cycle.
        sweep_orders: orders checked in each cycle without a cause.
    """

    poll_seconds: float = 2.0
    overlap_blocks: int = 3
    reorg_blocks: int = 64
    most_blocks: int = 500
    batch_orders: int = 25
    most_batches: int = 40
    sweep_orders: int = 25


class Watcher:
    """Keeps the book true."""

    def __init__(self, intake: Intake, policy: WatchPolicy) -> None:
        self._intake = intake
        self._policy = policy
        self._recent: deque[Head] = deque(maxlen=policy.reorg_blocks)
        self._turns: deque[str] = deque()
        self._newest_days: tuple[int, ...] = ()
        self._restorer = Restorer(intake)
        self.last_success: float | None = None
        self.is_caught_up = False

    async def run(self) -> None:
        """Follow the chain until cancelled."""
        while True:
            await self.run_once()
            await asyncio.sleep(self._policy.poll_seconds)

    async def run_once(self) -> bool:
        """Run one cycle; tells whether it succeeded."""
        metrics = self._intake.metrics
        try:
            with metrics.cycle_seconds.time():
                await self.cycle()
        except HashrateError as error:
            metrics.failures.labels(type(error).__name__).inc()
            _LOG.warning("cycle_failed", error=type(error).__name__, why=str(error))
            return False
        self.last_success = time.monotonic()
        metrics.last_success.set(time.time())
        metrics.orders.set(len(self._intake.book.orders))
        metrics.makers.set(len(list(self._intake.book.makers())))
        metrics.waiting.set(len(self._intake.unchecked))
        return True

    async def cycle(self) -> None:
        """Look at the newest block and check what it may have changed."""
        intake = self._intake
        head = await intake.workers.ask_node(intake.chain.head)
        if head.number == 0 and head.timestamp == 0:
            raise RpcUnavailableError("evm node: no block")
        is_replaced = await self._is_replaced(head)
        intake.head = head  # first: an order that comes while events are read is checked again
        if is_replaced:
            await self._start_over(head)
        else:
            await self._read_events(head)
        if not self._recent or self._recent[-1].hash != head.hash:
            self._recent.append(head)
        intake.metrics.block.set(head.number)
        intake.metrics.block_time.set(head.timestamp)
        await self._drop(intake.book.ended(head.timestamp), Reason.CLOSED, head)
        await self._follow_indices()
        intake.wait(self._next_turns())
        await self._check_again(head)
        await self._restore(head)
        await intake.workers.keep(
            lambda: intake.store.forget(head.number - self._policy.reorg_blocks)
        )
        self.is_caught_up = not intake.unchecked and not self._restorer

    async def _is_replaced(self, head: Head) -> bool:
        """Return whether the last block we followed is no longer in the chain.

        Raises:
            RpcUnavailableError: the node has not come so far: another one of a group, perhaps.
        """
        if not self._recent or self._recent[-1].hash == head.hash:
            return False
        known = [block for block in self._recent if block.number <= head.number]
        if not known or await self._hash_at(known[-1].number) != known[-1].hash:
            return True
        if known[-1] is not self._recent[-1]:
            raise RpcUnavailableError(f"evm node: it is behind, at block {head.number}")
        return False

    async def _hash_at(self, number: int) -> str:
        chain = self._intake.chain
        return await self._intake.workers.ask_node(lambda: chain.block_hash(number))

    async def _start_over(self, head: Head) -> None:
        """Check everything again, and what was dropped since the chains parted."""
        intake = self._intake
        intake.metrics.reorganisations.inc()
        intake.chain.forget_terms()
        # what is followed changes only when the node has told all: the next cycle begins again
        recent = list(self._recent)
        lost = recent.pop()
        while recent and await self._hash_at(recent[-1].number) != recent[-1].hash:
            lost = recent.pop()
        _LOG.warning("chain_replaced", block=lost.number, head=head.number)
        most = self._policy.batch_orders * self._policy.most_batches
        gone = await intake.workers.keep(lambda: intake.store.dropped_since(lost.number, most))
        self._recent = deque(recent, maxlen=self._recent.maxlen)
        intake.wait(intake.book.orders)
        self._restorer.add(gone)

    async def _read_events(self, head: Head) -> None:
        """Mark the orders that the events since the last cycle may have changed."""
        intake, policy = self._intake, self._policy
        if not self._recent:
            intake.wait(intake.book.orders)
            return
        last = self._recent[-1]
        if last.hash == head.hash or not intake.book.orders:
            return
        if head.number - last.number > policy.most_blocks:
            intake.wait(intake.book.orders)
            return
        first = max(0, last.number + 1 - policy.overlap_blocks)
        tokens = intake.book.tokens()
        try:
            touched = await intake.workers.ask_node(
                lambda: intake.chain.touched(first, head.number, tokens)
            )
        except HashrateError as error:
            # Too many events for the node, perhaps: then all orders are looked at instead.
            _LOG.warning("events_unreadable", why=str(error))
            intake.wait(intake.book.orders)
            return
        intake.wait(self._affected(touched))

    def _affected(self, touched: Touched) -> Iterable[str]:
        book = self._intake.book
        yield from (name for name in touched.orders if name in book.orders)
        for maker in list(book.makers()):
            if maker.lower() in touched.accounts:
                yield from (listed.hash for listed in book.of_maker(maker))

    def _next_turns(self) -> list[str]:
        """Return some orders whose turn it is to be checked without a cause."""
        turns: list[str] = []
        if not self._turns:
            self._turns.extend(self._intake.book.orders)
        while self._turns and len(turns) < self._policy.sweep_orders:
            name = self._turns.popleft()
            if name in self._intake.book.orders:
                turns.append(name)
        return turns

    async def _follow_indices(self) -> None:
        """Have the orders checked whose prices follow an index, once it has a new final day."""
        intake = self._intake
        if not (pegged := intake.book.pegged()):
            return
        days = await intake.workers.ask_node(intake.chain.newest_days)
        if days != self._newest_days:
            self._newest_days = days
            intake.wait(pegged)

    async def _check_again(self, head: Head) -> None:
        intake, policy = self._intake, self._policy
        unanswered: list[str] = []
        for _ in range(policy.most_batches):
            names = [
                name for name, _ in zip(intake.unchecked, range(policy.batch_orders), strict=False)
            ]
            if not names:
                break
            waiting = [intake.book.orders[name] for name in names if name in intake.book.orders]
            inquiries = [each.inquiry for each in waiting]
            facts = await intake.workers.ask_node(
                partial(intake.chain.facts, inquiries, head.number)
            )
            for name in names:
                intake.unchecked.pop(name, None)
            for listed, fact in zip(waiting, facts, strict=True):
                if fact is None:
                    unanswered.append(listed.hash)
                else:
                    await self._judge(listed, fact, head)
        intake.wait(name for name in unanswered if name in intake.book.orders)

    async def _judge(self, listed: Listed, facts: OrderFacts, head: Head) -> None:
        if listed.hash not in self._intake.book.orders:
            return
        try:
            remaining = remaining_of(listed.signed.order, listed.terms, facts)
        except OrderRefusedError as error:
            await self._drop([listed], Reason(error.reason), head)
            return
        self._intake.book.update(listed, remaining, facts.prices, head.number)

    async def _drop(self, gone: Collection[Listed], reason: Reason, head: Head) -> None:
        if not gone:
            return
        intake = self._intake
        for listed in gone:
            intake.take_off(listed, reason)
        await intake.note_dropped([listed.hash for listed in gone], reason, head)

    async def _restore(self, head: Head) -> None:
        for _ in range(self._policy.most_batches):
            if not self._restorer:
                return
            await self._restorer.restore(head, self._policy.batch_orders)
