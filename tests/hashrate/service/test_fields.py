# SPDX-License-Identifier: AGPL-3.0-only
"""The shape of answers: exact numbers, and the name of the field that is wrong."""

import json
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hashrate.service.errors import SourceShapeError
from hashrate.service.fields import Bits, Hash, Instant, Integer, Number, Shape, shaped

pytestmark = pytest.mark.unit

HASH = "00000000000000000001f6e2" + "0" * 40
GOOD: dict[str, Any] = {
    "height": 840_004,
    "fee": "0.5",
    "hash": HASH,
    "bits": "17034219",
    "at": "2024-04-20T00:00:00Z",
}


class Row(Shape):
    height: Integer
    fee: Number
    hash: Hash
    bits: Bits
    at: Instant


class Page(Shape):
    rows: list[Row]


def read(**changes: Any) -> Row:
    return shaped("source", Row, GOOD | changes)


def test_shaped__good_row__is_exact() -> None:
    row = read()

    assert (row.height, row.fee, row.hash) == (840_004, Fraction(1, 2), HASH)
    assert (row.bits, row.at) == (0x17034219, 1_713_571_200)


def test_shaped__field_that_services_add__is_ignored() -> None:
    assert read(another=1) == read()


@pytest.mark.parametrize(
    ("spelled", "exact"),
    [
        ("1e-8", Fraction(1, 10**8)),
        ("1.6321983E7", Fraction(16_321_983)),
        ('"2.5207e+20"', Fraction(252_070_000_000_000_000_000)),
        ("236499762108771800000", Fraction(236_499_762_108_771_800_000)),
        ("0.1", Fraction(1, 10)),
        ('"0.36361081"', Fraction(36_361_081, 10**8)),
        ("0", Fraction(0)),
    ],
)
def test_shaped__number_however_spelled__is_exact(spelled: str, exact: Fraction) -> None:
    value = json.loads(spelled, parse_float=Decimal)

    assert read(fee=value).fee == exact


@given(st.fractions(min_value=0, max_value=10**30, max_denominator=1).map(int), st.integers(0, 30))
def test_shaped__any_decimal__is_exact(digits: int, places: int) -> None:
    assert read(fee=Decimal(digits).scaleb(-places)).fee == Fraction(digits, 10**places)
    assert read(fee=f"{digits}e-{places}").fee == Fraction(digits, 10**places)


@pytest.mark.parametrize("value", [1_713_571_200, Decimal("1.7135712E9"), "1713571200"])
def test_shaped__integer_however_spelled__is_exact(value: object) -> None:
    assert read(height=value).height == 1_713_571_200


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        0.5,
        -1,
        "-1",
        "-0.1",
        "",
        "NaN",
        "Infinity",
        "1e999999999",
        "1_000",
        " 1",
        "٣",
        [],
    ],
)
def test_shaped__no_number__names_the_field(value: object) -> None:
    with pytest.raises(SourceShapeError, match="^source: fee: is not a ") as wrong:
        read(fee=value)

    assert wrong.value.field == "fee"


@pytest.mark.parametrize("value", [Decimal("0.5"), "1.5", 2**63, True, -1, None])
def test_shaped__no_integer__names_the_field(value: object) -> None:
    with pytest.raises(SourceShapeError, match="^source: height: is not a "):
        read(height=value)


@pytest.mark.parametrize("value", [HASH.upper().replace("0", "A"), HASH[1:], HASH + "0", 1, None])
def test_shaped__no_hash__names_the_field(value: object) -> None:
    with pytest.raises(SourceShapeError, match="^source: hash: is not 64 lower-case"):
        read(hash=value)


def test_shaped__bits_as_number__are_the_same() -> None:
    assert read(bits=0x17034219) == read()


@pytest.mark.parametrize("value", ["386097689", "0x17034219", 2**32, -1, None, "1703421g"])
def test_shaped__no_bits__names_the_field(value: object) -> None:
    with pytest.raises(SourceShapeError, match="^source: bits: is n"):
        read(bits=value)


@pytest.mark.parametrize(
    "text", ["2024-04-20T00:00:00.000+00:00", "2024-04-20T02:00:00+02:00", "2024-04-19T20:00:00-04"]
)
def test_shaped__instant_of_any_zone__is_the_same(text: str) -> None:
    assert read(at=text) == read()


@pytest.mark.parametrize(
    "value", ["2024-04-20T00:00:00", "2024-04-20", "2024-04-20T00:00:00.5Z", "today", 1_713_571_200]
)
def test_shaped__no_instant__names_the_field(value: object) -> None:
    with pytest.raises(SourceShapeError, match="^source: at: is not a "):
        read(at=value)


def test_shaped__row_in_a_list__is_named_by_its_place() -> None:
    with pytest.raises(SourceShapeError, match=r"^source: rows\[1\]\.fee: Field required") as wrong:
        shaped("source", Page, {"rows": [GOOD, {k: v for k, v in GOOD.items() if k != "fee"}]})

    assert wrong.value.field == "rows[1].fee"


def test_shaped__part_of_an_answer__is_named_within_it() -> None:
    with pytest.raises(SourceShapeError, match=r"^source: getblock\[0\]: "):
        shaped("source", list[Row], ["no row"], "getblock")


@pytest.mark.parametrize("value", [None, [], "text", 1])
def test_shaped__another_thing_altogether__names_the_body(value: object) -> None:
    with pytest.raises(SourceShapeError, match="^source: body: "):
        shaped("source", Row, value)


def test_shaped__wrong_value__is_not_repeated() -> None:
    with pytest.raises(SourceShapeError) as wrong:
        read(fee="said by the server")

    assert "said by the server" not in str(wrong.value)
