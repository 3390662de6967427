# SPDX-License-Identifier: AGPL-3.0-only
"""Create series, make orders and sign them."""

import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from commands.forwards.orders import FORWARDS, ask_book, opening_cost
from commands.forwards.preview import legs_text, order_rows
from commands.forwards.reader import ForwardsReader, Listing, window_text
from commands.shell.acts import Act, require_logged, the_only_event
from commands.shell.console import go_ahead, grid
from commands.shell.errors import ScriptError, VerificationError
from commands.shell.permits import permit_row, require_permits, sign_permit
from commands.shell.tokens import Token, approve_to, beside_orders
from hashrate.core.units import DAY_SECONDS
from hashrate.orders.order import (
    ZERO_ADDRESS,
    Leg,
    Order,
    Peg,
    SignedOrder,
    is_signed_by_key,
    order_hash,
)
from hashrate.orders.order import order_message as message_of
from hashrate.orders.order_file import write_order
from hashrate.products.forwards.errors import PriceError
from hashrate.products.forwards.maths import leg_payment, pair_cost, require_in_band
from hashrate.products.forwards.product import Product
from hashrate.products.forwards.terms import require_creatable

_SALT_BITS = 128
_PEGGED = re.compile(r"index(?:([+-])(.+))?", re.ASCII | re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class WishedLeg:
    """One series of what a maker wants.

    Attributes:
        is_buy: LONG or SHORT.
        ratio: contracts in each unit.
        listing: the series.
        price: as people write it, such as 43150sat; or index, index+200sat, index-50sat.
    """

    is_buy: bool
    ratio: int
    listing: Listing
    price: str


@dataclass(frozen=True, slots=True)
class Following:
    """How prices follow the index.

    Attributes:
        between: lowest and highest price, such as 41000sat:45000sat.
        mean_days: over so many final days [days].
        max_age_days: how old the newest of them may be [days].
    """

    between: str | None
    mean_days: int
    max_age_days: int


@dataclass(frozen=True, slots=True)
class Wish:
    """What a maker wants.

    Attributes:
        legs: what is traded together, in ascending order of their series.
        quantity: units of all legs [units].
        minimum: least in one fill [units].
        following: how prices follow the index, where they do.
        taker: the only account that may take it; None for anyone.
        is_match_only: whether only another order may take it.
        counts_holdings: whether positions that it would close lower what may be taken.
        valid_seconds: how long from now it can be filled, at most [s].
        in_window: whether it stays open once the first window has begun.
    """

    legs: Sequence[WishedLeg]
    quantity: int
    minimum: int
    following: Following
    taker: ChecksumAddress | None
    is_match_only: bool
    counts_holdings: bool
    valid_seconds: int
    in_window: bool

    @property
    def listings(self) -> list[Listing]:
        """Return the series of the legs."""
        return [leg.listing for leg in self.legs]


def create(reader: ForwardsReader, listing: Listing) -> Act:
    """Prepare to create a series; anybody may.

    Raises:
        TermsError: the vault would refuse its terms.
    """
    terms, vault = listing.terms, reader.vault
    require_creatable(terms, reader.session.chain.now, int(reader.oracle.FIRST_DAY()))
    token = reader.token(terms.token)

    def check(receipt: Any) -> Sequence[str]:
        log = the_only_event(receipt, vault.SeriesCreated)
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
        lambda: reader.session.chain.send(vault.create_series, terms.as_tuple()),
        check,
    )


def make_order(reader: ForwardsReader, maker: ChecksumAddress, wish: Wish) -> Order:
    """Make an order of a wish, good until the deadline or until the first window begins.

    Raises:
        PriceError: no price of these series, or outside their floor and cap.
        ScriptError: series in different tokens, or none open to it any more.
    """
    listings, now = wish.listings, reader.session.chain.now
    if len({listing.terms.token for listing in listings}) != 1:
        raise ScriptError("the legs of an order settle in one token")
    legs, peg = _priced(wish)
    last = min(
        (each.terms.end_day if wish.in_window else each.terms.first_day) * DAY_SECONDS - 1
        for each in listings
    )
    if last <= now:
        hint = "" if wish.in_window else ": --in-window trades a window that has begun"
        raise ScriptError(f"{listings[0].name} does not trade any more{hint}")
    if not 0 < wish.minimum <= wish.quantity:
        raise ScriptError("the minimum is from 1 to the quantity")
    taker = reader.domain.contract if wish.is_match_only else wish.taker or ZERO_ADDRESS
    worst = [leg.price_ticks if peg is None else peg.worst(leg) for leg in legs]
    unit_cost = opening_cost(legs, listings, worst, is_maker=True)
    if wish.counts_holdings:
        if peg is not None:
            raise ScriptError("the book lets no peg count on holdings: leave --net out")
        unit_cost = _cost_with_holdings(reader, maker, wish, legs)
    return Order(
        maker=maker,
        taker=taker,
        quantity=wish.quantity,
        minimum_quantity=wish.minimum,
        max_collateral=wish.quantity * unit_cost,
        deadline=min(last, now + wish.valid_seconds),
        may_trade_in_window=wish.in_window,
        epoch=int(reader.book.epoch_of(maker)),
        salt=secrets.randbits(_SALT_BITS),
        legs=tuple(legs),
        peg=peg,
    )


def _priced(wish: Wish) -> tuple[list[Leg], Peg | None]:
    """Read the prices: of each leg its own, or one peg for all.

    Raises:
        PriceError: no price of these series, or outside their floor and cap.
    """
    found = [_PEGGED.fullmatch(leg.price.strip()) for leg in wish.legs]
    if not any(found):
        legs = []
        for leg in wish.legs:
            price = leg.listing.terms.product.parse_price(leg.price)
            require_in_band(leg.listing.terms, price)
            legs.append(Leg(leg.listing.series, leg.is_buy, price, leg.ratio))
        return legs, None
    products = {leg.listing.terms.product for leg in wish.legs}
    if len({leg.price for leg in wish.legs}) != 1 or len(products) != 1:
        raise PriceError("one index and one offset price all legs of an order")
    (product,) = products
    peg = _peg(product, found[0], wish.following)
    for leg in wish.legs:
        require_in_band(leg.listing.terms, peg.low_ticks)
        require_in_band(leg.listing.terms, peg.high_ticks)
    return [Leg(leg.listing.series, leg.is_buy, 0, leg.ratio) for leg in wish.legs], peg


def _peg(product: Product, price: re.Match[str] | None, following: Following) -> Peg:
    low, colon, high = (following.between or "").partition(":")
    if not colon:
        raise PriceError("a price that follows the index needs --between LOW:HIGH")
    sign, offset = (None, None) if price is None else price.groups()
    ticks = 0 if offset is None else product.parse_price(offset)
    lowest, highest = product.parse_price(low), product.parse_price(high)
    if lowest > highest:
        raise PriceError(f"{following.between!r} ends before it begins")
    ages = (following.mean_days, following.max_age_days)
    return Peg(*ages, -ticks if sign == "-" else ticks, lowest, highest)


def _cost_with_holdings(
    reader: ForwardsReader, maker: ChecksumAddress, wish: Wish, legs: Sequence[Leg]
) -> int:
    """Find what a unit takes from a maker that closes what it holds [base units].

    A leg counts as closing where the maker holds the other side for all of it.
    """
    net = 0
    for leg, listing in zip(legs, wish.listings, strict=True):
        other = leg.series + 1 if leg.is_buy else leg.series
        held = int(reader.vault.balanceOf(maker, other))
        closed = leg.ratio if held >= wish.quantity * leg.ratio else 0
        net += leg_payment(listing.terms, leg.price_ticks, leg.ratio, closed, is_buyer=leg.is_buy)
    return max(net, 0)


def sign(reader: ForwardsReader, order: Order) -> SignedOrder:
    """Sign an order with the sending account, and check it with the book.

    Raises:
        ScriptError: the account does not sign.
        RefusalError: the book would not fill it.
        VerificationError: the signature is not its maker's, or the book reads another quantity.
    """
    made = reader.session.chain.account.sign_message(message_of(reader.domain, order))
    if made is None:
        raise ScriptError("the account did not sign")
    signature = bytes(made.encode_rsv())
    signed = SignedOrder(reader.domain, order, signature)
    if not is_signed_by_key(signed):
        raise VerificationError("the signature does not recover to the maker")
    require_logged("quantity", order.quantity, ask_book(reader, signed))
    return signed


def offer_order(
    reader: ForwardsReader,
    wish: Wish,
    path: Path,
    relay: str | None,
    *,
    is_dry: bool,
    is_agreed: bool,
    by_permit: bool = False,
) -> bool:
    """Show an order, ask, let the vault take its collateral, sign, write, maybe send.

    Args:
        reader: vault and book, with the maker's account.
        wish: what the maker wants.
        path: file to write.
        relay: where to send it as well.
        is_dry: only show it.
        is_agreed: do not ask.
        by_permit: let the order carry a permit in place of an approval.

    Returns:
        Whether it was signed.
    """
    session = reader.session
    maker = to_checksum_address(session.chain.account.address)
    order = make_order(reader, maker, wish)
    listings = wish.listings
    token = reader.token(listings[0].terms.token)
    allowed = int(token.contract.allowance(maker, reader.address))
    # orders that are out already draw on the same approval: it grows by what this one may take
    needed = beside_orders(session, token, reader.address, order.max_collateral)
    if by_permit:
        require_permits(session, token)
    rows = order_rows(order, listings, token, reader.domain.contract)
    held = int(token.contract.balanceOf(maker))
    too_little = "" if held >= order.max_collateral else ": too little to be filled whole"
    rows += [
        ("held", token.text(held) + too_little),
        permit_row(token, "the vault", needed, order.deadline)
        if by_permit
        else ("allowance", _change(token, allowed, needed)),
        ("written to", str(path)),
    ]
    session.console.print(grid(f"Order: {legs_text(order.legs, listings)}", rows))
    if not go_ahead(session.console, is_dry=is_dry, is_agreed=is_agreed):
        return False
    if not by_permit:
        approve_to(session, token, reader.address, needed)
    signed = sign(reader, order)
    if by_permit:
        permit = sign_permit(session, token, reader.address, needed, order.deadline)
        signed = replace(signed, permit=permit)
    write_order(path, signed)
    name = order_hash(reader.domain, order).hex()
    session.console.print(f"Order 0x{name} signed, written to {path}", markup=False)
    if relay is not None:
        FORWARDS.post(relay, signed)
        session.console.print(f"The relay at {relay} lists it", markup=False)
    return True


def _change(token: Token, old: int, new: int) -> str:
    return token.text(old) if old == new else f"{token.text(old)} -> {token.text(new)}"
