# SPDX-License-Identifier: AGPL-3.0-only
"""What the mutants must not get through, got through by the contracts as they are."""

import pytest

from tests.stateful.offering_history import default_history, example_history, price_history
from tests.stateful.offering_scenes import offering_begun

pytestmark = pytest.mark.stateful


@pytest.mark.parametrize(
    "history", [example_history, default_history, price_history], ids=lambda each: each.__name__
)
def test_offering__history__agrees_with_the_model(history) -> None:  # type: ignore[no-untyped-def]
    scene = offering_begun("powered")
    with scene.chain.undone():
        history(scene.copy(print))
