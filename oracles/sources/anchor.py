# SPDX-License-Identifier: AGPL-3.0-only
"""The anchor of a header contract: the only thing it believes, so several sources must agree."""

from collections.abc import Sequence
from dataclasses import replace

from hashrate.bitcoin.days import MEDIAN_TIME_SPAN
from hashrate.bitcoin.difficulty import RETARGET_BLOCKS
from hashrate.bitcoin.headers import Anchor, anchor_from_headers
from hashrate.core.types import BlockHeight
from oracles.sources.errors import SourcesDisagreeError, TooFewSourcesError
from oracles.sources.gather import gather_answers
from oracles.sources.headers import HeaderSource

_UNKNOWN_WORK = 0


async def agreed_anchor(
    sources: Sequence[HeaderSource], height: BlockHeight, least: int = 2
) -> Anchor:
    """Return the anchor at a height that all sources which answer tell alike.

    Args:
        sources: where to ask; explorers do not tell the work of the chain.
        height: at least 10, and deep enough that no reorganisation reaches it.
        least: how many must answer.

    Raises:
        SourcesDisagreeError: two of them differ in anything.
        TooFewSourcesError: fewer answer, or none tells the work of the chain.
    """
    answers = await gather_answers({each.source_id: _anchor(each, height) for each in sources})
    if len(answers.values) < least:
        why = "; ".join(str(error) for error in answers.failures.values())
        raise TooFewSourcesError(f"anchor: {len(answers.values)} of {least} sources: {why}")
    works = {each.work for each in answers.values.values() if each.work != _UNKNOWN_WORK}
    if not works:
        raise TooFewSourcesError("anchor: no source tells the work of the chain; ask a node")
    told = {name: replace(each, work=0) for name, each in answers.values.items()}
    if len(set(told.values())) > 1 or len(works) > 1:
        raise SourcesDisagreeError(f"anchor at {height}: {', '.join(sorted(told))} differ: {told}")
    (work,) = works
    return replace(next(iter(told.values())), work=work)


async def _anchor(source: HeaderSource, height: BlockHeight) -> Anchor:
    first = BlockHeight(height - MEDIAN_TIME_SPAN + 1)
    headers = await source.headers(first, height)
    epoch = BlockHeight(height // RETARGET_BLOCKS * RETARGET_BLOCKS)
    (epoch_first,) = await source.headers(epoch, epoch)
    work = await source.chainwork(height)
    return anchor_from_headers(height, headers, epoch_first.time, work or _UNKNOWN_WORK)
