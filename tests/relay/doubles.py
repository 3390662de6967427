# SPDX-License-Identifier: AGPL-3.0-only
"""A chain that says what a test wants, and an intake on it, without a socket."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from hashrate.core.types import DayIndex
from hashrate.products.forwards.terms import ForwardTerms
from relay.book import Book
from relay.chain import Chain, Head, Touched
from relay.health import RelayHealth
from relay.inquiry import Inquiry
from relay.intake import Intake, IntakePolicy, Workers
from relay.metrics import RelayMetrics
from relay.rules import OrderFacts
from relay.server import Api, RequestPolicy
from relay.store import RelayStore
from relay.watcher import Watcher, WatchPolicy
from tests.relay.builders import DOMAIN, TAKER

INDEX = TAKER.address
TERMS = ForwardTerms(INDEX, 1, DayIndex(30_000), DayIndex(30_030), 2_000, 8_000, 1, TAKER.address)
NOW = 1_900_000_000
RICH = OrderFacts(10, None, 10**30, 10**30, (0,), ())


class ChainDouble(Chain):
    """One block, every series with the same terms, the same facts for every order of a month."""

    def __init__(self) -> None:
        """Start with every order fillable."""
        self.domain = DOMAIN
        self.indices = frozenset([INDEX])
        self.vault = DOMAIN.book
        self.facts_of_all: OrderFacts | None = RICH
        self.newest = Head(100, "0x" + "a" * 64, NOW)
        self.asked = 0

    def head(self) -> Head:
        """Return the newest block."""
        return self.newest

    def block_hash(self, number: int) -> str:
        """Return the newest block's hash, whatever is asked for."""
        return self.newest.hash

    def terms(self, series: Sequence[int], block: int | None = None) -> list[ForwardTerms | None]:
        """Return the same terms for each series."""
        return [TERMS] * len(series)

    def newest_facts(self, inquiry: Inquiry) -> tuple[Head, OrderFacts | None]:
        """Return the same facts for every order, each at its own prices."""
        self.asked += 1
        return self.newest, self._facts_of(inquiry)

    def facts(self, inquiries: Sequence[Inquiry], block: int) -> list[OrderFacts | None]:
        """Return the same facts for every order, each at its own prices."""
        return [self._facts_of(inquiry) for inquiry in inquiries]

    def _facts_of(self, inquiry: Inquiry) -> OrderFacts | None:
        if self.facts_of_all is None:
            return None
        return replace(self.facts_of_all, prices=inquiry.prices or ())

    def touched(self, first: int, last: int, tokens: object) -> Touched:
        """Return no events."""
        return Touched()


class Office:
    """An intake, its watcher and its interface on a `ChainDouble`."""

    def __init__(self, path: Path, intake: IntakePolicy, requests: RequestPolicy) -> None:
        self.chain = ChainDouble()
        self.store = RelayStore(path, DOMAIN)
        self.workers = Workers()
        self.intake = Intake(self.chain, Book(), self.store, self.workers, RelayMetrics(), intake)
        self.watcher = Watcher(self.intake, WatchPolicy())
        self.health = RelayHealth(self.intake, self.watcher, 60, 0)
        self.app = Api(self.intake, self.health, requests).app()


@contextmanager
def office(
    folder: Path, intake: IntakePolicy | None = None, requests: RequestPolicy | None = None
) -> Iterator[Office]:
    """Open an office until the block ends."""
    opened = Office(folder / "relay.sqlite3", intake or IntakePolicy(), requests or RequestPolicy())
    yield opened
    opened.workers.close()
    opened.store.close()
