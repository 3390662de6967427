# SPDX-License-Identifier: AGPL-3.0-only
"""Orders of the forwards book: their EIP-712 form, signing and checking.

`hashrate.orders.order_file` reads and writes them as JSON. Source: docs/forwards.md, section 6.
"""

from dataclasses import asdict, dataclass
from typing import Any

from eth_account.messages import SignableMessage
from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.evm.eip712 import (
    Fields,
    Signer,
    account_of,
    digest_of,
    recover,
    typed_message,
)
from hashrate.orders.domain import OrderDomain
from hashrate.orders.errors import OrderSignatureError

MAX_LEGS = 12
MAX_RATIO = 1_000
MAX_QUANTITY = 2**120 - 1
MAX_PEG_DAYS = 7
MAX_SIGNATURE_BYTES = 1_024
EOA_SIGNATURE_BYTES = 65
ZERO_ADDRESS = to_checksum_address(bytes(20))

_TYPES: dict[str, Fields] = {
    "Order": [
        {"name": "maker", "type": "address"},
        {"name": "taker", "type": "address"},
        {"name": "quantity", "type": "uint256"},
        {"name": "minimum_quantity", "type": "uint256"},
        {"name": "max_collateral", "type": "uint256"},
        {"name": "deadline", "type": "uint256"},
        {"name": "may_trade_in_window", "type": "bool"},
        {"name": "epoch", "type": "uint256"},
        {"name": "salt", "type": "uint256"},
        {"name": "legs", "type": "Leg[]"},
        {"name": "pegs", "type": "Peg[]"},
    ],
    "Leg": [
        {"name": "series", "type": "uint256"},
        {"name": "is_buy", "type": "bool"},
        {"name": "price_ticks", "type": "uint256"},
        {"name": "ratio", "type": "uint256"},
    ],
    "Peg": [
        {"name": "mean_days", "type": "uint256"},
        {"name": "max_age_days", "type": "uint256"},
        {"name": "offset_ticks", "type": "int256"},
        {"name": "low_ticks", "type": "uint256"},
        {"name": "high_ticks", "type": "uint256"},
    ],
}


class BookDomain(OrderDomain):
    """Which book an order is for."""

    __slots__ = ()
    domain_name = "HashrateForwards"


@dataclass(frozen=True, slots=True)
class Leg:
    """One series of an order, as its maker trades it.

    Attributes:
        series: id of the series, which is that of its LONG.
        is_buy: whether the maker gets LONG.
        price_ticks: its price, zero in a pegged order [tick].
        ratio: contracts of it in each unit of the order, 1 to 1,000.
    """

    series: int
    is_buy: bool
    price_ticks: int
    ratio: int = 1

    def as_tuple(self) -> tuple[int, bool, int, int]:
        """Return the contract's `Leg` struct."""
        return (self.series, self.is_buy, self.price_ticks, self.ratio)


@dataclass(frozen=True, slots=True)
class Peg:
    """A price that follows the index: mean plus offset, kept between low and high.

    Attributes:
        mean_days: over so many newest final days, 1 to 7 [days].
        max_age_days: how old the newest of them may be [days].
        offset_ticks: added to the mean, may be negative [tick].
        low_ticks: lowest price [tick].
        high_ticks: highest price [tick].
    """

    mean_days: int
    max_age_days: int
    offset_ticks: int
    low_ticks: int
    high_ticks: int

    def as_tuple(self) -> tuple[int, int, int, int, int]:
        """Return the contract's `Peg` struct."""
        return (
            self.mean_days,
            self.max_age_days,
            self.offset_ticks,
            self.low_ticks,
            self.high_ticks,
        )

    def worst(self, leg: Leg) -> int:
        """Return the price that costs a leg's maker the most [tick]."""
        return self.high_ticks if leg.is_buy else self.low_ticks


OrderTuple = tuple[
    str,
    str,
    int,
    int,
    int,
    int,
    bool,
    int,
    int,
    list[tuple[int, bool, int, int]],
    list[tuple[int, int, int, int, int]],
]


@dataclass(frozen=True, slots=True)
class Order:
    """What a maker signs, in the contract's order.

    Attributes:
        maker: who signs, checksummed.
        taker: the only account that may take it; the zero address for anyone, the book itself where
            only another order may (`match`).
        quantity: units of all legs [units].
        minimum_quantity: least in one fill; less is taken only whole [units].
        max_collateral: most that may be pulled from the maker for all of it [base units].
        deadline: last second at which it can be filled [unix s].
        may_trade_in_window: whether it stays open once a leg's window has begun.
        epoch: the maker's epoch; raising it cancels all orders.
        salt: makes equal orders different.
        legs: 1 to 12 of different series, ascending; their ratios have no common divisor.
        peg: prices every leg in place of their own prices; None for fixed prices.
    """

    maker: ChecksumAddress
    taker: ChecksumAddress
    quantity: int
    minimum_quantity: int
    max_collateral: int
    deadline: int
    may_trade_in_window: bool
    epoch: int
    salt: int
    legs: tuple[Leg, ...]
    peg: Peg | None = None

    @property
    def series(self) -> tuple[int, ...]:
        """Return the series of the legs."""
        return tuple(leg.series for leg in self.legs)

    def as_tuple(self) -> OrderTuple:
        """Return the contract's `Order` struct."""
        return (
            self.maker,
            self.taker,
            self.quantity,
            self.minimum_quantity,
            self.max_collateral,
            self.deadline,
            self.may_trade_in_window,
            self.epoch,
            self.salt,
            [leg.as_tuple() for leg in self.legs],
            [] if self.peg is None else [self.peg.as_tuple()],
        )

    def message(self) -> dict[str, Any]:
        """Return the fields by name as they are signed; `pegs` has the peg or nothing."""
        values = asdict(self)
        peg = values.pop("peg")
        values["legs"] = list(values["legs"])
        values["pegs"] = [] if peg is None else [peg]
        return values


@dataclass(frozen=True, slots=True)
class Permit:
    """An EIP-2612 permit of the maker for the vault, to be sent along with a fill.

    Attributes:
        token: the settlement token, checksummed.
        owner: the maker, checksummed.
        value: what the vault may take [base units].
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

    domain: BookDomain
    order: Order
    signature: bytes
    permit: Permit | None = None


def order_message(domain: BookDomain, order: Order) -> SignableMessage:
    """Make the EIP-712 message of an order."""
    return typed_message(domain.typed(), _TYPES, "Order", order.message())


def order_hash(domain: BookDomain, order: Order) -> bytes:
    """Find the 32 bytes that the maker signs and by which the book knows the order."""
    return digest_of(order_message(domain, order))


def sign_order(signer: Signer, domain: BookDomain, order: Order) -> SignedOrder:
    """Sign an order with the maker's key, as the book wants it: r, s, v in 65 bytes.

    Raises:
        OrderSignatureError: the key is not the maker's.
    """
    account = account_of(signer)
    if account.address != order.maker:
        raise OrderSignatureError(f"the key is of {account.address}, the maker is {order.maker}")
    signed = account.sign_message(order_message(domain, order))
    return SignedOrder(domain, order, bytes(signed.signature))


def recover_signer(digest: bytes, signature: bytes) -> ChecksumAddress | None:
    """Find who signed 32 bytes, by the book's rules for accounts without code.

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
