# SPDX-License-Identifier: AGPL-3.0-only
"""A maker's signed word to a relay that an order is off. It binds no contract: only the chain
cancels, and whoever has the order can fill it until then."""

import json
import re
from dataclasses import dataclass
from typing import Any

from eth_account.messages import SignableMessage
from eth_typing import ChecksumAddress

from hashrate.evm.eip712 import Domain, Fields, Signer, account_of, digest_of, typed_message
from hashrate.orders.errors import OrderFormatError
from hashrate.orders.order import recover_signer

MAX_WITHDRAWAL_BYTES = 1_024
_TYPES: dict[str, Fields] = {"Withdrawal": [{"name": "order_hash", "type": "bytes32"}]}
_HASH = re.compile(r"0x[0-9a-f]{64}", re.ASCII)
_SIGNATURE = re.compile(r"0x[0-9a-f]{130}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A withdrawal; `order_hash` is hexadecimal with 0x, the signature is of 65 bytes."""

    order_hash: str
    signature: bytes

    def signer(self, domain: Domain) -> ChecksumAddress | None:
        """Find who signed it, None if nobody can have."""
        return recover_signer(
            digest_of(withdrawal_message(domain, self.order_hash)), self.signature
        )


def sign_withdrawal(signer: Signer, domain: Domain, order_hash: str) -> Withdrawal:
    """Sign that an order is off, under the domain of the order's book."""
    signed = account_of(signer).sign_message(withdrawal_message(domain, order_hash))
    return Withdrawal(order_hash, bytes(signed.signature))


def withdrawal_to_json(withdrawal: Withdrawal) -> str:
    """Write a withdrawal as JSON."""
    values = {
        "order_hash": withdrawal.order_hash,
        "signature": "0x" + withdrawal.signature.hex(),
    }
    return json.dumps(values, separators=(",", ":"))


def withdrawal_from_json(text: bytes) -> Withdrawal:
    """Read a withdrawal; whose it is is not checked.

    Raises:
        OrderFormatError: it is something else.
    """
    try:
        values: Any = json.loads(text.decode("utf-8"))
    except (ValueError, RecursionError):
        raise OrderFormatError("withdrawal: not JSON, or not UTF-8") from None
    if not isinstance(values, dict) or set(values) != {"order_hash", "signature"}:
        raise OrderFormatError("withdrawal: the fields are order_hash and signature")
    for name, form in (("order_hash", _HASH), ("signature", _SIGNATURE)):
        if not isinstance(values[name], str) or not form.fullmatch(values[name]):
            raise OrderFormatError(f"{name}: not 0x and lower-case hexadecimal digits")
    return Withdrawal(values["order_hash"], bytes.fromhex(values["signature"][2:]))


def withdrawal_message(domain: Domain, order_hash: str) -> SignableMessage:
    """Make the EIP-712 message of a withdrawal, under the domain of the order's book."""
    values = {"order_hash": bytes.fromhex(order_hash[2:])}
    return typed_message(domain, _TYPES, "Withdrawal", values)
