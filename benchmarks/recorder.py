# SPDX-License-Identifier: AGPL-3.0-only
"""Keeps what measured transactions cost, and what on."""

import sys
import time

from benchmarks.contract import Call
from benchmarks.errors import HistoryError
from benchmarks.explain import breakdown


class Recorder:
    """The gas of each operation: the greatest, where one is measured several times."""

    def __init__(self, *, explains: bool = False) -> None:
        """Start empty.

        Args:
            explains: whether to trace every measured transaction as well.
        """
        self.gas: dict[str, int] = {}
        self.breakdowns: dict[str, dict[str, int]] = {}
        self._explains = explains
        self._started = time.monotonic()

    def send(self, name: str, call: Call) -> int:
        """Send a transaction and record it under a name; give its gas."""
        kinds = breakdown(call.trace()) if self._explains else None
        gas = call.send().gas
        if kinds is not None and sum(kinds.values()) != gas:
            raise HistoryError(f"{name}: {sum(kinds.values())} gas traced, {gas} gas spent")
        if gas >= self.gas.get(name, 0):
            self.gas[name] = gas
            if kinds is not None:
                self.breakdowns[name] = kinds
        return gas

    def say(self, what: str) -> None:
        """Print what is being done, for who waits."""
        seconds = int(time.monotonic() - self._started)
        print(f"[{seconds:3d} s] {what}", file=sys.stderr, flush=True)

    def explanation(self) -> str:
        """Make one block of lines for each traced operation."""
        blocks = []
        for name, kinds in self.breakdowns.items():
            lines = [f"{name}: {self.gas[name]:,}"]
            lines += [f"  {gas:>8,}  {kind}" for kind, gas in kinds.items()]
            blocks.append("\n".join(lines))
        return "\n\n".join(blocks)
