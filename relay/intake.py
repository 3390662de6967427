# SPDX-License-Identifier: AGPL-3.0-only
"""Where orders come in: checked form first, then signature, then chain, each only if the one
before it holds. What may be wrong for ever is found before anything is asked of the node."""

import asyncio
import time
from collections import Counter, OrderedDict
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TypeVar

import structlog
from eth_utils.crypto import keccak

from hashrate.core.errors import HashrateError
from hashrate.orders.errors import OrderFormatError
from hashrate.orders.order import SignedOrder, order_hash, recover_signer
from hashrate.orders.order_file import order_from_json
from hashrate.service.errors import TooManyError
from hashrate.service.refusals import word_of
from relay.book import Book, Listed
from relay.chain import Chain, Head
from relay.errors import RELAY_REFUSALS, OrderRefusedError
from relay.limits import Rate, Refusals
from relay.lookup import Arrival, look_up
from relay.metrics import RelayMetrics
from relay.rules import Reason
from relay.store import RelayStore

_LOG = structlog.get_logger(__name__)
_T = TypeVar("_T")
_MOST_REFUSALS = 10_000
_MOST_GONE = 10_000
_MENDABLE = (Reason.UNFUNDED, Reason.UNKNOWN_SERIES, Reason.SIGNATURE, Reason.STALE_INDEX)


@dataclass(frozen=True, slots=True)
class IntakePolicy:
    """Limits on orders.

    Attributes:
        most_orders: on the book.
        most_per_maker, most_per_client: of them, of one maker and from one client.
        submits_per_second, submits_burst: orders a client may hand in.
        maker_per_second, maker_burst: orders of one maker that are looked up on the chain.
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

    async def ask_node(self, work: Callable[[], _T]) -> _T:
        """Do something that waits for the node."""
        return await asyncio.get_running_loop().run_in_executor(self._node, work)

    async def compute(self, work: Callable[[], _T]) -> _T:
        """Do something that takes milliseconds of computing."""
        return await asyncio.get_running_loop().run_in_executor(self._signatures, work)

    async def keep(self, work: Callable[[], _T]) -> _T:
        """Do something with the database; one at a time."""
        return await asyncio.get_running_loop().run_in_executor(self._store, work)

    def close(self) -> None:
        """Finish what runs and stop."""
        for pool in (self._node, self._signatures, self._store):
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
    ) -> None:
        """Wire it; nothing is read yet."""
        self.chain = chain
        self.book = book
        self.store = store
        self.workers = workers
        self.metrics = metrics
        self.policy = policy
        self.head: Head | None = None
        self.unchecked: dict[str, None] = {}  # first come, first checked
        self.gone: OrderedDict[str, Reason] = OrderedDict()
        self._sequence = store.last_sequence()
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
        signed = order_from_json(document)
        if signed.domain != self.chain.domain:
            raise OrderFormatError("chain_id, book: this relay is for another book")
        key = keccak(document)
        self._refusals.check(key, now)
        name = "0x" + order_hash(signed.domain, signed.order).hex()
        if (known := self.book.orders.get(name)) is not None:
            return known, False
        self._require_room(signed, client, name)
        self._checking.add(name)
        try:
            listed, head = await self._examine(signed, name, client)
            await self.put(listed, head, client)
        except OrderRefusedError as error:
            is_mendable = error.reason in _MENDABLE
            seconds = self.policy.money_seconds if is_mendable else self.policy.refusal_seconds
            self._refusals.add(key, error, now + seconds)
            raise
        finally:
            self._checking.discard(name)
        return listed, True

    def _require_room(self, signed: SignedOrder, client: str, name: str) -> None:
        policy = self.policy
        if name in self._checking or len(self._checking) >= policy.checks_at_once:
            raise TooManyError("too many orders are being checked", 1)
        if len(self.book.orders) + len(self._checking) >= policy.most_orders:
            raise TooManyError("the book is full", 600)
        if len(self.book.of_maker(signed.order.maker)) >= policy.most_per_maker:
            raise TooManyError(f"the maker has {policy.most_per_maker} open orders", 60)
        if self._by_client[client] >= policy.most_per_client:
            raise TooManyError(f"{policy.most_per_client} open orders came from this address", 60)

    async def _examine(self, signed: SignedOrder, name: str, client: str) -> tuple[Listed, Head]:
        """Check signature, terms and money, at the newest block."""
        digest = bytes.fromhex(name[2:])
        signer = await self.workers.compute(lambda: recover_signer(digest, signed.signature))
        now = time.monotonic()
        if signer == signed.order.maker:
            self._makers_rate.take(signed.order.maker, now)
        else:
            self._wallets_rate.take(client, now)
            self._all_wallets_rate.take("", now)
        received_at = int(time.time())
        sequence = self._sequence = self._sequence + 1
        arrival = Arrival(signed, name, sequence, received_at)
        return await self.workers.ask_node(lambda: look_up(self.chain, arrival))

    async def put(self, listed: Listed, head: Head, client: str = "") -> None:
        """Put an order on the book.

        Args:
            listed: the order, checked.
            head: the block it was checked at; where the book follows another one by now, the order
                is checked again, so that nothing in between is missed.
            client: who handed it in.
        """
        await self.workers.keep(lambda: self.store.add(listed))
        if listed.hash in self.book.orders:
            return
        self.book.add(listed)
        self.gone.pop(listed.hash, None)
        if self.head != head:
            self.wait([listed.hash])
        if client:
            self._clients[listed.hash] = client
            self._by_client[client] += 1
        _LOG.info("listed", order=listed.hash, maker=listed.maker)

    async def note_dropped(self, hashes: Sequence[str], reason: str, head: Head) -> None:
        """Note in the database that orders are off the book."""
        await self.workers.keep(lambda: self.store.drop(hashes, reason, head.number))

    def wait(self, names: Iterable[str]) -> None:
        """Have open orders checked again, after those that wait already."""
        self.unchecked.update(dict.fromkeys(names))

    def take_off(self, listed: Listed, reason: Reason) -> None:
        """Take an order off the book; the caller notes it in the database."""
        self.book.remove(listed)
        self.unchecked.pop(listed.hash, None)
        client = self._clients.pop(listed.hash, None)
        if client is not None:
            self._by_client[client] -= 1
            if not self._by_client[client]:
                del self._by_client[client]
        self.gone[listed.hash] = reason
        if len(self.gone) > _MOST_GONE:
            self.gone.popitem(last=False)
        self.metrics.dropped.labels(reason).inc()
        _LOG.info("dropped", order=listed.hash, maker=listed.maker, reason=str(reason))
