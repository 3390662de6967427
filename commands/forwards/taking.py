# SPDX-License-Identifier: AGPL-3.0-only
"""Fill, match and cancel orders."""

from collections.abc import Sequence
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from commands.forwards.costs import held_against, maker_covers, taker_cost
from commands.forwards.orders import Offer
from commands.forwards.preview import legs_text, names_of, order_rows
from commands.forwards.reader import ForwardsReader, Listing
from commands.shell.acts import Act, require_logged, the_only_event
from commands.shell.console import counted
from commands.shell.errors import ScriptError, VerificationError
from commands.shell.permits import spending
from hashrate.orders.order import ZERO_ADDRESS, Order, order_hash


def fill(
    reader: ForwardsReader, offer: Offer, quantity: int, minimum: int, *, by_permit: bool = False
) -> Act:
    """Prepare to take the other side of an order.

    Args:
        reader: vault and book, with the taker's account.
        offer: the order, open now.
        quantity: most to take [units].
        minimum: least to take [units].
        by_permit: pay by a permit in place of an approval.

    Raises:
        ScriptError: the taker is the maker, may not take it, or either of them has too little.
    """
    order, book, chain = offer.order, reader.book, reader.session.chain
    taker = to_checksum_address(chain.account.address)
    taken = min(quantity, offer.remaining)
    least = max(minimum, min(order.minimum_quantity, offer.remaining))
    unit = "contract" if len(order.legs) == 1 and order.legs[0].ratio == 1 else "unit"
    _require_takeable(reader, offer, taker, (least, taken), unit)
    token = reader.token(offer.months[0].terms.token)
    cost = taker_cost(offer, held_against(reader, offer, taker), least, taken)
    paying = spending(
        reader.session, token, (reader.address, "the vault"), cost.max_pay, by_permit=by_permit
    )

    def check(receipt: Any) -> Sequence[str]:
        filled = the_only_event(receipt, book.OrderFilled)
        digest = order_hash(reader.domain, order)
        require_logged("order", digest, bytes(filled.order_hash))
        got = int(filled.quantity)
        if not least <= got <= taken:
            raise VerificationError(f"filled: meant {least} to {taken}, the chain logged {got}")
        trades = receipt.decode_logs(reader.vault.Traded)
        logged = [(int(log.series), int(log.price_ticks), int(log.quantity)) for log in trades]
        meant = [
            (leg.series, price, got * leg.ratio)
            for leg, price in zip(order.legs, offer.prices, strict=True)
        ]
        require_logged("trades", meant, logged)
        return [_traded_text(offer, got, unit)]

    def send() -> Any:
        take = (taken, minimum, cost.max_pay, cost.min_receive)
        asked = (order.as_tuple(), offer.signed.signature, take)
        permits = paying.permits()
        if offer.signed.permit is not None:
            permits.append(offer.signed.permit)
        if not permits:
            return chain.send(book.fill, *asked)
        return chain.send(book.fill_with_permits, [each.as_tuple() for each in permits], *asked)

    rows = order_rows(order, offer.months, token, reader.domain.contract)
    rows += [
        ("left of it", counted(offer.remaining, unit)),
        ("you take", f"{counted(taken, unit)}, the other side"),
        ("closing", f"{cost.closed} against what you hold on the other side"),
        ("you pay" if cost.net >= 0 else "you receive", token.text(abs(cost.net))),
    ]
    if cost.max_pay:
        rows.append(("at most", f"{token.text(cost.max_pay)}, or it is refused"))
    if cost.min_receive:
        rows.append(("at least", f"{token.text(cost.min_receive)}, or it is refused"))
    rows += paying.rows
    return Act(f"Fill an order of {legs_text(order.legs, offer.months)}", rows, send, check)


def _require_takeable(
    reader: ForwardsReader, offer: Offer, taker: ChecksumAddress, span: tuple[int, int], unit: str
) -> None:
    """Make sure that a taker may take so much, and that the maker can pay for it.

    Raises:
        ScriptError: one of it is not so.
    """
    order, (least, taken) = offer.order, span
    if order.taker not in (ZERO_ADDRESS, taker):
        raise ScriptError(f"only {order.taker} may take this order")
    if order.maker == taker:
        raise ScriptError("this order is your own")
    if taken < least:
        left = f"{taken} of {offer.remaining} left"
        raise ScriptError(f"{counted(least, unit)} at least are to be taken, not {left}")
    if (covered := maker_covers(reader, offer)) < taken:
        raise ScriptError(f"its maker can pay for {counted(covered, unit)} now, not for {taken}")


def match(reader: ForwardsReader, one: Offer, other: Offer, quantity: int) -> Act:
    """Prepare to let two orders that cross trade with each other; anybody may.

    Args:
        reader: vault and book.
        one: an order.
        other: one with the same legs the other way.
        quantity: most to trade [units].
    """
    book, chain = reader.book, reader.session.chain
    digests = {order_hash(reader.domain, offer.order) for offer in (one, other)}

    def check(receipt: Any) -> Sequence[str]:
        filled = receipt.decode_logs(book.OrderFilled)
        require_logged("orders", digests, {bytes(log.order_hash) for log in filled})
        (got,) = {int(log.quantity) for log in filled}
        return [f"Matched {got} of {legs_text(one.order.legs, one.months)}"]

    signed = [part for offer in (one, other) for part in _signed(offer)]
    rows = [
        ("one", f"{one.order.maker}, {one.remaining} left"),
        ("other", f"{other.order.maker}, {other.remaining} left"),
        ("quantity", f"{min(quantity, one.remaining, other.remaining)} at most"),
    ]
    title = f"Match two orders of {legs_text(one.order.legs, one.months)}"
    return Act(title, rows, lambda: chain.send(book.match, *signed, quantity), check)


def _signed(offer: Offer) -> tuple[Any, bytes]:
    return offer.order.as_tuple(), offer.signed.signature


def cancel(reader: ForwardsReader, order: Order) -> Act:
    """Prepare to cancel one order of the sending account.

    Raises:
        ScriptError: it is another's, or there is nothing left of it.
    """
    chain, book = reader.session.chain, reader.book
    if order.maker != chain.account.address:
        raise ScriptError(f"only its maker {order.maker} can cancel this order")
    remaining = reader.remaining(order)
    if remaining == 0:
        raise ScriptError("nothing is left of the order: filled, or cancelled before")
    months = [reader.listing(series) for series in order.series]

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, book.OrderCancelled)
        require_logged("order", order_hash(reader.domain, order), bytes(log.order_hash))
        return ["Cancelled: it can never be filled again"]

    token = reader.token(months[0].terms.token)
    return Act(
        f"Cancel an order of {legs_text(order.legs, months)}",
        [
            *order_rows(order, months, token, reader.domain.contract),
            ("left of it", str(remaining)),
        ],
        lambda: chain.send(book.cancel, order.as_tuple()),
        check,
    )


def cancel_all(reader: ForwardsReader) -> Act:
    """Prepare to cancel every order the sending account has signed so far."""
    book = reader.book
    return _raise_epoch(
        reader,
        "Cancel all orders",
        [],
        lambda: reader.session.chain.send(book.cancel_all),
        "Every order signed before can never be filled again",
    )


def cancel_series(reader: ForwardsReader, listing: Listing) -> Act:
    """Prepare to cancel every order of the sending account so far that has a leg in a series."""
    book = reader.book
    return _raise_epoch(
        reader,
        f"Cancel all orders on {listing.name}",
        [("contract", listing.name)],
        lambda: reader.session.chain.send(book.cancel_series, listing.series),
        f"Every order on {listing.name} signed before can never be filled again",
    )


def _raise_epoch(
    reader: ForwardsReader, title: str, rows: list[tuple[str, str]], send: Any, done: str
) -> Act:
    chain, book = reader.session.chain, reader.book
    epoch = int(book.epoch_of(chain.account))

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, book.EpochRaised)
        require_logged("epoch", epoch + 1, int(log.new_epoch))
        return [done]

    rows = [("maker", str(chain.account.address)), ("epoch", f"{epoch} -> {epoch + 1}"), *rows]
    return Act(title, rows, send, check)


def _traded_text(offer: Offer, got: int, unit: str) -> str:
    """Describe what the taker got of an order."""
    legs = offer.order.legs
    if len({leg.is_buy for leg in legs}) > 1 or len(set(offer.prices)) > 1:
        return f"Took the other side of {counted(got, unit)} of {legs_text(legs, offer.months)}"
    verb = "Sold" if legs[0].is_buy else "Bought"
    price = offer.months[0].terms.product.price_text(offer.prices[0])
    return f"{verb} {counted(got, 'contract')} of {names_of(offer.months)} at {price}"
