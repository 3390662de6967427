# SPDX-License-Identifier: AGPL-3.0-only
"""A pause that one of several entry points looks at: owners believe in it, attackers walk around.

Here nobody can pause, own, mint or take anything: every entry point is as open to a stranger as to
whoever deployed vault and book, and the exits never close.
"""

from typing import Any

import boa
import pytest
from eth_utils import keccak

from tests.incidents.naive_pool import enter
from tests.unit.chain import actor
from tests.unit.pit import TERMS, Pit

pytestmark = pytest.mark.unit

PAYER = actor("payer")
ROLES = [
    "pause()",
    "unpause()",
    "owner()",
    "transfer_ownership(address)",
    "renounce_ownership()",
    "is_minter(address)",
    "set_minter(address,bool)",
    "safe_mint(address,uint256,uint256,bytes)",
    "safe_mint_batch(address,uint256[],uint256[],bytes)",
    "burn(address,uint256,uint256)",
    "set_uri(uint256,string)",
]
ENTRY_POINTS = {
    "approve_book",
    "cancel",
    "cancel_all",
    "cancel_series",
    "create_series",
    "disown_book",
    "fill",
    "fill_for",  # by the book itself alone
    "fill_many",
    "fill_with_permits",
    "match",
    "merge_pair",
    "mint_pair",
    "mint_pair_with_permit",
    "redeem",
    "safeBatchTransferFrom",
    "safeTransferFrom",
    "setApprovalForAll",
    "settle",
    "trade",  # by books that both parties named
    "withdraw",
}


def test_c4_pause__naive_pool__leaves_the_other_doors_open(naive: Any) -> None:
    enter(naive, PAYER)
    naive.pause()

    naive.mint(5, sender=PAYER)
    with boa.reverts("mock: paused"):
        naive.fill(PAYER, 1)


def is_refused(pit: Pit, signature: str) -> bool:
    """Return whether vault and book refuse their deployer a call with plenty of zero arguments."""
    data = keccak(text=signature)[:4] + bytes(32 * 8)
    return all(
        boa.env.execute_code(each.address, sender=boa.env.eoa, data=data).is_error
        for each in (pit.vault, pit.book)
    )


def test_c4_roles__asked_for_by_the_deployer__are_not_there(pit: Pit) -> None:
    assert not is_refused(pit, "cancel_all()")

    assert all(is_refused(pit, signature) for signature in ROLES)


def test_c4_entry_points__all__are_those_the_rules_name(pit: Pit) -> None:
    changing = {
        entry["name"]
        for contract in (pit.vault, pit.book)
        for entry in contract.abi
        if entry["type"] == "function" and entry["stateMutability"] not in ("view", "pure")
    }

    assert changing == ENTRY_POINTS


def test_c4_exits__before_in_and_after_the_window__are_open(pit: Pit) -> None:
    series = pit.create()
    pit.vault.mint_pair(series, 5, PAYER, PAYER, sender=PAYER)

    for moment in (TERMS.first_day, TERMS.end_day):
        pit.vault.merge_pair(series, 1, PAYER, sender=PAYER)
        boa.env.timestamp = moment * 86_400
    pit.report_until(TERMS.end_day)
    pit.vault.merge_pair(series, 1, PAYER, sender=PAYER)

    assert pit.vault.redeem(series, PAYER, sender=PAYER) == 2 * TERMS.cost
