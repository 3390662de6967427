# SPDX-License-Identifier: AGPL-3.0-only
"""An index that lies hurts the series that name it, and nobody else."""

from dataclasses import replace
from typing import Any

import boa
import pytest
from boa.contracts.base_evm_contract import BoaError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reference.units import DAY_SECONDS
from tests.unit.chain import actor, deployer, go_to, go_to_day, now, refused
from tests.unit.pit import FIRST_DAY, MAX, OPENING, TERMS, Order, Pit
from tests.unit.reporting import FIRST_DAY as INDEX_START

pytestmark = pytest.mark.unit

PAYER, MAKER, TAKER = actor("payer"), actor("maker"), actor("taker")
VALUE = 47_000
LIES = {
    "falls": (1, "index: sum falls"),
    "too large": (2, "index: sum too large"),
    "reverts": (3, "index: call failed"),
    "burns": (4, "index: call failed"),
    "short": (5, "index: not two words"),
    "long": (6, "index: not two words"),
    "nothing": (7, "index: not two words"),
}
GAS = 3_000_000


@pytest.fixture
def index() -> Any:
    """An index whose days are all of one value, a unit a tick."""
    return deployer("mocks/MockIndex").deploy(INDEX_START, OPENING - 1, VALUE)


@pytest.fixture
def lying(pit: Pit, index: Any) -> int:
    """A series on it, of which the payer holds a pair, and maker and taker a side each."""
    series = pit.create(replace(TERMS, index=index.address))
    pit.vault.mint_pair(series, 1, PAYER, PAYER, sender=PAYER)
    pit.fill(Order([series]), 2)
    return series


def after_the_window() -> None:
    """Go to when an honest index knows the whole window."""
    go_to_day(TERMS.end_day, 2 * 3_600)


def merges(pit: Pit, series: int) -> None:
    """Require that a pair merges for its whole cost."""
    before = pit.money(PAYER)
    pit.vault.merge_pair(series, 1, PAYER, sender=PAYER)
    assert pit.money(PAYER) - before == TERMS.cost


def test_settle__honest_index__pays_its_sum(pit: Pit, lying: int) -> None:
    after_the_window()

    assert pit.vault.settle(lying).long_payout == 3 * (VALUE - TERMS.floor_ticks)


@pytest.mark.parametrize("lie", list(LIES))
def test_settle__lie_about_sums__reverts_and_is_never_silence(
    pit: Pit, index: Any, lying: int, lie: str
) -> None:
    number, reason = LIES[lie]
    index.set_lie(number)
    other = pit.create()
    for time in (0, TERMS.deadline, TERMS.deadline + 10**8):
        after_the_window() if not time else go_to(time)
        with refused(reason, lambda: pit.state(lying, other)):
            pit.vault.settle(lying, gas=GAS)
        with refused(reason):
            pit.vault.redeem(lying, MAKER, sender=MAKER, gas=GAS)

    assert pit.vault.uri(lying)
    merges(pit, lying)


def test_settle__day_called_final_inside_the_window__is_not_due(
    pit: Pit, index: Any, lying: int
) -> None:
    """Settled so early, positions could still be traded against a known outcome."""
    index.set_value(VALUE, 1, 1)
    for time in (FIRST_DAY * DAY_SECONDS, TERMS.end_day * DAY_SECONDS - 1):
        go_to(time)
        with refused("series: not due"):
            pit.vault.settle(lying)
    go_to(time + 1)

    assert pit.vault.settle(lying).is_settled


@pytest.mark.parametrize("newest", [INDEX_START + 5, TERMS.end_day - 1, MAX, 1])
def test_settle__newest_day_that_cannot_be__reverts(
    pit: Pit, index: Any, lying: int, newest: int
) -> None:
    """The last day is not final, and what is the newest final one contradicts that."""
    index.set_value(VALUE, 1, MAX)
    index.set_days(INDEX_START, OPENING - 1, newest)
    go_to(TERMS.deadline)

    with refused("index: contradicts itself", lambda: pit.state(lying)):
        pit.vault.settle(lying)
    merges(pit, lying)


def test_settle__scale_and_first_day_that_change__are_as_they_were_at_creation(
    pit: Pit, index: Any, lying: int
) -> None:
    index.set_value(VALUE, 10**9, 0)
    index.set_days(INDEX_START, OPENING - 1, 0)
    after_the_window()

    assert pit.vault.settle(lying).long_payout == 3 * (VALUE - TERMS.floor_ticks)


def test_settle__answer_that_changes_afterwards__changes_nothing(
    pit: Pit, index: Any, lying: int
) -> None:
    after_the_window()
    first = tuple(pit.vault.settle(lying))

    index.set_lie(3)

    assert tuple(pit.vault.settle(lying)) == tuple(pit.vault.outcome_of(lying)) == first
    assert pit.vault.redeem(lying, MAKER, sender=MAKER) == 2 * first[2]


@pytest.mark.parametrize(("days", "scale", "reason"), [
    ((INDEX_START, INDEX_START + 5), 1, "series: index too young"),
    ((FIRST_DAY + 1, FIRST_DAY + 20), 1, "series: before the index"),
    ((INDEX_START, OPENING), 0, "series: no scale"),
    ((INDEX_START, OPENING), 2**96, "series: no scale"),
])  # fmt: skip
def test_create_series__index_that_cannot_serve__reverts(
    pit: Pit, index: Any, days: tuple[int, int], scale: int, reason: str
) -> None:
    index.set_days(*days, 0)
    index.set_value(VALUE, scale, 0)

    with refused(reason):
        pit.create(replace(TERMS, index=index.address))


@pytest.mark.parametrize("what", ["nobody", "coin"])
def test_create_series__no_index__reverts(pit: Pit, what: str) -> None:
    address = actor("nobody") if what == "nobody" else pit.token.address
    reason = "index: not one word" if what == "nobody" else "index: call failed"

    with refused(reason):
        pit.create(replace(TERMS, index=address))


@pytest.mark.parametrize("lie", list(LIES))
def test_mean_of_last__lie__reverts(pit: Pit, index: Any, lying: int, lie: str) -> None:
    assert pit.vault.mean_of_last(lying, 7) == (VALUE, OPENING - 1)
    number, reason = LIES[lie]
    index.set_lie(number)

    with refused(reason):
        pit.vault.mean_of_last(lying, 1, gas=GAS)


def test_mean_of_last__day_that_is_not_final__reverts(pit: Pit, index: Any, lying: int) -> None:
    for final_at in (now() + 1, MAX):
        index.set_value(VALUE, 1, final_at)
        with refused("index: not final"):
            pit.vault.mean_of_last(lying, 1)


@pytest.mark.parametrize("days", [0, 8, MAX])
def test_mean_of_last__not_one_to_seven_days__reverts(pit: Pit, series: int, days: int) -> None:
    with refused("series: not 1 to 7 days"):
        pit.vault.mean_of_last(series, days)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    lie=st.integers(0, 8),
    value=st.sampled_from([0, 1, VALUE, 10**9, 2**120, 2**255]),
    final_at=st.sampled_from([0, 1, MAX]),
    newest=st.sampled_from([0, 1, OPENING - 1, TERMS.end_day, MAX]),
    days=st.tuples(st.sampled_from([0, INDEX_START, MAX]), st.sampled_from([0, OPENING, MAX])),
    time=st.sampled_from([TERMS.end_day * DAY_SECONDS, TERMS.deadline, TERMS.deadline + 10**7]),
)
def test_hostile_index__anything__only_its_own_series_suffers(
    pit: Pit,
    index: Any,
    lie: int,
    value: int,
    final_at: int,
    newest: int,
    days: tuple[int, int],
    time: int,
) -> None:
    """Whatever it says: pairs merge, payouts stay within the pair, others get what is theirs."""
    with boa.env.anchor():
        lying = pit.create(replace(TERMS, index=index.address))
        good = pit.create()
        for series in (lying, good):
            pit.vault.mint_pair(series, 1, PAYER, PAYER, sender=PAYER)
            pit.fill(Order([series]), 2)
        pit.report_until(TERMS.end_day, 45)
        index.set_lie(lie)
        index.set_value(value, 1, final_at)
        index.set_days(*days, newest)
        go_to(max(now(), time))
        inside = pit.inside()

        try:
            outcome = pit.vault.settle(lying, gas=GAS)
        except BoaError:
            assert pit.inside() == inside
        else:
            assert outcome.long_payout + outcome.short_payout == TERMS.cost
            paid = sum(pit.vault.redeem(lying, who, sender=who, gas=GAS) for who in (MAKER, TAKER))
            assert paid == 2 * TERMS.cost
        merges(pit, lying)
        merges(pit, good)
        redeemed = [pit.vault.redeem(good, who, sender=who) for who in (MAKER, TAKER)]
        assert redeemed == [2 * 3 * 5_000, 2 * 3 * 15_000]


def test_mean_of_last__index_that_forgot_its_days__reverts(
    pit: Pit, index: Any, lying: int
) -> None:
    index.set_days(INDEX_START, INDEX_START + 2, 0)

    with refused("series: too few final days"):
        pit.vault.mean_of_last(lying, 4)
    assert pit.vault.mean_of_last(lying, 3)[1] == INDEX_START + 2


@pytest.mark.parametrize("metric", [0, 4, MAX])
def test_oracle__metric_it_has_not__reverts(pit: Pit, metric: int) -> None:
    oracle = pit.reporting.oracle
    with refused("oracle: no such metric"):
        oracle.units_per_tick(metric)
    with refused("oracle: no such metric"):
        oracle.sum_through(metric, OPENING - 1)


def test_oracle__sums__are_those_of_its_records(pit: Pit) -> None:
    oracle = pit.reporting.oracle
    for day in (OPENING - 1, INDEX_START):
        record = oracle.day_record(day)
        for metric, sum_ in enumerate(
            (record.hashprice_sum_wad, record.usd_sum_wad, record.difficulty_sum_wad), 1
        ):
            assert oracle.sum_through(metric, day) == (sum_, record.final_at)
    for metric, day in ((1, INDEX_START - 1), (2, OPENING), (3, MAX)):
        assert oracle.sum_through(metric, day) == (0, 0)
    assert [oracle.units_per_tick(metric) for metric in (1, 2, 3)] == [10**15, 10**13, 10**27]
