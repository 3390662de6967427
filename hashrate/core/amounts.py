# SPDX-License-Identifier: AGPL-3.0-only
"""Amounts as people write them, exactly: `0.25btc`, `25000000sat`, `1.5phs`."""

import re
from fractions import Fraction

from hashrate.core.errors import AmountError
from hashrate.core.units import THS_PER_PHS, WAD, decimal_text

_AMOUNT = re.compile(r"(\d{1,24})(?:\.(\d{1,24}))?\s*([a-z]+)", re.ASCII)
_SATS_DECIMALS = 8


def parse_bitcoin(text: str, decimals: int) -> int:
    """Read an amount of the reward token.

    Args:
        text: a number with `btc` or `sat`.
        decimals: of the token, 8 to 18.

    Returns:
        [base units].

    Raises:
        AmountError: no such amount, or finer than the token's base unit.
    """
    per_sat: int = 10 ** (decimals - _SATS_DECIMALS)
    return _parse(text, {"btc": 10**decimals, "sat": per_sat}, "0.25btc or 25000000sat")


def parse_dollars(text: str, decimals: int) -> int:
    """Read an amount of a dollar token written with `usd` [base units].

    Raises:
        AmountError: no such amount, or finer than the token's base unit.
    """
    return _parse(text, {"usd": 10**decimals}, "100usd or 38.50usd")


def parse_hashrate(text: str) -> int:
    """Read an amount of hashrate written with `ths` or `phs` [TH/s, 18 dec].

    Raises:
        AmountError: no such amount, or finer than 1e-18 TH/s.
    """
    return _parse(text, {"ths": WAD, "phs": THS_PER_PHS * WAD}, "1500ths or 1.5phs")


def bitcoin_text(amount: int, decimals: int) -> str:
    """Write an amount of the reward token [base units] as bitcoin, every digit."""
    return f"{decimal_text(amount, decimals)} BTC"


def dollar_text(amount: int, decimals: int) -> str:
    """Write an amount of a dollar token [base units], every digit."""
    return f"{decimal_text(amount, decimals)} USD"


def hashrate_text(amount: int) -> str:
    """Write hashrate [TH/s, 18 dec], without the zeros at its end."""
    whole, _, fraction = decimal_text(amount, 18).partition(".")
    digits = fraction.rstrip("0")
    return f"{int(whole):,}{'.' if digits else ''}{digits} TH/s"


def _parse(text: str, units: dict[str, int], example: str) -> int:
    found = _AMOUNT.fullmatch(text.strip().lower())
    if found is None or found[3] not in units:
        raise AmountError(f"{text!r} is not an amount such as {example}")
    amount = Fraction(f"{found[1]}.{found[2] or 0}") * units[found[3]]
    if amount.denominator != 1:
        raise AmountError(f"{text!r} is finer than the smallest unit")
    if amount == 0:
        raise AmountError(f"{text!r} is nothing")
    return int(amount)
