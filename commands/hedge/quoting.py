# SPDX-License-Identifier: AGPL-3.0-only
"""`--quote`: the order that a miner would sign to offer its own strip, and the command for it."""

import shlex
from collections.abc import Sequence
from fractions import Fraction

from commands.hedge.sections import Section, token_text
from hashrate.core.units import DAY_SECONDS
from hashrate.core.utc import utc_text
from hashrate.hedging.selling import MonthBids, sell
from hashrate.orders.order import MAX_LEGS
from hashrate.products.forwards.product import Product


def quote_section(months: Sequence[MonthBids], quantity: int) -> Section:
    """Describe an order to sell so many of each month, all months in each fill.

    Args:
        months: each with the one price it is offered at.
        quantity: [contracts of each].
    """
    product = months[0].contract.product
    sales = sell(months, quantity)
    unit = "USD" if product.is_in_dollars else "BTC"
    legs = tuple(
        (str(each.contract), f"sells, SHORT: 1 a unit at {_price(product, each)}")
        for each in months
    )
    locked = sum(sale.locked for sale in sales)
    last = months[0].terms.first_day * DAY_SECONDS - 1
    rows = (
        *legs,
        ("quantity", f"{quantity:,} units, whole strips in any part"),
        ("takes at most", f"{token_text(product, Fraction(locked))} {unit} from the maker"),
        ("until", f"seven days, at most {utc_text(last)}"),
        ("signed by", _command(product, months, quantity)),
    )
    if len(months) > MAX_LEGS:
        rows += (("note", f"an order has at most {MAX_LEGS} legs: quote it in parts"),)
    return Section("To quote this strip", (), rows)


def _command(product: Product, months: Sequence[MonthBids], quantity: int) -> str:
    first, *rest = months
    words = ["ape", "run", "forwards", "order", "sell", str(quantity), str(first.contract)]
    words.append(_short(product, first))
    for each in rest:
        words += ["--leg", f"sell {each.contract} {_short(product, each)}"]
    return shlex.join([*words, "--to", "strip.json"])


def _price(product: Product, month: MonthBids) -> str:
    return product.price_text(month.bids[0].price_ticks)


def _short(product: Product, month: MonthBids) -> str:
    return f"{product.bare_price(month.bids[0].price_ticks)}{product.unit.suffix}"
