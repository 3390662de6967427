# SPDX-License-Identifier: AGPL-3.0-only
"""Signed orders from files, folders and relays: read, checked, sorted into bids and asks.

Nothing here is trusted: what a file or a relay says of an order is asked of the book again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ape.exceptions import ContractLogicError

from commands.forwards.reader import ForwardsReader, Listing
from commands.shell.errors import RefusalError, ScriptError
from commands.shell.orders import OrderKind
from commands.shell.reasons import explain
from hashrate.core.errors import HashrateError
from hashrate.core.units import DAY_SECONDS
from hashrate.orders.order import (
    ZERO_ADDRESS,
    Leg,
    Order,
    SignedOrder,
    is_signed_by_key,
    order_hash,
)
from hashrate.orders.order_file import order_from_json, order_to_json, read_order
from hashrate.orders.relay_client import RelayClient
from hashrate.products.forwards.maths import collateral

FORWARDS = OrderKind(
    order_from_json, order_to_json, lambda signed: order_hash(signed.domain, signed.order)
)


@dataclass(frozen=True, slots=True)
class Offer:
    """An order that can be filled now, money apart.

    Attributes:
        signed: the order.
        remaining: what is left of it [units].
        months: the series of its legs, in their order.
        prices: of its legs as it is filled now [tick].
    """

    signed: SignedOrder
    remaining: int
    months: tuple[Listing, ...]
    prices: tuple[int, ...]

    @property
    def order(self) -> Order:
        """Return what was signed."""
        return self.signed.order

    def leg(self, series: int) -> tuple[Leg, int]:
        """Return the leg of a series, and its price [tick]."""
        place = self.order.series.index(series)
        return self.order.legs[place], self.prices[place]


def opening_cost(
    legs: Sequence[Leg], months: Sequence[Listing], prices: Sequence[int], *, is_maker: bool
) -> int:
    """Sum what a unit of legs costs one party that closes nothing [base units].

    Raises:
        PriceError: a price is outside a series' floor and cap.
    """
    return sum(
        leg.ratio * collateral(month.terms, price, is_buyer=leg.is_buy == is_maker)
        for leg, month, price in zip(legs, months, prices, strict=True)
    )


def read_folder(folder: Path) -> tuple[list[SignedOrder], list[str]]:
    """Read every *.json of a folder that is an order, and say why another one is none."""
    orders, complaints = [], []
    for path in sorted(folder.glob("*.json")):
        try:
            orders.append(read_order(path))
        except HashrateError as error:
            complaints.append(str(error))
    return orders, complaints


def read_book(relay: str, series: int) -> tuple[list[SignedOrder], list[str]]:
    """Read the open orders of a series from a relay, and say what was unreadable.

    Raises:
        HashrateError: the relay cannot be reached, or its answer is no list of orders.
    """
    orders, complaints = [], []
    with RelayClient(relay) as client:
        for entry in _entries(client, series):
            try:
                orders.append(FORWARDS.served(entry, relay))
            except HashrateError as error:
                complaints.append(str(error))
    return orders, complaints


def _entries(client: RelayClient, series: int) -> Iterator[Any]:
    """Read what a relay lists of a series, page by page."""
    for side in ("buy", "sell"):
        yield from client.orders(str(series), side)


def assess(reader: ForwardsReader, signed: SignedOrder, now: int) -> Offer:
    """Ask the book what is left of an order, and check what keeps it from being filled.

    Args:
        reader: vault and book.
        signed: the order.
        now: [unix s].

    Raises:
        ScriptError: it cannot be filled; the message says why.
    """
    order = signed.order
    if signed.domain != reader.domain:
        raise ScriptError("the order is for another chain or another book")
    maker_has_code = reader.session.chain.has_code(order.maker)
    if not is_signed_by_key(signed) and not maker_has_code:
        raise ScriptError(f"the order is not signed by its maker {order.maker}")
    months = tuple(reader.listing(series) for series in order.series)
    if now > order.deadline:
        raise ScriptError("the order's deadline is over")
    for month in months:
        last = month.terms.first_day if not order.may_trade_in_window else month.terms.end_day
        if now >= last * DAY_SECONDS:
            raise ScriptError(f"{month.name} does not trade any more by this order")
    remaining = reader.remaining(order)
    if remaining == 0:
        raise ScriptError("nothing is left of the order: filled, or cancelled")
    ask_book(reader, signed)
    return Offer(signed, remaining, months, reader.prices(order))


def ask_book(reader: ForwardsReader, signed: SignedOrder) -> int:
    """Let the book check an order, its signature included; return what it says is left.

    Raises:
        RefusalError: it would not fill it, whoever came.
    """
    order, book = signed.order, reader.domain.contract
    # to an order for anyone, anybody but the maker is as good as another
    other = book if order.taker == ZERO_ADDRESS else order.taker
    try:
        return int(reader.book.check_order(order.as_tuple(), signed.signature, other))
    except ContractLogicError as error:
        raise RefusalError(explain(str(error.revert_message))) from error


def sides(offers: Sequence[Offer], series: int) -> tuple[list[Offer], list[Offer]]:
    """Sort offers of a series into bids, the highest first, and asks, the lowest first."""
    bids = [offer for offer in offers if offer.leg(series)[0].is_buy]
    asks = [offer for offer in offers if not offer.leg(series)[0].is_buy]
    bids.sort(key=lambda offer: -offer.leg(series)[1])
    asks.sort(key=lambda offer: offer.leg(series)[1])
    return bids, asks
