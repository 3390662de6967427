# SPDX-License-Identifier: AGPL-3.0-only
"""Collateral, payouts and marks of a contract: exact integers, written from docs/forwards.md.

Everything is for one contract, 1 PH/s over the whole window, in base units of the settlement token.
"""

from dataclasses import dataclass

from hashrate.products.forwards.errors import PriceError
from hashrate.products.forwards.terms import ForwardTerms


@dataclass(frozen=True, slots=True)
class Payouts:
    """What one LONG and one SHORT are worth [base units]; together they are the pair's cost."""

    long: int
    short: int


def pair_cost(terms: ForwardTerms) -> int:
    """Find what one LONG and one SHORT cost together, and are worth together for ever."""
    return terms.days * (terms.cap_ticks - terms.floor_ticks) * terms.tick_value


def buyer_collateral(terms: ForwardTerms, price_ticks: int) -> int:
    """Find what the buyer of one contract pays in at a price [tick]: all it can lose."""
    require_in_band(terms, price_ticks)
    return terms.days * (price_ticks - terms.floor_ticks) * terms.tick_value


def seller_collateral(terms: ForwardTerms, price_ticks: int) -> int:
    """Find what the seller of one contract pays in at a price [tick]: all it can lose."""
    require_in_band(terms, price_ticks)
    return terms.days * (terms.cap_ticks - price_ticks) * terms.tick_value


def collateral(terms: ForwardTerms, price_ticks: int, *, is_buyer: bool) -> int:
    """Find what one side of one contract pays in at a price [tick]: all it can lose."""
    side = buyer_collateral if is_buyer else seller_collateral
    return side(terms, price_ticks)


def leg_payment(
    terms: ForwardTerms, price_ticks: int, quantity: int, closed: int, *, is_buyer: bool
) -> int:
    """Find what one side pays for a leg, negative if it receives [base units].

    Args:
        terms: of the leg's series.
        price_ticks: at which it is traded [tick].
        quantity: [contracts].
        closed: how many of them close a position of the other side, which gives its worth back.
        is_buyer: which side.

    Source: docs/forwards.md, section 5.
    """
    own = collateral(terms, price_ticks, is_buyer=is_buyer)
    other = collateral(terms, price_ticks, is_buyer=not is_buyer)
    return (quantity - closed) * own - closed * other


def payouts(terms: ForwardTerms, sum_wad: int) -> Payouts:
    """Settle a window.

    Args:
        terms: of the series.
        sum_wad: the oracle's metric summed over the window's days [1e18 fixed point].

    Source: docs/forwards.md, section 7. One floor, in favour of SHORT.
    """
    gross = sum_wad * terms.tick_value // terms.product.scale
    low = terms.days * terms.floor_ticks * terms.tick_value
    high = terms.days * terms.cap_ticks * terms.tick_value
    long = min(max(gross, low), high) - low
    return Payouts(long, pair_cost(terms) - long)


def marked(terms: ForwardTerms, realised_wad: int, realised_days: int, price_ticks: int) -> Payouts:
    """Value a window as if every day to come brought the same price.

    Args:
        terms: of the series.
        realised_wad: the metric summed over the final days of the window [1e18 fixed point].
        realised_days: how many they are.
        price_ticks: for each of the other days [tick].
    """
    rest = (terms.days - realised_days) * price_ticks * terms.product.scale
    return payouts(terms, realised_wad + rest)


def trade_profit(terms: ForwardTerms, price_ticks: int, quantity: int, value: Payouts) -> int:
    """Find what a trade has brought its buyer at a value of LONG [base units]; the seller's is
    the opposite. Netting changes nothing: a closed SHORT gives up what LONG would have gained.

    Args:
        terms: of the series.
        price_ticks: at which it was traded [tick].
        quantity: [contracts].
        value: of the positions now, or as settled.
    """
    return quantity * (value.long - buyer_collateral(terms, price_ticks))


def require_in_band(terms: ForwardTerms, price_ticks: int) -> None:
    """Check that a price can be traded.

    Raises:
        PriceError: it lies outside floor and cap.
    """
    if not terms.floor_ticks <= price_ticks <= terms.cap_ticks:
        product = terms.product
        low, high, price = (
            product.price_text(ticks).partition(" ")[0]
            for ticks in (terms.floor_ticks, terms.cap_ticks, price_ticks)
        )
        raise PriceError(f"price {price} is outside the series' floor {low} and cap {high}")
