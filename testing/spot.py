# SPDX-License-Identifier: AGPL-3.0-only
"""Spot orders as wallets sign them: EIP-712 digests made by hand from docs/spot.md 1."""

from functools import cache

from eth_abi import encode
from eth_account import Account
from eth_utils import keccak

from reference.spot import SpotOrder
from testing.chain import ZERO_ADDRESS

_ORDER = (
    "SpotOrder(address maker,address taker,bool is_buy,address token,address money,uint256 price,"
    "bool is_per_remaining,uint256 max_lag_days,uint256 quantity,uint256 minimum_quantity,"
    "uint256 deadline,uint256 epoch,uint256 salt)"
)
_DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_FIELDS = [each.split(" ")[0] for each in _ORDER[len("SpotOrder(") : -1].split(",")]

SpotTuple = tuple[str, str, bool, str, str, int, bool, int, int, int, int, int, int]


def spot_tuple(order: SpotOrder) -> SpotTuple:
    """Return the contract's `SpotOrder` struct."""
    return (
        order.maker,
        order.taker or ZERO_ADDRESS,
        order.is_buy,
        order.token,
        order.money,
        order.price,
        order.is_per_remaining,
        order.max_lag_days,
        order.quantity,
        order.minimum_quantity,
        order.deadline,
        order.epoch,
        order.salt,
    )


def spot_digest(chain_id: int, market: str, order: SpotOrder) -> bytes:
    """Return what a maker signs, and the name of its order."""
    types = ["bytes32", *_FIELDS]
    struct_hash = keccak(encode(types, [keccak(text=_ORDER), *spot_tuple(order)]))
    return keccak(b"\x19\x01" + _separator(chain_id, market) + struct_hash)


@cache
def sign_spot(chain_id: int, market: str, order: SpotOrder, key: bytes) -> bytes:
    """Return a signature: r, s and v in 65 bytes."""
    return bytes(Account.unsafe_sign_hash(spot_digest(chain_id, market, order), key).signature)


@cache
def _separator(chain_id: int, market: str) -> bytes:
    head = [keccak(text=_DOMAIN), keccak(text="HashrateSpot"), keccak(text="1")]
    return keccak(
        encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], [*head, chain_id, market])
    )
