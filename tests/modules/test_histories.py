# SPDX-License-Identifier: AGPL-3.0-only
"""`day_history`, `output_history`, `series_progress`: what is packed comes back, or is refused."""

from typing import Any

import boa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.modules.module import internals, numbers
from tests.unit.chain import actor, refused
from tests.unit.reporting import FIRST_DAY, FIRST_HEIGHT

pytestmark = pytest.mark.modules

SERIES = actor("a series")
WIDEST_DAY = (2**128 - 1, 2**120 - 1, 2**136 - 1, 2**56 - 1, 2**32 - 1, 2**31 - 1, 2**8 - 1)
WIDEST_OUTPUT = (2**64 - 1, 2**96 - 1, 2**32 - 1, 2**32 - 1, 2**32 - 1)


@pytest.fixture(scope="module")
def days(genesis: None) -> Any:
    """The internal functions of a history that starts on the first day."""
    return internals("oracle/day_history", FIRST_DAY, FIRST_HEIGHT)


@pytest.fixture(scope="module")
def outputs(genesis: None) -> Any:
    """The internal functions of an empty output history."""
    return internals("oracle/output_history")


@pytest.fixture(scope="module")
def progress(genesis: None) -> Any:
    """The internal functions of `series_progress`."""
    return internals("series/series_progress")


@given(
    record=st.tuples(*(numbers(0, highest) for highest in WIDEST_DAY)), is_recovery=st.booleans()
)
def test_end_with__any_day__is_read_back(
    days: Any, record: tuple[int, ...], is_recovery: bool
) -> None:
    days._end_with(FIRST_DAY, record, is_recovery)

    assert tuple(days._read(FIRST_DAY)) == record
    assert days._price_and_finality(FIRST_DAY) == (record[3], record[4])
    assert days._hashprice(FIRST_DAY) == record[0]
    assert days._revision(FIRST_DAY) == record[6]
    assert days._is_recovery(FIRST_DAY) == is_recovery
    assert days._final_at(FIRST_DAY) == record[4]
    assert days._is_final(FIRST_DAY) == (record[4] <= boa.env.timestamp)


@pytest.mark.parametrize("field", range(5))
def test_end_with__day_wider_than_its_field__reverts(days: Any, field: int) -> None:
    """The last guard: days, prices and times beyond these are refused before, or never come."""
    record = list(WIDEST_DAY)
    record[field] += 1

    with refused("history: value too wide", lambda: days._read(FIRST_DAY)):
        days._end_with(FIRST_DAY, tuple(record), False)


@given(
    finality=st.lists(st.integers(-3, 3), max_size=40).map(sorted),
    time=st.integers(-4, 4),
)
def test_final_day_at__any_finality__equals_a_count(
    days: Any, finality: list[int], time: int
) -> None:
    """Times of finality that never fall, many of them equal, some past and some to come."""
    base = boa.env.timestamp
    for index, at in enumerate(finality):
        days._end_with(FIRST_DAY + index, (0, 0, 0, 0, base + at, 0, 0), False)
    days._remove_from(FIRST_DAY + len(finality))  # the next day to be posted

    final = sum(at <= time for at in finality)

    assert days._final_day_at(base + time) == FIRST_DAY + final - 1


def test_remove_from__256th_revision__reverts(days: Any) -> None:
    days._end_with(FIRST_DAY, WIDEST_DAY, False)

    with refused("history: too many revisions", lambda: days._read(FIRST_DAY)):
        days._remove_from(FIRST_DAY)


@given(record=st.tuples(*(numbers(0, highest) for highest in WIDEST_OUTPUT)))
def test_write__any_output__is_read_back(outputs: Any, record: tuple[int, ...]) -> None:
    outputs._write(SERIES, FIRST_DAY, record)

    assert tuple(outputs._read(SERIES, FIRST_DAY)) == record
    assert outputs._is_pending(record) == (record[2] > boa.env.timestamp)
    assert outputs._is_final(record) == (0 < record[2] <= boa.env.timestamp)


@pytest.mark.parametrize(
    ("field", "reason"),
    [
        (0, "output: credit too wide"),
        (1, "output: delivered too wide"),
        (2, "output: time too wide"),
    ],
)
def test_write__output_wider_than_its_field__reverts(outputs: Any, field: int, reason: str) -> None:
    record = list(WIDEST_OUTPUT)
    record[field] += 1

    with refused(reason, lambda: outputs._read(SERIES, FIRST_DAY)):
        outputs._write(SERIES, FIRST_DAY, tuple(record))


@given(
    fields=st.tuples(*(numbers(0, 2**32 - 1) for _ in range(4))),
    shortfalls=numbers(0, 2**15),
    repaid=numbers(0, 2**15),
    is_closed=st.booleans(),
)
def test_pack__any_progress__is_unpacked_again(
    progress: Any, fields: tuple[int, ...], shortfalls: int, repaid: int, is_closed: bool
) -> None:
    whole = (*fields, shortfalls, repaid, is_closed)

    assert tuple(progress._unpack(progress._pack(whole))) == whole


@pytest.mark.parametrize(("field", "width"), [(0, 32), (1, 32), (2, 32), (3, 32), (4, 16), (5, 16)])
def test_pack__field_wider_than_its_place__reverts(progress: Any, field: int, width: int) -> None:
    """It would run into the next: a time past 2106 was read as a short day that never was."""
    fields = [0] * 6
    fields[field] = 2**width

    with refused("progress: field too wide"):
        progress._pack((*fields, False))
