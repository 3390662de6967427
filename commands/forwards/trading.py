# SPDX-License-Identifier: AGPL-3.0-only
"""Create series, sign orders, fill and cancel them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from commands.forwards.book import Offer, ask_engine, collateral_of, post_order
from commands.forwards.engine_reader import EngineReader, Listing, Token, window_text
from commands.shell.acts import Act, require_logged, the_only_event
from commands.shell.console import counted, go_ahead, grid
from commands.shell.errors import ScriptError, VerificationError
from hashrate.core.units import DAY_SECONDS
from hashrate.core.utc import utc_text
from hashrate.orders.order import ZERO_ADDRESS, Order, SignedOrder, is_signed_by_key, order_hash
from hashrate.orders.order import order_message as message_of
from hashrate.orders.order_file import write_order
from hashrate.products.forwards.maths import (
    leg_payment,
    pair_cost,
    require_in_band,
)
from hashrate.products.forwards.terms import require_creatable

_SALT_BITS = 128


@dataclass(frozen=True, slots=True)
class Wish:
    """What a maker wants.

    Attributes:
        is_buy: LONG or SHORT.
        quantity: of each month [contracts].
        minimum: least in one fill [contracts].
        price: as people write it, such as 43150sat.
        months: what is traded, in ascending order of their ids.
        taker: the only account that may take it; None for anyone.
        valid_seconds: how long from now it can be filled, at most [s].
        in_window: whether it stays open once the first month has begun.
    """

    is_buy: bool
    quantity: int
    minimum: int
    price: str
    months: Sequence[Listing]
    taker: ChecksumAddress | None
    valid_seconds: int
    in_window: bool


def create(reader: EngineReader, listing: Listing) -> Act:
    """Prepare to create a series; anybody may.

    Raises:
        TermsError: the engine would refuse its terms.
    """
    terms, engine = listing.terms, reader.engine
    require_creatable(terms, reader.session.chain.now, int(reader.oracle.FIRST_DAY()))
    token = reader.token(terms.token)

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, engine.SeriesCreated)
        require_logged("series", listing.series, log.series)
        return [f"{listing.name} listed: series 0x{listing.series:064x}"]

    return Act(
        f"List {listing.name}",
        [
            ("window", window_text(terms)),
            ("floor", terms.product.price_text(terms.floor_ticks)),
            ("cap", terms.product.price_text(terms.cap_ticks)),
            ("a tick a day", token.text(terms.tick_value)),
            ("settles in", f"{token.symbol} ({token.address})"),
            ("a pair costs", token.text(pair_cost(terms))),
        ],
        lambda: reader.session.chain.send(engine.create_series, terms.as_tuple()),
        check,
    )


def make_order(reader: EngineReader, maker: ChecksumAddress, wish: Wish) -> Order:
    """Make an order of a wish, good until the deadline or until the first month begins.

    Raises:
        PriceError: no price of these series, or outside their floor and cap.
        ScriptError: months in different tokens, or none open to it any more.
    """
    months, now = wish.months, reader.session.chain.now
    tokens = {month.terms.token for month in months}
    if len(tokens) != 1:
        raise ScriptError("the months of a strip settle in one token")
    price = months[0].terms.product.parse_price(wish.price)
    for month in months:
        require_in_band(month.terms, price)
    last = min(
        (month.terms.end_day if wish.in_window else month.terms.first_day) * DAY_SECONDS - 1
        for month in months
    )
    if last <= now:
        hint = "" if wish.in_window else ": --in-window trades a month that has begun"
        raise ScriptError(f"{months[0].name} does not trade any more{hint}")
    if not 0 < wish.minimum <= wish.quantity:
        raise ScriptError("the minimum is from 1 to the quantity")
    return Order(
        maker=maker,
        taker=wish.taker or ZERO_ADDRESS,
        is_buy=wish.is_buy,
        price_ticks=price,
        quantity=wish.quantity,
        minimum_quantity=wish.minimum,
        max_collateral=wish.quantity * collateral_of(months, price, is_buyer=wish.is_buy),
        deadline=min(last, now + wish.valid_seconds),
        may_trade_in_window=wish.in_window,
        epoch=int(reader.engine.epoch_of(maker)),
        salt=secrets.randbits(_SALT_BITS),
        series=tuple(month.series for month in months),
    )


def sign(reader: EngineReader, order: Order) -> SignedOrder:
    """Sign an order with the sending account, and check it against the engine.

    Raises:
        ScriptError: the account does not sign.
        RefusalError: the engine would not fill it.
        VerificationError: the signature is not its maker's, or the engine reads another quantity.
    """
    made = reader.session.chain.account.sign_message(message_of(reader.domain, order))
    if made is None:
        raise ScriptError("the account did not sign")
    signature = bytes(made.encode_rsv())
    signed = SignedOrder(reader.domain, order, signature)
    if not is_signed_by_key(signed):
        raise VerificationError("the signature does not recover to the maker")
    require_logged("quantity", order.quantity, ask_engine(reader, signed))
    return signed


def offer_order(
    reader: EngineReader,
    wish: Wish,
    path: Path,
    relay: str | None,
    *,
    is_dry: bool,
    is_agreed: bool,
) -> bool:
    """Show an order, ask, let the engine take its collateral, sign, write, maybe send.

    Args:
        reader: the engine, with the maker's account.
        wish: what the maker wants.
        path: file to write.
        relay: where to send it as well.
        is_dry: only show it.
        is_agreed: do not ask.

    Returns:
        Whether it was signed.
    """
    session = reader.session
    maker = to_checksum_address(session.chain.account.address)
    order = make_order(reader, maker, wish)
    token = reader.token(wish.months[0].terms.token)
    allowed = int(token.contract.allowance(maker, reader.address))
    needed = max(allowed, order.max_collateral)
    rows = _order_rows(order, wish.months, token)
    held = int(token.contract.balanceOf(maker))
    too_little = "" if held >= order.max_collateral else ": too little to be filled whole"
    rows += [
        ("held", token.text(held) + too_little),
        ("allowance", _change(token, allowed, needed)),
        ("written to", str(path)),
    ]
    side = "Buy" if wish.is_buy else "Sell"
    session.console.print(grid(f"{side} {names_of(wish.months)}", rows))
    if not go_ahead(session.console, is_dry=is_dry, is_agreed=is_agreed):
        return False
    if allowed < needed:
        session.chain.send(token.contract.approve, reader.address, needed)
    signed = sign(reader, order)
    write_order(path, signed)
    name = order_hash(reader.domain, order).hex()
    session.console.print(f"Order 0x{name} signed, written to {path}", markup=False)
    if relay is not None:
        post_order(relay, signed)
        session.console.print(f"The relay at {relay} lists it", markup=False)
    return True


def fill(reader: EngineReader, offer: Offer, quantity: int, minimum: int) -> Act:
    """Prepare to take the other side of an order.

    Args:
        reader: the engine, with the taker's account.
        offer: the order, open now.
        quantity: most to take [contracts].
        minimum: least to take [contracts].

    Raises:
        ScriptError: the taker is the maker, may not take it, or holds too little.
    """
    order, engine, chain = offer.order, reader.engine, reader.session.chain
    taker = to_checksum_address(chain.account.address)
    if order.taker not in (ZERO_ADDRESS, taker):
        raise ScriptError(f"only {order.taker} may take this order")
    if order.maker == taker:
        raise ScriptError("this order is your own")
    taken = min(quantity, offer.remaining)
    least = max(minimum, min(order.minimum_quantity, offer.remaining))
    if taken < least:
        left = f"{taken} of {offer.remaining} left"
        raise ScriptError(f"{counted(least, 'contract')} at least are to be taken, not {left}")
    token = reader.token(offer.months[0].terms.token)
    net, closed = _net_payment(reader, offer, taker, taken)
    prepare = _with_allowance(reader, token, max(net, 0))

    def check(receipt: Any) -> Sequence[str]:
        filled = the_only_event(receipt, engine.OrderFilled)
        digest = order_hash(reader.domain, order)
        require_logged("order", digest, bytes(filled.order_hash))
        got = int(filled.quantity)
        if not least <= got <= taken:
            raise VerificationError(f"filled: meant {least} to {taken}, the chain logged {got}")
        trades = receipt.decode_logs(engine.Traded)
        logged = [(int(log.series), int(log.price_ticks), int(log.quantity)) for log in trades]
        require_logged(
            "trades", [(series, order.price_ticks, got) for series in order.series], logged
        )
        verb = "Sold" if order.is_buy else "Bought"
        price = offer.months[0].terms.product.price_text(order.price_ticks)
        return [f"{verb} {counted(got, 'contract')} of {names_of(offer.months)} at {price}"]

    def send() -> Any:
        prepare()
        asked = (order.as_tuple(), offer.signed.signature, taken, minimum)
        permit = offer.signed.permit
        if permit is None:
            return chain.send(engine.fill, *asked)
        return chain.send(engine.fill_with_permits, [permit.as_tuple()], *asked)

    rows = _order_rows(order, offer.months, token)
    rows += [
        ("left of it", counted(offer.remaining, "contract")),
        ("you take", f"{counted(taken, 'contract')}, {'SHORT' if order.is_buy else 'LONG'}"),
        ("closing", f"{closed} against what you hold on the other side"),
        ("you pay" if net >= 0 else "you receive", token.text(abs(net))),
    ]
    return Act(f"Fill an order of {names_of(offer.months)}", rows, send, check)


def cancel(reader: EngineReader, order: Order) -> Act:
    """Prepare to cancel one order of the sending account.

    Raises:
        ScriptError: it is another's, or there is nothing left of it.
    """
    chain, engine = reader.session.chain, reader.engine
    if order.maker != chain.account.address:
        raise ScriptError(f"only its maker {order.maker} can cancel this order")
    remaining = reader.remaining(order)
    if remaining == 0:
        raise ScriptError("nothing is left of the order: filled, or cancelled before")
    months = [reader.listing(series) for series in order.series]

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, engine.OrderCancelled)
        require_logged("order", order_hash(reader.domain, order), bytes(log.order_hash))
        return ["Cancelled: it can never be filled again"]

    return Act(
        f"Cancel an order of {names_of(months)}",
        [
            *_order_rows(order, months, reader.token(months[0].terms.token)),
            ("left of it", counted(remaining, "contract")),
        ],
        lambda: chain.send(engine.cancel, order.as_tuple()),
        check,
    )


def cancel_all(reader: EngineReader) -> Act:
    """Prepare to cancel every order the sending account has signed so far."""
    chain, engine = reader.session.chain, reader.engine
    epoch = int(engine.epoch_of(chain.account))

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, engine.EpochRaised)
        require_logged("epoch", epoch + 1, int(log.new_epoch))
        return ["Every order signed before can never be filled again"]

    return Act(
        "Cancel all orders",
        [("maker", str(chain.account.address)), ("epoch", f"{epoch} -> {epoch + 1}")],
        lambda: chain.send(engine.cancel_all),
        check,
    )


def _net_payment(
    reader: EngineReader, offer: Offer, taker: ChecksumAddress, quantity: int
) -> tuple[int, int]:
    """Compute what the taker pays, negative if it receives, and how much it closes.

    Source: docs/forwards.md, section 5.
    """
    price, takes_long = offer.order.price_ticks, not offer.order.is_buy
    net, closed_in_all = 0, 0
    for month in offer.months:
        opposite = month.series + 1 if takes_long else month.series
        closed = min(quantity, int(reader.engine.balanceOf(taker, opposite)))
        net += leg_payment(month.terms, price, quantity, closed, is_buyer=takes_long)
        closed_in_all += closed
    return net, closed_in_all


def _with_allowance(reader: EngineReader, token: Token, amount: int) -> Any:
    """Make sure there is enough to pay; approve exactly as much where that is missing.

    Raises:
        ScriptError: the account holds less.
    """
    account = reader.session.chain.account
    held = int(token.contract.balanceOf(account))
    if held < amount:
        need = token.text(amount)
        raise ScriptError(f"{account.address} holds {token.text(held)}, {need} are needed")

    def prepare() -> None:
        if int(token.contract.allowance(account, reader.address)) < amount:
            reader.session.chain.send(token.contract.approve, reader.address, amount)

    return prepare


def _order_rows(order: Order, months: Sequence[Listing], token: Token) -> list[tuple[str, str]]:
    taker = "anyone" if order.taker == ZERO_ADDRESS else order.taker
    in_window = ", also once a month has begun" if order.may_trade_in_window else ""
    return [
        ("maker", order.maker),
        ("it", "buys, LONG" if order.is_buy else "sells, SHORT"),
        ("quantity", f"{counted(order.quantity, 'contract')} of 1 PH/s in each month"),
        ("price", months[0].terms.product.price_text(order.price_ticks)),
        ("least in one fill", counted(order.minimum_quantity, "contract")),
        ("locks at most", token.text(order.max_collateral)),
        ("taker", taker),
        ("until", f"{utc_text(order.deadline)}{in_window}"),
    ]


def names_of(months: Sequence[Listing]) -> str:
    """Name the months of a strip in the order of the calendar."""
    by_day = sorted(months, key=lambda month: month.terms.first_day)
    return ", ".join(month.name for month in by_day)


def _change(token: Token, old: int, new: int) -> str:
    return token.text(old) if old == new else f"{token.text(old)} -> {token.text(new)}"
