# SPDX-License-Identifier: AGPL-3.0-only
"""The commands of strips, notes and funds on ape's in-process chain."""

import pytest

from tests.integration.command_flow import Answer, play
from tests.integration.products_flow import ProductsFlow

pytestmark = pytest.mark.integration


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Answer]:
    """Every command's answer."""
    return play("ethereum:local:test", tmp_path_factory.mktemp("products"), "products_driver")


class TestProductsInProcess(ProductsFlow):
    """From the first strip to the last claim."""
