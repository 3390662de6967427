# SPDX-License-Identifier: AGPL-3.0-only
"""The written histories, each under all terms, in lock-step with the model."""

from collections.abc import Callable

import pytest

from tests.stateful.history import HISTORIES
from tests.stateful.scenes import SETUPS, begun, begun_with_short_walks
from tests.stateful.series_lockstep import SeriesLockstep

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("setup_name", SETUPS)
@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.__name__)
def test_series__awkward_history__agrees_with_the_model(
    history: Callable[[SeriesLockstep], None], setup_name: str
) -> None:
    scene = begun(setup_name)

    with scene.chain.undone():
        history(scene.copy(print))


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.__name__)
def test_series__awkward_history_in_short_walks__agrees_with_the_model(
    history: Callable[[SeriesLockstep], None],
) -> None:
    scene = begun_with_short_walks()

    with scene.chain.undone():
        history(scene.copy(print))
