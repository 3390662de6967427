# SPDX-License-Identifier: AGPL-3.0-only
"""A month as a trader looks at it: mark, bids and asks, what a quantity locks. Reads only."""

from collections.abc import Sequence
from pathlib import Path

from rich.console import Console
from rich.table import Table
from rich.text import Text

from commands.forwards.orders import Offer, assess, read_book, read_folder, sides
from commands.forwards.positions import mean_text
from commands.forwards.preview import legs_text, taker_text
from commands.forwards.reader import ForwardsReader, Listing, state_text, window_text
from commands.shell.console import counted, grid
from commands.shell.orders import is_url
from hashrate.core.errors import HashrateError
from hashrate.core.utc import utc_text
from hashrate.orders.order import SignedOrder, order_hash
from hashrate.products.forwards.codes import Contract
from hashrate.products.forwards.maths import buyer_collateral, marked, pair_cost, seller_collateral
from hashrate.products.forwards.months import standard_months
from hashrate.products.forwards.product import Product

_DEPTH = 10


def show_months(reader: ForwardsReader, products: Sequence[Product], count: int) -> None:
    """Print the standard months that can be listed now, and which of them are."""
    console, now = reader.session.console, reader.session.chain.now
    for product in products:
        token = reader.standard_token(product)
        table = Table(title=f"{product.value}, {product.unit.shown}", title_justify="left")
        table.add_column("contract", no_wrap=True)
        for name in ("days", "floor", "cap", "a pair costs"):
            table.add_column(name, justify="right", no_wrap=True)
        table.add_column("state", no_wrap=True)
        for month in standard_months(now)[:count]:
            listing = reader.listing_of_contract(Contract(product, month))
            terms = listing.terms
            floor, cap = (
                product.price_text(ticks).partition(" ")[0]
                for ticks in (terms.floor_ticks, terms.cap_ticks)
            )
            cost = token.text(pair_cost(terms))
            state = "listed" if listing.is_created else "not listed"
            table.add_row(listing.name, f"{terms.days}", floor, cap, cost, state)
        console.print(table)


def read_orders(source: str, listing: Listing) -> tuple[list[SignedOrder], list[str]]:
    """Read orders from a folder, or those of a series from a relay; and what was unreadable.

    Raises:
        HashrateError: the relay cannot be reached.
    """
    if is_url(source):
        return read_book(source, listing.series)
    return read_folder(Path(source))


def show_quote(
    reader: ForwardsReader, listing: Listing, quantity: int, price: str | None, source: str | None
) -> None:
    """Print a month: terms, progress, mark, what a quantity locks, and its book.

    Args:
        reader: vault and book.
        listing: the month.
        quantity: to work collateral out for [contracts].
        price: at which, and for the days to come; None for the newest trade's.
        source: folder or relay with orders; None for no book.

    Raises:
        HashrateError: the price is none, or the orders cannot be read.
    """
    console, now = reader.session.console, reader.session.chain.now
    terms, product = listing.terms, listing.terms.product
    token, progress = reader.token(terms.token), reader.progress(listing)
    last = reader.last_price(listing.series) if listing.is_created else None
    given = product.parse_price(price) if price is not None else None
    used = last if given is None else given
    rows = [
        ("series", f"0x{listing.series:064x}"),
        ("window", window_text(terms)),
        ("state", state_text(listing, progress, now)),
        ("floor", product.price_text(terms.floor_ticks)),
        ("cap", product.price_text(terms.cap_ticks)),
        ("settles in", f"{token.symbol} ({token.address})"),
        ("last trade", "none" if last is None else product.price_text(last)),
    ]
    if progress.final_days:
        mean = progress.sum_wad // (progress.final_days * product.scale)
        text = product.price_text(mean)
        rows.append(("realised", f"{progress.final_days} days, daily mean {text} (rounded down)"))
    if progress.outcome is not None:
        rows.append(("pays", f"LONG {token.text(progress.outcome.long)}"))
        rows.append(("daily mean", mean_text(listing, progress.outcome)))
    elif used is not None:
        value = marked(terms, progress.sum_wad, progress.final_days, used)
        rows.append(("mark", f"{mean_text(listing, value)}, LONG worth {token.text(value.long)}"))
    if used is not None and terms.floor_ticks <= used <= terms.cap_ticks:
        rows += [
            (f"{quantity} at {_bare(product, used)}", ""),
            ("  buyer locks", token.text(quantity * buyer_collateral(terms, used))),
            ("  seller locks", token.text(quantity * seller_collateral(terms, used))),
        ]
    pairs = counted(quantity, "pair")
    rows.append((f"{pairs} at any price", token.text(quantity * pair_cost(terms))))
    console.print(grid(listing.name, rows))
    if source is not None:
        signed, complaints = read_orders(source, listing)
        offers, dead = _open_offers(reader, listing, signed)
        _show_book(console, listing, offers)
        for line in complaints:
            console.print(f"  unreadable: {line}", markup=False)
        for digest, line in dead:
            console.print(f"  not open: 0x{digest[:8]}… {line}", markup=False)


def _open_offers(
    reader: ForwardsReader, listing: Listing, signed: Sequence[SignedOrder]
) -> tuple[list[Offer], list[tuple[str, str]]]:
    """Keep the orders of a series that can be filled; say of the others why not."""
    offers, dead = [], []
    now = reader.session.chain.now
    for each in signed:
        if listing.series not in each.order.series:
            continue
        try:
            offers.append(assess(reader, each, now))
        except HashrateError as error:
            dead.append((order_hash(each.domain, each.order).hex(), str(error)))
    return offers, dead


def _show_book(console: Console, listing: Listing, offers: Sequence[Offer]) -> None:
    table = Table(title=Text("Book"), title_justify="left")
    table.add_column("", no_wrap=True)
    for name in ("price", "contracts", "least"):
        table.add_column(name, justify="right", no_wrap=True)
    table.add_column("legs", overflow="fold")
    table.add_column("for", overflow="fold")
    table.add_column("until", no_wrap=True)
    bids, asks = sides(offers, listing.series)
    for name, side in (("ask", asks[:_DEPTH][::-1]), ("bid", bids[:_DEPTH])):
        for offer in side:
            order, (leg, price) = offer.order, offer.leg(listing.series)
            least = min(order.minimum_quantity, offer.remaining)
            quantities = (f"{offer.remaining * leg.ratio}", f"{least * leg.ratio}")
            cells = (_bare(listing.terms.product, price), *quantities)
            legs = legs_text(order.legs, offer.months)
            table.add_row(name, *cells, legs, taker_text(order), utc_text(order.deadline))
    if not offers:
        table.add_row("", "no open order")
    console.print(table)


def _bare(product: Product, ticks: int) -> str:
    """Write a price without its unit."""
    return product.price_text(ticks).partition(" ")[0]
