# SPDX-License-Identifier: AGPL-3.0-only
"""Tells listeners at once what changes: server-sent events. One thread uses it.

An event is written once and handed to all. Who does not keep up is sent away, and reads the book
again: nothing waits for anybody.
"""

import asyncio
from collections.abc import AsyncIterator, Iterable
from typing import Any

from hashrate.service.errors import TooManyError
from hashrate.service.refusals import dump
from relay.book import Listed
from relay.node import Head

_MOST_WAITING = 512
_BEAT_SECONDS = 15.0
_END = b""


class _Listener:
    """One open stream, of some markets or of all."""

    def __init__(self, markets: frozenset[str]) -> None:
        self.markets = markets
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue(_MOST_WAITING)
        self.is_lost = False

    def take(self, event: bytes) -> None:
        """Put an event behind those that wait; too many end the stream."""
        if self.waiting.qsize() >= _MOST_WAITING - 1:
            self.is_lost = True
            event = _END
        self.waiting.put_nowait(event)


class Stream:
    """All listeners."""

    def __init__(self, most: int) -> None:
        """Let so many listen at once."""
        self._most = most
        self._listeners: set[_Listener] = set()

    def __len__(self) -> int:
        return len(self._listeners)

    def listen(self, markets: Iterable[str], hello: bytes) -> AsyncIterator[bytes]:
        """Open a stream and return its events, as they are sent.

        Args:
            markets: of which; all if there is none.
            hello: comes first.

        Raises:
            TooManyError: too many listen.
        """
        if len(self._listeners) >= self._most:
            raise TooManyError("too many listen", 30)
        listener = _Listener(frozenset(markets))
        listener.take(hello)
        return self._events(listener)

    def close(self) -> None:
        """End all streams."""
        for listener in list(self._listeners):
            listener.take(_END)

    def tell_order(self, listed: Listed) -> None:
        """Announce an order that is shown, or otherwise than before."""
        if self._listeners:
            data = b"".join([b'{"order":', listed.json, b"}"])
            self._tell(b"order", data, _markets(listed))

    def tell_gone(self, listed: Listed, reason: str) -> None:
        """Announce that an order is off the book."""
        if self._listeners:
            data = dump({"hash": listed.hash, "reason": str(reason)})
            self._tell(b"gone", data, _markets(listed))

    def tell_trade(self, trade: dict[str, Any]) -> None:
        """Announce a trade on the chain."""
        if self._listeners:
            self._tell(b"trade", dump(trade), frozenset([str(trade["market"])]))

    def tell_block(self, head: Head) -> None:
        """Announce which block the book follows; whoever listens hears it."""
        if self._listeners:
            block = {"number": head.number, "hash": head.hash, "timestamp": head.timestamp}
            self._tell(b"block", dump(block), None)

    def _tell(self, name: bytes, data: bytes, markets: frozenset[str] | None) -> None:
        event = event_text(name, data)
        for listener in self._listeners:
            wants = markets is None or not listener.markets or listener.markets & markets
            if wants and not listener.is_lost:
                listener.take(event)

    async def _events(self, listener: _Listener) -> AsyncIterator[bytes]:
        self._listeners.add(listener)
        try:
            while True:
                try:
                    async with asyncio.timeout(_BEAT_SECONDS):
                        event = await listener.waiting.get()
                except TimeoutError:
                    event = b": still here\n\n"
                if event == _END:
                    return
                yield event
        finally:
            self._listeners.discard(listener)


def event_text(name: bytes, data: bytes) -> bytes:
    """Write one event."""
    return b"".join([b"event: ", name, b"\ndata: ", data, b"\n\n"])


def _markets(listed: Listed) -> frozenset[str]:
    return frozenset(place.market for place in listed.offer.places)
