# SPDX-License-Identifier: AGPL-3.0-only
"""Follows the chain: shows what the books would fill and makers can pay, and nothing else.

Each new block's events name orders and accounts that something happened to. Their orders are
checked again at that block, or, where only money or positions moved, what their makers have. Who
was given something is looked at only if an order of theirs is not covered. Amounts are read from
the contracts, never added up from events. A few blocks are read twice, because a node may learn of
a block before it can give its events. After a reorganisation everything is checked again, and so
is what was taken off lately. Besides, every order has its turn every now and then, whatever the
events said.

Of several processes on one database one does this; the others read what it found.
"""

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import islice

import structlog

from hashrate.core.errors import HashrateError
from relay.book import Listed
from relay.chain import Touched
from relay.facts import OrderFacts
from relay.history import History
from relay.inquiry import Purse
from relay.intake import Intake
from relay.kind import Reason
from relay.lookup import state_of
from relay.node import Head
from relay.restoring import Restorer
from relay.sharing import Sharer
from relay.trail import Trail

_LOG = structlog.get_logger(__name__)
_MOST_REVIVED = 1_000


@dataclass(frozen=True, slots=True)
class WatchPolicy:
    """How the chain is followed.

    Attributes:
        poll_seconds: between looks at the newest block [s].
        share_seconds: between looks at what other processes wrote [s].
        overlap_blocks: how many blocks are read again.
        reorg_blocks: how far back a reorganisation may reach.
        most_blocks: when more were missed, everything is checked in place of reading events.
        batch_orders: orders asked for in one go.
        most_batches: of them in one cycle.
        sweep_orders: orders checked in each cycle without a cause.
        sleep_seconds: how long an order is kept that its maker cannot pay [s].
        ahead_seconds, behind_seconds: see `Trail`.
    """

    poll_seconds: float = 2.0
    share_seconds: float = 0.1
    overlap_blocks: int = 3
    reorg_blocks: int = 64
    most_blocks: int = 500
    batch_orders: int = 25
    most_batches: int = 40
    sweep_orders: int = 25
    sleep_seconds: int = 3_600
    ahead_seconds: int = 900
    behind_seconds: float = 60.0


class Watcher:
    """Keeps the book true."""

    def __init__(self, intake: Intake, history: History, policy: WatchPolicy) -> None:
        self._intake = intake
        self._history = history
        self._policy = policy
        self.trail = Trail(
            policy.reorg_blocks, policy.ahead_seconds, policy.behind_seconds, self._hash_at
        )
        self._turns: deque[str] = deque()
        self._newest_days: tuple[int, ...] = ()
        self._restorer = Restorer(intake)
        self._sharer = Sharer(intake, self._restorer)
        self._is_leading = False
        self.last_success: float | None = None
        self.is_caught_up = False

    async def run(self) -> None:
        """Follow the chain until cancelled."""
        policy = self._policy
        while True:
            has_succeeded = await self.run_once()
            if has_succeeded and (not self.is_caught_up or self._history.has_more):
                await asyncio.sleep(0)  # there is more to do
                continue
            until = time.monotonic() + policy.poll_seconds
            while self._intake.store.is_shared and time.monotonic() < until:
                await asyncio.sleep(policy.share_seconds)
                await self._guarded(self._share)
            await asyncio.sleep(max(0.0, until - time.monotonic()))

    async def run_once(self) -> bool:
        """Run one cycle; tells whether it succeeded."""
        metrics = self._intake.metrics
        with metrics.cycle_seconds.time():
            if not await self._guarded(self.cycle):
                return False
        metrics.orders.set(len(self._intake.book.orders))
        metrics.makers.set(self._intake.book.count_makers())
        metrics.waiting.set(len(self._intake.unchecked) + len(self._intake.unpaid))
        return True

    async def cycle(self) -> None:
        """Look at the newest block and check what it may have changed."""
        intake = self._intake
        if not await intake.workers.keep(intake.store.leads):
            await self._follow_leader()
            return
        early = set(intake.early)  # before the block is asked for: it is no older than theirs
        head = await intake.workers.ask_node(intake.chain.head)
        self.trail.require_possible(head)
        if not self._is_leading:
            await self._take_the_lead(head)
        await self._share()
        is_replaced = await self.trail.is_replaced(head)
        is_new = intake.head != head
        intake.head = head  # first: an order that comes while events are read is checked again
        intake.wait(intake.early & early)
        intake.early -= early
        if is_replaced:
            await self._start_over(head)
        else:
            await self._read_events(head)
        self.trail.follow(head)
        intake.metrics.block.set(head.number)
        intake.metrics.block_time.set(head.timestamp)
        await self._drop(intake.book.ended(head.timestamp), Reason.CLOSED, head)
        await self._follow_indices()
        intake.wait(self._next_turns())
        await self._check_again(head)
        await self._look_at_money(head)
        tired = intake.book.asleep_since(int(time.time()) - self._policy.sleep_seconds)
        await self._drop(tired, Reason.UNFUNDED, head)
        await self._restore(head)
        intake.cover()
        await self._keep(head)
        await self._history.follow(head)
        self.is_caught_up = not self._has_more()
        self._has_followed()
        if is_new:
            intake.stream.tell_block(head)

    async def _guarded(self, work: Callable[[], Awaitable[None]]) -> bool:
        """Do something that may fail and is done again; tells whether it succeeded."""
        try:
            await work()
        except HashrateError as error:
            self._intake.metrics.failures.labels(type(error).__name__).inc()
            _LOG.warning("cycle_failed", error=type(error).__name__, why=str(error))
            return False
        return True

    def _has_more(self) -> bool:
        """Return whether orders wait to be looked at."""
        intake = self._intake
        return any((intake.unchecked, intake.unpaid, intake.early, self._restorer))

    def _has_followed(self) -> None:
        self.last_success = time.monotonic()
        self._intake.metrics.last_success.set(time.time())

    # Of several processes

    async def _follow_leader(self) -> None:
        """Show what the process found that follows the chain."""
        intake = self._intake
        self._is_leading = False
        head, seen_at = await intake.workers.keep(intake.store.head)
        if head is None:
            return
        await self._sharer.follow(head)
        await self._history.share(head)
        self.is_caught_up = not self._restorer
        if intake.head != head:
            intake.head = head
            intake.stream.tell_block(head)
        # how long ago the chain was followed, by whoever did: its clock may be far from ours
        ago = max(0, await intake.workers.keep(intake.store.now) - seen_at)
        self.last_success = time.monotonic() - ago
        intake.metrics.last_success.set(time.time() - ago)

    async def _share(self) -> None:
        """Take over what other processes wrote."""
        intake = self._intake
        if not intake.store.is_shared:
            return
        if not self._is_leading:
            await self._follow_leader()
        elif intake.head is not None:
            intake.early.update(await self._sharer.take_in(intake.head))

    async def _take_the_lead(self, head: Head) -> None:
        """Begin where the last one stopped, if what it followed is still in the chain."""
        intake = self._intake
        last, seen_at = await intake.workers.keep(intake.store.head)
        is_near = last is not None and 0 <= head.number - last.number <= self._policy.most_blocks
        if last is not None and is_near and await self._hash_at(last.number) == last.hash:
            await self._sharer.follow(head)
            await self._history.rewind(last.number + 1)
            ago = await intake.workers.keep(intake.store.now) - seen_at
            self.trail.restart([last], ago)
        else:
            if last is not None:
                await self._history.rewind(max(0, last.number - self._policy.reorg_blocks))
            await self._sharer.begin_anew()
        self._is_leading = True
        _LOG.info("follows_the_chain", resumes=self.trail.last is not None)

    # The chain

    async def _hash_at(self, number: int) -> str:
        chain = self._intake.chain
        return await self._intake.workers.ask_node(lambda: chain.block_hash(number))

    async def _start_over(self, head: Head) -> None:
        """Check everything again, and what was dropped since the chains parted."""
        intake = self._intake
        intake.metrics.reorganisations.inc()
        intake.chain.forget()
        # what is followed changes only when the node has told all: the next cycle begins again
        kept, lost = await self.trail.parting()
        _LOG.warning("chain_replaced", block=lost.number, head=head.number)
        gone = await intake.workers.keep(
            lambda: intake.store.dropped_since(lost.number, _MOST_REVIVED)
        )
        # blocks between those that were seen may be others, too
        reach = self._policy.reorg_blocks
        await self._history.rewind(kept[-1].number + 1 if kept else max(0, lost.number - reach))
        self.trail.restart(kept)
        intake.wait(intake.book.orders)
        not_revived = (Reason.WITHDRAWN, Reason.CROWDED_OUT, Reason.UNREADABLE)
        self._restorer.add(each for each in gone if each.reason not in not_revived)

    async def _read_events(self, head: Head) -> None:
        """Mark the orders that the events since the last cycle may have changed."""
        intake, policy, last = self._intake, self._policy, self.trail.last
        if last is None:
            intake.wait(intake.book.orders)
            return
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
        self._mark(touched)

    def _mark(self, touched: Touched) -> None:
        intake, book = self._intake, self._intake.book
        intake.wait(name for name in touched.orders if name in book.orders)
        for maker in touched.makers:
            intake.wait(each.hash for each in book.of_account(maker))
        for giver in touched.givers:
            intake.wait_for_money(each.hash for each in book.of_account(giver))
        for taker in touched.takers - touched.givers:
            orders = book.of_account(taker)
            # dust to all makers is dear for who sends it, and must not be for us
            if any(each.covered < each.remaining for each in orders):
                intake.wait_for_money(each.hash for each in orders)

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
        if not (following := intake.book.following()):
            return
        days = await intake.workers.ask_node(intake.chain.newest_days)
        if days != self._newest_days:
            self._newest_days = days
            intake.wait(following)

    # Checks

    async def _check_again(self, head: Head) -> None:
        intake, policy = self._intake, self._policy
        unanswered: list[str] = []
        for _ in range(policy.most_batches):
            names = list(islice(self._ripe(intake.unchecked), policy.batch_orders))
            if not names:
                break
            waiting = [intake.book.orders[name] for name in names if name in intake.book.orders]
            facts = await intake.workers.ask_node(partial(self._facts, waiting, head))
            for name in names:
                intake.unchecked.pop(name, None)
                intake.unpaid.pop(name, None)
            unanswered += [
                listed.hash for listed, fact in zip(waiting, facts, strict=True) if fact is None
            ]
            await self._judge(zip(waiting, facts, strict=True), head)
        intake.wait(name for name in unanswered if name in intake.book.orders)

    def _ripe(self, names: Iterable[str]) -> Iterator[str]:
        """Leave out what was checked at a newer block: at an older one it may seem impossible."""
        return (name for name in names if name not in self._intake.early)

    def _facts(self, waiting: Sequence[Listed], head: Head) -> list[OrderFacts | None]:
        """Ask about orders, in a worker: to encode the questions takes as long as the answers."""
        inquiries = [each.offer.inquiry(is_wallet=each.is_wallet) for each in waiting]
        return self._intake.chain.facts(inquiries, head.number)

    def _purses(self, waiting: Sequence[Listed], head: Head) -> list[Purse | None]:
        """Ask what makers have for orders, in a worker."""
        inquiries = [each.offer.purse() for each in waiting]
        return self._intake.chain.purses(inquiries, head.number)

    async def _judge(self, found: Iterable[tuple[Listed, OrderFacts | None]], head: Head) -> None:
        """Note what was found of orders, all at once: a reader sees the book before or after."""
        intake = self._intake
        refused: defaultdict[Reason, list[Listed]] = defaultdict(list)
        for listed, facts in found:
            if facts is None or intake.book.orders.get(listed.hash) is not listed:
                continue
            if facts.refusal is not None:
                reason = intake.chain.kinds[listed.offer.kind].reason(facts.refusal)
                refused[reason].append(listed)
                intake.take_off(listed, reason)
            elif intake.book.note(listed, facts, head.number):
                intake.unsaved[listed.hash] = listed
        intake.cover()
        for reason, gone in refused.items():
            await intake.note_dropped([each.hash for each in gone], reason, head)

    async def _look_at_money(self, head: Head) -> None:
        """Read again what makers have whose orders wait for that."""
        intake, policy = self._intake, self._policy
        for _ in range(policy.most_batches):
            names = list(islice(self._ripe(intake.unpaid), 4 * policy.batch_orders))
            if not names:
                return
            waiting = [intake.book.orders[name] for name in names if name in intake.book.orders]
            purses = await intake.workers.ask_node(partial(self._purses, waiting, head))
            for name in names:
                intake.unpaid.pop(name, None)
            pairs = list(zip(waiting, purses, strict=True))
            intake.wait(listed.hash for listed, purse in pairs if purse is None)
            facts = [
                purse and OrderFacts(listed.remaining, None, *purse, listed.prices)
                for listed, purse in pairs
            ]
            await self._judge(zip(waiting, facts, strict=True), head)

    async def _drop(self, gone: Collection[Listed], reason: Reason, head: Head) -> None:
        if not gone:
            return
        intake = self._intake
        for listed in gone:
            intake.take_off(listed, reason)
        intake.cover()
        await intake.note_dropped([listed.hash for listed in gone], reason, head)

    async def _restore(self, head: Head) -> None:
        for _ in range(self._policy.most_batches):
            if not self._restorer:
                return
            await self._restorer.restore(head)

    async def _keep(self, head: Head) -> None:
        """Keep what was found, then the block that it is of: a later start may begin there."""
        intake = self._intake
        found, intake.unsaved = intake.unsaved, {}
        states = {name: state_of(listed) for name, listed in found.items()}
        store = intake.store

        def keep() -> None:
            store.save(states)
            now = store.now()
            if not self._has_more():
                store.note_head(head, now)
            store.forget(head.number - self._policy.reorg_blocks, now)

        await intake.workers.keep(keep)
