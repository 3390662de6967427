# SPDX-License-Identifier: AGPL-3.0-only
"""What has to be sent so that a day is proven: from the nearest known point on, and no more."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial

from hashrate.bitcoin.days import MEDIAN_TIME_SPAN, median_time_past
from hashrate.bitcoin.difficulty import RETARGET_BLOCKS
from hashrate.bitcoin.headers import (
    CONFIRMATIONS,
    MAX_HEADERS,
    Anchor,
    Extension,
    Header,
    Point,
    anchor_from_headers,
    extensions,
    point_at_anchor,
    points_after,
)
from hashrate.core.types import BlockHeight, DayIndex, Network, UnixSeconds
from hashrate.core.units import day_from_time, day_start, iso_from_day
from oracles.chain.headers import HeadersContract, KnownPoint, extend_call, fee_calls, point_hash
from oracles.daemon.errors import DayNotDueError, ProofError
from oracles.daemon.remote import Wire
from oracles.journal.models import WorkKind
from oracles.sources.headers import HeaderSource

_FIRST_SPAN = 400  # [blocks] a point says nothing older than the day before its own
_FIRST_BLOCKS = BlockHeight(MEDIAN_TIME_SPAN - 1)


@dataclass(frozen=True, slots=True)
class Truth:
    """A day by the header source's chain.

    Attributes:
        day: the UTC day.
        headers: its blocks, by height.
        last_height: height of the last one.
        following: blocks after it, as far as they are there, at most to the end of the next day.
    """

    day: DayIndex
    headers: tuple[Header, ...]
    last_height: BlockHeight
    following: int


@dataclass(frozen=True, slots=True)
class ProofCall:
    """One call that proves something.

    Attributes:
        kind: what it does.
        data: the call, hexadecimal.
        is_done: asks the chain whether somebody has made it.
    """

    kind: WorkKind
    data: str
    is_done: Callable[[], bool]


class DayProver:
    """Plans the calls that prove days of one chain to one contract."""

    def __init__(
        self, contract: HeadersContract, source: HeaderSource, wire: Wire, network: Network
    ) -> None:
        """Ask `source` through `wire`; nothing is asked yet."""
        self._source = source
        self._wire = wire
        self._network = network
        self._anchor: Anchor | None = None
        self.contract = contract

    @property
    def anchor(self) -> Anchor:
        """Return the contract's anchor, read once."""
        if self._anchor is None:
            self._anchor = self.contract.anchor()
        return self._anchor

    @property
    def first_day(self) -> DayIndex:
        """Return the first day that can be proven."""
        return DayIndex(day_from_time(median_time_past(self.anchor.times)) + 1)

    def truth(self, day: DayIndex) -> Truth:
        """Return a day's blocks by the source.

        Raises:
            DayNotDueError: too few blocks stand on the day.
            ProofError: the day has no blocks.
            RetryableError: the source does not answer.
        """
        tip = self._wire.run(self._source.tip_height())
        first = self._first_height(day_start(day), tip)
        after = self._first_height(day_start(DayIndex(day + 1)), tip, first)
        if after + CONFIRMATIONS > tip + 1:
            deep = tip + 1 - after
            raise DayNotDueError(f"{deep} blocks of {CONFIRMATIONS} stand on {iso_from_day(day)}")
        if after == first:
            raise ProofError(f"{iso_from_day(day)} has no blocks: nothing proves it")
        end = self._first_height(day_start(DayIndex(day + 2)), tip, after)
        headers = self._wire.run(self._source.headers(first, BlockHeight(after - 1)))
        return Truth(day, tuple(headers), BlockHeight(after - 1), end - after)

    def extend_calls(self, truth: Truth, *, most: int = MAX_HEADERS) -> Iterator[ProofCall]:
        """Return the calls that prove a day, none where the source's chain has proven it.

        Where another chain has, this one is sent as far as it takes to have more work.

        Raises:
            ProofError: this chain does not have more work yet, or no known point leads to it.
            RetryableError: the source or the node does not answer.
        """
        proven = self.contract.proven_day(truth.day)
        last = truth.headers[-1]
        if proven is not None and proven.last_hash == last.hash:
            return
        start = self.resume(truth.day)
        target = truth.last_height + CONFIRMATIONS
        least = self.contract.best_work() if proven is None else proven.work
        highest = truth.last_height + truth.following
        headers = self.headers(BlockHeight(start.height + 1), BlockHeight(highest))
        points = list(points_after(start, headers, self._network))
        enough = [p for p in points if p.height >= target and p.work > least]
        if not enough:
            raise ProofError(f"{iso_from_day(truth.day)}: another chain has more work so far")
        sent = headers[: enough[0].height - start.height]
        for extension in extensions(start, sent, self._network, most):
            yield self._extend(extension)

    def tip_calls(self, *, most: int = MAX_HEADERS) -> Iterator[ProofCall]:
        """Return the calls that bring the contract's chain up to the source's tip."""
        tip = self._wire.run(self._source.tip_height())
        start = self.resume(None)
        headers = self.headers(BlockHeight(start.height + 1), tip)
        for extension in extensions(start, headers, self._network, most):
            yield self._extend(extension)

    def fee_calls(self, truth: Truth) -> Iterator[ProofCall]:
        """Return the calls that prove the fees a proven day still lacks.

        Raises:
            ProofError: the day is not proven by the source's chain.
            RetryableError: the source or the node does not answer.
        """
        proven = self.contract.proven_day(truth.day)
        if proven is None or proven.last_hash != truth.headers[-1].hash:
            raise ProofError(f"{iso_from_day(truth.day)} is not proven by this source's chain")
        missing = truth.headers[: len(truth.headers) - proven.fee_blocks][::-1]
        if missing:
            proofs = self._wire.run(self._source.coinbases(missing))
            done = proven.fee_blocks
            for data, blocks in fee_calls(truth.day, proofs):
                done += blocks
                yield ProofCall(WorkKind.FEES, data, partial(self._has_fees, truth.day, done))

    def resume(self, day: DayIndex | None) -> Point:
        """Return the highest known point on the source's chain that can still prove a day.

        Such a point lies in the day or before it, or has ended the day last. For no day, the
        highest of all.

        Raises:
            ProofError: the source's chain does not contain the anchor.
        """
        tip = self._wire.run(self._source.tip_height())
        known = sorted(self.contract.known_points(), key=lambda each: -each.height)
        for each in known:
            if each.height > tip or not self._is_ours(each):
                continue
            point = self._point(each)
            if point is None:
                continue
            if day is None or point.day <= day or point.closed_day == day:
                return point
        anchor = self.anchor
        (header,) = self.headers(anchor.height, anchor.height)
        if header.hash != anchor.block_hash:
            raise ProofError(f"the anchor is not in the chain of {self._source.source_id}")
        if day is not None and day < self.first_day:
            raise ProofError(f"{iso_from_day(day)} lies before the anchor: nothing proves it")
        return point_at_anchor(anchor)

    def newest(self) -> KnownPoint | None:
        """Return the highest point known on the source's chain, None if that is the anchor."""
        tip = self._wire.run(self._source.tip_height())
        known = [p for p in self.contract.known_points() if p.height <= tip and self._is_ours(p)]
        return max(known, key=lambda each: each.height, default=None)

    def _extend(self, extension: Extension) -> ProofCall:
        end = point_hash(extension.end)
        return ProofCall(
            WorkKind.HEADERS, extend_call(extension), partial(self.contract.is_known, end)
        )

    def _has_fees(self, day: DayIndex, blocks: int) -> bool:
        proven = self.contract.proven_day(day)
        return proven is not None and proven.fee_blocks >= blocks

    def _is_ours(self, known: KnownPoint) -> bool:
        (header,) = self.headers(known.height, known.height)
        return header.hash == known.block_hash

    def _point(self, known: KnownPoint) -> Point | None:
        """Work a known point out of headers alone; None if that gives another one.

        Two days before it say everything of a point but its work, which the event tells. They are
        walked through from a made-up anchor, whose own day does not count.
        """
        span = _FIRST_SPAN
        while True:
            start = known.height - span
            is_all = start <= self.anchor.height
            begin = point_at_anchor(self.anchor if is_all else self._made_up(BlockHeight(start)))
            headers = self.headers(BlockHeight(begin.height + 1), known.height)
            *_, point = begin, *points_after(begin, headers, self._network)
            if is_all or point.closed_day > begin.day:
                point = replace(point, work=known.work)
                return point if point_hash(point) == known.point_hash else None
            span *= 2

    def _made_up(self, height: BlockHeight) -> Anchor:
        before = self.headers(BlockHeight(height - MEDIAN_TIME_SPAN + 1), height)
        epoch = BlockHeight(height // RETARGET_BLOCKS * RETARGET_BLOCKS)
        (first,) = self.headers(epoch, epoch)
        return anchor_from_headers(height, before, first.time, 0)

    def _first_height(
        self, time: UnixSeconds, tip: BlockHeight, above: BlockHeight = _FIRST_BLOCKS
    ) -> BlockHeight:
        """Find the lowest height from `above` on whose mediantime is `time` or later."""
        low, high = max(above, _FIRST_BLOCKS) - 1, tip + 1
        step = 1
        # days are near the tip: from there downwards, further each time, then by halves
        while high - step > low:
            if self._mediantime(BlockHeight(high - step)) < time:
                low = high - step
                break
            high -= step
            step *= 2
        while high - low > 1:
            middle = (low + high) // 2
            if self._mediantime(BlockHeight(middle)) < time:
                low = middle
            else:
                high = middle
        return BlockHeight(high)

    def _mediantime(self, height: BlockHeight) -> UnixSeconds:
        first = BlockHeight(max(0, height - MEDIAN_TIME_SPAN + 1))
        return median_time_past([header.time for header in self.headers(first, height)])

    def headers(self, first: BlockHeight, last: BlockHeight) -> Sequence[Header]:
        """Return headers of the source's chain, none if `last` is below `first`."""
        if last < first:
            return ()
        return self._wire.run(self._source.headers(first, last))
