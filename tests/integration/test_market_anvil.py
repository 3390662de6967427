# SPDX-License-Identifier: AGPL-3.0-only
"""The commands of offering and spot market on a local node."""

import pytest

from tests.integration.command_flow import Answer, play
from tests.integration.market_flow import MarketFlow

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, node: str) -> dict[str, Answer]:
    """Every command's answer."""
    folder = tmp_path_factory.mktemp("market_anvil")
    return play("ethereum:local:foundry", folder, "market_driver", APE_FOUNDRY_HOST=node)


class TestMarketAnvil(MarketFlow):
    """From the first round to the last trade."""
