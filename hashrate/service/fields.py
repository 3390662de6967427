# SPDX-License-Identifier: AGPL-3.0-only
"""Check the shape of an answer: exact numbers only, and what is wrong is named by its field."""

import datetime as dt
import re
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from functools import cache
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, TypeAdapter, ValidationError

from hashrate.core.errors import NumberFormatError
from hashrate.core.types import BlockHash, CompactBits, UnixSeconds
from hashrate.core.units import fraction_from_decimal_text
from hashrate.service.errors import SourceShapeError

_T = TypeVar("_T")
_HASH = re.compile(r"[0-9a-f]{64}", re.ASCII)
_BITS = re.compile(r"[0-9a-f]{8}", re.ASCII)
# Decimal itself would take blanks, underscores and the digits of every script.
_DECIMAL = re.compile(r"-?\d+(\.\d*)?([eE][+-]?\d+)?", re.ASCII)
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_adapter: Callable[[Any], TypeAdapter[Any]] = cache(TypeAdapter)  # making one takes its time
_MAX_INTEGER = 2**63
_MAX_BITS = 2**32


class Shape(BaseModel):
    """Base of the shapes of answers; fields not named are ignored, as services add some."""

    model_config = ConfigDict(frozen=True, strict=True, arbitrary_types_allowed=True)


def shaped(source: str, kind: type[_T], value: Any, within: str = "") -> _T:
    """Check a parsed answer against its shape.

    Args:
        source: id of the source, for the error.
        kind: a `Shape`, or a container of some.
        value: what `Reply.json` gave.
        within: what `value` is called where it is a part of the answer.

    Raises:
        SourceShapeError: it has another shape.
    """
    try:
        checked: _T = _adapter(kind).validate_python(value)
    except ValidationError as error:
        # Only the first: the others often follow from it. Never the input: it is the server's.
        first = error.errors(include_url=False, include_context=False, include_input=False)[0]
        why = first["msg"].removeprefix("Value error, ")
        raise SourceShapeError(source, _path(within, first["loc"]), why) from None
    return checked


def _path(within: str, steps: tuple[int | str, ...]) -> str:
    path = within
    for step in steps:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
    return path or "body"


def _number(value: object) -> Fraction:
    """Take an int, a Decimal or a decimal text, exactly; never a float, a bool or a negative."""
    if not isinstance(value, int | Decimal | str):
        raise ValueError("is not a number")
    text = str(value)  # a bool is an int, but none in writing
    if not _DECIMAL.fullmatch(text):
        raise ValueError("is not a decimal number")
    try:
        return fraction_from_decimal_text(text)
    except NumberFormatError as error:
        raise ValueError("is not a non-negative decimal number in range") from error


def _integer(value: object) -> int:
    number = _number(value)
    if number.denominator != 1 or number >= _MAX_INTEGER:
        raise ValueError("is not a whole number in range")
    return number.numerator


def _instant(value: object) -> UnixSeconds:
    """Take an ISO 8601 date and time with its zone, on a whole second."""
    if not isinstance(value, str):
        raise ValueError("is not a text")
    try:
        instant = dt.datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError("is not a date and time") from error
    if instant.tzinfo is None or instant.microsecond:
        raise ValueError("is not a whole second of a named zone")
    return UnixSeconds((instant - _EPOCH) // dt.timedelta(seconds=1))


def _block_hash(value: object) -> BlockHash:
    if not isinstance(value, str) or not _HASH.fullmatch(value):
        raise ValueError("is not 64 lower-case hexadecimal digits")
    return BlockHash(value)


def _bits(value: object) -> CompactBits:
    """Take a compact target as a number or as 8 hexadecimal digits."""
    if isinstance(value, str) and _BITS.fullmatch(value):
        return CompactBits(int(value, 16))
    if isinstance(value, str) or (number := _integer(value)) >= _MAX_BITS:
        raise ValueError("is neither a 32-bit number nor 8 hexadecimal digits")
    return CompactBits(number)


Number = Annotated[Fraction, BeforeValidator(_number)]
"""A non-negative number, exact; written as a JSON number or as text, with an exponent or not."""
Integer = Annotated[int, BeforeValidator(_integer)]
"""A non-negative whole number below 2^63; `1.7e9` is one."""
Instant = Annotated[UnixSeconds, BeforeValidator(_instant)]
"""A moment [unix s], written `2024-04-20T00:00:00Z`."""
Hash = Annotated[BlockHash, BeforeValidator(_block_hash)]
"""A block's hash."""
Bits = Annotated[CompactBits, BeforeValidator(_bits)]
"""A block's compact target."""
