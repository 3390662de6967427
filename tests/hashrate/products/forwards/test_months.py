# SPDX-License-Identifier: AGPL-3.0-only
"""Calendar months and contract codes."""

import datetime as dt

import pytest

from hashrate.core.types import DayIndex
from hashrate.core.units import day_from_iso
from hashrate.products.forwards.bands import Band
from hashrate.products.forwards.codes import Contract, parse_contract, parse_contracts
from hashrate.products.forwards.errors import ContractCodeError
from hashrate.products.forwards.months import Month, month_of_day, parse_month, standard_months
from hashrate.products.forwards.product import Product

pytestmark = pytest.mark.unit

JAN27 = Month(2027, 1)


@pytest.mark.parametrize(
    ("month", "first", "end", "days"),
    [
        (JAN27, "2027-01-01", "2027-02-01", 31),
        (Month(2027, 12), "2027-12-01", "2028-01-01", 31),
        (Month(2028, 2), "2028-02-01", "2028-03-01", 29),  # a leap year
        (Month(2027, 2), "2027-02-01", "2027-03-01", 28),
    ],
)
def test_month__window__is_the_calendar_month(
    month: Month, first: str, end: str, days: int
) -> None:
    assert month.first_day == day_from_iso(first)
    assert month.end_day == day_from_iso(end)
    assert month.days == days
    assert month_of_day(month.first_day) == month
    assert month_of_day(day_from_iso(end)) == month.plus(1)


def test_standard_months__last_second_of_a_month__begins_with_the_next() -> None:
    new_year = day_from_iso("2027-01-01") * 86_400

    before, after = standard_months(new_year - 1), standard_months(new_year)

    assert (before[0], before[-1], len(before)) == (JAN27, Month(2029, 12), 36)
    assert (after[0], after[-1], len(after)) == (Month(2027, 2), Month(2030, 1), 36)


@pytest.mark.parametrize("text", ["JAN27", "jan27", " Jan27 ", "F27", "f27", "2027-01"])
def test_parse_month__every_way_to_write_it__is_january_2027(text: str) -> None:
    assert parse_month(text) == JAN27
    assert str(parse_month(text)) == "JAN27"


def test_parse_month__letters_of_the_futures_market__are_the_months_in_order() -> None:
    assert [parse_month(f"{letter}27").month for letter in "FGHJKMNQUVXZ"] == list(range(1, 13))


@pytest.mark.parametrize("text", ["", "JAN", "JAN2027", "A27", "2027-13", "0000-01", "1Q27", "27"])
def test_parse_month__no_month__is_refused(text: str) -> None:
    with pytest.raises(ContractCodeError):
        parse_month(text)


@pytest.mark.parametrize("text", ["HPS-JAN27", "hps-f27", "HPSF27", "HPS-2027-01"])
def test_parse_contract__every_way_to_write_it__prints_as_one(text: str) -> None:
    contract = parse_contract(text)

    assert contract == Contract(Product.HASHPRICE_SATS, JAN27)
    assert str(contract) == "HPS-JAN27"


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("HPU-1Q27", ["HPU-JAN27", "HPU-FEB27", "HPU-MAR27"]),
        ("HPU-4Q27", ["HPU-OCT27", "HPU-NOV27", "HPU-DEC27"]),
        ("DIF-DEC27:F28", ["DIF-DEC27", "DIF-JAN28"]),
        ("DIF-Q27", ["DIF-AUG27"]),  # a letter and no quarter
    ],
)
def test_parse_contracts__strip__is_its_months(text: str, codes: list[str]) -> None:
    assert [str(contract) for contract in parse_contracts(text)] == codes


def test_parse_contracts__calendar_year__is_twelve_months() -> None:
    contracts = parse_contracts("HPS-CAL27")

    assert [contract.month.month for contract in contracts] == list(range(1, 13))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("hps-f27@21000-59000", "HPS-JAN27@21000-59000"),
        ("HPU-JAN27@15.50-55.00", "HPU-JAN27@15.5-55"),
        ("DIF04JAN27@90-160.5", "DIF-04JAN27@90-160.5"),
        ("DIF-04JAN27", "DIF-04JAN27"),
    ],
)
def test_parse_contract__band_and_fortnight__print_as_one(text: str, code: str) -> None:
    assert str(parse_contract(text)) == code


def test_parse_contract__band__is_in_ticks() -> None:
    assert parse_contract("HPU-JAN27@15.5-55").band == Band(1_550, 5_500)
    assert parse_contract("DIF-04JAN27@90-160.125").band == Band(90_000, 160_125)


def test_fortnights__from_monday_to_monday__follow_one_another() -> None:
    one = parse_contract("DIF-21DEC26").window
    following = parse_contract("DIF-04JAN27").window

    assert (one.days, one.end_day) == (14, following.first_day)
    assert [
        (dt.date(1970, 1, 1) + dt.timedelta(each.first_day)).weekday() for each in (one, following)
    ] == [0, 0]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("DIF-05JAN27", "no fortnight begins on day"),
        ("DIF-11JAN27", "no fortnight begins on day"),
        ("DIF-31FEB27", "is no day"),
        ("DIF-00JAN27", "is no day"),
        ("HPS-JAN27@59000-21000", "the floor is not below the cap"),
        ("HPS-JAN27@2.5-3", "is finer than the tick of HPS"),
        ("HPU-JAN27@15.555-55", "is finer than the tick of HPU"),
        ("HPS-JAN27@21000", "is not a contract such as"),
        ("HPX-JAN27", "is not a contract such as HPS-JAN27"),
        ("HPS-JAN27:JAN28", "has 13 months, a strip has at most 12"),
        ("HPS-MAR27:JAN27", "ends before it begins"),
        ("HPS-CAL99:JAN98", "is not a month such as"),
        ("HPS-5Q27", "is not a month such as"),
    ],
)
def test_parse_contracts__no_contract__says_why(text: str, complaint: str) -> None:
    with pytest.raises(ContractCodeError, match=complaint):
        parse_contracts(text)


def test_parse_contract__strip__is_refused() -> None:
    with pytest.raises(ContractCodeError, match="is a strip: name one month"):
        parse_contract("HPS-1Q27")


def test_month__beyond_two_digits__is_refused() -> None:
    with pytest.raises(ContractCodeError, match="2100-01 is not a month of 2009 to 2099"):
        Month(2099, 12).plus(1)


@pytest.mark.parametrize("date", ["2100-01-01", "9999-12-31"])
def test_month_of_day__beyond_two_digits__is_refused(date: str) -> None:
    with pytest.raises(ContractCodeError, match="is not a month of 2009 to 2099"):
        month_of_day(day_from_iso(date))


def test_month_of_day__beyond_the_calendar__is_refused() -> None:
    with pytest.raises(ContractCodeError, match="day 16777214 is in no month of 2009 to 2099"):
        month_of_day(DayIndex(2**24 - 2))
