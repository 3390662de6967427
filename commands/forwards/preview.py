# SPDX-License-Identifier: AGPL-3.0-only
"""What an order says, in plain words: what every signature is asked for with."""

from collections.abc import Sequence

from commands.forwards.reader import Listing
from commands.shell.console import counted
from commands.shell.tokens import Token
from hashrate.core.utc import utc_text
from hashrate.orders.order import ZERO_ADDRESS, Leg, Order, Peg

Row = tuple[str, str]


def order_rows(order: Order, months: Sequence[Listing], token: Token, book: str) -> list[Row]:
    """Describe what a maker signs: each leg, its price, its cost, who may take it, how long.

    Args:
        order: to be signed, or signed.
        months: the series of its legs, in their order.
        token: they settle in.
        book: address of the book.
    """
    unit = "contract" if len(order.legs) == 1 else "unit"
    rows: list[Row] = [("maker", order.maker)]
    for leg, month in zip(order.legs, months, strict=True):
        verb = "buys, LONG" if leg.is_buy else "sells, SHORT"
        price = peg_text(order.peg, month) if order.peg else price_text(leg, month)
        rows.append((month.name, f"{verb}: {each_text(leg, unit)} at {price}"))
    in_window = ", also once a window has begun" if order.may_trade_in_window else ""
    return [
        *rows,
        ("quantity", counted(order.quantity, unit)),
        ("least in one fill", counted(order.minimum_quantity, unit)),
        ("takes at most", f"{token.text(order.max_collateral)} from the maker, for all of it"),
        ("taker", taker_text(order, book)),
        ("until", f"{utc_text(order.deadline)}{in_window}"),
    ]


def each_text(leg: Leg, unit: str) -> str:
    """Write how much of a leg is in each unit."""
    return f"{counted(leg.ratio, 'contract')} of 1 PH/s" + ("" if unit == "contract" else " a unit")


def price_text(leg: Leg, month: Listing) -> str:
    """Write the price of a leg."""
    return month.terms.product.price_text(leg.price_ticks)


def peg_text(peg: Peg, month: Listing) -> str:
    """Write how a leg is priced by its index."""
    product = month.terms.product
    sign = "-" if peg.offset_ticks < 0 else "+"
    days = counted(peg.mean_days, "final day")
    offset = product.price_text(abs(peg.offset_ticks)).partition(" ")[0]
    low, high = (
        product.price_text(ticks).partition(" ")[0] for ticks in (peg.low_ticks, peg.high_ticks)
    )
    age = counted(peg.max_age_days, "day")
    return (
        f"the mean of the newest {days} {sign} {offset}, from {low} to {high} "
        f"{product.unit.shown}; dead while the newest is more than {age} old"
    )


def legs_text(legs: Sequence[Leg], months: Sequence[Listing]) -> str:
    """Name the legs in the order of the calendar; one of them by its series alone."""
    if len(legs) == 1:
        return months[0].name
    pairs = zip(legs, months, strict=True)
    by_day = sorted(pairs, key=lambda pair: pair[1].terms.first_day)
    return ", ".join(
        f"{'+' if leg.is_buy else '-'}{leg.ratio} {month.name}" for leg, month in by_day
    )


def names_of(months: Sequence[Listing]) -> str:
    """Name series in the order of the calendar."""
    by_day = sorted(months, key=lambda month: month.terms.first_day)
    return ", ".join(month.name for month in by_day)


def taker_text(order: Order, book: str = "") -> str:
    """Name who may take an order."""
    if order.taker == ZERO_ADDRESS:
        return "anyone"
    return "another order only, by match" if order.taker == book else order.taker
