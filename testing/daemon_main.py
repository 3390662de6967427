# SPDX-License-Identifier: AGPL-3.0-only
"""A daemon process for tests: the real one, with a clock that a file moves, and faults on demand.

`python -m testing.daemon_main CONFIG FAULTS` where FAULTS is a JSON file:

    clock_file      holds the seconds this process's clock is ahead of the machine's
    kill_before     SIGKILL itself before the n-th commit of the journal
    kill_after      SIGKILL itself after it
    fees_day        lie about the fees of this day
    price_day       have a wrong price on this day
    is_quick        wait for sources as long as suits days that pass in seconds
"""

import json
import os
import signal
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite

from hashrate.core.types import BlockHeight, DayIndex, Network, Sats, UsdE8
from hashrate.service.http import HttpClient
from hashrate.service.http_parts import HttpLimits
from hashrate.service.logging import Redactor, configure_logging
from oracles.daemon import wiring
from oracles.daemon.parts import Parts
from oracles.daemon.readings import FactsReader, FactsReading, PriceReader, PriceReading
from oracles.daemon.runtime import open_keys, open_parts, serve_and_run
from oracles.daemon.settings import load_settings


class FileClock:
    """The machine's clock plus the seconds in a file."""

    def __init__(self, path: Path, stop: threading.Event) -> None:
        """Watch a file, and an event that ends waits."""
        self._path = path
        self._stop = stop

    def now(self) -> int:
        """Return the time [unix s]."""
        return int(time.time()) + int(self._path.read_text())

    def sleep(self, seconds: float) -> None:
        """Wait for real."""
        self._stop.wait(seconds)


class LyingFacts:
    """Adds fees that nobody paid to one day."""

    def __init__(self, inner: FactsReader, day: int) -> None:
        self._inner = inner
        self._day = day

    @property
    def network(self) -> Network:
        """Return the consensus parameters."""
        return self._inner.network

    def read(self, day: DayIndex, first_height: BlockHeight | None) -> FactsReading:
        """Return the facts, or a lie."""
        reading = self._inner.read(day, first_height)
        if day != self._day:
            return reading
        fees = Sats(reading.facts.fees_sats + 1_000)
        return replace(reading, facts=replace(reading.facts, fees_sats=fees))

    def anchor(self, day: DayIndex, last_height: BlockHeight) -> str:
        """Return the hash of the day's last block."""
        return self._inner.anchor(day, last_height)

    def probe(self) -> str:
        """Describe how the sources are."""
        return self._inner.probe()


class WrongPrices:
    """Five percent too much on one day."""

    def __init__(self, inner: PriceReader, day: int) -> None:
        """Be wrong on one day."""
        self._inner = inner
        self._day = day

    def close(self, day: DayIndex) -> PriceReading:
        """Return the price, or a wrong one."""
        reading = self._inner.close(day)
        if day != self._day:
            return reading
        return replace(reading, btc_usd_e8=UsdE8(reading.btc_usd_e8 * 105 // 100))

    def probe(self) -> str:
        """Describe how the sources are."""
        return self._inner.probe()


class QuickClient(HttpClient):
    """Asks again at once, and leaves nobody alone for minutes."""

    limits = HttpLimits(
        timeout_seconds=3.0,
        total_seconds=3.0,
        attempts=2,
        first_wait_seconds=0.05,
        max_wait_seconds=0.1,
        hold_seconds=0.2,
    )

    def __init__(self, *arguments: Any) -> None:
        source_id, url, recorder, clock, credentials, _, renew = arguments
        super().__init__(source_id, url, recorder, clock, credentials, self.limits, renew)


def kill_at_commit(number: int, *, after: bool) -> None:
    """End this process at the n-th commit of the journal, as a power cut would."""
    commit = SQLiteDialect_pysqlite.do_commit
    count = 0

    def counting(self: Any, connection: Any) -> None:
        nonlocal count
        count += 1
        if count == number and not after:
            os.kill(os.getpid(), signal.SIGKILL)
        commit(self, connection)
        if count == number and after:
            os.kill(os.getpid(), signal.SIGKILL)

    SQLiteDialect_pysqlite.do_commit = counting


def with_faults(parts: Parts, faults: dict[str, Any]) -> Parts:
    """Put lying readers in place of true ones."""
    if "fees_day" in faults:
        parts = replace(parts, facts=LyingFacts(parts.facts, faults["fees_day"]))
    if "price_day" in faults:
        parts = replace(parts, prices=WrongPrices(parts.prices, faults["price_day"]))
    return parts


def main(config: Path, faults: dict[str, Any]) -> int:
    """Run the daemon until SIGTERM."""
    for name, after in (("kill_before", False), ("kill_after", True)):
        if name in faults:
            kill_at_commit(faults[name], after=after)
    if faults.get("is_quick"):
        setattr(wiring, HttpClient.__name__, QuickClient)
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    settings = load_settings(config)
    redactor = Redactor()
    configure_logging(settings.log_level, redactor)
    clock = FileClock(Path(faults["clock_file"]), stop)
    keys = open_keys(settings, redactor)
    with open_parts(settings, keys, redactor, clock) as parts:
        return serve_and_run(settings, with_faults(parts, faults), stop)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text())))
