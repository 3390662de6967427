# SPDX-License-Identifier: AGPL-3.0-only
"""Report files: what is written reads back, and what is wrong is refused by name."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from hashrate.core.errors import MissingFileError
from hashrate.core.types import UsdE8
from hashrate.reports.errors import ReportFormatError, SignatureInvalidError
from hashrate.reports.quorum import assemble
from hashrate.reports.report import sign_day_report, sign_output_report
from hashrate.reports.report_file import read_report, report_from_json, report_to_json, write_report
from tests.oracles.builders import DOMAIN, make_day_report, make_output_report, reporter

pytestmark = pytest.mark.unit

Document = dict[str, Any]

DAY = assemble(
    [sign_day_report(reporter(n), DOMAIN, make_day_report(), UsdE8(1000 + n)) for n in (1, 2, 3)], 3
)
OUTPUT = sign_output_report(reporter(1), DOMAIN, make_output_report())


@pytest.mark.parametrize("signed", [DAY, OUTPUT], ids=["day", "output"])
def test_report_from_json__written_report__is_the_same(signed: Any) -> None:
    assert report_from_json(report_to_json(signed)) == signed


def test_read_report__written_file__is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "report.json"

    write_report(path, DAY)

    assert read_report(path) == DAY


def test_report_to_json__numbers__are_decimal_text() -> None:
    document = json.loads(report_to_json(DAY))

    assert document["report"]["facts"]["hashprice_wad"] == "85000000000000000000"
    assert document["signatures"][0]["r"] == str(DAY.signatures[0].r)
    assert document["domain"] == {
        "chain_id": "31337",
        "verifying_contract": DOMAIN.verifying_contract,
    }
    assert (document["format"], document["kind"]) == ("hashrate-report/1", "day")


def test_report_from_json__plain_integers_and_lower_case_addresses__are_accepted() -> None:
    document = json.loads(report_to_json(DAY))
    facts = document["report"]["facts"]
    document["report"]["facts"] = {name: int(value) for name, value in facts.items()}
    document["signatures"][0]["signer"] = document["signatures"][0]["signer"].lower()

    assert report_from_json(json.dumps(document)) == DAY


def put(*path: str | int, value: Any) -> Callable[[Document], None]:
    """Make a change that sets the field at a path."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        document[path[-1]] = value

    return change


def drop(*path: str | int) -> Callable[[Document], None]:
    """Make a change that removes the field at a path."""

    def change(document: Any) -> None:
        for step in path[:-1]:
            document = document[step]
        del document[path[-1]]

    return change


NOT_UINT = "is not a 256-bit unsigned integer"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (drop("format"), "format: missing"),
        (put("format", value="hashrate-report/2"), "format: 'hashrate-report/2' is not hashrate"),
        (put("kind", value="week"), "kind: 'week' is not day or output"),
        (put("kind", value=["day"]), "kind: ['day'] is not day or output"),
        (put("note", value="hi"), "note: unknown field"),
        (put("domain", value=None), "domain: not a JSON object"),
        (drop("domain", "chain_id"), "domain.chain_id: missing"),
        (put("domain", "salt", value="1"), "domain.salt: unknown field"),
        (put("domain", "verifying_contract", value="0x12"), "domain.verifying_contract: '0x12' is"),
        (put("domain", "verifying_contract", value=7), "domain.verifying_contract: 7 is not an"),
        (drop("report", "facts", "day"), "report.facts.day: missing"),
        (put("report", "facts", "fees", value="1"), "report.facts.fees: unknown field"),
        (put("report", "revision", value="-1"), f"report.revision: '-1' {NOT_UINT}"),
        (put("report", "revision", value=-1), f"report.revision: -1 {NOT_UINT}"),
        (put("report", "revision", value=1.0), f"report.revision: 1.0 {NOT_UINT}"),
        (put("report", "revision", value=True), f"report.revision: True {NOT_UINT}"),
        (put("report", "revision", value="01"), f"report.revision: '01' {NOT_UINT}"),
        (put("report", "revision", value="1e3"), f"report.revision: '1e3' {NOT_UINT}"),
        (put("report", "revision", value=2**256), f"report.revision: {2**256} {NOT_UINT}"),
        (put("report", "revision", value=str(2**256)), f"report.revision: '{2**256}' {NOT_UINT}"),
        (put("report", "price", value="1"), "report.price: unknown field"),
        (put("signatures", value=[]), "signatures: not a list with at least one entry"),
        (put("signatures", value={}), "signatures: not a list with at least one entry"),
        (put("signatures", 1, value="0x"), "signatures[1]: not a JSON object"),
        (drop("signatures", 2, "btc_usd_e8"), "signatures[2].btc_usd_e8: missing"),
        (put("signatures", 0, "r", value="0x1"), f"signatures[0].r: '0x1' {NOT_UINT}"),
        (put("signatures", 0, "yParity", value="1"), "signatures[0].yParity: unknown field"),
    ],
)
def test_report_from_json__malformed_field__names_it(
    change: Callable[[Document], None], message: str
) -> None:
    document = json.loads(report_to_json(DAY))
    change(document)

    with pytest.raises(ReportFormatError) as error:
        report_from_json(json.dumps(document))

    assert str(error.value).startswith(message)


@pytest.mark.parametrize("field", ["series", "day", "credited_sats", "delivered_ths", "revision"])
def test_report_from_json__output_field_missing__names_it(field: str) -> None:
    document = json.loads(report_to_json(OUTPUT))
    drop("report", field)(document)

    with pytest.raises(ReportFormatError, match=f"^report.{field}: missing"):
        report_from_json(json.dumps(document))


def test_report_from_json__address_with_wrong_checksum__says_so() -> None:
    document = json.loads(report_to_json(OUTPUT))
    swapped = document["report"]["series"].swapcase().replace("0X", "0x")
    put("report", "series", value=swapped)(document)

    with pytest.raises(ReportFormatError, match="report.series: .* has a wrong checksum"):
        report_from_json(json.dumps(document))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[" * 100_000, "more than 64 objects and lists"),
        ('{"kind": ' + "9" * 5_000 + "}", "not JSON"),
        ("[]", "report: not a JSON object"),
        ('{"kind": "day", "kind": "output"}', "kind: there twice"),
    ],
)
def test_report_from_json__no_report_at_all__raises(text: str, why: str) -> None:
    with pytest.raises(ReportFormatError, match=why):
        report_from_json(text)


@pytest.mark.parametrize(
    "path",
    [("report", "facts", "fees_sats"), ("report", "revision"), ("signatures", 0, "btc_usd_e8")],
)
def test_report_from_json__value_changed_after_signing__raises(path: tuple[str | int, ...]) -> None:
    document = json.loads(report_to_json(DAY))
    put(*path, value="5")(document)

    with pytest.raises(SignatureInvalidError, match="signature of 0x"):
        report_from_json(json.dumps(document))


def test_read_report__malformed__names_file_and_field(tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    path.write_text('{"format": 1}', encoding="utf-8")

    with pytest.raises(ReportFormatError, match="^day.json: format: 1 is not"):
        read_report(path)


def test_read_report__not_utf8__raises(tmp_path: Path) -> None:
    path = tmp_path / "day.json"
    path.write_bytes(b"\xff\xfe")

    with pytest.raises(ReportFormatError, match="^day.json: report: not UTF-8"):
        read_report(path)


def test_read_report__file_missing__raises(tmp_path: Path) -> None:
    with pytest.raises(MissingFileError, match="cannot read .*day.json"):
        read_report(tmp_path / "day.json")
    with pytest.raises(MissingFileError, match="cannot write"):
        write_report(tmp_path / "no" / "day.json", DAY)
