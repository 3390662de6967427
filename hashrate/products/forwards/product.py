# SPDX-License-Identifier: AGPL-3.0-only
"""The three metrics as products: names, ticks, prices as people write them, exactly."""

import re
from dataclasses import dataclass
from enum import Enum
from fractions import Fraction

from hashrate.core.units import decimal_text
from hashrate.products.forwards.errors import PriceError, TermsError

_SATS_DECIMALS = 8
_CENTS_DECIMALS = 2
_MOST_DECIMALS = 18
_PRICE = re.compile(r"(\$?)(\d{1,24})(?:\.(\d{1,24}))?\s*([a-z]*)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Unit:
    """How a product's price is written.

    Attributes:
        decimals: a tick is 10^-decimals of the unit.
        suffix: what follows the number in a text that is read.
        shown: the unit in words.
    """

    decimals: int
    suffix: str
    shown: str


class Product(Enum):
    """A metric that months are listed for; its value is what contract codes begin with."""

    HASHPRICE_SATS = "HPS"
    HASHPRICE_USD = "HPU"
    DIFFICULTY = "DIF"

    @property
    def metric(self) -> int:
        """Return its number in the hashprice oracle."""
        return {Product.HASHPRICE_SATS: 1, Product.HASHPRICE_USD: 2, Product.DIFFICULTY: 3}[self]

    @property
    def scale(self) -> int:
        """Return what one tick of one day adds to the oracle's sum [1e18 fixed point per tick].

        Source: docs/forwards.md, section 1. Sums are per TH/s, ticks per PH/s: 10^18 / 10^3.
        """
        scales = {
            Product.HASHPRICE_SATS: 10**15,
            Product.HASHPRICE_USD: 10**13,
            Product.DIFFICULTY: 10**27,
        }
        return scales[self]

    @property
    def unit(self) -> Unit:
        """Return how its price is written."""
        units = {
            Product.HASHPRICE_SATS: Unit(0, "sat", "sat per PH/s per day"),
            Product.HASHPRICE_USD: Unit(2, "usd", "USD per PH/s per day"),
            Product.DIFFICULTY: Unit(3, "t", "T of difficulty"),
        }
        return units[self]

    @property
    def is_in_dollars(self) -> bool:
        """Return whether its standard months settle in a dollar token; the others do in bitcoin."""
        return self is Product.HASHPRICE_USD

    def tick_value(self, decimals: int) -> int:
        """Find what a tick is worth for one day and one contract [base units of the token].

        1 sat for hashprice in satoshi and for difficulty, $0.01 for hashprice in dollars.

        Args:
            decimals: of the settlement token.

        Raises:
            TermsError: the token is too coarse, or finer than any.
        """
        least = _CENTS_DECIMALS if self.is_in_dollars else _SATS_DECIMALS
        if not least <= decimals <= _MOST_DECIMALS:
            fits = f"{least} to {_MOST_DECIMALS} decimals"
            raise TermsError(f"{self.value} needs a token of {fits}, not {decimals}")
        value: int = 10 ** (decimals - least)
        return value

    def parse_price(self, text: str) -> int:
        """Read a price such as 43150sat, $43.15, 43.15usd or 126.271t [tick].

        Raises:
            PriceError: no such price, another product's unit, or finer than a tick.
        """
        unit = self.unit
        found = _PRICE.fullmatch(text.strip().lower().replace(",", "").replace("_", ""))
        suffix = None if found is None else (found[4] or ("usd" if found[1] else ""))
        if found is None or suffix != unit.suffix or (found[1] and unit.suffix != "usd"):
            raise PriceError(f"{text!r} is not a price of {self.value} such as {self.example}")
        ticks = Fraction(f"{found[2]}.{found[3] or 0}") * 10**unit.decimals
        if ticks.denominator != 1:
            raise PriceError(f"{text!r} is finer than the tick of {self.value}, {self.tick_text}")
        return int(ticks)

    def price_text(self, ticks: int | Fraction) -> str:
        """Write a price [tick]; digits finer than a thousandth of a tick are cut off."""
        unit = self.unit
        extra = 0 if Fraction(ticks).denominator == 1 else 3
        number = decimal_text(int(ticks * 10**extra), unit.decimals + extra)
        return f"{number} {unit.shown}"

    def bare_price(self, ticks: int) -> str:
        """Write a price [tick] in its unit, without naming it and without zeros at its end."""
        whole, point, fraction = decimal_text(ticks, self.unit.decimals).partition(".")
        digits = fraction.rstrip("0")
        return f"{whole}{point if digits else ''}{digits}"

    @property
    def example(self) -> str:
        """Write a price as it is read."""
        return {"sat": "43150sat", "usd": "$43.15", "t": "126.271t"}[self.unit.suffix]

    @property
    def tick_text(self) -> str:
        """Write the tick."""
        return {"sat": "1 sat", "usd": "$0.01", "t": "0.001 T (1e9)"}[self.unit.suffix]


def product_of_metric(metric: int) -> Product:
    """Find the product of a metric of the hashprice oracle.

    Raises:
        TermsError: there is none.
    """
    for product in Product:
        if product.metric == metric:
            return product
    raise TermsError(f"metric {metric} is neither 1, 2 nor 3")
