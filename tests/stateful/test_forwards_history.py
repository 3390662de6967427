# SPDX-License-Identifier: AGPL-3.0-only
"""The written histories of vault and book, in lock-step with the model."""

from collections.abc import Callable

import pytest

from tests.stateful.forwards_history import HISTORIES
from tests.stateful.forwards_lockstep import ForwardsLockstep
from tests.stateful.forwards_scenes import begun

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.__name__)
def test_forwards__written_history__agrees_with_the_model(
    history: Callable[[ForwardsLockstep], None],
) -> None:
    scene = begun()

    with scene.chain.undone():
        history(scene.copy(print))
