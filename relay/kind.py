# SPDX-License-Identifier: AGPL-3.0-only
"""What the relay has to know of an order, whatever its kind, and what a kind is.

A kind reads documents, names what the chain has to be asked, and works out what a maker's money
covers. Nothing else of the relay knows what is traded.
"""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, ClassVar, NamedTuple

from eth_typing import ChecksumAddress

from hashrate.evm.abi import Function
from hashrate.evm.eip712 import Domain
from hashrate.evm.errors import WrongChainError
from hashrate.orders.domain import OrderDomain
from hashrate.orders.errors import OrderFormatError
from hashrate.orders.order import ZERO_ADDRESS, SignedOrder
from hashrate.orders.spot import SignedSpotOrder
from relay.errors import OrderRefusedError
from relay.inquiry import Inquiry, PurseInquiry
from relay.ledger import Move, Trade
from relay.node import Node

_SEPARATOR = Function("DOMAIN_SEPARATOR", (), ("bytes32",))


class Reason(StrEnum):
    """Why an order is not listed, or no longer."""

    UNKNOWN_SERIES = "unknown_series"
    UNKNOWN_INDEX = "unknown_index"
    UNKNOWN_TOKEN = "unknown_token"  # noqa: S105
    BAD_TERMS = "bad_terms"
    SIGNATURE = "signature"
    RECEIVER = "receiver"
    STALE_INDEX = "stale_index"
    CLOSED = "closed"
    EPOCH = "epoch"
    NOTHING_LEFT = "nothing_left"
    UNFUNDED = "unfunded"
    WITHDRAWN = "withdrawn"
    CROWDED_OUT = "crowded_out"
    UNREADABLE = "unreadable"


class Place(NamedTuple):
    """A side of a market that an order stands on, and how many contracts a unit is there."""

    market: str
    is_buy: bool
    ratio: int


class Afforded(NamedTuple):
    """What some money covers of an order.

    Attributes:
        units: of it, at most what remains.
        cost: what they may take, in whatever parts they are filled [base units].
        closed: what they use up of each position held [contracts].
    """

    units: int
    cost: int
    closed: tuple[int, ...]


Signed = SignedOrder | SignedSpotOrder


class Offer(ABC):
    """An order that fits its terms, as the relay has to know it.

    Attributes:
        kind: name of its kind.
        signed: the order.
        hash: its hash, hexadecimal with 0x.
        places: where it is listed.
    """

    kind: ClassVar[str]
    signed: Signed
    hash: str
    places: tuple[Place, ...]
    __slots__ = ()

    @property
    def maker(self) -> ChecksumAddress:
        """Return who signed it."""
        return self.signed.order.maker

    @property
    def taker(self) -> ChecksumAddress:
        """Return for whom it is; the zero address for anyone."""
        return self.signed.order.taker

    @property
    def quantity(self) -> int:
        """Return how much it was for [units]."""
        return self.signed.order.quantity

    @property
    def minimum(self) -> int:
        """Return the least in one fill [units]."""
        return self.signed.order.minimum_quantity

    @property
    @abstractmethod
    def last_second(self) -> int:
        """Return the last second at which it can be filled [unix s]."""

    @property
    @abstractmethod
    def asset(self) -> ChecksumAddress:
        """Return the token that its maker pays with."""

    @property
    @abstractmethod
    def closes(self) -> tuple[int, ...]:
        """Return the positions that it would close first, one for each leg."""

    @property
    @abstractmethod
    def follows_index(self) -> bool:
        """Return whether its prices move without an event of its book."""

    @property
    def is_public(self) -> bool:
        """Return whether anyone may take it."""
        return self.taker == ZERO_ADDRESS

    @abstractmethod
    def document(self) -> bytes:
        """Return the signed order as JSON."""

    @abstractmethod
    def purse(self) -> PurseInquiry:
        """Encode what the chain is asked about its maker's money and positions."""

    @abstractmethod
    def inquiry(self, *, is_wallet: bool) -> Inquiry:
        """Encode what the chain is asked about it.

        Args:
            is_wallet: whether another than its maker's own key signed it.
        """

    @abstractmethod
    def afford(
        self, remaining: int, prices: Sequence[int], held: Sequence[int], budget: int
    ) -> Afforded:
        """Work out how much of it some money covers.

        Args:
            remaining: what is left of it [units].
            prices: of its legs now [tick].
            held: what is left of the positions it closes [contracts].
            budget: the money [base units].
        """

    def covers(self, units: int, remaining: int) -> int:
        """Return how many of the units that are covered anybody can fill: none below the least."""
        return 0 if units < min(self.minimum, remaining) else units


class Kind(ABC):
    """One kind of order, of one contract that fills it.

    Attributes:
        name: of the kind.
        document_type: what its documents have as `type`.
        place: what its documents call the contract.
        domain: of its orders.
    """

    name: str
    document_type: bytes
    place: str
    domain: OrderDomain

    def read(self, document: bytes) -> Any:
        """Read a signed order.

        Raises:
            OrderFormatError: it is none of this kind, or for another contract.
        """
        signed = self.parse(document)
        if signed.domain != self.domain:
            place = self.place
            raise OrderFormatError(f"chain_id, {place}: this relay is for another {place}")
        return signed

    @abstractmethod
    def parse(self, document: bytes) -> Signed:
        """Read a signed order, for whatever contract.

        Raises:
            OrderFormatError: it is none of this kind.
        """

    @abstractmethod
    def digest(self, signed: Any) -> bytes:
        """Return the 32 bytes by which its contract knows the order."""

    @abstractmethod
    def offers(
        self, node: Node, orders: Sequence[tuple[Any, str]], block: int | None
    ) -> list[Offer | OrderRefusedError]:
        """Fit orders, each with its hash, to their terms at a block; or say why they do not fit.

        Raises:
            RpcUnavailableError: the node does not answer.
        """

    @abstractmethod
    def reason(self, refusal: str) -> Reason:
        """Return the word for a reason of the book."""

    @abstractmethod
    def sources(self) -> tuple[ChecksumAddress, ...]:
        """Return the contracts whose events are followed, besides those of the tokens."""

    def signing_domain(self) -> Domain:
        """Return the EIP-712 domain of its orders."""
        return self.domain.typed()

    @abstractmethod
    def describe(self, market: str) -> dict[str, Any]:
        """Return what a client has to know of a market that was read before."""

    def prepare(self, node: Node) -> None:
        """Check that the contract is there and ours.

        Raises:
            WrongChainError: it is another.
            RpcUnavailableError: the node does not answer.
        """
        contract = self.domain.contract
        if node.call(contract, _SEPARATOR.encode()) != self.domain.typed().separator():
            raise WrongChainError(f"{contract} does not check orders under our domain")

    @abstractmethod
    def history(self, node: Node, first: int, last: int) -> tuple[list[Trade], list[Move]]:
        """Read the trades and the movements of positions of some blocks, both included.

        Raises:
            RpcUnavailableError: the node does not answer, or with something else.
            RpcRefusedError: the node refuses: too many, perhaps.
        """

    @abstractmethod
    def owner_of(self, position: int) -> dict[str, Any]:
        """Return what a position is: `market`, and `side` where it has one."""

    def counted(self, market: str) -> str | None:
        """Return the position whose number in existence is the market's open interest."""
        return None

    def moving(self) -> tuple[ChecksumAddress, ...]:
        """Return the indices that prices follow."""
        return ()

    def forget(self) -> None:
        """Read terms again: in a reorganisation they may go."""
        return


def refuse(reason: Reason, message: str) -> OrderRefusedError:
    """Make the error that says why an order is not listed."""
    return OrderRefusedError(reason, message)
