# SPDX-License-Identifier: AGPL-3.0-only
"""Positions as ERC-1155 tokens: transfers, approvals, receivers."""

from typing import Any

import pytest

from tests.unit.chain import ZERO, actor, deployer, refused
from tests.unit.pit import MAX, Pit, told

pytestmark = pytest.mark.unit

HOLDER, RECEIVER, OPERATOR = actor("payer"), actor("receiver"), actor("operator")
MAX_BATCH = 32


@pytest.fixture
def held(pit: Pit, series: int) -> int:
    """A series of which the holder has ten of both sides."""
    pit.vault.mint_pair(series, 10, HOLDER, HOLDER, sender=HOLDER)
    return series


def send(pit: Pit, series: int, amount: int, to: str = RECEIVER, by: str = HOLDER) -> None:
    """Transfer LONG of the holder."""
    pit.vault.safeTransferFrom(HOLDER, to, series, amount, b"", sender=by)


def send_both(
    pit: Pit, series: int, amounts: list[int], to: str = RECEIVER, by: str = HOLDER
) -> None:
    """Transfer both sides of the holder."""
    ids = [series, series + 1][: len(amounts)]
    pit.vault.safeBatchTransferFrom(HOLDER, to, ids, amounts, b"", sender=by)


@pytest.mark.parametrize("amount", [0, 4, 10])
def test_safe_transfer_from__own_position__moves_it_and_no_money(
    pit: Pit, held: int, amount: int
) -> None:
    inside = pit.inside()

    send(pit, held, amount)

    assert told(pit.vault, "TransferSingle") == [(HOLDER, HOLDER, RECEIVER, held, amount)]
    assert (pit.held(HOLDER, held), pit.held(RECEIVER, held)) == ((10 - amount, 10), (amount, 0))
    assert pit.vault.open_interest(held) == 10
    assert pit.inside() == inside


def test_safe_transfer_from__to_oneself__changes_nothing(pit: Pit, held: int) -> None:
    send(pit, held, 7, to=HOLDER)

    assert pit.held(HOLDER, held) == (10, 10)


@pytest.mark.parametrize("amount", [11, MAX])
def test_safe_transfer_from__more_than_is_held__reverts(pit: Pit, held: int, amount: int) -> None:
    with refused("position: too small", lambda: pit.state(held)):
        send(pit, held, amount)
    with refused("position: too small", lambda: pit.state(held)):
        send_both(pit, held, [1, amount])


def test_safe_transfer_from__by_an_operator__only_while_approved(pit: Pit, held: int) -> None:
    for by in (OPERATOR, RECEIVER):
        with refused("position: not approved", lambda: pit.state(held)):
            send(pit, held, 1, by=by)
        with refused("position: not approved", lambda: pit.state(held)):
            send_both(pit, held, [1, 1], by=by)
    pit.vault.setApprovalForAll(OPERATOR, True, sender=HOLDER)

    send(pit, held, 1, by=OPERATOR)
    assert told(pit.vault, "TransferSingle") == [(OPERATOR, HOLDER, RECEIVER, held, 1)]
    send_both(pit, held, [1, 2], by=OPERATOR)

    assert pit.held(RECEIVER, held) == (2, 2)
    pit.vault.setApprovalForAll(OPERATOR, False, sender=HOLDER)
    with refused("position: not approved", lambda: pit.state(held)):
        send(pit, held, 1, by=OPERATOR)


@pytest.mark.parametrize("who", ["zero", "vault"])
def test_safe_transfer_from__receiver_that_cannot_be__reverts(
    pit: Pit, held: int, who: str
) -> None:
    receiver = {"zero": ZERO, "vault": pit.vault.address}[who]

    with refused("vault: no recipient", lambda: pit.state(held)):
        send(pit, held, 1, to=receiver)
    with refused("vault: no recipient", lambda: pit.state(held)):
        send_both(pit, held, [1, 1], to=receiver)


def test_safe_batch_transfer_from__both_sides__moves_them(pit: Pit, held: int) -> None:
    send_both(pit, held, [3, 4])

    ((operator, owner, receiver, ids, amounts),) = told(pit.vault, "TransferBatch")
    assert (operator, owner, receiver) == (HOLDER, HOLDER, RECEIVER)
    assert (list(ids), list(amounts)) == ([held, held + 1], [3, 4])
    assert (pit.held(HOLDER, held), pit.held(RECEIVER, held)) == ((7, 6), (3, 4))
    assert list(pit.vault.balanceOfBatch([HOLDER, RECEIVER], [held, held + 1])) == [7, 4]


def test_safe_batch_transfer_from__one_position_twice__moves_it_twice(pit: Pit, held: int) -> None:
    pit.vault.safeBatchTransferFrom(HOLDER, RECEIVER, [held] * 2, [5, 5], b"", sender=HOLDER)
    assert pit.held(RECEIVER, held) == (10, 0)

    with refused("position: too small", lambda: pit.state(held)):
        pit.vault.safeBatchTransferFrom(
            HOLDER, RECEIVER, [held + 1] * 2, [5, 6], b"", sender=HOLDER
        )


def test_safe_batch_transfer_from__lengths_that_differ__reverts(pit: Pit, held: int) -> None:
    with refused("position: lengths differ", lambda: pit.state(held)):
        pit.vault.safeBatchTransferFrom(HOLDER, RECEIVER, [held], [1, 1], b"", sender=HOLDER)


def test_safe_batch_transfer_from__as_many_as_fit__moves_them(pit: Pit, held: int) -> None:
    pit.vault.safeBatchTransferFrom(
        HOLDER, RECEIVER, [held] * MAX_BATCH, [0] * MAX_BATCH, b"", sender=HOLDER
    )

    assert pit.held(RECEIVER, held) == (0, 0)


def test_transfers__to_a_wallet__it_is_told_everything(pit: Pit, held: int) -> None:
    wallet: Any = deployer("mocks/MockWallet").deploy()

    pit.vault.safeTransferFrom(HOLDER, wallet.address, held, 4, b"for you", sender=HOLDER)

    assert (wallet.last_operator(), wallet.last_from()) == (HOLDER, HOLDER)
    assert (wallet.last_id(), wallet.last_amount(), wallet.last_data()) == (held, 4, b"for you")
    pit.vault.safeBatchTransferFrom(
        HOLDER, wallet.address, [held, held + 1], [1, 2], b"two", sender=HOLDER
    )
    assert (wallet.arrivals(), wallet.last_amount(), wallet.last_data()) == (3, 3, b"two")
    assert pit.held(wallet.address, held) == (5, 2)


def test_transfers__to_a_wallet_that_refuses__reverts(pit: Pit, held: int) -> None:
    wallet: Any = deployer("mocks/MockWallet").deploy()
    wallet.set_refusing(True)
    reason = "position: receiver takes none"

    with refused(reason, lambda: pit.state(held)):
        send(pit, held, 1, to=wallet.address)
    with refused(reason, lambda: pit.state(held)):
        send_both(pit, held, [1, 1], to=wallet.address)


def test_transfers__of_a_settled_series__redeem_for_the_new_holder(pit: Pit, held: int) -> None:
    terms = pit.vault.terms_of(held)
    pit.report_until(terms.first_day)
    pit.report_until(terms.end_day, 45)
    pit.vault.settle(held)

    send(pit, held, 4)

    assert pit.vault.redeem(held, RECEIVER, sender=RECEIVER) == 4 * 3 * 5_000
