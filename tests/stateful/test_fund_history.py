# SPDX-License-Identifier: AGPL-3.0-only
"""The written history of a fund, in lock-step with the model, in long walks and in short ones."""

from collections.abc import Callable

import pytest

from tests.stateful.fund_history import awkward_history
from tests.stateful.fund_lockstep import FundLockstep
from tests.stateful.fund_scenes import begun_fund, begun_fund_in_short_walks

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize("begun", [begun_fund, begun_fund_in_short_walks])
def test_fund__awkward_history__agrees_with_the_model(begun: Callable[[], FundLockstep]) -> None:
    scene = begun()

    with scene.chain.undone():
        awkward_history(scene.copy(print))
