# SPDX-License-Identifier: AGPL-3.0-only
"""The forwards commands on a local node."""

import pytest

from tests.integration.command_flow import Answer, play
from tests.integration.forwards_flow import ForwardsFlow

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, node: str) -> dict[str, Answer]:
    """Every command's answer."""
    folder = tmp_path_factory.mktemp("forwards_anvil")
    return play("ethereum:local:foundry", folder, "forwards_driver", APE_FOUNDRY_HOST=node)


class TestForwardsAnvil(ForwardsFlow):
    """From the first listing to the last redemption."""
