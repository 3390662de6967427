# SPDX-License-Identifier: AGPL-3.0-only
"""Signed reports as JSON files, which reporters exchange and anyone posts to the oracle.

Integers are written as decimal strings, since many a JSON reader would round them. Reading accepts
plain JSON integers too, refuses every unknown, missing or malformed field by name, and checks every
signature: a report that reads is what its signers signed.
"""

import json
import re
from pathlib import Path
from typing import Any, NoReturn

from eth_typing import ChecksumAddress
from eth_utils.address import to_checksum_address

from hashrate.core.errors import MissingFileError
from hashrate.core.types import BlockHeight, DayFacts, DayIndex, Sats, UsdE8, Wad
from hashrate.reports.errors import ReportFormatError
from hashrate.reports.report import (
    DayReport,
    OracleDomain,
    OutputReport,
    PricedSignature,
    Signature,
    SignedDayReport,
    SignedOutputReport,
    verify,
)

FORMAT = "hashrate-report/1"
MAX_UINT256 = 2**256 - 1
MAX_BRACKETS = 64  # 31 signatures and the objects around them need 36
_ADDRESS = re.compile(r"0x[0-9a-fA-F]{40}", re.ASCII)
_DECIMAL = re.compile(r"0|[1-9]\d{0,77}", re.ASCII)

SignedReport = SignedDayReport | SignedOutputReport


class _Fields:
    """The fields of one JSON object; complaints carry the path to the field.

    Leaving its `with` block is the promise that every field was taken: what is left is unknown.
    """

    def __init__(self, value: object, path: str) -> None:
        if not isinstance(value, dict):
            raise ReportFormatError(f"{path.rstrip('.') or 'report'}: not a JSON object")
        self._values: dict[str, Any] = dict(value)
        self._path = path

    def __enter__(self) -> "_Fields":
        return self

    def __exit__(self, failure: type[BaseException] | None, *_: object) -> None:
        if failure is None:
            for name in self._values:
                self.fail(name, "unknown field")

    def take(self, name: str) -> Any:
        if name not in self._values:
            self.fail(name, "missing")
        return self._values.pop(name)

    def uint(self, name: str) -> int:
        given = self.take(name)
        value = int(given) if isinstance(given, str) and _DECIMAL.fullmatch(given) else given
        if type(value) is not int or not 0 <= value <= MAX_UINT256:  # bool is an int, too
            self.fail(name, f"{given!r} is not a 256-bit unsigned integer")
        return value

    def text(self, name: str, *allowed: str) -> str:
        value = self.take(name)
        if value not in allowed:
            self.fail(name, f"{value!r} is not {' or '.join(allowed)}")
        return str(value)

    def address(self, name: str) -> ChecksumAddress:
        value = self.take(name)
        if not isinstance(value, str) or not _ADDRESS.fullmatch(value):
            self.fail(name, f"{value!r} is not an address")
        address = to_checksum_address(value)
        if value not in (address, address.lower()):
            self.fail(name, f"{value!r} has a wrong checksum")
        return address

    def child(self, name: str) -> "_Fields":
        return _Fields(self.take(name), f"{self._path}{name}.")

    def children(self, name: str) -> list["_Fields"]:
        values = self.take(name)
        if not isinstance(values, list) or not values:
            self.fail(name, "not a list with at least one entry")
        return [_Fields(value, f"{self._path}{name}[{i}].") for i, value in enumerate(values)]

    def fail(self, name: str, why: str) -> NoReturn:
        raise ReportFormatError(f"{self._path}{name}: {why}")


def report_to_json(signed: SignedReport) -> str:
    """Write a signed report as JSON text."""
    is_day = isinstance(signed, SignedDayReport)
    document = {
        "format": FORMAT,
        "kind": "day" if is_day else "output",
        "domain": _texts(signed.domain),
        "report": _texts(signed.report),
        "signatures": [_texts(signature) for signature in signed.signatures],
    }
    return json.dumps(document, indent=2) + "\n"


def report_from_json(text: str) -> SignedReport:
    """Read a signed report from JSON text.

    Raises:
        ReportFormatError: a field is missing, unknown or malformed; the message begins
            with its path.
        SignatureInvalidError: a signature is not the signer's.
    """
    # Files come from strangers. Where the recursion limit is raised, as some EVM tools do, deep
    # nesting would overflow the JSON reader's stack; a report is four deep and has few objects.
    if text.count("{") + text.count("[") > MAX_BRACKETS:
        raise ReportFormatError(f"report: more than {MAX_BRACKETS} objects and lists")
    try:
        document = json.loads(text, object_pairs_hook=_without_repetition)
    except ValueError as error:
        raise ReportFormatError(f"report: not JSON ({error})") from error
    with _Fields(document, "") as fields:
        fields.text("format", FORMAT)
        is_day = fields.text("kind", "day", "output") == "day"
        signed = _read_day(fields) if is_day else _read_output(fields)
    verify(signed)
    return signed


def write_report(path: Path, signed: SignedReport) -> None:
    """Write a signed report to a file.

    Raises:
        MissingFileError: the file cannot be written.
    """
    try:
        path.write_text(report_to_json(signed), encoding="utf-8")
    except OSError as error:
        raise MissingFileError(f"cannot write {path}: {error.strerror}") from error


def read_report(path: Path) -> SignedReport:
    """Read a signed report from a file.

    Raises:
        MissingFileError: the file is not there or cannot be read.
        ReportFormatError: see `report_from_json`; the message begins with the file's name.
        SignatureInvalidError: a signature is not the signer's.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise MissingFileError(f"cannot read {path}: {error.strerror}") from error
    except UnicodeDecodeError as error:
        raise ReportFormatError(f"{path.name}: report: not UTF-8") from error
    try:
        return report_from_json(text)
    except ReportFormatError as error:
        raise ReportFormatError(f"{path.name}: {error}") from error


def _texts(record: Any) -> dict[str, Any]:
    """Turn a record into JSON values: integers as text, addresses as they are."""
    return {
        name: _texts(value) if isinstance(value, DayFacts) else str(value)
        for name, value in ((name, getattr(record, name)) for name in record.__slots__)
    }


def _without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    for index, (name, _) in enumerate(pairs):
        if any(name == earlier for earlier, _ in pairs[:index]):
            raise ReportFormatError(f"{name}: there twice")
    return dict(pairs)


def _read_domain(fields: _Fields) -> OracleDomain:
    with fields.child("domain") as domain:
        return OracleDomain(domain.uint("chain_id"), domain.address("verifying_contract"))


def _read_day(fields: _Fields) -> SignedDayReport:
    domain = _read_domain(fields)
    with fields.child("report") as report:
        with report.child("facts") as facts:
            day_facts = DayFacts(
                DayIndex(facts.uint("day")),
                BlockHeight(facts.uint("first_height")),
                BlockHeight(facts.uint("last_height")),
                Sats(facts.uint("subsidy_sats")),
                Sats(facts.uint("fees_sats")),
                Wad(facts.uint("hashprice_wad")),
                Wad(facts.uint("difficulty_wad")),
            )
        whole = DayReport(day_facts, report.uint("revision"), report.uint("membership_version"))
    signatures = []
    for child in fields.children("signatures"):
        with child as item:
            price = UsdE8(item.uint("btc_usd_e8"))
            signatures.append(PricedSignature(item.address("signer"), price, *_read_vrs(item)))
    return SignedDayReport(domain, whole, tuple(signatures))


def _read_output(fields: _Fields) -> SignedOutputReport:
    domain = _read_domain(fields)
    with fields.child("report") as report:
        whole = OutputReport(
            report.address("series"),
            DayIndex(report.uint("day")),
            Sats(report.uint("credited_sats")),
            report.uint("delivered_ths"),
            report.uint("revision"),
            report.uint("membership_version"),
        )
    signatures = []
    for child in fields.children("signatures"):
        with child as item:
            signatures.append(Signature(item.address("signer"), *_read_vrs(item)))
    return SignedOutputReport(domain, whole, tuple(signatures))


def _read_vrs(item: _Fields) -> tuple[int, int, int]:
    return item.uint("v"), item.uint("r"), item.uint("s")
