# SPDX-License-Identifier: AGPL-3.0-only
"""Signed orders from files, folders and relays: read, checked, sorted into bids and asks.

Nothing here is trusted: what a file or a relay says of an order is asked of the engine again.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ape.exceptions import ContractLogicError

from commands.forwards.engine_reader import EngineReader, Listing
from commands.shell.errors import RefusalError, ScriptError
from commands.shell.reasons import explain
from hashrate.core.errors import HashrateError
from hashrate.core.units import DAY_SECONDS
from hashrate.orders.order import ZERO_ADDRESS, Order, SignedOrder, is_signed_by_key, order_hash
from hashrate.orders.order_file import order_from_json, order_to_json, read_order
from hashrate.products.forwards.maths import collateral
from relay.client import RelayClient, require_success

_MAX_PAGES = 20  # of 100 orders


@dataclass(frozen=True, slots=True)
class Offer:
    """An order that can be filled now, money apart.

    Attributes:
        signed: the order.
        remaining: what is left of it [contracts].
        months: its series, in its order.
    """

    signed: SignedOrder
    remaining: int
    months: tuple[Listing, ...]

    @property
    def order(self) -> Order:
        """Return what was signed."""
        return self.signed.order

    def maker_collateral(self) -> int:
        """Sum what one contract of each month costs the maker [base units]."""
        return collateral_of(self.months, self.order.price_ticks, is_buyer=self.order.is_buy)

    def taker_collateral(self) -> int:
        """Sum what one contract of each month costs the taker [base units]."""
        return collateral_of(self.months, self.order.price_ticks, is_buyer=not self.order.is_buy)


def collateral_of(months: Iterable[Listing], price_ticks: int, *, is_buyer: bool) -> int:
    """Sum what one contract of each month costs one side at a price [base units].

    Raises:
        PriceError: the price is outside a month's floor and cap.
    """
    return sum(collateral(month.terms, price_ticks, is_buyer=is_buyer) for month in months)


def is_url(text: str) -> bool:
    """Return whether a text names a relay rather than a file."""
    return text.startswith(("http://", "https://"))


def read_signed(source: str) -> SignedOrder:
    """Read an order from a file, or from its address at a relay, `<relay>/orders/<hash>`.

    Raises:
        HashrateError: it cannot be read or is malformed.
    """
    if not is_url(source):
        return read_order(Path(source))
    with RelayClient(source) as client:
        signed = _served(client.get().get("order"), source)
    asked = source.rstrip("/").rpartition("/")[2].lower()
    if asked != "0x" + order_hash(signed.domain, signed.order).hex():
        raise ScriptError(f"{source}: the relay serves another order than was asked for")
    return signed


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
                orders.append(_served(entry, relay))
            except HashrateError as error:
                complaints.append(str(error))
    return orders, complaints


def _entries(client: RelayClient, series: int) -> Iterator[Any]:
    """Read what a relay lists of a series, page by page."""
    for side in ("buy", "sell"):
        query, cursor = f"series={series}&side={side}&limit=100", ""
        for _ in range(_MAX_PAGES):
            page = client.get(f"/orders?{query}{cursor}")
            if not isinstance(listed := page.get("orders"), list):
                raise ScriptError("the relay answers with something else than a list of orders")
            yield from listed
            if not (following := page.get("next")):
                break
            cursor = f"&cursor={quote(str(following))}"


def post_order(relay: str, signed: SignedOrder) -> None:
    """Send an order to a relay.

    Raises:
        RelayAnswerError: the relay cannot be reached, or refuses.
    """
    with RelayClient(relay) as client:
        require_success(client.submit(order_to_json(signed).encode()))


def assess(reader: EngineReader, signed: SignedOrder, now: int) -> Offer:
    """Ask the engine what is left of an order, and check what keeps it from being filled.

    Args:
        reader: the engine.
        signed: the order.
        now: [unix s].

    Raises:
        ScriptError: it cannot be filled; the message says why.
    """
    order = signed.order
    if signed.domain != reader.domain:
        raise ScriptError("the order is for another chain or another engine")
    maker_has_code = reader.session.chain.has_code(order.maker)
    if not is_signed_by_key(signed) and not maker_has_code:
        raise ScriptError(f"the order is not signed by its maker {order.maker}")
    months = tuple(reader.listing(series) for series in order.series)
    if len({month.terms.product for month in months}) > 1:
        raise ScriptError("the order mixes products, which no one price can show")
    if now > order.deadline:
        raise ScriptError("the order's deadline is over")
    for month in months:
        last = month.terms.first_day if not order.may_trade_in_window else month.terms.end_day
        if now >= last * DAY_SECONDS:
            raise ScriptError(f"{month.name} does not trade any more by this order")
    remaining = reader.remaining(order)
    if remaining == 0:
        raise ScriptError("nothing is left of the order: filled, or cancelled")
    offer = Offer(signed, remaining, months)
    if order.quantity * offer.maker_collateral() > order.max_collateral:
        raise ScriptError("the order would cost its maker more than it allows")
    ask_engine(reader, signed)
    return offer


def ask_engine(reader: EngineReader, signed: SignedOrder) -> int:
    """Let the engine check an order, its signature included; give what it says is left.

    Raises:
        RefusalError: it would not fill it, whoever came.
    """
    order = signed.order
    # to an order for anyone, anybody but the maker is as good as another
    other = reader.address if order.taker == ZERO_ADDRESS else order.taker
    try:
        return int(reader.engine.check_order(order.as_tuple(), signed.signature, other))
    except ContractLogicError as error:
        raise RefusalError(explain(str(error.revert_message))) from error


def sides(offers: Sequence[Offer]) -> tuple[list[Offer], list[Offer]]:
    """Sort offers into bids, the highest first, and asks, the lowest first."""
    bids = [offer for offer in offers if offer.order.is_buy]
    asks = [offer for offer in offers if not offer.order.is_buy]
    bids.sort(key=lambda offer: -offer.order.price_ticks)
    asks.sort(key=lambda offer: offer.order.price_ticks)
    return bids, asks


def _served(entry: Any, relay: str) -> SignedOrder:
    """Take the signed order out of what a relay says about it.

    Raises:
        ScriptError: there is none in it.
        OrderFormatError: it is malformed.
    """
    if not isinstance(entry, dict) or "signed_order" not in entry:
        raise ScriptError(f"{relay}: the answer holds no signed order")
    return order_from_json(json.dumps(entry["signed_order"]))
