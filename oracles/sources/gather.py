# SPDX-License-Identifier: AGPL-3.0-only
"""Ask several sources at once; what one fails to answer does not stop the others."""

import asyncio
from collections.abc import Awaitable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from hashrate.core.errors import HashrateError
from hashrate.core.types import BlockHash, BlockHeight
from oracles.sources.base import BitcoinSource

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class Answers(Generic[_T]):
    """What sources answered.

    Attributes:
        values: answer of each source that gave one.
        failures: why each other source gave none.
    """

    values: Mapping[str, _T]
    failures: Mapping[str, HashrateError]


async def gather_answers(questions: Mapping[str, Awaitable[_T]]) -> Answers[_T]:
    """Wait for all sources; only this package's own errors count as a source's failure.

    Args:
        questions: for each source, the question under way.
    """
    results = await asyncio.gather(*questions.values(), return_exceptions=True)
    values: dict[str, _T] = {}
    failures: dict[str, HashrateError] = {}
    for source, result in zip(questions, results, strict=True):
        if isinstance(result, HashrateError):
            failures[source] = result
        elif isinstance(result, BaseException):
            raise result
        else:
            values[source] = result
    return Answers(values, failures)


async def gather_hashes(
    sources: Iterable[BitcoinSource], heights: Sequence[BlockHeight]
) -> Answers[dict[BlockHeight, BlockHash]]:
    """Ask Bitcoin sources for the hashes of some blocks, ready for `agreed_hashes`."""

    async def hashes(source: BitcoinSource) -> dict[BlockHeight, BlockHash]:
        return {height: await source.block_hash(height) for height in heights}

    return await gather_answers({source.source_id: hashes(source) for source in sources})
