# SPDX-License-Identifier: AGPL-3.0-only
"""Sources over the network as the daemon reads them: several asked, agreement demanded."""

import asyncio
import json
from collections.abc import Coroutine, Sequence
from typing import Any, Protocol, TypeVar

import structlog
from eth_typing import ChecksumAddress

from hashrate.core.errors import HashrateError
from hashrate.core.types import DayIndex, Observation, Price, UsdE8
from hashrate.core.units import day_start, iso_from_day
from hashrate.service.clock import Clock
from oracles.daemon.errors import DayNotDueError
from oracles.daemon.readings import OutputReading, PriceReading
from oracles.journal.journal import Evidence
from oracles.sources.agreement import PriceLimits, median_price, without_odd
from oracles.sources.base import OutputSource, PriceSource
from oracles.sources.errors import DayNotClosedError, DayNotOverError, TooFewSourcesError
from oracles.sources.gather import Answers, Consulted, gather_answers

_LOG = structlog.get_logger(__name__)
_T = TypeVar("_T")

NOT_THERE_YET = (DayNotDueError, DayNotOverError, DayNotClosedError)
"""What sources say of a day that is simply not there yet."""


class Watch(Protocol):
    """Whoever wants to know how sources do."""

    def answered(self, source: str) -> None:
        """Note that a source gave a usable answer, if only that something is not there yet."""

    def failed(self, source: str, error: HashrateError) -> None:
        """Note that a source gave none."""

    def differed(self, source: str) -> None:
        """Note that a source said something else than the others."""


class NoWatch:
    """Nobody does."""

    def answered(self, source: str) -> None:
        """Do nothing."""

    def failed(self, source: str, error: HashrateError) -> None:
        """Do nothing."""

    def differed(self, source: str) -> None:
        """Do nothing."""


class Wire:
    """Runs questions to sources, and keeps what was answered until it is collected."""

    def __init__(self, clock: Clock, watch: Watch | None = None) -> None:
        """Make an event loop of its own."""
        self._runner = asyncio.Runner()
        self._seen: list[Observation] = []
        self._watch: Watch = watch or NoWatch()
        self.clock = clock

    def heard(self, subject: str, about: str, answers: Answers[Any] | Consulted[Any]) -> None:
        """Note which sources answered, and log why others did not."""
        good = answers.values if isinstance(answers, Answers) else answers.said
        for source in good:
            self._watch.answered(source)
        for source, error in answers.failures.items():
            self.missed(subject, about, source, error)

    def missed(self, subject: str, about: str, source: str, error: HashrateError) -> None:
        """Note why a source gave no answer; what is simply not there yet is an answer too."""
        if isinstance(error, NOT_THERE_YET):
            self._watch.answered(source)
            _LOG.debug("not_there_yet", subject=subject, about=about, source=source, why=str(error))
            return
        self._watch.failed(source, error)
        kind = type(error).__name__
        _LOG.warning(
            "source_failed",
            subject=subject,
            about=about,
            source=source,
            error=kind,
            why=str(error),
        )

    def differs(self, source: str) -> None:
        """Note that a source said something else than the others."""
        self._watch.differed(source)

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
        self._wire.heard("price", iso_from_day(day), answers)
        failures = list(answers.failures.values())
        if not answers.values and any(isinstance(e, DayNotClosedError) for e in failures):
            raise DayNotClosedError(f"price: no exchange has closed {iso_from_day(day)}")
        price = self._median(day, list(answers.values.values()))
        said = {name: str(each.btc_usd_e8) for name, each in answers.values.items()}
        value = json.dumps({"median": str(price), **said}, sort_keys=True)
        return PriceReading(price, (*seen, Evidence("price", "median", "", "", value)))

    def probe(self) -> str:
        """Ask every exchange for the day before yesterday and return their answers."""
        day = DayIndex(self._wire.clock.now() // 86_400 - 2)
        answers = self._wire.run(self._ask(day))
        self._wire.collect("price")
        self._wire.heard("price", iso_from_day(day), answers)
        price = self._median(day, list(answers.values.values()))
        missing = ", ".join(f"{name}: {error}" for name, error in answers.failures.items())
        line = (
            f"{len(answers.values)} of {len(self._exchanges)} exchanges agree, {iso_from_day(day)}"
        )
        return f"{line}: {price} [USD, 1e8]" + (f"; {missing}" if missing else "")

    def _median(self, day: DayIndex, prices: Sequence[Price]) -> UsdE8:
        """Return the median of the prices that agree; name the others."""
        near, far = without_odd(prices, self._limits)
        price = median_price(near, day_start(DayIndex(day + 1)), self._limits)
        for each in far:
            why = f"{each.btc_usd_e8} where the median is {price} [USD, 1e8]"
            subject = f"price of {iso_from_day(day)}"
            _LOG.error("source_differs", subject=subject, source=each.source, why=why)
            self._wire.differs(each.source)
        return price

    async def _ask(self, day: DayIndex) -> Answers[Any]:
        return await gather_answers({each.source_id: each.close(day) for each in self._exchanges})


class RemoteOutput:
    """One series' output from its pool or node."""

    longest_wait = 3_600

    def __init__(self, wire: Wire, series: ChecksumAddress, source: OutputSource) -> None:
        self._wire = wire
        self._source = source
        self.series = series

    def output(self, day: DayIndex) -> OutputReading:
        """Return the output of a day; see `OutputReader.output`."""
        name = self._source.source_id
        answers = self._wire.run(gather_answers({name: self._source.output(day)}))
        seen = self._wire.collect("output")
        self._wire.heard(f"output/{self.series}", iso_from_day(day), answers)
        for error in answers.failures.values():
            raise error
        output = answers.values[name]
        value = json.dumps([str(output.credited_sats), str(output.delivered_ths_wad)])
        said = Evidence("output", output.source, "", "", value)
        return OutputReading(output.credited_sats, output.delivered_ths_wad, (*seen, said))


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


def _evidence(subject: str, seen: Observation) -> Evidence:
    value = {"status": seen.status, "size": seen.size, "fetched_at": seen.fetched_at}
    asked = {"method": seen.method, "subject": seen.subject} if seen.subject else {}
    return Evidence(
        subject, seen.source, seen.url, seen.body_sha256, json.dumps({**value, **asked})
    )
