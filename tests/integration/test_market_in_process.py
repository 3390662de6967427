# SPDX-License-Identifier: AGPL-3.0-only
"""The commands of offering and spot market on ape's in-process chain."""

import pytest

from tests.integration.command_flow import Answer, play
from tests.integration.market_flow import MarketFlow

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """Every command's answer."""
    return play("ethereum:local:test", tmp_path_factory.mktemp("market"), "market_driver")


class TestMarketInProcess(MarketFlow):
    """From the first round to the last trade."""
