# SPDX-License-Identifier: AGPL-3.0-only
"""Where orders come in: checked form first, then signature, then chain, each only if the one
before it holds. What may be wrong for ever is found before anything is asked of the node."""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog
from eth_utils.crypto import keccak

from hashrate.core.errors import HashrateError
from hashrate.orders.withdrawal import Withdrawal
from hashrate.service.errors import TooManyError
from hashrate.service.refusals import word_of
from relay.book import Book, Listed
from relay.chain import Chain
from relay.documents import read_document
from relay.errors import RELAY_REFUSALS, OrderRefusedError
from relay.kind import Kind, Reason, refuse
from relay.limits import Rate, Refusals
from relay.lookup import Arrival, is_signed_by_key, look_up, state_of
from relay.metrics import RelayMetrics
from relay.node import Head
from relay.store import NewRow, RelayStore
from relay.stream import Stream

_LOG = structlog.get_logger(__name__)
_T = TypeVar("_T")
_MOST_REFUSALS = 10_000
_MOST_GONE = 10_000
_SHARE = 100  # of a full book one maker keeps a hundredth
_FOR_GOOD = (
    Reason.UNKNOWN_INDEX,
    Reason.UNKNOWN_TOKEN,
    Reason.CLOSED,
    Reason.EPOCH,
    Reason.NOTHING_LEFT,
)
"""Whoever hands the order in, and whatever with: the answer is the same."""

_MENDABLE = (Reason.UNFUNDED, Reason.UNKNOWN_SERIES, Reason.SIGNATURE, Reason.STALE_INDEX)


@dataclass(frozen=True, slots=True)
class IntakePolicy:
    """Limits on orders.

    Attributes:
        most_orders: on the book; of a full one a maker keeps a hundredth.
        most_per_maker, most_per_client: of them, of one maker and from one client.
        submits_per_second, submits_burst: orders a client may hand in.
        maker_per_second, maker_burst: orders of one maker that are listed; what is refused is not
            counted, since anybody may hand in a maker's old orders.
        wallets_per_second, wallets_burst: orders of a client that were not signed by their maker's
            key, so that only the chain can tell what they are worth; all clients together may
            hand in ten times as many.
        refusal_seconds: how long a refusal is remembered [s].
        money_seconds: the same for one that the maker can mend at once [s].
        checks_at_once: orders being checked; more are sent away.
    """

    most_orders: int = 50_000
    most_per_maker: int = 500
    most_per_client: int = 5_000
    submits_per_second: float = 5.0
    submits_burst: int = 50
    maker_per_second: float = 2.0
    maker_burst: int = 50
    wallets_per_second: float = 0.5
    wallets_burst: int = 5
    refusal_seconds: float = 15.0
    money_seconds: float = 2.0
    checks_at_once: int = 16


class Workers:
    """Threads for what would stop the event loop: the node, signatures, the database."""

    def __init__(self) -> None:
        self._node = ThreadPoolExecutor(4, "node")
        self._signatures = ThreadPoolExecutor(1, "signatures")
        self._store = ThreadPoolExecutor(1, "store")
        self._readers = ThreadPoolExecutor(2, "readers")

    async def ask_node(self, work: Callable[[], _T]) -> _T:
        """Do something that waits for the node."""
        return await asyncio.get_running_loop().run_in_executor(self._node, work)

    async def compute(self, work: Callable[[], _T]) -> _T:
        """Do something that takes milliseconds of computing."""
        return await asyncio.get_running_loop().run_in_executor(self._signatures, work)

    async def keep(self, work: Callable[[], _T]) -> _T:
        """Do something with the database; one at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._store, work)

    async def read(self, work: Callable[[], _T]) -> _T:
        """Read something of the database that is not written by this."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, work)

    def close(self) -> None:
        """Finish what runs and stop."""
        for pool in (self._node, self._signatures, self._store, self._readers):
            pool.shutdown(wait=True, cancel_futures=True)


class Intake:
    """Takes orders in and puts them on the book."""

    def __init__(
        self,
        chain: Chain,
        book: Book,
        store: RelayStore,
        workers: Workers,
        metrics: RelayMetrics,
        policy: IntakePolicy,
        stream: Stream,
    ) -> None:
        """Wire it; nothing is read yet."""
        self.chain = chain
        self.book = book
        self.store = store
        self.workers = workers
        self.metrics = metrics
        self.policy = policy
        self.stream = stream
        self.head: Head | None = None
        self.unchecked: dict[str, None] = {}  # first come, first checked
        self.early: set[str] = set()  # checked at another block than the one that is followed
        self.unpaid: dict[str, None] = {}  # of whose makers the money alone has to be looked at
        self.unsaved: dict[str, Listed] = {}  # whose state the database does not have yet
        self.gone: OrderedDict[str, Reason] = OrderedDict()
        self._clients: dict[str, str] = {}
        self._by_client: Counter[str] = Counter()
        self._checking: set[str] = set()
        self._clients_rate = Rate("client", policy.submits_per_second, policy.submits_burst)
        self._makers_rate = Rate("maker", policy.maker_per_second, policy.maker_burst)
        wallets_per_second, wallets_burst = policy.wallets_per_second, policy.wallets_burst
        self._wallets_rate = Rate("client", wallets_per_second, wallets_burst)
        self._all_wallets_rate = Rate("kind", 10 * wallets_per_second, 10 * wallets_burst)
        self._refusals = Refusals(_MOST_REFUSALS)

    async def submit(self, document: bytes, client: str) -> tuple[Listed, bool]:
        """Take an order in.

        Args:
            document: the signed order, JSON.
            client: who hands it in.

        Returns:
            The order as it is listed, and whether it is new.

        Raises:
            OrderFormatError: it is not an order of this book.
            OrderRefusedError: the book would not fill it.
            TooManyError: a limit is reached.
            RpcUnavailableError: the chain cannot be asked.
        """
        try:
            listed, is_new = await self._submit(document, client)
        except HashrateError as error:
            self.metrics.submissions.labels(word_of(error, RELAY_REFUSALS)).inc()
            raise
        self.metrics.submissions.labels("listed" if is_new else "known").inc()
        return listed, is_new

    async def _submit(self, document: bytes, client: str) -> tuple[Listed, bool]:
        now = time.monotonic()
        self._clients_rate.take(client, now)
        kind, signed = read_document(self.chain.kinds, document)
        digest = kind.digest(signed)
        name = "0x" + digest.hex()
        # the signed parts and what comes with them, however the text is arranged
        key = keccak(digest + signed.signature + repr(getattr(signed, "permit", None)).encode())
        for each in (digest, key):
            self._refusals.check(each, now)
        if (known := self.book.orders.get(name)) is not None:
            return known, False
        self._require_room(signed, client, name)
        self._checking.add(name)
        try:
            listed, head = await self._examine(kind, signed, name, client)
            await self._admit(listed, head, client)
        except OrderRefusedError as error:
            reason, policy = error.reason, self.policy
            is_mendable = reason in _MENDABLE
            seconds = policy.money_seconds if is_mendable else policy.refusal_seconds
            # by the order's hash only what holds whoever signed: else a stranger who hands a
            # maker's order in with a bad signature would keep the maker's own off
            until = time.monotonic() + seconds
            self._refusals.add(digest if reason in _FOR_GOOD else key, error, until)
            raise
        finally:
            self._checking.discard(name)
        return listed, True

    def _require_room(self, signed: Any, client: str, name: str) -> None:
        policy, maker = self.policy, signed.order.maker
        if name in self._checking or len(self._checking) >= policy.checks_at_once:
            raise TooManyError("too many orders are being checked", 1)
        if self.book.count_of(maker) >= policy.most_per_maker:
            raise TooManyError(f"the maker has {policy.most_per_maker} open orders", 60)
        if self._by_client[client] >= policy.most_per_client:
            raise TooManyError(f"{policy.most_per_client} open orders came from this address", 60)
        self._makers_rate.require(maker, time.monotonic())

    async def _examine(
        self, kind: Kind, signed: Any, name: str, client: str
    ) -> tuple[Listed, Head]:
        """Check signature, terms and money, at the newest block."""
        is_wallet = not await self.workers.compute(lambda: is_signed_by_key(kind, signed))
        if is_wallet:
            now = time.monotonic()
            self._wallets_rate.take(client, now)
            self._all_wallets_rate.take("", now)
        if await self.workers.keep(lambda: self.store.reason_of(name)) == Reason.WITHDRAWN:
            raise refuse(Reason.WITHDRAWN, "its maker took it off this relay")
        arrival = Arrival(kind, signed, name, 0, int(time.time()), is_wallet)
        return await self.workers.ask_node(lambda: look_up(self.chain, arrival))

    async def _admit(self, listed: Listed, head: Head, client: str) -> None:
        """Put a checked order on the book; in a full one another has to leave for it."""
        policy = self.policy
        victim = None
        if len(self.book.orders) >= policy.most_orders:
            victim = self.book.victim_for(listed, max(1, policy.most_orders // _SHARE))
            if victim is None:
                raise TooManyError("the book is full of better orders", 600)
        self._makers_rate.take(listed.maker, time.monotonic())
        if victim is not None:
            self.take_off(victim, Reason.CROWDED_OUT)
            await self.note_dropped([victim.hash], Reason.CROWDED_OUT, head)
        await self.put(listed, head, client)

    async def put(self, listed: Listed, head: Head, client: str = "") -> None:
        """Put a new order on the book.

        Args:
            listed: the order, checked.
            head: the block it was checked at; where the book follows another one, the order is
                checked again, so that nothing in between is missed: at the next block that is
                followed, since at this one what the order rests on may not have been yet.
            client: who handed it in.
        """
        row = NewRow(
            listed.hash,
            listed.offer.kind,
            listed.document.decode(),
            listed.received_at,
            state_of(listed),
        )
        listed.sequence = await self.workers.keep(lambda: self.store.add(row))
        if listed.hash in self.book.orders:
            return
        self.enter(listed)
        self.cover()
        if self.head != head:
            self.early.add(listed.hash)
        if client:
            self._clients[listed.hash] = client
            self._by_client[client] += 1
        _LOG.info("listed", order=listed.hash, maker=listed.maker)

    def enter(self, listed: Listed) -> None:
        """Put an order on the book that the database has; see `cover`."""
        self.book.add(listed)
        self.gone.pop(listed.hash, None)

    def cover(self) -> None:
        """Show what makers' money covers now, and tell whoever listens."""
        for listed in self.book.cover(int(time.time())):
            self.stream.tell_order(listed)

    async def withdraw(self, given: Withdrawal, client: str) -> bool:
        """Take an order off by its maker's word; tells whether it was there.

        Raises:
            OrderRefusedError: another than its maker signed.
            TooManyError: a limit is reached.
        """
        self._clients_rate.take(client, time.monotonic())
        listed = self.book.orders.get(given.order_hash)
        if listed is None:
            return False
        domain = self.chain.kinds[listed.offer.kind].signing_domain()
        signer = await self.workers.compute(lambda: given.signer(domain))
        if signer != listed.maker:
            raise refuse(Reason.SIGNATURE, "the maker's own key did not sign this")
        block = self.head.number if self.head else 0
        await self.workers.keep(lambda: self.store.drop([listed.hash], Reason.WITHDRAWN, block))
        if self.book.orders.get(listed.hash) is listed:
            self.take_off(listed, Reason.WITHDRAWN)
            self.cover()
        return True

    async def note_dropped(self, hashes: Sequence[str], reason: str, head: Head) -> None:
        """Note in the database that orders are off the book."""
        await self.workers.keep(lambda: self.store.drop(hashes, reason, head.number))

    def wait(self, names: Iterable[str]) -> None:
        """Have open orders checked again, after those that wait already."""
        self.unchecked.update(dict.fromkeys(names))

    def wait_for_money(self, names: Iterable[str]) -> None:
        """Have what makers can pay looked at again, after those that wait already."""
        self.unpaid.update(dict.fromkeys(names))

    def take_off(self, listed: Listed, reason: Reason) -> None:
        """Take an order off the book; the caller notes it in the database."""
        self.book.remove(listed)
        self.unchecked.pop(listed.hash, None)
        self.unpaid.pop(listed.hash, None)
        self.early.discard(listed.hash)
        self.unsaved.pop(listed.hash, None)
        client = self._clients.pop(listed.hash, None)
        if client is not None:
            self._by_client[client] -= 1
            if not self._by_client[client]:
                del self._by_client[client]
        self.gone[listed.hash] = reason
        if len(self.gone) > _MOST_GONE:
            self.gone.popitem(last=False)
        self.metrics.dropped.labels(reason).inc()
        self.stream.tell_gone(listed, reason)
        _LOG.info("dropped", order=listed.hash, maker=listed.maker, reason=str(reason))
