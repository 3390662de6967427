# SPDX-License-Identifier: AGPL-3.0-only
"""Orders of the spot market: their document, which tokens are listed, and their check."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from eth_typing import ChecksumAddress

from hashrate.core.units import WAD
from hashrate.evm.contracts.market import SpotMarket
from hashrate.orders.order import ZERO_ADDRESS
from hashrate.orders.spot import SignedSpotOrder, SpotDomain, spot_hash
from hashrate.orders.spot_file import FORMAT, spot_from_json, spot_to_json
from relay.errors import OrderRefusedError
from relay.events import MoneyToken
from relay.inquiry import Inquiry, PurseInquiry, make_call
from relay.kind import Afforded, Kind, Offer, Place, Reason, refuse
from relay.ledger import Move, Trade
from relay.node import LogEntry, Node

_REASONS = {
    "order: deadline is over": Reason.CLOSED,
    "order: other epoch": Reason.EPOCH,
    "order: nothing left": Reason.NOTHING_LEFT,
    "order: not signed": Reason.SIGNATURE,
    "order: remaining too old": Reason.STALE_INDEX,
    "order: remaining unknown": Reason.STALE_INDEX,
}


@dataclass(frozen=True, slots=True)
class SpotOffer(Offer):
    """A signed order of the spot market."""

    signed: SignedSpotOrder
    hash: str
    places: tuple[Place, ...]

    kind = "spot"

    @property
    def last_second(self) -> int:
        """Return its deadline [unix s]."""
        return self.signed.order.deadline

    @property
    def asset(self) -> ChecksumAddress:
        """Return what its maker gives: the money, or the token."""
        order = self.signed.order
        return order.money if order.is_buy else order.token

    @property
    def closes(self) -> tuple[int, ...]:
        """Return nothing: a token is no position."""
        return ()

    @property
    def follows_index(self) -> bool:
        """Return whether its price is of what remains of the token, which settled days change."""
        return self.signed.order.is_per_remaining

    def document(self) -> bytes:
        """Return the signed order as JSON."""
        return spot_to_json(self.signed).encode()

    def purse(self) -> PurseInquiry:
        """Encode what is asked about balance and allowance."""
        market = self.signed.domain.contract
        return PurseInquiry(
            balance=make_call(self.asset, MoneyToken.balanceOf, self.maker),
            allowance=make_call(self.asset, MoneyToken.allowance, self.maker, market),
        )

    def inquiry(self, *, is_wallet: bool) -> Inquiry:
        """Encode what is asked. Nobody is asked whether it takes a token: ERC-20 asks nobody."""
        order, market = self.signed.order, self.signed.domain.contract
        other = market if order.taker == ZERO_ADDRESS else order.taker
        check = (order.as_tuple(), self.signed.signature, other)
        priced = None
        if order.is_per_remaining:
            priced = make_call(market, SpotMarket.cost_of, order.as_tuple(), WAD)
        return Inquiry(
            check=make_call(market, SpotMarket.check_order, *check),
            purse=self.purse(),
            ratios=(),
            prices=None if order.is_per_remaining else (order.price,),
            priced=priced,
            has_one_price=True,
        )

    def afford(
        self, remaining: int, prices: Sequence[int], held: Sequence[int], budget: int
    ) -> Afforded:
        """Work out how much of it some money, or so much of the token, covers."""
        order = self.signed.order
        if not order.is_buy:
            units = min(remaining, budget)
            return Afforded(units, units, ())
        # What remains is rounded down to a price: one more is never less than the true one.
        price = prices[0] + order.is_per_remaining
        # The cost of a part rounds down, of all parts together to no more than of the whole.
        units = min(remaining, ((budget + 1) * WAD - 1) // price)
        return Afforded(units, units * price // WAD, ())


class Spot(Kind):
    """One spot market, and the tokens that are listed on it."""

    name = "spot"
    document_type, place = FORMAT.encode(), "market"

    def __init__(self, domain: SpotDomain, tokens: Collection[ChecksumAddress]) -> None:
        """Name the market and the tokens, money among them; nothing is read yet."""
        self.domain = domain
        self.tokens = frozenset(tokens)

    def parse(self, document: bytes) -> SignedSpotOrder:
        """Read a signed order."""
        return spot_from_json(document)

    def digest(self, signed: SignedSpotOrder) -> bytes:
        """Return the 32 bytes that the maker signs."""
        return spot_hash(signed.domain, signed.order)

    def offers(
        self, node: Node, orders: Sequence[tuple[SignedSpotOrder, str]], block: int | None
    ) -> list[Offer | OrderRefusedError]:
        """Check that tokens and money are listed; nothing is asked of the node."""
        return [self._offer(signed, name) for signed, name in orders]

    def reason(self, refusal: str) -> Reason:
        """Return the word for a reason of the market."""
        return _REASONS.get(refusal, Reason.BAD_TERMS)

    def sources(self) -> tuple[ChecksumAddress, ...]:
        """Return the market."""
        return (self.domain.contract,)

    def history(self, node: Node, first: int, last: int) -> tuple[list[Trade], list[Move]]:
        """Read the market's trades; tokens are moved by anybody, so nobody's are counted."""
        topics = [SpotMarket.Traded.topic]
        logs = [LogEntry.read(each) for each in node.logs(self.sources(), topics, first, last)]
        times = node.times(sorted({each.block for each in logs}))
        return [_trade(each, times[each.block]) for each in logs], []

    def owner_of(self, position: int) -> dict[str, Any]:
        """Return nothing: a token is no position."""
        return {}

    def describe(self, market: str) -> dict[str, Any]:
        """Return token and money."""
        token, _, money = market.partition("-")
        return {"token": token, "money": money}

    def _offer(self, signed: SignedSpotOrder, name: str) -> Offer | OrderRefusedError:
        order = signed.order
        if not {order.token, order.money} <= self.tokens:
            return refuse(Reason.UNKNOWN_TOKEN, "token or money is not listed here")
        return SpotOffer(signed, name, (Place(_pair(order.token, order.money), order.is_buy, 1),))


def _pair(token: str, money: str) -> str:
    return f"{token}-{money}".lower()


def _trade(entry: LogEntry, time: int) -> Trade:
    values = SpotMarket.Traded.decode(entry.data)
    quantity, cost = values["quantity"], values["cost"]
    return Trade(
        block=entry.block,
        log_index=entry.log_index,
        transaction=entry.transaction,
        time=time,
        kind=Spot.name,
        market=_pair(entry.account(1), values["money"]),
        buyer=entry.account(2),
        seller=entry.account(3),
        price=str(cost * WAD // quantity),  # rounds down: for people; cost and quantity are exact
        quantity=str(quantity),
        cost=str(cost),
    )
