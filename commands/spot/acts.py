# SPDX-License-Identifier: AGPL-3.0-only
"""Sign orders, fill, match and cancel them."""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from commands.shell.acts import Act, require_logged, the_only_event
from commands.shell.console import counted, go_ahead, grid
from commands.shell.errors import ScriptError, VerificationError
from commands.shell.permits import Spending, spending
from commands.shell.tokens import Token, approve_to, beside_orders
from commands.spot.reader import Quote, SpotReader
from hashrate.core.amounts import hashrate_text
from hashrate.core.utc import utc_text
from hashrate.orders.order import ZERO_ADDRESS
from hashrate.orders.spot import (
    SignedSpotOrder,
    SpotOrder,
    is_spot_signed_by_key,
    spot_hash,
    spot_message,
)
from hashrate.orders.spot_file import write_spot
from hashrate.products.spot.maths import middle, price_text

_SALT_BITS = 128
_LAG_DAYS = 2


@dataclass(frozen=True, slots=True)
class Wish:
    """What a maker wants.

    Attributes:
        is_buy: buy or sell.
        quantity, minimum: [token base units].
        token, money: what for what.
        price, is_per_remaining: as an order has them.
        taker: the only account that may take it; None for anyone.
        valid_seconds: how long from now [s].
    """

    is_buy: bool
    quantity: int
    minimum: int
    token: Token
    money: Token
    price: int
    is_per_remaining: bool
    taker: ChecksumAddress | None
    valid_seconds: int


def make_order(reader: SpotReader, maker: ChecksumAddress, wish: Wish) -> SpotOrder:
    """Make an order of a wish.

    Raises:
        ScriptError: the minimum is above the quantity.
    """
    if wish.minimum > wish.quantity:
        raise ScriptError("the minimum is at most the quantity")
    return SpotOrder(
        maker=maker,
        taker=wish.taker or ZERO_ADDRESS,
        is_buy=wish.is_buy,
        token=wish.token.address,
        money=wish.money.address,
        price=wish.price,
        is_per_remaining=wish.is_per_remaining,
        max_lag_days=_LAG_DAYS,
        quantity=wish.quantity,
        minimum_quantity=wish.minimum,
        deadline=reader.session.chain.now + wish.valid_seconds,
        epoch=int(reader.market.epoch_of(maker)),
        salt=secrets.randbits(_SALT_BITS),
    )


def offer_order(
    reader: SpotReader, wish: Wish, path: Path, *, is_dry: bool, is_agreed: bool
) -> SignedSpotOrder | None:
    """Show an order, ask, approve what it may take, sign, check with the market, write.

    Args:
        reader: the market, with the maker's account.
        wish: what the maker wants.
        path: file to write.
        is_dry: only show it.
        is_agreed: do not ask.

    Returns:
        The order, None if it was not signed.

    Raises:
        ScriptError: the account does not sign.
        RefusalError: the market would not fill it.
        VerificationError: the signature is not its maker's.
    """
    session = reader.session
    maker = to_checksum_address(session.chain.account.address)
    order = make_order(reader, maker, wish)
    token = wish.money if wish.is_buy else wish.token
    # asked first: an order that has no price is not worth an approval
    whole = reader.cost(order, order.quantity)
    most = whole if wish.is_buy else order.quantity
    allowed = int(token.contract.allowance(maker, reader.address))
    # orders that are out already draw on the same approval: it grows by what this one may take
    needed = beside_orders(session, token, reader.address, most)
    held = int(token.contract.balanceOf(maker))
    too_little = "" if held >= most else ": too little to be filled whole"
    rows = order_rows(reader, order)
    rows += [
        ("takes at most", token.text(most)),
        ("held", token.text(held) + too_little),
        ("allowance", f"{token.text(allowed)} -> {token.text(needed)}"),
        ("written to", str(path)),
    ]
    side = "Buy" if wish.is_buy else "Sell"
    session.console.print(grid(f"{side} {reader.name_of(wish.token)}", rows))
    if not go_ahead(session.console, is_dry=is_dry, is_agreed=is_agreed):
        return None
    approve_to(session, token, reader.address, needed)
    made = session.chain.account.sign_message(spot_message(reader.domain, order))
    if made is None:
        raise ScriptError("the account did not sign")
    signed = SignedSpotOrder(reader.domain, order, bytes(made.encode_rsv()))
    if not is_spot_signed_by_key(signed):
        raise VerificationError("the signature does not recover to the maker")
    require_logged("quantity", order.quantity, reader.assess(signed).remaining)
    write_spot(path, signed)
    name = spot_hash(reader.domain, order).hex()
    session.console.print(f"Order 0x{name} signed, written to {path}", markup=False)
    return signed


def fill(
    reader: SpotReader,
    signed: SignedSpotOrder,
    quantity: int | None,
    least: int | None,
    *,
    by_permit: bool = False,
) -> Act:
    """Prepare to take the other side of an order.

    Args:
        reader: the market, with the taker's account.
        signed: the order.
        quantity: most to take [token base units]; None for all that its maker covers.
        least: least to take; None for all or nothing.
        by_permit: give by a permit in place of an approval.

    Raises:
        ScriptError: the order is the taker's own, somebody has too little, or that is less than
            its maker trades at once.
    """
    session, order = reader.session, signed.order
    taker = to_checksum_address(session.chain.account.address)
    if order.maker == taker:
        raise ScriptError("this order is your own")
    quote = reader.assess(signed, taker)
    # what the maker cannot deliver or pay would only fail
    taken = min(quantity or quote.covered, quote.remaining)
    if taken == 0 or taken > quote.covered:
        raise ScriptError("its maker has too little, or has approved too little, to fill that")
    smallest = min(order.minimum_quantity, quote.remaining)
    if taken < smallest:
        raise ScriptError(f"its maker trades {_amount(reader, order, smallest)} at once, or more")
    pays = reader.cost(order, taken)
    paying = _paying(reader, order, taken, pays, by_permit=by_permit)
    limits = (0, pays) if order.is_buy else (pays, 0)

    def check(receipt: Any) -> Sequence[str]:
        filled = the_only_event(receipt, reader.market.OrderFilled)
        require_logged("order", spot_hash(reader.domain, order), bytes(filled.order_hash))
        log = the_only_event(receipt, reader.market.Traded)
        verb = "Sold" if order.is_buy else "Bought"
        money = reader.token(order.money).text(int(log.cost))
        return [f"{verb} {_amount(reader, order, int(log.quantity))} for {money}"]

    def send() -> Any:
        take = (taken, taken if least is None else least, *limits)
        asked = (order.as_tuple(), signed.signature, take)
        market, permits = reader.market, paying.permits()
        if not permits:
            return session.chain.send(market.fill, *asked)
        given = [each.as_tuple() for each in permits]
        return session.chain.send(market.fill_with_permits, given, *asked)

    money = reader.token(order.money)
    rows = order_rows(reader, order)
    rows += [
        ("left of it", _amount(reader, order, quote.remaining)),
        ("you " + ("sell" if order.is_buy else "buy"), _amount(reader, order, taken)),
        ("you receive" if order.is_buy else "you pay", money.text(pays)),
        *paying.rows,
    ]
    return Act(f"Fill an order of {_name(reader, order)}", rows, send, check)


def fill_many(reader: SpotReader, orders: Sequence[SignedSpotOrder], quantity: int) -> Act:
    """Prepare to sweep several orders that all face one way, up to a quantity, cheapest first.

    Args:
        reader: the market, with the taker's account.
        orders: of one token, one money and one side.
        quantity: to take of all of them together [token base units].

    Raises:
        ScriptError: none, or orders that differ.
    """
    session = reader.session
    taker = to_checksum_address(session.chain.account.address)
    if not orders:
        raise ScriptError("no order can be filled")
    first = orders[0].order
    sides = {(each.order.token, each.order.money, each.order.is_buy) for each in orders}
    if len(sides) != 1:
        raise ScriptError("take orders of one token, one money and one side at a time")
    quotes = [reader.assess(each, taker) for each in orders if each.order.maker != taker]
    quotes.sort(key=_unit_cost, reverse=first.is_buy)
    chosen, left, pays = [], quantity, 0
    for quote in quotes:
        part = min(left, quote.covered)
        if part == 0:
            continue
        price = reader.cost(quote.order, part)
        limits = (0, price) if first.is_buy else (price, 0)
        chosen.append((quote.order.as_tuple(), quote.signed.signature, (part, 0, *limits)))
        left -= part
        pays += price
    if not chosen:
        raise ScriptError("no order can be filled")
    paying = _paying(reader, first, quantity - left, pays, by_permit=False)

    def check(receipt: Any) -> Sequence[str]:
        trades = receipt.decode_logs(reader.market.Traded)
        got = sum(int(log.quantity) for log in trades)
        paid = reader.token(first.money).text(sum(int(log.cost) for log in trades))
        skipped = len(chosen) - len(trades)
        words = f", {counted(skipped, 'order')} skipped" if skipped else ""
        verb = "Sold" if first.is_buy else "Bought"
        return [f"{verb} {_amount(reader, first, got)} for {paid}{words}"]

    def send() -> Any:
        paying.permits()
        return session.chain.send(reader.market.fill_many, chosen)

    money = reader.token(first.money)
    rows = [
        ("orders", counted(len(chosen), "order")),
        ("you " + ("sell" if first.is_buy else "buy"), _amount(reader, first, quantity - left)),
        ("you receive" if first.is_buy else "you pay at most", money.text(pays)),
    ]
    return Act(f"Fill orders of {_name(reader, first)}", rows, send, check)


def match(
    reader: SpotReader, one: SignedSpotOrder, other: SignedSpotOrder, quantity: int | None
) -> Act:
    """Prepare to let two orders trade with each other; anyone may.

    Raises:
        ScriptError: they do not face each other, or do not cross.
    """
    buy, sell = (one, other) if one.order.is_buy else (other, one)
    if not buy.order.is_buy or sell.order.is_buy:
        raise ScriptError("one of the two has to buy and one to sell")
    left = [
        reader.assess(
            each, reader.address if each.order.taker == reader.address else by.order.maker
        )
        for each, by in ((buy, sell), (sell, buy))
    ]
    most = min(quote.remaining for quote in left)
    traded = min(quantity or most, most)
    bid, ask = (reader.cost(each.order, traded) for each in (buy, sell))
    price = middle(bid, ask)
    money = reader.token(buy.order.money)
    if price is None:
        raise ScriptError(f"the buyer pays {money.text(bid)}, the seller wants {money.text(ask)}")

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, reader.market.Traded)
        amount = _amount(reader, buy.order, int(log.quantity))
        return [f"Matched {amount} for {money.text(int(log.cost))}"]

    sides = (buy.order.as_tuple(), buy.signature, sell.order.as_tuple(), sell.signature)
    return Act(
        f"Match two orders of {_name(reader, buy.order)}",
        [
            ("buyer", buy.order.maker),
            ("seller", sell.order.maker),
            ("amount", _amount(reader, buy.order, traded)),
            ("the buyer would pay", money.text(bid)),
            ("the seller would take", money.text(ask)),
            ("it is paid", money.text(price)),
        ],
        lambda: reader.session.chain.send(reader.market.match, *sides, traded),
        check,
    )


def cancel(reader: SpotReader, order: SpotOrder) -> Act:
    """Prepare to cancel one order of the sending account.

    Raises:
        ScriptError: it is another's.
    """
    chain = reader.session.chain
    if order.maker != chain.account.address:
        raise ScriptError(f"only its maker {order.maker} can cancel this order")

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, reader.market.OrderCancelled)
        require_logged("order", spot_hash(reader.domain, order), bytes(log.order_hash))
        return ["Cancelled: it can never be filled again"]

    return Act(
        f"Cancel an order of {_name(reader, order)}",
        order_rows(reader, order),
        lambda: chain.send(reader.market.cancel, order.as_tuple()),
        check,
    )


def cancel_all(reader: SpotReader, token: Token | None) -> Act:
    """Prepare to cancel every order signed so far, or those on one token."""
    chain, market = reader.session.chain, reader.market
    epoch = int(market.epoch_of(chain.account))
    what = "all orders" if token is None else f"all orders of {reader.name_of(token)}"

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, market.EpochRaised)
        require_logged("epoch", epoch + 1, int(log.new_epoch))
        return ["Those signed before can never be filled again"]

    def send() -> Any:
        if token is None:
            return chain.send(market.cancel_all)
        return chain.send(market.cancel_token, token.address)

    rows = [("maker", str(chain.account.address)), ("epoch", f"{epoch} -> {epoch + 1}")]
    return Act(f"Cancel {what}", rows, send, check)


def order_rows(reader: SpotReader, order: SpotOrder) -> list[tuple[str, str]]:
    """Describe an order."""
    money = reader.token(order.money)
    taker = "anyone" if order.taker == ZERO_ADDRESS else order.taker
    if order.taker == reader.address:
        taker = "matches only"
    return [
        ("maker", order.maker),
        ("it", "buys" if order.is_buy else "sells"),
        ("quantity", _amount(reader, order, order.quantity)),
        (
            "price",
            price_text(
                order.price, money.decimals, money.symbol, is_per_remaining=order.is_per_remaining
            ),
        ),
        ("least in one fill", _amount(reader, order, order.minimum_quantity)),
        ("taker", taker),
        ("until", utc_text(order.deadline)),
    ]


def _paying(
    reader: SpotReader, order: SpotOrder, quantity: int, pays: int, *, by_permit: bool
) -> Spending:
    """Prepare to give what the taker of an order gives."""
    address, amount = (order.token, quantity) if order.is_buy else (order.money, pays)
    spender, token = (reader.address, "the market"), reader.token(address)
    return spending(reader.session, token, spender, amount, by_permit=by_permit)


def _unit_cost(quote: Quote) -> tuple[int, int]:
    """Rank an order by what a billion of its tokens' units of 1e18 would cost."""
    return quote.cost * 10**27 // quote.remaining, quote.order.salt


def _amount(reader: SpotReader, order: SpotOrder, quantity: int) -> str:
    token = reader.token(order.token)
    is_hashrate = reader.name_of(token) != token.symbol
    return hashrate_text(quantity) if is_hashrate else token.text(quantity)


def _name(reader: SpotReader, order: SpotOrder) -> str:
    return reader.name_of(reader.token(order.token))
