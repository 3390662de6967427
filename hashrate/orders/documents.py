# SPDX-License-Identifier: AGPL-3.0-only
"""How a stranger's order is read, and any order kept in a file, whatever its kind.

Integers are decimal strings, because JSON's are cut by many readers; every unknown, missing,
repeated or malformed field is refused by its path.
"""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, NoReturn, TypeVar

from eth_typing import ChecksumAddress
from eth_utils.address import is_checksum_address, to_checksum_address
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from hashrate.core.errors import MissingFileError
from hashrate.orders.errors import OrderFormatError

MAX_UINT256 = 2**256 - 1
MAX_INT256 = 2**255 - 1
MAX_ORDER_BYTES = 12_288  # twelve legs, a peg, a permit and the longest signature need less
MAX_BRACKETS = 24  # twelve legs, a peg and a permit in their lists and objects are 18
_WORD_BYTES = 32
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_DECIMAL = re.compile(r"0|[1-9][0-9]{0,77}", re.ASCII)
_SIGNED_DECIMAL = re.compile(r"0|-?[1-9][0-9]{0,77}", re.ASCII)
_HEX = re.compile(r"0x(?:[0-9a-f]{2})*", re.ASCII)


def _read_uint(given: object) -> int:
    if not isinstance(given, str) or not _DECIMAL.fullmatch(given):
        raise ValueError("not a decimal string without sign or leading zeros")
    if (value := int(given)) > MAX_UINT256:
        raise ValueError("more than 256 bits")
    return value


def _read_int(given: object) -> int:
    if not isinstance(given, str) or not _SIGNED_DECIMAL.fullmatch(given):
        raise ValueError("not a decimal string without leading zeros")
    if not -MAX_INT256 - 1 <= (value := int(given)) <= MAX_INT256:
        raise ValueError("more than 256 bits")
    return value


def _read_address(given: object) -> ChecksumAddress:
    if not isinstance(given, str) or not _ADDRESS.fullmatch(given):
        raise ValueError("not an address")
    if given != given.lower() and not is_checksum_address(given):
        raise ValueError("the address has a wrong checksum")
    return to_checksum_address(given)


def _read_bytes(given: object) -> bytes:
    if not isinstance(given, str) or not _HEX.fullmatch(given):
        raise ValueError("not bytes as 0x and pairs of lower-case hexadecimal digits")
    return bytes.fromhex(given[2:])


Uint = Annotated[int, BeforeValidator(_read_uint)]
Int = Annotated[int, BeforeValidator(_read_int)]
Address = Annotated[ChecksumAddress, BeforeValidator(_read_address)]
Bytes = Annotated[bytes, BeforeValidator(_read_bytes)]
Word = Annotated[Bytes, Field(min_length=_WORD_BYTES, max_length=_WORD_BYTES)]


class Form(BaseModel):
    """Fields of a document: no other, and of no other type."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


def read_values(text: str | bytes) -> object:
    """Read JSON from a stranger: bounded in size and depth before it is parsed."""
    if isinstance(text, str):
        # Lone surrogates are no text of any file; `json` would take them.
        text = text.encode("utf-8", "surrogatepass")
    if len(text) > MAX_ORDER_BYTES:
        raise OrderFormatError(f"order: more than {MAX_ORDER_BYTES} bytes")
    if text.count(b"{") + text.count(b"[") > MAX_BRACKETS:
        raise OrderFormatError(f"order: more than {MAX_BRACKETS} objects and lists")
    try:
        return json.loads(
            text.decode("utf-8"),
            object_pairs_hook=_without_repetition,
            parse_float=_refuse_number,
            parse_constant=_refuse_number,
        )
    except ValueError:
        raise OrderFormatError("order: not JSON, or not UTF-8") from None


def _refuse_number(_given: str) -> NoReturn:
    raise OrderFormatError("order: a number that is no integer")


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) != len(pairs):
        raise OrderFormatError("order: a field is there twice")
    return values


_F = TypeVar("_F", bound=Form)
_S = TypeVar("_S")


def validated(form: type[_F], values: object) -> _F:
    """Return values in their form.

    Raises:
        OrderFormatError: a field is missing, unknown or malformed; the message begins with its
            path.
    """
    try:
        return form.model_validate(values)
    except ValidationError as error:
        # The input is not repeated, and an unknown field not named: both are a stranger's text.
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = [str(part) for part in first["loc"]]
        if first["type"] == "extra_forbidden":
            where[-1] = "unknown field"
        complaint = first["msg"].removeprefix("Value error, ")
        raise OrderFormatError(f"{'.'.join(where) or 'order'}: {complaint}") from None


def read_file(path: Path, parse: Callable[[bytes], _S]) -> _S:
    """Read what a file holds.

    Raises:
        MissingFileError: the file is not there or cannot be read.
        OrderFormatError: see `parse`; the message begins with the file's name.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise MissingFileError(f"cannot read {path}: {error.strerror}") from error
    try:
        return parse(data)
    except OrderFormatError as error:
        raise OrderFormatError(f"{path.name}: {error}") from error


def write_file(path: Path, text: str) -> None:
    """Write a line to a file.

    Raises:
        MissingFileError: the file cannot be written.
    """
    try:
        path.write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        raise MissingFileError(f"cannot write {path}: {error.strerror}") from error
