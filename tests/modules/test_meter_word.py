# SPDX-License-Identifier: AGPL-3.0-only
"""`meter_word` and `hashrate_meter`: no field runs into the next, and the search finds its word."""

from bisect import bisect_right
from types import SimpleNamespace
from typing import Any

import boa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.meter import StepFunction
from reference.units import DAY_SECONDS
from tests.modules.module import internals, numbers
from tests.unit.chain import actor, deployer, refused

pytestmark = pytest.mark.modules

MAX_TIME = 2**32 - 1
MAX_BALANCE = 2**96 - 1
MAX_INDEX = 2**15 - 1
HOLDER = actor("holder")


def pack(time: int, balance: int, work: int, index: int) -> int:
    """Return a word by the layout: time 32, balance 96, work 113, index 15."""
    return time | balance << 32 | work << 128 | index << 241


def unpack(word: int) -> tuple[int, int, int, int]:
    """Return time, balance, work and index of a word."""
    return word % 2**32, (word >> 32) % 2**96, (word >> 128) % 2**113, word >> 241


@pytest.fixture(scope="module")
def word_module(genesis: None) -> Any:
    """The internal functions of `meter_word`."""
    return internals("series/meter_word")


@pytest.fixture(scope="module")
def meter(genesis: None) -> Any:
    """A meter of its own."""
    meter = deployer("series/hashrate_meter").deploy()
    # titanoboa shows a contract's storage when a call fails, and cannot show a map of lists
    meter._storage = SimpleNamespace(dump=dict)
    return meter


@given(
    time=numbers(1, MAX_TIME),
    balance=numbers(0, MAX_BALANCE),
    index=numbers(0, MAX_INDEX - 1),
    elapsed=numbers(0, 200_000),
    data=st.data(),
)
def test_advance__any_word__adds_the_work_and_keeps_the_fields(
    word_module: Any, time: int, balance: int, index: int, elapsed: int, data: st.DataObject
) -> None:
    """The word's work is any that its day so far can have had, up to the widest."""
    work = data.draw(numbers(0, MAX_BALANCE * (time % DAY_SECONDS)))
    now = min(time + elapsed, MAX_TIME)
    word = pack(time, balance, work, index)

    advanced = word_module._advance(word, now)

    if now // DAY_SECONDS == time // DAY_SECONDS:
        assert unpack(advanced) == (now, balance, work + balance * (now - time), index)
    else:
        assert unpack(advanced) == (now, balance, balance * (now % DAY_SECONDS), index + 1)
    whole = work + balance * (DAY_SECONDS - time % DAY_SECONDS)
    assert word_module._work_of_day(word) == whole < 2**113
    assert word_module._day(word) == time // DAY_SECONDS
    assert (word_module._balance(word), word_module._index(word)) == (balance, index)


@pytest.mark.parametrize("now", [1, MAX_TIME])
def test_advance__never_touched__starts_now_and_files_nothing(word_module: Any, now: int) -> None:
    assert unpack(word_module._advance(0, now)) == (now, 0, 0, 0)


def test_advance__clock_beyond_its_field__reverts(word_module: Any) -> None:
    with refused("meter: time too wide"):
        word_module._advance(pack(1, 1, 1, 1), MAX_TIME + 1)


def test_advance__history_full__reverts(word_module: Any) -> None:
    """After 2**15 touched days the index would overflow the word."""
    full = pack(DAY_SECONDS, 1, 0, MAX_INDEX)

    assert unpack(word_module._advance(full, DAY_SECONDS + 1))[3] == MAX_INDEX
    with refused(""):
        word_module._advance(full, 2 * DAY_SECONDS)


def test_add__balance_beyond_its_field__reverts(meter: Any) -> None:
    """The token caps the supply at 2**94 before; the meter would refuse at 2**96."""
    meter.internal._add(HOLDER, MAX_BALANCE, boa.env.timestamp)

    with refused("meter: balance too wide", lambda: meter.internal._balance_of(HOLDER)):
        meter.internal._add(HOLDER, 1, boa.env.timestamp)


def test_remove__more_than_there_is__reverts(meter: Any) -> None:
    meter.internal._add(HOLDER, 5, boa.env.timestamp)

    with refused("meter: balance too low", lambda: meter.internal._balance_of(HOLDER)):
        meter.internal._remove(HOLDER, 6, boa.env.timestamp)


@given(gaps=st.lists(st.integers(1, 4), max_size=24), data=st.data())
def test_filed_up_to__any_days__equals_a_bisection(
    meter: Any, gaps: list[int], data: st.DataObject
) -> None:
    start = boa.env.timestamp // DAY_SECONDS
    days = [start]
    meter.internal._add(HOLDER, 1, boa.env.timestamp)
    for gap in gaps:
        boa.env.timestamp += gap * DAY_SECONDS
        days.append(days[-1] + gap)
        meter.internal._add(HOLDER, 1, boa.env.timestamp)
    filed = days[:-1]
    day = data.draw(st.integers(start - 3, days[-1]))

    found = meter.internal._filed_up_to(HOLDER, day, len(filed))

    assert found == bisect_right(filed, day)


@given(
    steps=st.lists(
        st.tuples(numbers(0, 3 * DAY_SECONDS), numbers(0, 2**94)), min_size=1, max_size=12
    )
)
def test_work_on__any_steps__equals_the_integral(meter: Any, steps: list[tuple[int, int]]) -> None:
    """Balances set to any value at any time, every day asked for afterwards."""
    model = StepFunction()
    first = boa.env.timestamp // DAY_SECONDS
    for pause, balance in steps:
        boa.env.timestamp += pause
        held = model.latest
        if balance >= held:
            meter.internal._add(HOLDER, balance - held, boa.env.timestamp)
        else:
            meter.internal._remove(HOLDER, held - balance, boa.env.timestamp)
        model.set(boa.env.timestamp, balance)
    last = boa.env.timestamp // DAY_SECONDS

    for day in range(first - 1, last + 2):
        area = model.area(day * DAY_SECONDS, (day + 1) * DAY_SECONDS)
        assert meter.internal._work_on(HOLDER, day) == area
