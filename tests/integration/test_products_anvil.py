# SPDX-License-Identifier: AGPL-3.0-only
"""The commands of strips, notes and funds on a local node."""

import pytest

from tests.integration.command_flow import Answer, play
from tests.integration.products_flow import ProductsFlow

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory, node: str) -> dict[str, Answer]:
    """Every command's answer."""
    folder = tmp_path_factory.mktemp("products_anvil")
    return play("ethereum:local:foundry", folder, "products_driver", APE_FOUNDRY_HOST=node)


class TestProductsAnvil(ProductsFlow):
    """From the first strip to the last claim."""
