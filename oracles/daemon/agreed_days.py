# SPDX-License-Identifier: AGPL-3.0-only
"""Facts of days from several Bitcoin sources that must agree."""

import json
from collections.abc import Mapping, Sequence

from hashrate.bitcoin.hashprice import day_facts, segments_from_blocks
from hashrate.core.types import (
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
from oracles.daemon.readings import FactsReading
from oracles.daemon.remote import Wire, log_failures, require_answers
from oracles.journal.journal import Evidence
from oracles.journal.records import values_of
from oracles.sources.agreement import agreed_hashes, require_fresh_tip
from oracles.sources.base import BitcoinSource
from oracles.sources.day_range import day_range
from oracles.sources.errors import SourcesDisagreeError
from oracles.sources.gather import gather_answers, gather_hashes

_TIP_MAX_AGE_SECONDS = 4 * 3_600
_AGREED_BLOCKS = 6  # the day's last ones; a common hash is a common past, more only tell where


class AgreedDays:
    """Facts that at least `min_sources` Bitcoin sources tell alike."""

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
        self.network = network

    def read(self, day: DayIndex, first_height: BlockHeight | None) -> FactsReading:
        """Return the facts of a day; see `FactsReader.read`."""
        try:
            facts, anchor, said = self._wire.run(self._read(day, first_height))
        except BaseException:
            self._wire.collect("facts")
            raise
        return FactsReading(facts, anchor, (*self._wire.collect("facts"), *said))

    def anchor(self, day: DayIndex, last_height: BlockHeight) -> str:
        """Return the hash all sources have for the day's last block now."""
        try:
            return self._wire.run(self._agreed_hash(last_height))
        finally:
            self._wire.collect("facts")

    def probe(self) -> str:
        """Ask every source for its tip and compare a recent block."""
        try:
            return self._wire.run(self._probe())
        finally:
            self._wire.collect("facts")

    async def _read(
        self, day: DayIndex, first: BlockHeight | None
    ) -> tuple[DayFacts, str, list[Evidence]]:
        tips = await self._tips(day)
        names = list(tips)[: self._min_sources]
        ranges = {name: await self._range(name, day, tips[name], first) for name in names}
        heights = ranges[names[0]]
        if any(other != heights for other in ranges.values()):
            raise SourcesDisagreeError(f"{iso_from_day(day)}: heights {_named(ranges)}")
        anchor = await self._agreed_hash(heights.last)
        views = {name: await self._facts(name, day, heights) for name in names}
        facts = _agreed_facts(views)
        said = [
            Evidence("facts", name, "", "", json.dumps(values_of(DayReport(view, 0, 0))))
            for name, view in views.items()
        ]
        return facts, anchor, said

    async def _tips(self, day: DayIndex) -> Mapping[str, ChainTip]:
        """Return the tips of the sources that answer, in the operator's order."""
        answers = await gather_answers({name: s.tip() for name, s in self._sources.items()})
        log_failures("facts", day, answers.failures)
        require_answers("tip", answers, self._min_sources)
        return {name: answers.values[name] for name in self._sources if name in answers.values}

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

    async def _facts(self, name: str, day: DayIndex, heights: HeightRange) -> DayFacts:
        """Return a day's facts by one source."""
        source = self._sources[name]
        if heights.last < heights.first:
            before = DayIndex(day - 1)
            earlier = await day_range(source, before, await source.tip())
            previous = await self._facts(name, before, earlier)
            return day_facts(day, (), self.network, previous)
        blocks = await source.blocks(heights.first, heights.last)
        segments = segments_from_blocks([each.block for each in blocks])
        return day_facts(day, segments, self.network)

    async def _agreed_hash(self, last: BlockHeight) -> str:
        heights = [
            BlockHeight(height) for height in range(max(1, last - _AGREED_BLOCKS + 1), last + 1)
        ]
        answers = await gather_hashes(self._sources.values(), heights)
        hashes = agreed_hashes(answers.values, heights, self._min_sources)
        return hashes[last]

    async def _probe(self) -> str:
        answers = await gather_answers({name: s.tip() for name, s in self._sources.items()})
        require_answers("tip", answers, self._min_sources)
        now = UnixSeconds(self._wire.clock.now())
        for tip in answers.values.values():
            require_fresh_tip(tip, now, _TIP_MAX_AGE_SECONDS)
        lowest = min(tip.height for tip in answers.values.values())
        agreed = await self._agreed_hash(BlockHeight(max(1, lowest - self._confirmations)))
        missing = ", ".join(f"{name}: {error}" for name, error in answers.failures.items())
        line = f"{len(answers.values)} of {len(self._sources)} sources agree on {agreed[:16]}…"
        return line + (f"; {missing}" if missing else "")


def _agreed_facts(views: Mapping[str, DayFacts]) -> DayFacts:
    """Return the facts that all sources tell, to the satoshi.

    Raises:
        SourcesDisagreeError: they differ.
    """
    agreed = next(iter(views.values()))
    if any(facts != agreed for facts in views.values()):
        said = {name: facts.as_tuple() for name, facts in views.items()}
        raise SourcesDisagreeError(f"{iso_from_day(agreed.day)}: facts {said}")
    return agreed


def _named(ranges: Mapping[str, HeightRange]) -> str:
    return ", ".join(f"{name} {each.first}..{each.last}" for name, each in ranges.items())
