# SPDX-License-Identifier: AGPL-3.0-only
"""Orders as wallets sign them: EIP-712 digests made by hand from docs/forwards.md §4."""

from functools import cache

from eth_abi import encode
from eth_account import Account
from eth_utils import keccak

from reference.forward_orders import ForwardOrder
from reference.forward_terms import Venue
from testing.chain import ZERO_ADDRESS

_ORDER = (
    "Order(address maker,address taker,bool is_buy,uint256 price_ticks,uint256 quantity,"
    "uint256 minimum_quantity,uint256 max_collateral,uint256 deadline,bool may_trade_in_window,"
    "uint256 epoch,uint256 salt,uint256[] series)"
)
_DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_FIELDS = ["address"] * 2 + ["bool"] + ["uint256"] * 5 + ["bool"] + ["uint256"] * 2

OrderTuple = tuple[str, str, bool, int, int, int, int, int, bool, int, int, list[int]]


def order_tuple(order: ForwardOrder) -> OrderTuple:
    """Return the contract's `Order` struct."""
    return (
        order.maker,
        order.taker or ZERO_ADDRESS,
        order.is_buy,
        order.price_ticks,
        order.quantity,
        order.minimum_quantity,
        order.max_collateral,
        order.deadline,
        order.may_trade_in_window,
        order.epoch,
        order.salt,
        list(order.series),
    )


def order_digest(venue: Venue, order: ForwardOrder) -> bytes:
    """Return what a maker signs."""
    *fields, series = order_tuple(order)
    months = keccak(b"".join(number.to_bytes(32, "big") for number in series))
    types = ["bytes32", *_FIELDS, "bytes32"]
    struct_hash = keccak(encode(types, [keccak(text=_ORDER), *fields, months]))
    return keccak(b"\x19\x01" + _separator(venue.chain_id, venue.engine) + struct_hash)


def sign_order(venue: Venue, order: ForwardOrder, key: bytes) -> bytes:
    """Return a signature: r, s and v in 65 bytes."""
    return _sign(key, order_digest(venue, order))


@cache
def _separator(chain_id: int, engine: str) -> bytes:
    head = [keccak(text=_DOMAIN), keccak(text="HashrateForwards"), keccak(text="1")]
    return keccak(
        encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], [*head, chain_id, engine])
    )


@cache
def _sign(key: bytes, digest: bytes) -> bytes:
    return bytes(Account.unsafe_sign_hash(digest, key).signature)
