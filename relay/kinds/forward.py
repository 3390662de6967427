# SPDX-License-Identifier: AGPL-3.0-only
"""Orders of the forwards book: their document, their series' terms, and their check."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.core.types import DayIndex
from hashrate.evm.contracts.forwards import ForwardsBook, ForwardsVault
from hashrate.evm.errors import RpcRefusedError, RpcUnavailableError
from hashrate.orders.order import ZERO_ADDRESS, BookDomain, Permit, SignedOrder, order_hash
from hashrate.orders.order_file import FORMAT, order_from_json, order_to_json
from hashrate.products.forwards.terms import ForwardTerms
from relay.errors import OrderRefusedError
from relay.events import MoneyToken
from relay.inquiry import Call, Inquiry, PurseInquiry, make_call, revert_reason, words
from relay.kind import Afforded, Kind, Offer, Place, Reason
from relay.kinds.forward_rules import afford, last_second, reason_of, require_terms
from relay.ledger import Move, Trade
from relay.node import LogEntry, Node

UNKNOWN_SERIES = "series: unknown"
_MOST_TERMS = 10_000
_MOST_PURSES = 10_000
_ADDRESS_BYTES = 20
_TAKES_ONE = "f23a6e61"  # onERC1155Received(address,address,uint256,uint256,bytes)


@dataclass(frozen=True, slots=True)
class ForwardOffer(Offer):
    """A signed order of the forwards book, and the terms of its legs' series, in their order."""

    signed: SignedOrder
    terms: tuple[ForwardTerms, ...]
    vault: ChecksumAddress
    hash: str
    places: tuple[Place, ...]
    end: int

    kind = "forward"

    @property
    def last_second(self) -> int:
        """Return its deadline, or the second before its first window begins."""
        return self.end

    @property
    def asset(self) -> ChecksumAddress:
        """Return what its series settle in."""
        return self.terms[0].token

    @property
    def closes(self) -> tuple[int, ...]:
        """Return the other side's position of each leg."""
        legs = self.signed.order.legs
        return tuple(leg.series + 1 if leg.is_buy else leg.series for leg in legs)

    @property
    def follows_index(self) -> bool:
        """Return whether it has a peg."""
        return self.signed.order.peg is not None

    def document(self) -> bytes:
        """Return the signed order as JSON."""
        return order_to_json(self.signed).encode()

    def purse(self) -> PurseInquiry:
        """Encode what is asked about balance, allowance, permit and the positions it closes."""
        permit = self.signed.permit if _pays(self.signed.permit, self.asset) else None
        return _purse(self.maker, self.asset, self.vault, self.closes, permit)

    def inquiry(self, *, is_wallet: bool) -> Inquiry:
        """Encode what is asked; a wallet that opens a position has to take it."""
        order, book = self.signed.order, self.signed.domain.contract
        taker = book if order.taker == ZERO_ADDRESS else order.taker
        check = (order.as_tuple(), self.signed.signature, taker)
        prices = None
        if order.peg is None:
            prices = tuple(leg.price_ticks for leg in order.legs)
        return Inquiry(
            check=make_call(book, ForwardsBook.check_order, *check),
            purse=self.purse(),
            ratios=tuple(leg.ratio for leg in order.legs),
            prices=prices,
            priced=None
            if prices is not None
            else make_call(book, ForwardsBook.priced_legs, order.as_tuple()),
            receiver=self._receiver_call() if is_wallet else None,
        )

    def afford(
        self, remaining: int, prices: Sequence[int], held: Sequence[int], budget: int
    ) -> Afforded:
        """Work out how much of it some money covers."""
        return afford(self.signed.order, self.terms, prices, remaining, held, budget)

    def _receiver_call(self) -> Call:
        """Ask the maker, as the vault would, whether it takes what its first leg opens."""
        leg, book = self.signed.order.legs[0], self.signed.domain.contract
        opened = leg.series if leg.is_buy else leg.series + 1
        arguments = [int(book, 16), 0, opened, leg.ratio, 5 * 32, 0]
        data = "0x" + _TAKES_ONE + "".join(f"{each:064x}" for each in arguments)
        return Call(to=self.maker, data=data, sender=self.vault)


class Forwards(Kind):
    """One forwards book and its vault, known once `prepare` was called."""

    name = "forward"
    document_type, place = FORMAT.encode(), "book"
    vault: ChecksumAddress

    def __init__(self, domain: BookDomain, indices: Collection[ChecksumAddress]) -> None:
        """Name the book and the indices whose series are listed; nothing is read yet."""
        self.domain = domain
        self.indices = frozenset(indices)
        self._terms: dict[int, ForwardTerms] = {}

    def prepare(self, node: Node) -> None:
        """Check that the book there is ours; find its vault."""
        super().prepare(node)
        word = node.call(self.domain.contract, ForwardsBook.VAULT.encode())
        self.vault = to_checksum_address(word[-_ADDRESS_BYTES:])

    def parse(self, document: bytes) -> SignedOrder:
        """Read a signed order."""
        return order_from_json(document)

    def digest(self, signed: SignedOrder) -> bytes:
        """Return the 32 bytes that the maker signs."""
        return order_hash(signed.domain, signed.order)

    def offers(
        self, node: Node, orders: Sequence[tuple[SignedOrder, str]], block: int | None
    ) -> list[Offer | OrderRefusedError]:
        """Fit orders to the terms of their series."""
        numbers = sorted({each for signed, _ in orders for each in signed.order.series})
        known = dict(zip(numbers, self.terms(node, numbers, block), strict=True))
        fitted: list[Offer | OrderRefusedError] = []
        for signed, name in orders:
            order = signed.order
            try:
                terms = require_terms(order, [known[each] for each in order.series], self.indices)
            except OrderRefusedError as error:
                fitted.append(error)
                continue
            places = tuple(Place(str(leg.series), leg.is_buy, leg.ratio) for leg in order.legs)
            end = last_second(order, terms)
            fitted.append(ForwardOffer(signed, tuple(terms), self.vault, name, places, end))
        return fitted

    def terms(
        self, node: Node, series: Sequence[int], block: int | None = None
    ) -> list[ForwardTerms | None]:
        """Read the terms of series at a block, None for one that does not exist.

        What was read is remembered: terms never change. See `forget`.
        """
        new = [each for each in series if each not in self._terms]
        calls = [make_call(self.vault, ForwardsVault.terms_of, each) for each in new]
        read = dict(zip(new, map(_read_terms, node.results(calls, block)), strict=True))
        if len(self._terms) > _MOST_TERMS:
            self._terms = {}
        self._terms.update((each, terms) for each, terms in read.items() if terms is not None)
        return [read[each] if each in read else self._terms.get(each) for each in series]

    def forget(self) -> None:
        """Read terms again: in a reorganisation a series may go."""
        self._terms = {}

    def reason(self, refusal: str) -> Reason:
        """Return the word for a reason of book or vault."""
        return reason_of(refusal)

    def sources(self) -> tuple[ChecksumAddress, ...]:
        """Return book and vault."""
        return self.domain.contract, self.vault

    def moving(self) -> tuple[ChecksumAddress, ...]:
        """Return the indices that prices follow."""
        return tuple(sorted(self.indices))

    def history(self, node: Node, first: int, last: int) -> tuple[list[Trade], list[Move]]:
        """Read the vault's trades, of all its books, and what positions moved."""
        vault = ForwardsVault
        topics = [each.topic for each in (vault.Traded, vault.TransferSingle, vault.TransferBatch)]
        logs = [LogEntry.read(each) for each in node.logs([self.vault], topics, first, last)]
        traded = [each for each in logs if each.topics[0] == vault.Traded.topic]
        times = node.times(sorted({each.block for each in traded}))
        moves = [move for each in logs for move in _moves(each)]
        return [_trade(each, times[each.block]) for each in traded], moves

    def owner_of(self, position: int) -> dict[str, Any]:
        """Return the series and the side of a position."""
        side = "short" if position % 2 else "long"
        return {"market": str(position - position % 2), "side": side}

    def counted(self, market: str) -> str | None:
        """Return LONG: as much of it as of SHORT exists until a series is settled."""
        return market

    def describe(self, market: str) -> dict[str, Any]:
        """Return the terms of a series that was read before."""
        terms = self._terms.get(int(market)) if market.isdecimal() else None
        if terms is None:
            return {}
        return {
            "index": terms.index,
            "metric": terms.metric,
            "first_day": terms.first_day,
            "end_day": terms.end_day,
            "floor_ticks": str(terms.floor_ticks),
            "cap_ticks": str(terms.cap_ticks),
            "tick_value": str(terms.tick_value),
            "token": terms.token,
        }


def _trade(entry: LogEntry, time: int) -> Trade:
    values = ForwardsVault.Traded.decode(entry.data)
    return Trade(
        block=entry.block,
        log_index=entry.log_index,
        transaction=entry.transaction,
        time=time,
        kind=Forwards.name,
        market=str(entry.number(1)),
        buyer=entry.account(2),
        seller=entry.account(3),
        price=str(values["price_ticks"]),
        quantity=str(values["quantity"]),
        cost="",
    )


def _moves(entry: LogEntry) -> Iterator[Move]:
    """Yield the movements of an event of ERC-1155: operator, from, to."""
    vault = ForwardsVault
    if entry.topics[0] == vault.TransferSingle.topic:
        values = vault.TransferSingle.decode(entry.data)
        pairs = [(values["_id"], values["_value"])]
    elif entry.topics[0] == vault.TransferBatch.topic:
        values = vault.TransferBatch.decode(entry.data)
        pairs = list(zip(values["_ids"], values["_values"], strict=True))
    else:
        return
    for part, (position, quantity) in enumerate(pairs):
        place = entry.block, entry.log_index, part
        yield Move(*place, entry.account(2), entry.account(3), str(position), quantity)


def _pays(permit: Permit | None, token: ChecksumAddress) -> bool:
    return permit is not None and permit.token == token


@lru_cache(_MOST_PURSES)
def _purse(
    maker: ChecksumAddress,
    asset: ChecksumAddress,
    vault: ChecksumAddress,
    closes: tuple[int, ...],
    permit: Permit | None,
) -> PurseInquiry:
    """Encode it once for all orders of a maker that close the same."""
    makers = [maker] * len(closes)
    return PurseInquiry(
        balance=make_call(asset, MoneyToken.balanceOf, maker),
        allowance=make_call(asset, MoneyToken.allowance, maker, vault),
        held=make_call(vault, ForwardsVault.balanceOfBatch, makers, closes),
        count=len(closes),
        permit=_permit_call(permit, vault) if permit else None,
        permitted=permit.value if permit else 0,
    )


def _permit_call(permit: Permit, vault: ChecksumAddress) -> Call:
    what = (permit.owner, vault, permit.value, permit.deadline)
    signature = (permit.v, permit.r, permit.s)
    return make_call(permit.token, MoneyToken.permit, *what, *signature, sender=vault)


def _read_terms(result: Any) -> ForwardTerms | None:
    if isinstance(result, RpcRefusedError):
        if revert_reason(result) == UNKNOWN_SERIES:
            return None
        raise RpcUnavailableError("evm node: terms_of: refused") from result
    try:
        index, metric, first_day, end_day, floor, cap, tick_value, token = words(result)
        index_address, token_address = (
            to_checksum_address(each.to_bytes(_ADDRESS_BYTES, "big")) for each in (index, token)
        )
    except (ValueError, OverflowError) as error:
        raise RpcUnavailableError("evm node: terms_of: no terms") from error
    days = DayIndex(first_day), DayIndex(end_day)
    return ForwardTerms(index_address, metric, *days, floor, cap, tick_value, token_address)
