# SPDX-License-Identifier: AGPL-3.0-only
"""The written histories of strips and notes, in lock-step with the model."""

from collections.abc import Callable

import pytest

from tests.stateful.tranches_history import HISTORIES
from tests.stateful.tranches_lockstep import TranchesLockstep
from tests.stateful.tranches_scenes import begun_products

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("history", HISTORIES, ids=lambda history: history.__name__)
def test_tranches__awkward_history__agrees_with_the_model(
    history: Callable[[TranchesLockstep], None],
) -> None:
    scene = begun_products("powered")

    with scene.chain.undone():
        history(scene.copy(print))
