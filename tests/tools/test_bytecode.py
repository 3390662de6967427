# SPDX-License-Identifier: AGPL-3.0-only
"""What is deployed is as small as was promised."""

import pytest

from tools.bytecode import LIMITS, compiled, deployables
from tools.vyper_source import ROOT

pytestmark = pytest.mark.unit

PATHS = {path.stem: path for path in deployables(ROOT / "contracts")}


@pytest.mark.parametrize(("name", "limit"), LIMITS.items())
def test_compiled__contract_with_a_limit__is_within_it(name: str, limit: int) -> None:
    runtime, creation, size = compiled(PATHS[name])

    assert len(runtime) < size <= limit
    assert runtime in creation
