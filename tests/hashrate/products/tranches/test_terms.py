# SPDX-License-Identifier: AGPL-3.0-only
"""Terms of strips and notes, their names, what is owed: against the numbers of docs/tranches.md."""

from dataclasses import replace

import pytest
from eth_utils.address import to_checksum_address

from hashrate.core.types import DayIndex
from hashrate.core.units import DAY_SECONDS, WAD, day_from_iso
from hashrate.products.tranches.errors import TrancheTermsError
from hashrate.products.tranches.maths import bought, cost, face_level, part_of
from hashrate.products.tranches.terms import (
    NO_FACE,
    SeriesClock,
    TrancheTerms,
    require_sense,
    symbols,
)

pytestmark = pytest.mark.unit

NOTE = TrancheTerms(
    to_checksum_address("0x" + "01" * 20),
    day_from_iso("2027-04-01"),
    day_from_iso("2027-07-01"),
    face=1_500,
    grace_days=10,
)
STRIP = replace(NOTE, face=NO_FACE, grace_days=0)
# grace and output deadline of 3 and 7 days, and a second: eleven days
CLOCK = SeriesClock(
    today=NOTE.start_day,
    next_day=NOTE.start_day,
    end_day=DayIndex(NOTE.maturity_day + 180 + 11 + 10 + 5),
    settling_seconds=10 * DAY_SECONDS + 1,
)


def test_terms__as_tuple__is_the_contracts_struct() -> None:
    first, last = NOTE.start_day, NOTE.maturity_day

    assert NOTE.as_tuple() == (NOTE.distributor, first, last, 1_500, 10)
    assert STRIP.is_strip
    assert not NOTE.is_strip


def test_require_sense__what_the_contract_takes__passes() -> None:
    require_sense(NOTE, CLOCK)
    require_sense(STRIP, replace(CLOCK, end_day=NOTE.start_day))
    require_sense(replace(NOTE, face=2**75 - 1), CLOCK)


@pytest.mark.parametrize(
    ("terms", "message"),
    [
        (replace(NOTE, start_day=DayIndex(NOTE.start_day - 1)), "in the past, on 2027-03-31"),
        (replace(STRIP, maturity_day=STRIP.start_day), "no day"),
        (replace(STRIP, maturity_day=DayIndex(2**32)), "no day"),
        (replace(STRIP, grace_days=10), "no days of grace"),
        (replace(NOTE, face=0), "out of range"),
        (replace(NOTE, face=2**75), "out of range"),
        (replace(NOTE, grace_days=20), "10 or 30"),
        (replace(NOTE, grace_days=30), "needs it to 2028-02-12"),
        (replace(NOTE, maturity_day=DayIndex(NOTE.maturity_day + 1)), "ends too soon"),
    ],
)
def test_require_sense__what_the_contract_refuses__is_named(
    terms: TrancheTerms, message: str
) -> None:
    with pytest.raises(TrancheTermsError, match=message):
        require_sense(terms, CLOCK)


def test_require_sense__day_of_the_start_settled__is_past() -> None:
    with pytest.raises(TrancheTermsError, match="in the past"):
        require_sense(NOTE, replace(CLOCK, next_day=DayIndex(NOTE.start_day + 1)))


@pytest.mark.parametrize(
    ("maturity", "term"),
    [
        ("2027-04-01", "27Q1"),
        ("2027-07-01", "27Q2"),
        ("2027-10-01", "27Q3"),
        ("2028-01-01", "27Q4"),
        ("2027-06-15", "270615"),
        ("2027-07-02", "270702"),
        ("2027-05-01", "270501"),
    ],
)
def test_symbols__tell_series_kind_maturity_and_face(maturity: str, term: str) -> None:
    ends = day_from_iso(maturity)

    assert symbols("thFJORD", replace(STRIP, maturity_day=ends), 8) == (
        f"thFJORD-YT-{term}",
        f"thFJORD-PT-{term}",
    )
    assert symbols("thFJORD", replace(NOTE, maturity_day=ends, face=150_000), 10) == (
        f"thFJORD-SR-{term}-1500",
        f"thFJORD-JR-{term}-1500",
    )


def test_maths__the_examples_of_the_rules() -> None:
    """A face of 120, of which 20 a TH/s are missing: 30 JUNIOR cost 601."""
    level = face_level(20)

    assert cost(WAD, level) == 21
    assert cost(30 * WAD, level) == 601
    assert cost(WAD, 0) == 0
    assert bought(30 * WAD, 60 * 3_600) == 15 * WAD
    assert bought(30 * WAD, 5 * DAY_SECONDS) == 30 * WAD
    assert part_of(1_202, 50 * WAD, 100 * WAD) == 601
    assert part_of(40 * WAD, 50 * WAD, 100 * WAD) == 20 * WAD
