# SPDX-License-Identifier: AGPL-3.0-only
"""Sources over the network as the daemon reads them: several asked, agreement demanded."""

import asyncio
import json
from collections.abc import Awaitable, Coroutine, Mapping, Sequence
from typing import Any, TypeVar

import structlog
from eth_typing import ChecksumAddress

from hashrate.core.errors import HashrateError
from hashrate.core.types import DayIndex, Observation
from hashrate.core.units import day_start, iso_from_day
from hashrate.service.clock import Clock
from oracles.daemon.readings import OutputReading, PriceReading
from oracles.journal.journal import Evidence
from oracles.sources.agreement import PriceLimits, median_price
from oracles.sources.base import OutputSource, PriceSource
from oracles.sources.errors import DayNotClosedError, TooFewSourcesError
from oracles.sources.gather import Answers, gather_answers

_LOG = structlog.get_logger(__name__)
_T = TypeVar("_T")


class Wire:
    """Runs questions to sources, and keeps what was answered until it is collected."""

    def __init__(self, clock: Clock) -> None:
        """Make an event loop of its own."""
        self._runner = asyncio.Runner()
        self._seen: list[Observation] = []
        self.clock = clock

    def record(self, seen: Observation) -> None:
        """Keep one answer; sources call it."""
        self._seen.append(seen)

    def run(self, question: Coroutine[Any, Any, _T]) -> _T:
        """Wait for an answer."""
        return self._runner.run(question)

    def collect(self, subject: str) -> tuple[Evidence, ...]:
        """Return what was answered since the last time, as evidence of a subject."""
        seen, self._seen = self._seen, []
        return tuple(_evidence(subject, each) for each in seen)

    def close(self) -> None:
        """Close the event loop."""
        self._runner.close()


class AgreedPrices:
    """The median of several exchanges."""

    def __init__(self, wire: Wire, exchanges: Sequence[PriceSource], limits: PriceLimits) -> None:
        self._wire = wire
        self._exchanges = tuple(exchanges)
        self._limits = limits

    def close(self, day: DayIndex) -> PriceReading:
        """Return the closing price of a day; see `PriceReader.close`."""
        answers = self._wire.run(self._ask(day))
        seen = self._wire.collect("price")
        log_failures("price", day, answers.failures)
        failures = list(answers.failures.values())
        if not answers.values and any(isinstance(e, DayNotClosedError) for e in failures):
            raise DayNotClosedError(f"price: no exchange has closed {iso_from_day(day)}")
        price = median_price(
            list(answers.values.values()), day_start(DayIndex(day + 1)), self._limits
        )
        said = {name: str(each.btc_usd_e8) for name, each in answers.values.items()}
        value = json.dumps({"median": str(price), **said}, sort_keys=True)
        return PriceReading(price, (*seen, Evidence("price", "median", "", "", value)))

    def probe(self) -> str:
        """Ask every exchange for the day before yesterday and return their answers."""
        day = DayIndex(self._wire.clock.now() // 86_400 - 2)
        answers = self._wire.run(self._ask(day))
        self._wire.collect("price")
        price = median_price(
            list(answers.values.values()), day_start(DayIndex(day + 1)), self._limits
        )
        missing = ", ".join(f"{name}: {error}" for name, error in answers.failures.items())
        line = (
            f"{len(answers.values)} of {len(self._exchanges)} exchanges agree, {iso_from_day(day)}"
        )
        return f"{line}: {price} [USD, 1e8]" + (f"; {missing}" if missing else "")

    async def _ask(self, day: DayIndex) -> Answers[Any]:
        return await gather_answers({each.source_id: each.close(day) for each in self._exchanges})


class RemoteOutput:
    """One series' output from its pool or node."""

    def __init__(self, wire: Wire, series: ChecksumAddress, source: OutputSource) -> None:
        self._wire = wire
        self._source = source
        self.series = series

    def output(self, day: DayIndex) -> OutputReading:
        """Return the output of a day; see `OutputReader.output`."""
        try:
            output = self._wire.run(_await(self._source.output(day)))
        finally:
            seen = self._wire.collect("output")
        value = json.dumps([str(output.credited_sats), str(output.delivered_ths_wad)])
        said = Evidence("output", output.source, "", "", value)
        return OutputReading(output.credited_sats, output.delivered_ths_wad, (*seen, said))


def log_failures(subject: str, day: DayIndex, failures: Mapping[str, HashrateError]) -> None:
    """Log which sources gave no answer, and why."""
    for source, error in failures.items():
        _LOG.warning(
            "source_failed",
            subject=subject,
            day=iso_from_day(day),
            source=source,
            error=type(error).__name__,
            why=str(error),
        )


def require_answers(subject: str, answers: Answers[Any], needed: int) -> None:
    """Check that enough sources answered.

    Raises:
        TooFewSourcesError: they did not.
    """
    if len(answers.values) < needed:
        why = "; ".join(str(error) for error in answers.failures.values())
        raise TooFewSourcesError(
            f"{subject}: {len(answers.values)} of at least {needed} sources: {why}"
        )


async def _await(question: Awaitable[_T]) -> _T:
    return await question


def _evidence(subject: str, seen: Observation) -> Evidence:
    value = {"status": seen.status, "size": seen.size, "fetched_at": seen.fetched_at}
    asked = {"method": seen.method, "subject": seen.subject} if seen.subject else {}
    return Evidence(
        subject, seen.source, seen.url, seen.body_sha256, json.dumps({**value, **asked})
    )
