# SPDX-License-Identifier: AGPL-3.0-only
"""Contract codes: `HPS-JAN27` is hashprice in satoshi, January 2027.

The long month is what is printed. The futures month letters (HPSF27, HPS-F27) and 2027-01 are read
as well, and strips: HPS-1Q27, HPS-CAL27, HPS-JAN27:MAR27.
"""

import re
from dataclasses import dataclass

from hashrate.products.forwards.errors import ContractCodeError
from hashrate.products.forwards.months import Month, parse_months
from hashrate.products.forwards.product import Product

MAX_STRIP = 12
_CODE = re.compile(r"(HPS|HPU|DIF)-?(.+)", re.ASCII)


@dataclass(frozen=True, slots=True)
class Contract:
    """A standard contract: 1 PH/s for every day of a month."""

    product: Product
    month: Month

    def __str__(self) -> str:
        """Write its code."""
        return f"{self.product.value}-{self.month}"


def parse_contracts(text: str) -> list[Contract]:
    """Read a code; a strip gives one contract for each of its months.

    Raises:
        ContractCodeError: no such code, or a strip of more than twelve months.
    """
    found = _CODE.fullmatch(text.strip().upper())
    if found is None:
        raise ContractCodeError(f"{text!r} is not a contract such as HPS-JAN27, HPU-1Q27, DIFF27")
    months = parse_months(found[2])
    if len(months) > MAX_STRIP:
        raise ContractCodeError(f"{text!r} has {len(months)} months, a strip has at most 12")
    return [Contract(Product(found[1]), month) for month in months]


def parse_contract(text: str) -> Contract:
    """Read a code of one month.

    Raises:
        ContractCodeError: no such code, or a strip.
    """
    contracts = parse_contracts(text)
    if len(contracts) != 1:
        raise ContractCodeError(f"{text!r} is a strip: name one month")
    return contracts[0]
