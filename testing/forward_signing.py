# SPDX-License-Identifier: AGPL-3.0-only
"""Orders as wallets sign them: EIP-712 digests made by hand from docs/forwards.md §6."""

from functools import cache

from eth_abi import encode
from eth_account import Account
from eth_utils import keccak

from reference.forward_orders import ForwardOrder, Leg
from reference.forward_terms import Venue
from testing.chain import ZERO_ADDRESS

_LEG = "Leg(uint256 series,bool is_buy,uint256 price_ticks,uint256 ratio)"
_PEG = (
    "Peg(uint256 mean_days,uint256 max_age_days,int256 offset_ticks,uint256 low_ticks,"
    "uint256 high_ticks)"
)
_ORDER = (
    "Order(address maker,address taker,uint256 quantity,uint256 minimum_quantity,"
    "uint256 max_collateral,uint256 deadline,bool may_trade_in_window,uint256 epoch,uint256 salt,"
    f"Leg[] legs,Peg[] pegs){_LEG}{_PEG}"
)
_DOMAIN = "EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"
_FIELDS = ["address"] * 2 + ["uint256"] * 4 + ["bool"] + ["uint256"] * 2

LegTuple = tuple[int, bool, int, int]
PegTuple = tuple[int, int, int, int, int]
OrderTuple = tuple[str, str, int, int, int, int, bool, int, int, list[LegTuple], list[PegTuple]]


def leg_tuple(leg: Leg) -> LegTuple:
    """Return the contract's `Leg` struct."""
    return leg.series, leg.is_buy, leg.price_ticks, leg.ratio


def order_tuple(order: ForwardOrder) -> OrderTuple:
    """Return the contract's `Order` struct."""
    peg = order.peg
    return (
        order.maker,
        order.taker or ZERO_ADDRESS,
        order.quantity,
        order.minimum_quantity,
        order.max_collateral,
        order.deadline,
        order.may_trade_in_window,
        order.epoch,
        order.salt,
        [leg_tuple(leg) for leg in order.legs],
        []
        if peg is None
        else [(peg.mean_days, peg.max_age_days, peg.offset_ticks, peg.low_ticks, peg.high_ticks)],
    )


def order_digest(venue: Venue, order: ForwardOrder) -> bytes:
    """Return what a maker signs."""
    *fields, legs, pegs = order_tuple(order)
    leg_types = ["bytes32", "uint256", "bool", "uint256", "uint256"]
    peg_types = ["bytes32", "uint256", "uint256", "int256", "uint256", "uint256"]
    arrays = [
        keccak(b"".join(keccak(encode(types, [keccak(text=name), *each])) for each in members))
        for name, types, members in ((_LEG, leg_types, legs), (_PEG, peg_types, pegs))
    ]
    types = ["bytes32", *_FIELDS, "bytes32", "bytes32"]
    struct_hash = keccak(encode(types, [keccak(text=_ORDER), *fields, *arrays]))
    return keccak(b"\x19\x01" + _separator(venue.chain_id, venue.book) + struct_hash)


def sign_order(venue: Venue, order: ForwardOrder, key: bytes) -> bytes:
    """Return a signature: r, s and v in 65 bytes."""
    return _sign(key, order_digest(venue, order))


@cache
def _separator(chain_id: int, book: str) -> bytes:
    head = [keccak(text=_DOMAIN), keccak(text="HashrateForwards"), keccak(text="1")]
    return keccak(
        encode(["bytes32", "bytes32", "bytes32", "uint256", "address"], [*head, chain_id, book])
    )


@cache
def _sign(key: bytes, digest: bytes) -> bytes:
    return bytes(Account.unsafe_sign_hash(digest, key).signature)
