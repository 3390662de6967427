# SPDX-License-Identifier: AGPL-3.0-only
"""Ask several sources at once; what one fails to answer does not stop the others."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Generic, TypeVar

from hashrate.core.errors import HashrateError
from oracles.sources.agreement import majority

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


@dataclass(frozen=True, slots=True)
class Consulted(Generic[_T]):
    """What sources said until enough of them said the same.

    Attributes:
        agreed: what enough say alike; None where they do not.
        said: the answer of each source that gave one, in the order they were asked.
        failures: why others gave none.
    """

    agreed: _T | None
    said: Mapping[str, _T]
    failures: Mapping[str, HashrateError]

    @property
    def odd(self) -> dict[str, _T]:
        """Return what others than the agreeing ones say."""
        if self.agreed is None:
            return {}
        return {name: each for name, each in self.said.items() if each != self.agreed}


async def consult(
    questions: Mapping[str, Callable[[], Awaitable[_T]]], needed: int
) -> Consulted[_T]:
    """Ask as many sources as must agree, and one more for each that fails or is odd.

    Args:
        questions: how each source is asked, the most trusted first.
        needed: how many must say the same.
    """
    left = list(questions)
    said: dict[str, _T] = {}
    failures: dict[str, HashrateError] = {}
    agreed = None
    while agreed is None and left:
        count = max(1, needed - len(said))
        batch, left = left[:count], left[count:]
        answers = await gather_answers({name: questions[name]() for name in batch})
        said.update(answers.values)
        failures.update(answers.failures)
        agreed = majority(said, needed)
    return Consulted(agreed, said, failures)
