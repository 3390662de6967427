# SPDX-License-Identifier: AGPL-3.0-only
"""One defect, made on purpose by replacing a few words."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from testing.patching import Patch
from tests.stateful.scenes import SHORT_WALK, SHORT_WALKS
from tests.stateful.series_lockstep import WORDS_PER_CLAIM

LockstepT = TypeVar("LockstepT")


class _Replacement:
    path: str
    old: str
    new: str
    walks: int = WORDS_PER_CLAIM

    @property
    def patches(self) -> list[Patch]:
        """The replacement that makes it, and shorter walks of a claim where it takes them."""
        shorter = SHORT_WALKS if self.walks == SHORT_WALK else []
        return [Patch(self.path, self.old, self.new), *shorter]


@dataclass(frozen=True)
class Mutant(_Replacement):
    """What is wrong, and the words that make it so; a product's one history has to notice."""

    name: str
    path: str
    old: str
    new: str = "pass"


@dataclass(frozen=True)
class HistoryMutant(_Replacement, Generic[LockstepT]):
    """What is wrong, which of a product's histories has to notice, and the words."""

    name: str
    history: Callable[[LockstepT], None]
    path: str
    old: str
    new: str = "pass"
