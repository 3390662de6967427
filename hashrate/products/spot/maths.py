# SPDX-License-Identifier: AGPL-3.0-only
"""What a part of a spot order costs, exactly as the contract computes it.

Source: docs/spot.md, section 2.
"""

import re
from fractions import Fraction

from hashrate.core.amounts import parse_bitcoin, parse_dollars
from hashrate.core.errors import AmountError
from hashrate.core.units import WAD, decimal_text

_PERCENT = re.compile(r"(\d{1,9})(?:\.(\d{1,16}))?\s*%", re.ASCII)
_HUNDREDTH = WAD // 100


def cost(quantity: int, price: int, remaining: int | None, *, is_buy: bool) -> int:
    """Compute what a part costs the taker or pays it [money base units].

    Args:
        quantity: the part [token base units].
        price: of the order.
        remaining: what remains of 1e18 of the token [money base units]; None for a plain price.
        is_buy: whether the maker buys: its cost then rounds down, else up.
    """
    numerator, denominator = quantity * price, WAD
    if remaining is not None:
        numerator, denominator = numerator * remaining, WAD * WAD
    return numerator // denominator if is_buy else -(-numerator // denominator)


def middle(bid: int, ask: int) -> int | None:
    """Compute what two matched orders trade at [money base units]; None if they do not cross."""
    return (bid + ask) // 2 if bid >= ask else None


def parse_price(text: str, decimals: int) -> tuple[int, bool]:
    """Read a price: 7001sat, 0.00007btc or 6.50usd a token, or 98.5% of what remains of it.

    Args:
        text: as people write it.
        decimals: of the money.

    Returns:
        The price as an order has it, and whether it is per remaining.

    Raises:
        AmountError: no such price.
    """
    plain = text.strip().lower()
    found = _PERCENT.fullmatch(plain)
    if found is None:
        reads = parse_dollars if plain.endswith("usd") else parse_bitcoin
        return reads(plain, decimals), False
    price = Fraction(f"{found[1]}.{found[2] or 0}") * _HUNDREDTH
    if price == 0:
        raise AmountError(f"{text!r} is nothing")
    return int(price), True


def price_text(price: int, decimals: int, symbol: str, *, is_per_remaining: bool) -> str:
    """Write a price, every digit that counts."""
    if is_per_remaining:
        percent = decimal_text(price, 16).rstrip("0").rstrip(".")
        return f"{percent} % of what remains"
    return f"{decimal_text(price, decimals)} {symbol} each"
