# SPDX-License-Identifier: AGPL-3.0-only
"""One time for several reporters, which goes on only while all of them sleep.

One of them runs at any moment, and who sleeps shortest is next: a rehearsal takes as long as its
work does, and is the same every time.
"""

import threading
from collections.abc import Callable

Move = Callable[[int], int]


class Stage:
    """The time of a rehearsal."""

    def __init__(self, start: int, actors: int, move: Move) -> None:
        """Begin at a time, with actors that run until they sleep.

        Args:
            start: [unix s].
            actors: how many; they are numbered from 0.
            move: called before time goes on to a moment [unix s]; gives the moment it goes on to,
                that one or a later one.
        """
        self._now = float(start)
        self._move = move
        self._turn = threading.Condition()
        self._awake = set(range(actors))
        self._wakes: dict[int, float] = {}
        self._next: int | None = None

    def now(self) -> int:
        """Return the time [unix s]."""
        return int(self._now)

    def sleep(self, actor: int, seconds: float) -> None:
        """Let others run, and time go on, until it is this actor's turn again."""
        with self._turn:
            self._wakes[actor] = self._now + seconds
            self._awake.discard(actor)
            self._pass_on()
            self._turn.wait_for(lambda: self._next == actor)

    def leave(self, actor: int) -> None:
        """Go on without an actor."""
        with self._turn:
            self._awake.discard(actor)
            self._pass_on()

    def _pass_on(self) -> None:
        if self._awake or not self._wakes:
            return
        actor = min(self._wakes, key=lambda each: (self._wakes[each], each))
        wake = self._wakes.pop(actor)
        if wake > self._now:
            self._now = max(wake, float(self._move(int(wake))))
        self._awake.add(actor)
        self._next = actor
        self._turn.notify_all()


class StageClock:
    """One actor's clock; see `hashrate.service.clock.Clock`."""

    def __init__(self, stage: Stage, actor: int) -> None:
        self._stage = stage
        self._actor = actor

    def now(self) -> int:
        """Return the time [unix s]."""
        return self._stage.now()

    def sleep(self, seconds: float) -> None:
        """Let the others run, and time go on."""
        self._stage.sleep(self._actor, seconds)
