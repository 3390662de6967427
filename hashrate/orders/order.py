# SPDX-License-Identifier: AGPL-3.0-only
"""Orders of the forwards engine: their EIP-712 form, signing and checking.

`hashrate.orders.order_file` reads and writes them as JSON. Source: docs/forwards.md, section 4.
"""

from dataclasses import asdict, dataclass

from eth_account.messages import SignableMessage
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.evm.eip712 import (
    Domain,
    Fields,
    Signer,
    account_of,
    digest_of,
    recover,
    typed_message,
)
from hashrate.orders.errors import OrderSignatureError

DOMAIN_NAME = "HashrateForwards"
DOMAIN_VERSION = "1"
MAX_STRIP = 12
MAX_SIGNATURE_BYTES = 1_024
EOA_SIGNATURE_BYTES = 65
ZERO_ADDRESS = to_checksum_address(bytes(20))

_TYPES: dict[str, Fields] = {
    "Order": [
        {"name": "maker", "type": "address"},
        {"name": "taker", "type": "address"},
        {"name": "is_buy", "type": "bool"},
        {"name": "price_ticks", "type": "uint256"},
        {"name": "quantity", "type": "uint256"},
        {"name": "minimum_quantity", "type": "uint256"},
        {"name": "max_collateral", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
        {"name": "may_trade_in_window", "type": "bool"},
        {"name": "epoch", "type": "uint256"},
        {"name": "salt", "type": "uint256"},
        {"name": "series", "type": "uint256[]"},
    ],
}


@dataclass(frozen=True, slots=True)
class EngineDomain:
    """Which engine an order is for.

    Attributes:
        chain_id: EIP-155 chain id.
        engine: address of the ForwardsEngine, checksummed.
    """

    chain_id: int
    engine: ChecksumAddress

    def typed(self) -> Domain:
        """Return the EIP-712 domain."""
        return Domain(DOMAIN_NAME, DOMAIN_VERSION, self.chain_id, self.engine)


@dataclass(frozen=True, slots=True)
class Order:
    """What a maker signs, in the contract's order.

    Attributes:
        maker: who signs, checksummed.
        taker: the only account that may take it, the zero address for anyone.
        is_buy: whether the maker gets LONG.
        price_ticks: price in every month of the strip [tick].
        quantity: of each month [contracts].
        minimum_quantity: least in one fill; less is taken only whole [contracts].
        max_collateral: most that the whole order may cost the maker [base units].
        deadline: last second at which it can be filled [unix s].
        may_trade_in_window: whether it stays open once a month's window has begun.
        epoch: the maker's epoch; raising it cancels all orders.
        salt: makes equal orders different.
        series: one or more months, strictly ascending.
    """

    maker: ChecksumAddress
    taker: ChecksumAddress
    is_buy: bool
    price_ticks: int
    quantity: int
    minimum_quantity: int
    max_collateral: int
    deadline: int
    may_trade_in_window: bool
    epoch: int
    salt: int
    series: tuple[int, ...]

    def as_tuple(
        self,
    ) -> tuple[str, str, bool, int, int, int, int, int, bool, int, int, list[int]]:
        """Return the contract's `Order` struct."""
        return (
            self.maker,
            self.taker,
            self.is_buy,
            self.price_ticks,
            self.quantity,
            self.minimum_quantity,
            self.max_collateral,
            self.deadline,
            self.may_trade_in_window,
            self.epoch,
            self.salt,
            list(self.series),
        )


@dataclass(frozen=True, slots=True)
class Permit:
    """An EIP-2612 permit of the maker for the engine, to be sent along with a fill.

    Attributes:
        token: the settlement token, checksummed.
        owner: the maker, checksummed.
        value: what the engine may take [base units].
        deadline: last second at which it is valid [unix s].
        v, r, s: the signature; r and s are 32 bytes each.
    """

    token: ChecksumAddress
    owner: ChecksumAddress
    value: int
    deadline: int
    v: int
    r: bytes
    s: bytes

    def as_tuple(self) -> tuple[str, str, int, int, int, bytes, bytes]:
        """Return the contract's `Permit` struct."""
        return (self.token, self.owner, self.value, self.deadline, self.v, self.r, self.s)


@dataclass(frozen=True, slots=True)
class SignedOrder:
    """An order with its maker's signature, and maybe a permit to pay with."""

    domain: EngineDomain
    order: Order
    signature: bytes
    permit: Permit | None = None


def order_message(domain: EngineDomain, order: Order) -> SignableMessage:
    """Make the EIP-712 message of an order."""
    message = asdict(order) | {"series": list(order.series)}
    return typed_message(domain.typed(), _TYPES, "Order", message)


def order_hash(domain: EngineDomain, order: Order) -> bytes:
    """Find the 32 bytes that the maker signs and by which the engine knows the order."""
    return digest_of(order_message(domain, order))


def sign_order(signer: Signer, domain: EngineDomain, order: Order) -> SignedOrder:
    """Sign an order with the maker's key, as the engine wants it: r, s, v in 65 bytes.

    Raises:
        OrderSignatureError: the key is not the maker's.
    """
    account = account_of(signer)
    if account.address != order.maker:
        raise OrderSignatureError(f"the key is of {account.address}, the maker is {order.maker}")
    signed = account.sign_message(order_message(domain, order))
    return SignedOrder(domain, order, bytes(signed.signature))


def recover_signer(digest: bytes, signature: bytes) -> ChecksumAddress | None:
    """Find who signed 32 bytes, by the engine's rules for accounts without code.

    Returns:
        The signer; None if it is not a signature of 65 bytes with a low s and v 27 or 28, so
        that only a contract wallet could take it.
    """
    if len(signature) != EOA_SIGNATURE_BYTES:
        return None
    r, s, v = signature[:32], signature[32:64], signature[64]
    return recover(digest, v, int.from_bytes(r, "big"), int.from_bytes(s, "big"))


def is_signed_by_key(signed: SignedOrder) -> bool:
    """Return whether the maker's own key signed; where not, a contract wallet still may have."""
    digest = order_hash(signed.domain, signed.order)
    return recover_signer(digest, signed.signature) == signed.order.maker
