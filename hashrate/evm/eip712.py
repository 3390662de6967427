# SPDX-License-Identifier: AGPL-3.0-only
"""EIP-712: typed messages under a contract's domain, signed by keys and recovered as contracts do.

Source: EIP-712; the form of signatures is snekmate's ECDSA: v 27 or 28, s in the lower half.
"""

from dataclasses import dataclass
from typing import Any

from eth_abi.abi import encode
from eth_account import Account
from eth_account.messages import SignableMessage, encode_typed_data
from eth_account.signers.local import LocalAccount
from eth_keys.datatypes import Signature
from eth_keys.exceptions import BadSignature
from eth_typing import ChecksumAddress
from eth_utils.crypto import keccak
from eth_utils.exceptions import ValidationError

RECOVERY_VALUES = (27, 28)
SECP256K1_HALF_ORDER = 0x7FFFFFFFFFFFFFFFFFFFFFFFFFFFFFFF5D576E7357A4501DDFE92F46681B20A0

Fields = list[dict[str, str]]
"""The members of one struct: name and type of each, in order."""
Signer = LocalAccount | str | bytes
"""An account of eth-account, or its private key."""

_DOMAIN_STRUCT = (
    "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
)
_DOMAIN_FIELDS: Fields = [
    {"name": "name", "type": "string"},
    {"name": "version", "type": "string"},
    {"name": "chainId", "type": "uint256"},
    {"name": "verifyingContract", "type": "address"},
]


@dataclass(frozen=True, slots=True)
class Domain:
    """What a signature is bound to.

    Attributes:
        name: the contract's name in its domain.
        version: its version there.
        chain_id: EIP-155 chain id.
        verifying_contract: its address, checksummed.
    """

    name: str
    version: str
    chain_id: int
    verifying_contract: ChecksumAddress

    def separator(self) -> bytes:
        """Return the domain separator, 32 bytes."""
        texts = [keccak(text=text) for text in (_DOMAIN_STRUCT, self.name, self.version)]
        types = ["bytes32", "bytes32", "bytes32", "uint256", "address"]
        return keccak(encode(types, [*texts, self.chain_id, self.verifying_contract]))


def typed_message(
    domain: Domain, structs: dict[str, Fields], primary_type: str, message: dict[str, Any]
) -> SignableMessage:
    """Return the message of a struct under a domain; `structs` need not name the domain's own."""
    return encode_typed_data(
        full_message={
            "types": {"EIP712Domain": _DOMAIN_FIELDS, **structs},
            "primaryType": primary_type,
            "domain": {
                "name": domain.name,
                "version": domain.version,
                "chainId": domain.chain_id,
                "verifyingContract": domain.verifying_contract,
            },
            "message": message,
        }
    )


def digest_of(message: SignableMessage) -> bytes:
    """Return the 32 bytes that are signed."""
    return keccak(b"\x19" + message.version + message.header + message.body)


def account_of(signer: Signer) -> LocalAccount:
    """Return the account that signs."""
    if isinstance(signer, LocalAccount):
        return signer
    account: LocalAccount = Account.from_key(signer)
    return account


def recover(digest: bytes, v: int, r: int, s: int) -> ChecksumAddress | None:
    """Return who signed 32 bytes, by the contracts' rules for accounts with a key.

    Returns:
        The signer, checksummed; None if v is not 27 or 28, s is in the upper half, or no key fits.
    """
    if v not in RECOVERY_VALUES or s > SECP256K1_HALF_ORDER:
        return None
    try:
        key = Signature(vrs=(v - RECOVERY_VALUES[0], r, s)).recover_public_key_from_msg_hash(digest)
    except (BadSignature, ValidationError):
        return None
    return key.to_checksum_address()
