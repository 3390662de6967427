# SPDX-License-Identifier: AGPL-3.0-only
"""Facts of days from several Bitcoin sources that must agree."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import structlog

from hashrate.bitcoin.hashprice import day_facts, segments_from_blocks
from hashrate.core.errors import BlockOrderError, HashrateError
from hashrate.core.types import (
    BlockHash,
    BlockHeight,
    ChainTip,
    DayFacts,
    DayIndex,
    HeightRange,
    Network,
    UnixSeconds,
)
from hashrate.core.units import iso_from_day
from hashrate.reports.report import DayReport
from oracles.daemon.errors import DayNotDueError
from oracles.daemon.readings import FactsReading, ending_of
from oracles.daemon.remote import Wire, require_answers
from oracles.journal.journal import Evidence
from oracles.journal.records import values_of
from oracles.sources.agreement import require_fresh_tip
from oracles.sources.base import BitcoinSource
from oracles.sources.day_range import day_range
from oracles.sources.errors import DayNotOverError, SourcesDisagreeError, TooFewSourcesError
from oracles.sources.gather import Answers, Consulted, consult, gather_answers

_LOG = structlog.get_logger(__name__)
_TIP_MAX_AGE_SECONDS = 4 * 3_600
_NOT_DUE = (DayNotDueError, DayNotOverError)
_ASK_AGAIN_SECONDS = {DayNotOverError: 180, DayNotDueError: 600}  # a block takes ten minutes
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class View:
    """A day as one source tells it; equal where blocks and amounts are, to the satoshi."""

    facts: DayFacts
    anchor: BlockHash


class AgreedDays:
    """Facts that at least `min_sources` Bitcoin sources tell alike.

    The first sources in the operator's order are read. Where one gives no facts, or other ones,
    the next is asked too; whoever is alone against enough others is named and left out.
    """

    def __init__(
        self,
        wire: Wire,
        sources: Sequence[BitcoinSource],
        network: Network,
        min_sources: int,
        confirmations: int,
    ) -> None:
        """Use sources, the most trusted first."""
        self._wire = wire
        self._sources = {source.source_id: source for source in sources}
        self._min_sources = min_sources
        self._confirmations = confirmations
        self._not_there: dict[DayIndex, tuple[int, DayNotDueError | DayNotOverError]] = {}
        self.network = network

    def read(self, day: DayIndex, first_height: BlockHeight | None) -> FactsReading:
        """Return the facts of a day; see `FactsReader.read`.

        A day that is not over is not asked for again within three minutes, one that is not deep
        enough within ten.
        """
        now = self._wire.clock.now()
        asked_at, answer = self._not_there.get(day, (0, None))
        if answer is not None and 0 <= now - asked_at < _ASK_AGAIN_SECONDS[type(answer)]:
            raise answer
        try:
            view, said = self._wire.run(self._read(day, first_height))
        except BaseException as error:
            self._wire.collect("facts")
            if isinstance(error, _NOT_DUE):
                self._not_there = {day: (now, error)}
            raise
        return FactsReading(view.facts, view.anchor, (*self._wire.collect("facts"), *said))

    def anchor(self, day: DayIndex, last_height: BlockHeight) -> str:
        """Return the hash that enough sources have for the day's last block now."""
        try:
            return self._wire.run(self._hash(f"{iso_from_day(day)}, block", last_height))
        finally:
            self._wire.collect("facts")

    def probe(self) -> str:
        """Ask every source for its tip and compare a recent block."""
        try:
            return self._wire.run(self._probe())
        finally:
            self._wire.collect("facts")

    async def _read(self, day: DayIndex, first: BlockHeight | None) -> tuple[View, list[Evidence]]:
        iso = iso_from_day(day)
        # All tips: a spare that is never needed would otherwise be dead without a word.
        tips = await gather_answers({name: s.tip() for name, s in self._sources.items()})
        if len(tips.values) < self._min_sources:
            self._wire.heard("facts", iso, tips)
        require_answers("tip", tips, self._min_sources)

        def question(name: str) -> Callable[[], Awaitable[View]]:
            return lambda: self._view(name, day, tips.values[name], first)

        questions = {name: question(name) for name in self._sources if name in tips.values}
        consulted = await consult(questions, self._min_sources)
        self._wire.heard("facts", iso, consulted)
        asked = {*consulted.said, *consulted.failures}
        spares = {name: tip for name, tip in tips.values.items() if name not in asked}
        self._wire.heard("facts", iso, Answers(spares, tips.failures))
        view = self._agreed(iso, consulted, tips.failures)
        said = [
            Evidence("facts", name, "", "", json.dumps(values_of(DayReport(each.facts, 0, 0))))
            for name, each in consulted.said.items()
        ]
        return view, said

    async def _view(
        self, name: str, day: DayIndex, tip: ChainTip, first: BlockHeight | None
    ) -> View:
        source = self._sources[name]
        heights = await self._range(name, day, tip, first)
        if heights.last < heights.first:
            return await self._empty_day(source, day, heights, tip)
        blocks = await source.blocks(heights.first, heights.last)
        segments = segments_from_blocks([each.block for each in blocks])
        return View(day_facts(day, segments, self.network), blocks[-1].hash)

    async def _empty_day(
        self, source: BitcoinSource, day: DayIndex, heights: HeightRange, tip: ChainTip
    ) -> View:
        """Return a day without blocks, which repeats the one before."""
        before = DayIndex(day - 1)
        earlier = await day_range(source, before, tip)
        if earlier.last < earlier.first:
            previous = (await self._empty_day(source, before, earlier, tip)).facts
        else:
            blocks = await source.blocks(earlier.first, earlier.last)
            segments = segments_from_blocks([each.block for each in blocks])
            previous = day_facts(before, segments, self.network)
        facts = day_facts(day, (), self.network, previous)
        return View(facts, await source.block_hash(heights.last))

    async def _range(
        self, name: str, day: DayIndex, tip: ChainTip, first: BlockHeight | None
    ) -> HeightRange:
        heights = await day_range(self._sources[name], day, tip, first)
        deep = tip.height - heights.last + 1
        if deep < self._confirmations:
            raise DayNotDueError(
                f"{name}: the last block of {iso_from_day(day)} has {deep} confirmations of "
                f"{self._confirmations}"
            )
        return heights

    async def _hash(self, what: str, height: BlockHeight) -> BlockHash:
        def question(source: BitcoinSource) -> Callable[[], Awaitable[BlockHash]]:
            return lambda: source.block_hash(height)

        questions = {name: question(source) for name, source in self._sources.items()}
        consulted = await consult(questions, self._min_sources)
        subject = f"{what} {height}"
        # A hash is no facts: who gives hashes only is of no use, and shall not look alive.
        for name, error in consulted.failures.items():
            self._wire.missed("anchor", subject, name, error)
        return self._agreed(subject, consulted, {})

    def _agreed(
        self, subject: str, consulted: Consulted[_T], earlier: Mapping[str, HashrateError]
    ) -> _T:
        """Return what enough sources say; name whoever says something else.

        Raises:
            DayNotDueError: enough sources would say it, some of them later.
            BlockOrderError: enough sources say that the day begins elsewhere.
            SourcesDisagreeError: no answer is that of enough sources.
            TooFewSourcesError: too few answered.
        """
        if consulted.agreed is not None:
            for name, view in consulted.odd.items():
                _LOG.error(
                    "source_differs",
                    subject=subject,
                    source=name,
                    why=_difference(name, view, "the others", consulted.agreed),
                )
                self._wire.differs(name)
            return consulted.agreed
        said, failures = consulted.said, {**earlier, **consulted.failures}
        if len(said) >= self._min_sources:
            raise SourcesDisagreeError(f"{subject}: {_differences(said)}")
        elsewhere = [e for e in failures.values() if isinstance(e, BlockOrderError)]
        if len(elsewhere) >= self._min_sources:
            raise elsewhere[0]
        not_due = [e for e in failures.values() if isinstance(e, _NOT_DUE)]
        if not_due and len(said) + len(not_due) >= self._min_sources:
            raise not_due[0]
        why = "; ".join(str(error) for error in failures.values())
        raise TooFewSourcesError(
            f"{subject}: {len(said)} of at least {self._min_sources} sources: {why}", said
        )

    async def _probe(self) -> str:
        answers = await gather_answers({name: s.tip() for name, s in self._sources.items()})
        self._wire.heard("tip", "now", answers)
        require_answers("tip", answers, self._min_sources)
        now = UnixSeconds(self._wire.clock.now())
        for tip in answers.values.values():
            require_fresh_tip(tip, now, _TIP_MAX_AGE_SECONDS)
        lowest = min(tip.height for tip in answers.values.values())
        height = BlockHeight(max(1, lowest - self._confirmations))
        hashes = await gather_answers(
            {name: self._sources[name].block_hash(height) for name in answers.values}
        )
        require_answers("block", hashes, self._min_sources)
        if len(set(hashes.values.values())) > 1:
            raise SourcesDisagreeError(f"block {height}: {_differences(hashes.values)}")
        agreed = next(iter(hashes.values.values()))
        failures = {**answers.failures, **hashes.failures}
        missing = ", ".join(f"{name}: {error}" for name, error in failures.items())
        count = f"{len(hashes.values)} of {len(self._sources)} sources agree"
        line = f"{count} on block {height}, {ending_of(agreed)}"
        return line + (f"; {missing}" if missing else "")


def _differences(said: Mapping[str, Any]) -> str:
    """Describe how answers differ from the first one."""
    (first, answer), *others = said.items()
    return "; ".join(
        _difference(name, other, first, answer) for name, other in others if other != answer
    )


def _difference(name: str, said: Any, other_name: str, other: Any) -> str:
    """Describe the first value in which two answers differ."""
    here, there = _values(said), _values(other)
    field = next((each for each in here if here[each] != there[each]), "nothing")
    return f"{field}: {other_name} has {there.get(field)}, {name} has {here.get(field)}"


def _values(said: Any) -> dict[str, Any]:
    if not isinstance(said, View):
        return {"hash": said}
    facts = said.facts
    names = ("first_height", "last_height", "subsidy_sats", "fees_sats")
    numbers = ("hashprice_wad", "difficulty_wad")
    return {
        **{name: getattr(facts, name) for name in names},
        f"hash of block {facts.last_height}": said.anchor,
        **{name: getattr(facts, name) for name in numbers},
    }
