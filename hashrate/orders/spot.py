# SPDX-License-Identifier: AGPL-3.0-only
"""Orders of the spot market: their EIP-712 form, signing and checking.

`hashrate.orders.spot_file` reads and writes them as JSON. Source: docs/spot.md, section 1.
"""

from dataclasses import asdict, astuple, dataclass

from eth_account.messages import SignableMessage
from eth_typing import ChecksumAddress

from hashrate.evm.eip712 import Fields, Signer, account_of, digest_of, typed_message
from hashrate.orders.domain import OrderDomain
from hashrate.orders.errors import OrderSignatureError
from hashrate.orders.order import recover_signer

WIDTH = 2**128
"""Quantities and prices are below."""

_TYPES: dict[str, Fields] = {
    "SpotOrder": [
        {"name": "maker", "type": "address"},
        {"name": "taker", "type": "address"},
        {"name": "is_buy", "type": "bool"},
        {"name": "token", "type": "address"},
        {"name": "money", "type": "address"},
        {"name": "price", "type": "uint256"},
        {"name": "is_per_remaining", "type": "bool"},
        {"name": "max_lag_days", "type": "uint256"},
        {"name": "quantity", "type": "uint256"},
        {"name": "minimum_quantity", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
        {"name": "epoch", "type": "uint256"},
        {"name": "salt", "type": "uint256"},
    ],
}


class SpotDomain(OrderDomain):
    """Which market an order is for."""

    __slots__ = ()
    domain_name = "HashrateSpot"


@dataclass(frozen=True, slots=True)
class SpotOrder:
    """What a maker signs, in the contract's order.

    Attributes:
        maker: who signs, checksummed.
        taker: the only account that may take it; the zero address for anyone, the market for
            matches only.
        is_buy: whether the maker buys the token.
        token: what is traded, checksummed.
        money: what is paid, checksummed.
        price: [money base units per 1e18 of the token, or of what remains of it, 1e18].
        is_per_remaining: whether the price is of what remains of the token; 1e18 is par.
        max_lag_days: how old the first day that is not settled may be [days].
        quantity: in all [token base units].
        minimum_quantity: least in one fill; less is taken only whole [token base units].
        deadline: last second at which it can be filled [unix s].
        epoch: the maker's epoch; raising it cancels all orders.
        salt: makes equal orders different.
    """

    maker: ChecksumAddress
    taker: ChecksumAddress
    is_buy: bool
    token: ChecksumAddress
    money: ChecksumAddress
    price: int
    is_per_remaining: bool
    max_lag_days: int
    quantity: int
    minimum_quantity: int
    deadline: int
    epoch: int
    salt: int

    def as_tuple(self) -> tuple[object, ...]:
        """Return the contract's `SpotOrder` struct."""
        return astuple(self)


@dataclass(frozen=True, slots=True)
class SignedSpotOrder:
    """An order with its maker's signature."""

    domain: SpotDomain
    order: SpotOrder
    signature: bytes


def spot_message(domain: SpotDomain, order: SpotOrder) -> SignableMessage:
    """Make the EIP-712 message of an order."""
    return typed_message(domain.typed(), _TYPES, "SpotOrder", asdict(order))


def spot_hash(domain: SpotDomain, order: SpotOrder) -> bytes:
    """Find the 32 bytes that the maker signs and by which the market knows the order."""
    return digest_of(spot_message(domain, order))


def sign_spot(signer: Signer, domain: SpotDomain, order: SpotOrder) -> SignedSpotOrder:
    """Sign an order with the maker's key: r, s, v in 65 bytes.

    Raises:
        OrderSignatureError: the key is not the maker's.
    """
    account = account_of(signer)
    if account.address != order.maker:
        raise OrderSignatureError(f"the key is of {account.address}, the maker is {order.maker}")
    signed = account.sign_message(spot_message(domain, order))
    return SignedSpotOrder(domain, order, bytes(signed.signature))


def is_spot_signed_by_key(signed: SignedSpotOrder) -> bool:
    """Return whether the maker's own key signed; where not, a contract wallet still may have."""
    digest = spot_hash(signed.domain, signed.order)
    return recover_signer(digest, signed.signature) == signed.order.maker
