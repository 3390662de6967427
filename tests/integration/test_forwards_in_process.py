# SPDX-License-Identifier: AGPL-3.0-only
"""The forwards commands on ape's in-process chain."""

import pytest

from tests.integration.command_flow import Answer, play
from tests.integration.forwards_flow import ForwardsFlow

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """Every command's answer."""
    folder = tmp_path_factory.mktemp("forwards_in_process")
    return play("ethereum:local:test", folder, "forwards_driver")


class TestForwardsInProcess(ForwardsFlow):
    """From the first listing to the last redemption."""
