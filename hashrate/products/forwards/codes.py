# SPDX-License-Identifier: AGPL-3.0-only
"""Contract codes: `HPS-JAN27` is hashprice in satoshi, January 2027, with the standard band.

Any other band is named behind `@`, in the units people quote: `HPS-JAN27@21000-59000`,
`HPU-JAN27@15.5-55`. `DIF-04JAN27` is the fortnight that begins on that Monday. The long month is
what is printed. The futures month letters (HPSF27, HPS-F27) and 2027-01 are read as well, and
strips: HPS-1Q27, HPS-CAL27, HPS-JAN27:MAR27.
"""

import re
from dataclasses import dataclass

from hashrate.products.forwards.bands import Band
from hashrate.products.forwards.errors import ContractCodeError, PriceError
from hashrate.products.forwards.months import Fortnight, Month, month_of_day, parse_windows
from hashrate.products.forwards.product import Product

MAX_STRIP = 12
_CODE = re.compile(r"(HPS|HPU|DIF)-?([^@]+)(?:@([0-9.]+)-([0-9.]+))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Contract:
    """A standard contract: 1 PH/s for every day of a window.

    Attributes:
        product: whose values it settles on.
        window: a month, or a fortnight.
        band: floor and cap; None for the standard ones of the window.
    """

    product: Product
    window: Month | Fortnight
    band: Band | None = None

    @property
    def month(self) -> Month:
        """Return the month in which the window begins."""
        return month_of_day(self.window.first_day)

    def __str__(self) -> str:
        """Write its code."""
        plain = f"{self.product.value}-{self.window}"
        if self.band is None:
            return plain
        low, high = (
            self.product.bare_price(ticks) for ticks in (self.band.floor_ticks, self.band.cap_ticks)
        )
        return f"{plain}@{low}-{high}"


def parse_contracts(text: str) -> list[Contract]:
    """Read a code; a strip gives one contract for each of its windows.

    Raises:
        ContractCodeError: no such code, or a strip of more than twelve windows.
    """
    found = _CODE.fullmatch(text.strip().upper())
    if found is None:
        raise ContractCodeError(f"{text!r} is not a contract such as HPS-JAN27, HPU-1Q27, DIFF27")
    product, band = Product(found[1]), None
    if found[3] is not None:
        band = _band(text, product, found[3], found[4])
    windows = parse_windows(found[2])
    if len(windows) > MAX_STRIP:
        raise ContractCodeError(f"{text!r} has {len(windows)} months, a strip has at most 12")
    return [Contract(product, window, band) for window in windows]


def parse_contract(text: str) -> Contract:
    """Read a code of one window.

    Raises:
        ContractCodeError: no such code, or a strip.
    """
    contracts = parse_contracts(text)
    if len(contracts) != 1:
        raise ContractCodeError(f"{text!r} is a strip: name one month")
    return contracts[0]


def _band(text: str, product: Product, low: str, high: str) -> Band:
    try:
        floor, cap = (product.parse_price(f"{part}{product.unit.suffix}") for part in (low, high))
    except PriceError as error:
        raise ContractCodeError(f"{text!r}: {error}") from error
    if floor >= cap:
        raise ContractCodeError(f"{text!r}: the floor is not below the cap")
    return Band(floor, cap)
