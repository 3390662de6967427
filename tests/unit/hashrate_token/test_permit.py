# SPDX-License-Identifier: AGPL-3.0-only
"""`HashrateToken.permit` (EIP-2612) and the domain it is signed under (ERC-5267)."""

from typing import Any

import boa
import pytest
from eth_account.messages import encode_typed_data
from eth_account.signers.local import LocalAccount

from tests.unit.chain import account, actor, event, now, refused
from tests.unit.scene import Scene, System

pytestmark = pytest.mark.unit

HOLDER, SPENDER = actor("holder"), actor("spender")
VALUE = 12_345
ORDER = 0xFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFFEBAAEDCE6AF48A03BBFD25E8CD0364141


def sign(
    scene: Scene, signer: LocalAccount | None = None, chain_id: int = 1, **changes: Any
) -> tuple[Any, ...]:
    """Return the arguments of `permit` signed by the holder; `changes` are made to the message."""
    message = {
        "owner": HOLDER,
        "spender": SPENDER,
        "value": VALUE,
        "nonce": scene.token.nonces(HOLDER),
        "deadline": now() + 60,
        **changes,
    }
    fields = ["owner", "spender", "value", "nonce", "deadline"]
    typed = {
        "types": {
            "EIP712Domain": [
                {"name": "name", "type": "string"},
                {"name": "version", "type": "string"},
                {"name": "chainId", "type": "uint256"},
                {"name": "verifyingContract", "type": "address"},
            ],
            "Permit": [
                {"name": name, "type": "address" if index < 2 else "uint256"}
                for index, name in enumerate(fields)
            ],
        },
        "primaryType": "Permit",
        "domain": {
            "name": scene.token.name(),
            "version": "1",
            "chainId": chain_id,
            "verifyingContract": scene.token.address,
        },
        "message": message,
    }
    signed = (signer or account("holder")).sign_message(encode_typed_data(full_message=typed))
    r, s = (number.to_bytes(32, "big") for number in (signed.r, signed.s))
    return HOLDER, SPENDER, VALUE, message["deadline"], signed.v, r, s


def permits(scene: Scene) -> tuple[int, int]:
    """Return the allowance and the nonce."""
    return scene.token.allowance(HOLDER, SPENDER), scene.token.nonces(HOLDER)


def test_permit__signed_by_the_owner__approves(running: Scene) -> None:
    running.token.permit(*sign(running), sender=actor("stranger"))

    assert event(running.token, "Approval")[1:] == (HOLDER, SPENDER, VALUE)
    assert permits(running) == (VALUE, 1)


def test_permit__then_transfer_from__moves(running: Scene) -> None:
    running.token.permit(*sign(running))

    running.token.transferFrom(HOLDER, SPENDER, VALUE, sender=SPENDER)

    assert running.token.balanceOf(SPENDER) == VALUE
    assert running.token.allowance(HOLDER, SPENDER) == 0


def test_permit__twice__reverts(running: Scene) -> None:
    signed = sign(running)
    running.token.permit(*signed)

    with refused("erc20: invalid signature", lambda: permits(running)):
        running.token.permit(*signed)

    running.token.permit(*sign(running))
    assert permits(running) == (VALUE, 2)


@pytest.mark.parametrize("late", [0, 1])
def test_permit__deadline__is_the_last_second(running: Scene, late: int) -> None:
    signed = sign(running)
    boa.env.timestamp = signed[3] + late

    if late:
        with refused("erc20: expired deadline", lambda: permits(running)):
            running.token.permit(*signed)
    else:
        running.token.permit(*signed)
        assert permits(running) == (VALUE, 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"owner": SPENDER},
        {"spender": HOLDER},
        {"value": VALUE + 1},
        {"nonce": 1},
        {"chain_id": 2},
        {"signer": account("stranger")},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_permit__signed_over_something_else__reverts(
    running: Scene, changes: dict[str, Any]
) -> None:
    with refused("erc20: invalid signature", lambda: permits(running)):
        running.token.permit(*sign(running, **changes))


def test_permit__later_deadline_than_signed__reverts(running: Scene) -> None:
    signed = list(sign(running))
    signed[3] += 1

    with refused("erc20: invalid signature", lambda: permits(running)):
        running.token.permit(*signed)


def test_permit__for_another_token__reverts(running: Scene, system: System) -> None:
    other = system.list_series(running.reward)

    with refused("erc20: invalid signature", lambda: permits(running)):
        running.token.permit(*sign(other))


def test_permit__high_s__reverts(running: Scene) -> None:
    *head, v, r, s = sign(running)
    high = (ORDER - int.from_bytes(s, "big")).to_bytes(32, "big")

    with refused("ecdsa: invalid signature `s` value", lambda: permits(running)):
        running.token.permit(*head, 55 - v, r, high)


def test_permit__chain_forked__takes_the_new_chain_id_and_no_longer_the_old(
    running: Scene,
) -> None:
    old = sign(running)
    boa.env.evm.patch.chain_id = 777

    with refused("erc20: invalid signature", lambda: permits(running)):
        running.token.permit(*old)

    running.token.permit(*sign(running, chain_id=777))
    assert permits(running) == (VALUE, 1)


def test_domain__is_erc_5267(running: Scene) -> None:
    fields, name, version, chain_id, contract, salt, extensions = running.token.eip712Domain()

    assert (fields, name, version) == (b"\x0f", running.token.name(), "1")
    assert (chain_id, contract) == (1, running.token.address)
    assert (salt, extensions) == (bytes(32), [])
