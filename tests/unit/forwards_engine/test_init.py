# SPDX-License-Identifier: AGPL-3.0-only
"""What `ForwardsEngine` is deployed with, and what nobody can do with it."""

from typing import Any

import pytest

from tests.unit.chain import ZERO, actor, deployer, refused
from tests.unit.pit import Pit

pytestmark = pytest.mark.unit

ROLES = {
    "owner",
    "is_minter",
    "set_minter",
    "transfer_ownership",
    "renounce_ownership",
    "safe_mint",
    "safe_mint_batch",
    "burn",
    "burn_batch",
    "set_uri",
    "pause",
}


def test_init__oracle_and_tokens__are_kept(pit: Pit, tokens: dict[str, Any]) -> None:
    assert pit.engine.ORACLE() == pit.reporting.oracle.address
    assert all(pit.engine.is_token(token.address) for token in tokens.values())
    assert not pit.engine.is_token(pit.engine.address)
    assert not pit.engine.is_token(ZERO)


def test_init__no_tokens__reverts(pit: Pit) -> None:
    with refused("cash: no tokens"):
        deployer("forwards/ForwardsEngine").deploy(pit.reporting.oracle.address, [])


@pytest.mark.parametrize("token", [ZERO, actor("nobody")])
def test_init__token_without_code__reverts(pit: Pit, token: str) -> None:
    with refused("cash: token is no contract"):
        deployer("forwards/ForwardsEngine").deploy(
            pit.reporting.oracle.address, [pit.token.address, token]
        )


@pytest.mark.parametrize("oracle", [ZERO, actor("nobody")])
def test_init__oracle_without_code__reverts(pit: Pit, oracle: str) -> None:
    with refused("series: no oracle"):
        deployer("forwards/ForwardsEngine").deploy(oracle, [pit.token.address])


def test_init__functions__give_nobody_a_role(pit: Pit) -> None:
    functions = {entry["name"] for entry in pit.engine.abi if entry["type"] == "function"}

    assert not functions & ROLES
    assert "safeTransferFrom" in functions


def test_init__domain__names_the_engine(pit: Pit) -> None:
    domain = pit.engine.eip712Domain()

    assert tuple(domain)[1:5] == ("HashrateForwards", "1", 1, pit.engine.address)


def test_init__code__fits_a_contract(pit: Pit) -> None:
    assert len(pit.engine.env.get_code(pit.engine.address)) < 24_576


def test_supports_interface__erc_165_and_1155_alone(pit: Pit) -> None:
    offered = {"01ffc9a7", "d9b67a26"}
    others = {"0e89341c", "4e2312e0", "ffffffff", "00000000"}

    answers = {each: pit.engine.supportsInterface(bytes.fromhex(each)) for each in offered | others}

    assert {each for each, answer in answers.items() if answer} == offered
