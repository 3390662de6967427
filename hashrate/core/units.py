# SPDX-License-Identifier: AGPL-3.0-only
"""The one place where units change. Everything here is exact or floors once, and says so."""

import datetime as dt
import re
from decimal import Decimal, InvalidOperation
from fractions import Fraction

from hashrate.core.errors import NumberFormatError
from hashrate.core.types import DayIndex, Sats, UnixSeconds, UsdE8, Wad

HOUR_SECONDS = 3_600
DAY_SECONDS = 86_400
SATS_PER_BTC = 10**8
WAD = 10**18
USD_E8 = 10**8
THS_PER_PHS = 1_000

# Hashprice and its dollar twin are 1e18 per TH/s; per PH/s they have three decimals fewer.
PER_PHS_DECIMALS = 15

_EPOCH = dt.date(1970, 1, 1)
_ISO_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
# Far beyond any amount of money; keeps "1e999999999" from filling the memory.
_MAX_EXPONENT = 60


def day_from_time(time: int) -> DayIndex:
    """Find the UTC day a time [unix s] lies in."""
    return DayIndex(time // DAY_SECONDS)


def day_start(day: DayIndex) -> UnixSeconds:
    """Find the first second of a day [unix s]."""
    return UnixSeconds(day * DAY_SECONDS)


def day_from_iso(text: str) -> DayIndex:
    """Read a day written as YYYY-MM-DD.

    Raises:
        NumberFormatError: anything else.
    """
    if not _ISO_DAY.fullmatch(text):
        raise NumberFormatError(f"{text!r} is not a day written as YYYY-MM-DD")
    try:
        date = dt.date.fromisoformat(text)
    except ValueError as error:
        raise NumberFormatError(f"{text!r} is not a day of the calendar") from error
    return DayIndex((date - _EPOCH).days)


def iso_from_day(day: DayIndex) -> str:
    """Write a day as YYYY-MM-DD."""
    return (_EPOCH + dt.timedelta(days=day)).isoformat()


def fraction_from_decimal_text(text: str) -> Fraction:
    """Read a non-negative decimal number exactly, however many digits it has.

    Raises:
        NumberFormatError: not a number, negative, infinite, or absurdly large or small.
    """
    try:
        # Constructing a Decimal is exact; only arithmetic rounds to the context's precision.
        value = Decimal(text)
    except InvalidOperation as error:
        raise NumberFormatError(f"{text!r} is not a decimal number") from error
    if not value.is_finite() or value.is_signed():
        raise NumberFormatError(f"{text!r} is not a non-negative decimal number")
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or abs(exponent) + abs(value.adjusted()) > _MAX_EXPONENT:
        raise NumberFormatError(f"{text!r} is out of range")
    return Fraction(value)


def sats_from_btc(text: str) -> Sats:
    """Convert an amount in BTC to satoshi; a fraction of a satoshi is dropped (one floor).

    Raises:
        NumberFormatError: not a non-negative decimal number.
    """
    return Sats(int(fraction_from_decimal_text(text) * SATS_PER_BTC))


def usd_e8_from_usd(text: str) -> UsdE8:
    """Convert dollars to 1e8 fixed point (one floor).

    Raises:
        NumberFormatError: not a non-negative decimal number.
    """
    return UsdE8(int(fraction_from_decimal_text(text) * USD_E8))


def usd_wad_per_ths_day(hashprice_wad: Wad, btc_usd_e8: UsdE8) -> Wad:
    """Convert hashprice to dollars per TH/s per day [1e18] with the oracle contract's floor.

    Source: docs/rules.md 1.2, `floor(hashprice_wad * btc_usd_e8 / 10^16)`.
    """
    return Wad(hashprice_wad * btc_usd_e8 // 10**16)


def decimal_text(value: int, decimals: int) -> str:
    """Write a non-negative fixed-point integer as a decimal number, every digit shown."""
    if decimals == 0:
        return str(value)
    whole, fraction = divmod(value, 10**decimals)
    return f"{whole}.{fraction:0{decimals}d}"
