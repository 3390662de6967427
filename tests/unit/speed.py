# SPDX-License-Identifier: AGPL-3.0-only
"""What the in-process chain does over and over for nobody, left out; no result depends on it."""

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
    """Map each contract's source once, and show a contract by its address.

    Its storage, which it would show at every refusal, is read by slots that were written at that
    address, also by another contract whose deployment was undone: then showing it fails.
    """
    patch.setattr(VyperContract, "__repr__", lambda contract: f"<contract {contract.address}>")
    patch.setattr(
        VyperContract,
        "_deployment_source_map",
        property(lambda contract: _source_map_of(contract.compiler_data)),
    )
