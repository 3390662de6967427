# SPDX-License-Identifier: AGPL-3.0-only
"""`reward_index._accrue` for any meter and span equals the sum over days, however it is walked."""

from dataclasses import dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference.units import DAY_SECONDS, Q128, ceil_div
from tests.unit.chain import actor, deployer
from tests.unit.reporting import FIRST_DAY

pytestmark = pytest.mark.modules

START = FIRST_DAY
HOLDER = actor("holder")
TH = 10**18
NO_BOUND = 2**256 - 1
EMPTY = (0, (0, 0), (0, 0), 0, False)
ALL = (0, NO_BOUND, 0, NO_BOUND)


@dataclass(frozen=True)
class Scene:
    """An index and a meter by themselves."""

    index: Any
    meter: Any

    def hold(self, changes: list[tuple[int, int, int]]) -> None:
        """Let the holder have so much [TH/s] from the given second of a day on."""
        held = 0
        for day, second, balance in sorted(changes):
            act = self.meter.add if balance >= held else self.meter.remove
            act(HOLDER, abs(balance - held) * TH, (START + day) * DAY_SECONDS + second)
            held = balance

    def settle(self, days: list[tuple[int, int, int]], first: int = 0) -> None:
        """Enter days of so much work [TH/s all day], paid and owed [base units]."""
        for offset, (work, paid, owed) in enumerate(days):
            self.index.internal._record(START + first + offset, work * TH * DAY_SECONDS, paid, owed)

    def walk(
        self, claim: Any, end: int, span: tuple[int, int, int, int] = ALL
    ) -> tuple[Any, int, bool]:
        """Walk once to so many days after the start."""
        state, amount, is_whole = self.index.internal._accrue(
            self.meter.address, HOLDER, claim, START + end, span
        )
        return state, int(amount), bool(is_whole)

    def levels(self, days: list[tuple[int, int, int]]) -> tuple[list[int], list[int]]:
        """Return both prefix sums before each day and after the last one."""
        sums: tuple[list[int], list[int]] = ([0], [0])
        for work, paid, owed in days:
            total = work * TH * DAY_SECONDS
            sums[0].append(sums[0][-1] + ceil_div(paid * Q128, total))
            sums[1].append(sums[1][-1] + ceil_div(owed * Q128, total))
        return sums

    def expected(
        self, days: list[tuple[int, int, int]], span: tuple[int, int, int, int], repaid: int
    ) -> int:
        """Return what the holder's span of these days comes to [base units x 2^128]."""
        paid, arrears = self.levels(days)
        total = 0
        for day in range(len(days)):
            work = self.meter.ths_on(HOLDER, START + day)
            for sums, low, high in (
                (paid, span[0], span[1]),
                (arrears, span[2], min(span[3], repaid)),
            ):
                if low < high:
                    before, after = (min(max(sums[at], low), high) for at in (day, day + 1))
                    total += work * (after - before)
        return total


@pytest.fixture(scope="module")
def scene(genesis: None) -> Scene:
    """An index without a day and a meter without a holder; what a test does is undone."""
    return Scene(
        deployer("series/reward_index").deploy(START), deployer("mocks/MockMeter").deploy()
    )


@st.composite
def lives(draw: st.DrawFn) -> tuple[list[tuple[int, int, int]], list[tuple[int, int, int]]]:
    """Draw settled days and the holder's balances in them."""
    days = draw(
        st.lists(
            st.tuples(
                st.integers(100, 10**6),
                st.integers(0, 10**9),
                st.just(0) | st.integers(1, 10**9),
            ),
            min_size=1,
            max_size=10,
        )
    )
    changes = draw(
        st.lists(
            st.tuples(
                st.integers(0, len(days) - 1), st.integers(0, DAY_SECONDS - 1), st.integers(0, 100)
            ),
            max_size=8,
        )
    )
    return days, changes


def bounds_of(draw: Any, sums: list[int]) -> tuple[int, int]:
    """Draw two bounds, often next to a day's level."""
    near = st.sampled_from(sums).flatmap(lambda at: st.integers(max(at - 1, 0), at + 1))
    bound = st.just(0) | st.just(NO_BOUND) | near | st.integers(0, sums[-1] + 1)
    low, high = sorted((draw(bound), draw(bound)))
    return low, high


@given(life=lives(), data=st.data())
def test_accrue__any_span_in_any_steps__equals_the_sum_over_days(
    scene: Scene, life: tuple[list[Any], list[Any]], data: st.DataObject
) -> None:
    """Days are settled, arrears repaid and walks made in any order, between any bounds."""
    days, changes = life
    scene.hold(changes)
    paid, arrears = scene.levels(days)
    span = (*bounds_of(data.draw, paid), *bounds_of(data.draw, arrears))
    claim, received, settled, whole = EMPTY, 0, 0, 0
    shorts = sum(1 for _, _, owed in days if owed)
    while settled < len(days):
        more = data.draw(st.integers(1, len(days) - settled))
        scene.settle(days[settled : settled + more], settled)
        settled += more
        short = sum(1 for _, _, owed in days[:settled] if owed)
        if short:
            amount = data.draw(st.integers(0, 10**9))
            _, whole = scene.index.internal._repay(amount, whole, short)
        end = data.draw(st.sampled_from([settled, settled, data.draw(st.integers(0, settled))]))
        claim, amount, is_whole = scene.walk(claim, end, span)
        received += amount
        assert is_whole
    if shorts:
        scene.index.internal._repay(2**90, whole, shorts)
    claim, amount, _ = scene.walk(claim, len(days), span)
    received += amount

    total = scene.expected(days, span, scene.index.repaid_level())
    assert (received, claim[0]) == divmod(total, Q128)
    assert scene.walk(claim, len(days), span)[1] == 0


@given(life=lives(), data=st.data())
def test_accrue__spans_that_do_not_overlap__add_up_to_the_whole(
    scene: Scene, life: tuple[list[Any], list[Any]], data: st.DataObject
) -> None:
    """One cut by level, one by day: three parts are worth what the whole is, to the last bit."""
    days, changes = life
    scene.hold(changes)
    scene.settle(days)
    if any(owed for _, _, owed in days):
        scene.index.internal._repay(
            data.draw(st.integers(0, 10**10)), 0, sum(1 for _, _, owed in days if owed)
        )
    paid, arrears = scene.levels(days)
    cuts = [data.draw(st.integers(0, sums[-1] + 1)) for sums in (paid, arrears)]
    low, high = (0, cuts[0], 0, cuts[1]), (cuts[0], NO_BOUND, cuts[1], NO_BOUND)
    middle = data.draw(st.integers(0, len(days)))

    def worth(claim: Any, amount: int) -> int:
        return amount * Q128 + int(claim[0])

    whole = worth(*scene.walk(EMPTY, len(days))[:2])
    junior = worth(*scene.walk(EMPTY, len(days), high)[:2])
    claim, first, _ = scene.walk(EMPTY, middle, low)
    claim, second, _ = scene.walk(claim, len(days), low)

    assert worth(claim, first + second) + junior == whole


def test_accrue__fixed_paid_ceiling__is_passed_and_paid_once(scene: Scene) -> None:
    """The walk that waits at a ceiling, as the arrears walk does, would be paid every time."""
    scene.hold([(0, 0, 100)])
    scene.settle([(100, 1_000, 0)] * 4)
    ceiling = scene.levels([(100, 1_000, 0)] * 4)[0][2] - 1

    claim, amount, _ = scene.walk(EMPTY, 3, (0, ceiling, 0, NO_BOUND))
    assert amount == 1_999
    assert scene.walk(claim, 4, (0, ceiling, 0, NO_BOUND))[1] == 0


def test_accrue__end_day_behind_the_claim__keeps_its_arrears(scene: Scene) -> None:
    scene.hold([(0, 0, 100)])
    scene.settle([(100, 1_000, 0), (100, 600, 400)])
    claim, amount, _ = scene.walk(EMPTY, 2)
    assert amount == 1_600

    claim, amount, _ = scene.walk(claim, 1)
    assert amount == 0
    scene.index.internal._repay(400, 0, 1)

    assert scene.walk(claim, 2)[1] == 400


def test_levels_at__any_day__are_the_sums_before_it(scene: Scene) -> None:
    days = [(100, 1_000, 0), (100, 600, 400), (100, 0, 7)]
    scene.settle(days)
    paid, arrears = scene.levels(days)

    for day in range(len(days) + 1):
        assert scene.index.internal._levels_at(START + day) == (paid[day], arrears[day])
    assert scene.index.internal._levels_at(0) == (0, 0)
