# SPDX-License-Identifier: AGPL-3.0-only
"""What the in-process chain does over and over, done once; no result depends on it."""

from functools import cache
from typing import Any

import pytest
from boa.contracts.vyper.vyper_contract import VyperContract
from vyper.compiler.settings import anchor_settings
from vyper.ir.compile_ir import assembly_to_evm


@cache
def _source_map_of(compiled: Any) -> Any:
    """Return the source map of a contract's creation code, made by assembling it again."""
    with anchor_settings(compiled.settings):
        return assembly_to_evm(compiled.assembly)[1]


def remember(patch: pytest.MonkeyPatch) -> None:
    """Map each contract's source once."""
    patch.setattr(
        VyperContract,
        "_deployment_source_map",
        property(lambda contract: _source_map_of(contract.compiler_data)),
    )
