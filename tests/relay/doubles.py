# SPDX-License-Identifier: AGPL-3.0-only
"""A chain that says what a test wants, and an intake on it, without a socket."""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.core.types import DayIndex
from hashrate.evm.errors import RpcRefusedError
from hashrate.products.forwards.terms import ForwardTerms
from relay.book import Book
from relay.chain import Chain, Touched
from relay.facts import OrderFacts
from relay.health import RelayHealth
from relay.history import History
from relay.inquiry import Inquiry, Purse, PurseInquiry
from relay.intake import Intake, IntakePolicy, Workers
from relay.kind import Kind
from relay.kinds.forward import UNKNOWN_SERIES, Forwards
from relay.ledger import Ledger, Move, Trade
from relay.metrics import RelayMetrics
from relay.node import Head, Node
from relay.server import Api, RequestPolicy
from relay.store import RelayStore
from relay.stream import Stream
from relay.watcher import Watcher, WatchPolicy
from tests.relay.builders import DOMAIN, TAKER

INDEX = TAKER.address
TERMS = ForwardTerms(INDEX, 1, DayIndex(30_000), DayIndex(30_030), 2_000, 8_000, 1, TAKER.address)
NOW = 1_900_000_000
RICH = OrderFacts(10, None, 10**30, 10**30, (0,), ())
UNKNOWN = replace(RICH, remaining=0, refusal=UNKNOWN_SERIES)


class ForwardsDouble(Forwards):
    """Every series with the same terms, and the trades and movements that a test names."""

    def __init__(self) -> None:
        """Read an empty chain of the test's own domain."""
        super().__init__(DOMAIN, [INDEX])
        self.vault = DOMAIN.contract
        self.trades: list[Trade] = []
        self.moves: list[Move] = []
        self.refuses_ranges_over = 10**9
        self.ranges: list[tuple[int, int]] = []

    def terms(
        self, node: Node, series: Sequence[int], block: int | None = None
    ) -> list[ForwardTerms | None]:
        """Return the same terms for each series."""
        self._terms.update(dict.fromkeys(series, TERMS))
        return [TERMS] * len(series)

    def history(self, node: Node, first: int, last: int) -> tuple[list[Trade], list[Move]]:
        """Return what the blocks hold; refuse as public nodes do where they are too many."""
        if last - first + 1 > self.refuses_ranges_over:
            raise RpcRefusedError("evm node: eth_getLogs: too many blocks", None)
        self.ranges.append((first, last))
        trades = [each for each in self.trades if first <= each.block <= last]
        return trades, [each for each in self.moves if first <= each.block <= last]


class ChainDouble(Chain):
    """One block, and the same facts for every order of a month, except those with their own."""

    def __init__(self) -> None:
        """Start with every order fillable."""
        self.forwards = ForwardsDouble()
        self.kinds: dict[str, Kind] = {"forward": self.forwards}
        self.facts_of_all: OrderFacts | None = RICH
        self.facts_of: dict[ChecksumAddress, OrderFacts] = {}
        self.newest = Head(100, "0x" + "a" * 64, NOW)
        self.knows_series_from = 0  # block
        self.hashes: dict[int, str] = {}
        self.events = Touched()
        self.asked = 0
        self.checked: list[str] = []
        self.looked_at: list[str] = []

    node: Node = None  # type: ignore[assignment]  # the kind double asks nothing of it

    def prepare(self) -> None:
        """Do nothing: all is as it should be."""

    def sources(self) -> list[ChecksumAddress]:
        """Return nothing to follow."""
        return []

    def head(self) -> Head:
        """Return the newest block."""
        return self.newest

    def block_hash(self, number: int) -> str:
        """Return the hash a test gave a block; of any other the newest block's."""
        return self.hashes.get(number, self.newest.hash if number <= self.newest.number else "")

    def newest_facts(self, inquiry: Inquiry) -> tuple[Head, OrderFacts | None]:
        """Return the same facts for every order, each at its own prices."""
        self.asked += 1
        return self.newest, self._facts_of(inquiry)

    def facts(self, inquiries: Sequence[Inquiry], block: int) -> list[OrderFacts | None]:
        """Return the same facts for every order, each at its own prices."""
        self.checked += [str(each.check) for each in inquiries]
        if block < self.knows_series_from:
            return [UNKNOWN] * len(inquiries)
        return [self._facts_of(inquiry) for inquiry in inquiries]

    def purses(self, inquiries: Sequence[PurseInquiry], block: int) -> list[Purse | None]:
        """Return the money of the same facts."""
        self.looked_at += [str(each.balance) for each in inquiries]
        return [self._purse_of(inquiry) for inquiry in inquiries]

    def newest_days(self) -> tuple[int, ...]:
        """Return a day."""
        return (1,)

    def _facts_of(self, inquiry: Inquiry) -> OrderFacts | None:
        facts, purse = self._of_maker(inquiry.purse), self._purse_of(inquiry.purse)
        if facts is None or purse is None:
            return None
        return replace(facts, held=purse.held, prices=inquiry.prices or ())

    def _purse_of(self, inquiry: PurseInquiry) -> Purse | None:
        facts = self._of_maker(inquiry)
        if facts is None:
            return None
        held = facts.held * (inquiry.count if len(facts.held) == 1 else 1)
        return Purse(facts.balance, facts.allowance, held)

    def _of_maker(self, inquiry: PurseInquiry) -> OrderFacts | None:
        # balanceOf(maker): the maker is the last word of the call
        maker = to_checksum_address("0x" + inquiry.balance.data[-40:])
        return self.facts_of.get(maker, self.facts_of_all)

    def touched(self, first: int, last: int, tokens: object) -> Touched:
        """Return the events that a test named, once."""
        events, self.events = self.events, Touched()
        return events


class Office:
    """An intake, its watcher and its interface on a `ChainDouble`."""

    def __init__(
        self, path: Path | str, intake: IntakePolicy, requests: RequestPolicy, watch: WatchPolicy
    ) -> None:
        self.chain = ChainDouble()
        self.store = RelayStore(path, DOMAIN)
        self.workers = Workers()
        self.stream = Stream(300)
        parts = (self.chain, Book(), self.store, self.workers, RelayMetrics())
        self.intake = Intake(*parts, intake, self.stream)
        self.ledger = Ledger(self.store)
        self.history = History(self.intake, self.ledger, 0, 50, 3)
        self.watcher = Watcher(self.intake, self.history, watch)
        self.health = RelayHealth(self.intake, self.watcher, 60, 0)
        self.app = Api(self.intake, self.ledger, self.health, requests).app()

    def look(self) -> None:
        """Follow the chain once."""
        assert asyncio.run(self.watcher.run_once())

    def close(self) -> None:
        """End it, as a process that ends in order."""
        self.workers.close()
        self.store.close()


FAR = WatchPolicy(ahead_seconds=0)
"""The chain's clock may be ahead of ours: it stands at `NOW`."""


@contextmanager
def office(
    folder: Path | str,
    intake: IntakePolicy | None = None,
    requests: RequestPolicy | None = None,
    watch: WatchPolicy = FAR,
) -> Iterator[Office]:
    """Open an office until the block ends; in a folder, or on a server."""
    place = folder / "relay.sqlite3" if isinstance(folder, Path) else folder
    opened = Office(place, intake or IntakePolicy(), requests or RequestPolicy(), watch)
    try:
        yield opened
    finally:
        opened.close()
