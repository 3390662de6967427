# SPDX-License-Identifier: AGPL-3.0-only
"""What vault and book are deployed with, and what nobody can do with it."""

from typing import Any

import boa
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


def test_init__book_and_tokens__are_kept(pit: Pit, tokens: dict[str, Any]) -> None:
    assert pit.vault.BOOK() == pit.book.address
    assert pit.book.VAULT() == pit.vault.address
    assert all(pit.vault.is_token(token.address) for token in tokens.values())
    assert not pit.vault.is_token(pit.vault.address)
    assert not pit.vault.is_token(ZERO)


def deploy(pit: Pit, **changes: Any) -> Any:
    """Deploy a vault with the pit's token unless said otherwise."""
    arguments = {
        "book": deployer("forwards/ForwardsBook").deploy_as_blueprint().address,
        "metadata": pit.vault.METADATA(),
        "tokens": [pit.token.address],
    }
    return deployer("forwards/ForwardsVault").deploy(*(arguments | changes).values())


def test_init__no_tokens__reverts(pit: Pit) -> None:
    with refused("cash: no tokens"):
        deploy(pit, tokens=[])


@pytest.mark.parametrize("token", [ZERO, actor("nobody")])
def test_init__token_without_code__reverts(pit: Pit, token: str) -> None:
    with refused("cash: token is no contract"):
        deploy(pit, tokens=[pit.token.address, token])


def test_init__two_vaults__have_a_book_each(pit: Pit) -> None:
    vault = deploy(pit)

    assert vault.BOOK() != pit.vault.BOOK()
    assert deployer("forwards/ForwardsBook").at(vault.BOOK()).VAULT() == vault.address


@pytest.mark.parametrize("metadata", [ZERO, actor("nobody")])
def test_init__metadata_without_code__reverts(pit: Pit, metadata: str) -> None:
    with refused("vault: no metadata"):
        deploy(pit, metadata=metadata)


def test_init__book_without_a_vault__reverts() -> None:
    with refused("book: no vault"):
        deployer("forwards/ForwardsBook").deploy(ZERO)


def test_init__functions__give_nobody_a_role(pit: Pit) -> None:
    abi = [*pit.vault.abi, *pit.book.abi]
    functions = {entry["name"] for entry in abi if entry["type"] == "function"}

    assert not functions & ROLES
    assert "safeTransferFrom" in functions


def test_init__domain__names_the_book(pit: Pit) -> None:
    domain = pit.book.eip712Domain()

    assert tuple(domain)[1:5] == ("HashrateForwards", "1", 1, pit.book.address)


def test_init__code__fits_a_contract(pit: Pit) -> None:
    for contract in (pit.vault, pit.book):
        assert len(boa.env.get_code(contract.address)) < 24_576


def test_supports_interface__erc_165_and_1155_with_metadata_alone(pit: Pit) -> None:
    offered = {"01ffc9a7", "d9b67a26", "0e89341c"}
    others = {"4e2312e0", "ffffffff", "00000000"}

    answers = {each: pit.vault.supportsInterface(bytes.fromhex(each)) for each in offered | others}

    assert {each for each, answer in answers.items() if answer} == offered
