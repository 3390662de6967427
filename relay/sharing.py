# SPDX-License-Identifier: AGPL-3.0-only
"""Takes over from the database what other processes wrote there, and what the last one left."""

import structlog

from hashrate.orders.errors import OrderFormatError
from relay.book import Listed
from relay.errors import RelayStoreError
from relay.intake import Intake
from relay.kind import Reason
from relay.lookup import read_state
from relay.node import Head
from relay.restoring import Restorer
from relay.store import Kept

_LOG = structlog.get_logger(__name__)
_MOST_AT_ONCE = 1_000


class Sharer:
    """Follows the changes of orders in the database, in the order of their numbers."""

    def __init__(self, intake: Intake, restorer: Restorer) -> None:
        self._intake = intake
        self._restorer = restorer
        self._change: int | None = None

    async def follow(self, head: Head) -> None:
        """Show all as the database has it: all orders at first, then what changed.

        Raises:
            RpcUnavailableError: the terms of a new series cannot be read.
        """
        if self._change is None:
            await self._load(head)
        while True:
            part = await self._next()
            for kept in part:
                self._apply(kept, is_leading=False)
            self._intake.cover()
            fresh = [each for each in part if self._is_new(each)]
            await self._restorer.trust(fresh, head, is_ours=False)
            if part:
                self._change = part[-1].change
            if len(part) < _MOST_AT_ONCE:
                return

    async def take_in(self, head: Head) -> list[str]:
        """Take over what others took in or off, as the one that follows the chain.

        Returns:
            The hashes of new orders: they were checked at some other block, maybe a newer one.
        """
        part = await self._next()
        for kept in part:
            self._apply(kept, is_leading=True)
        self._intake.cover()
        fresh = [each for each in part if self._is_new(each)]
        await self._restorer.trust(fresh, head)
        if part:
            self._change = part[-1].change
        return [each.hash for each in fresh]

    async def begin_anew(self) -> None:
        """Take everything off and have it checked like new: what is known of it is too old."""
        intake = self._intake
        for listed in list(intake.book.orders.values()):
            intake.book.remove(listed)
        self._change = await intake.workers.keep(intake.store.last_change)
        self._restorer.add(await intake.workers.keep(lambda: list(intake.store.open_orders())))

    async def _load(self, head: Head) -> None:
        intake = self._intake
        change = await intake.workers.keep(intake.store.last_change)
        kept = await intake.workers.keep(lambda: list(intake.store.open_orders()))
        await self._restorer.trust(kept, head, is_ours=not intake.store.is_shared)
        self._change = change
        _LOG.info("loaded", orders=len(kept))

    async def _next(self) -> list[Kept]:
        intake = self._intake
        if not intake.store.is_shared:
            return []
        if self._change is None:
            raise RelayStoreError("relay: changes are read before the orders")
        change = self._change
        return await intake.workers.keep(lambda: intake.store.changes_since(change, _MOST_AT_ONCE))

    def _is_new(self, kept: Kept) -> bool:
        return kept.dropped_block is None and kept.hash not in self._intake.book.orders

    def _apply(self, kept: Kept, *, is_leading: bool) -> None:
        """Change what is on the book already."""
        book = self._intake.book
        listed: Listed | None = book.orders.get(kept.hash)
        if listed is None:
            return
        if kept.dropped_block is not None:
            self._intake.take_off(listed, _reason(kept.reason))
        elif kept.state and not is_leading:
            # who follows the chain knows better than what it wrote last
            try:
                facts, block, _ = read_state(kept.state)
            except OrderFormatError as error:
                _LOG.error("unreadable", order=kept.hash, why=str(error))
                return
            book.note(listed, facts, block)


def _reason(word: str) -> Reason:
    try:
        return Reason(word)
    except ValueError:
        return Reason.UNREADABLE
