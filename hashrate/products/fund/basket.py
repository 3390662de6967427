# SPDX-License-Identifier: AGPL-3.0-only
"""What one share of a fund stands for, as people write it and as the contract takes it.

Source: docs/fund.md, sections 1 and 2.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from eth_typing import ChecksumAddress

from hashrate.core.errors import NumberFormatError
from hashrate.core.units import DAY_SECONDS, WAD, fraction_from_decimal_text
from hashrate.products.fund.errors import BasketError

MAX_PARTS = 8
_MAX_WEIGHT = 2**32
_MAX_NAME, _MAX_SYMBOL = 50, 16
_PRECISION = 2**128


@dataclass(frozen=True, slots=True)
class Basket:
    """A fund's terms.

    Attributes:
        name, symbol: of the share.
        weights: of each series, by its distributor [whole TH/s for a share].
    """

    name: str
    symbol: str
    weights: Mapping[ChecksumAddress, int]

    def __post_init__(self) -> None:
        """Refuse what the contract would refuse.

        Raises:
            BasketError: it would.
        """
        if not 1 <= len(self.weights) <= MAX_PARTS:
            raise BasketError(f"a basket has 1 to {MAX_PARTS} series, not {len(self.weights)}")
        for series, weight in self.weights.items():
            if not 0 < weight < _MAX_WEIGHT:
                raise BasketError(f"{series}: a weight is 1 to {_MAX_WEIGHT - 1}, not {weight}")
        for text, most in ((self.name, _MAX_NAME), (self.symbol, _MAX_SYMBOL)):
            if not 0 < len(text.encode()) <= most:
                raise BasketError(f"{text!r} is not a name of 1 to {most} bytes")

    def as_arguments(self) -> tuple[list[str], list[int], str, str]:
        """Return the arguments of the factory's `create_fund`: series ascend by address."""
        series = sorted(self.weights, key=lambda address: int(address, 16))
        weights = [self.weights[each] for each in series]
        return [str(each) for each in series], weights, self.name, self.symbol


def parse_weights(texts: Sequence[str]) -> dict[str, int]:
    """Read weights such as `fjord=2`, by the series' name.

    Raises:
        BasketError: one is not a name and a whole number, or a name comes twice.
    """
    weights: dict[str, int] = {}
    for text in texts:
        name, equals, number = text.partition("=")
        if not name or not equals or not (number.isascii() and number.isdigit()):
            raise BasketError(f"{text!r} is not a weight such as fjord=2, in whole TH/s")
        if name in weights:
            raise BasketError(f"{name} comes twice")
        weights[name] = int(number)
    return weights


def parse_shares(text: str) -> int:
    """Read a number of shares, such as 10 or 2.5 [18 dec].

    Raises:
        BasketError: no such number, or finer than 1e-18.
    """
    try:
        shares = fraction_from_decimal_text(text) * WAD
    except NumberFormatError as error:
        raise BasketError(str(error)) from error
    if shares.denominator != 1 or shares == 0:
        raise BasketError(f"{text!r} is nothing, or finer than the smallest unit")
    return int(shares)


def needed(weight: int, shares: int) -> int:
    """Compute how many tokens of a series stand behind shares [TH/s, 18 dec], exactly."""
    return weight * shares


def earned(weight: int, shares: int, growth: int) -> int:
    """Compute what shares held all the time earn while the index of a series grows.

    Args:
        weight: [whole TH/s for a share].
        shares: [18 dec].
        growth: of the paid level [base units per TH·s, 2^128].

    Returns:
        [base units], rounded down; a claim keeps its fraction.
    """
    return needed(weight, shares) * DAY_SECONDS * growth // _PRECISION
