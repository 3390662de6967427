# SPDX-License-Identifier: AGPL-3.0-only
"""Reads trades and movements out of the chain's events, in ranges that a public node allows.

It goes on where it stopped, however it stopped: what a range holds and how far it reaches are
written together. A few blocks are read twice, as the watcher does.
"""

import structlog

from hashrate.core.errors import HashrateError
from relay.intake import Intake
from relay.ledger import Ledger, Move, Trade
from relay.node import Head

_LOG = structlog.get_logger(__name__)
_MOST_RANGES = 20  # in one cycle
_MOST_TOLD = 500


class History:
    """Keeps the ledger up with the chain."""

    def __init__(
        self, intake: Intake, ledger: Ledger, first_block: int, most_blocks: int, overlap: int
    ) -> None:
        """Wire it.

        Args:
            intake: its chain is read, its stream told.
            ledger: where it is kept.
            first_block: the block of the first contract's deployment; nothing is before it.
            most_blocks: asked for at once.
            overlap: blocks that are read again.
        """
        self._intake = intake
        self.ledger = ledger
        self._first_block = first_block
        self._most_blocks = self._blocks = most_blocks
        self._overlap = overlap
        self._told: dict[tuple[int, int], None] = {}
        self._told_block: int | None = None
        self.has_more = True

    async def follow(self, head: Head) -> None:
        """Read the next blocks, up to the newest. A node that refuses is asked for less."""
        intake = self._intake
        begin = await intake.workers.keep(self.ledger.next_block)
        first = max(self._first_block, begin - self._overlap)
        for _ in range(_MOST_RANGES):
            last = min(head.number, first + self._blocks - 1)
            if last < first or (first > self._first_block and begin > head.number):
                break
            try:
                await self._read(first, last, is_news=begin > self._first_block)
            except HashrateError as error:
                _LOG.warning("history_unreadable", first=first, last=last, why=str(error))
                self._blocks = max(1, self._blocks // 2)
                self.has_more = False  # not at once
                return
            first = begin = last + 1
            self._blocks = min(self._most_blocks, 2 * self._blocks)
        self.has_more = begin <= head.number

    async def rewind(self, block: int) -> None:
        """Take back everything from a block on: it was replaced."""
        await self._intake.workers.keep(lambda: self.ledger.rewind(block))
        self._told = {key: None for key in self._told if key[0] < block}

    async def share(self, head: Head) -> None:
        """Announce trades that another process read."""
        since = self._told_block if self._told_block is not None else head.number
        found = await self._intake.workers.keep(lambda: self.ledger.trades_since(since, _MOST_TOLD))
        self._told_block = max(since, head.number - self._overlap)
        self._tell(found)

    async def _read(self, first: int, last: int, *, is_news: bool) -> None:
        intake = self._intake

        def read() -> list[Trade]:
            trades: list[Trade] = []
            moves: list[Move] = []
            for kind in intake.chain.kinds.values():
                found = kind.history(intake.chain.node, first, last)
                trades += found[0]
                moves += found[1]
            return self.ledger.add(trades, moves, last + 1)

        fresh = await intake.workers.ask_node(read)
        if is_news:
            self._tell(fresh)

    def _tell(self, trades: list[Trade]) -> None:
        for trade in trades:
            key = (trade.block, trade.log_index)
            if key not in self._told:
                self._told[key] = None
                self._intake.stream.tell_trade(trade.record())
        while len(self._told) > 2 * _MOST_TOLD:
            del self._told[next(iter(self._told))]
