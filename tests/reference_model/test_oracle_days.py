# SPDX-License-Identifier: AGPL-3.0-only
"""Day reports: what is refused, the window, the price, correction and sums."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reference import Cause, DayFacts, DayPrices
from reference.day_rules import (
    LONG_WINDOW_SECONDS,
    RECOVERY_WINDOW_SECONDS,
    SHORT_WINDOW_SECONDS,
    expected_hashprice_wad,
    subsidy_of,
)
from reference.units import day_start

from .reports import (
    BLOCKS,
    DIFFICULTY_WAD,
    FIRST_DAY,
    FIRST_HEIGHT,
    NETWORK,
    PRICE_E8,
    Reporting,
    agreed,
    cause_of_post,
    facts_of,
    posting_time,
)

pytestmark = pytest.mark.unit

FIRST = facts_of(FIRST_DAY, FIRST_HEIGHT)
NEXT = facts_of(FIRST_DAY + 1, FIRST_HEIGHT + BLOCKS)


def second_day_reporting() -> Reporting:
    reporting = Reporting()
    reporting.post()
    return reporting


def test_post_day__first__takes_the_long_window() -> None:
    posted = Reporting().post()

    assert posted.window == LONG_WINDOW_SECONDS
    assert posted.final_at == posting_time(FIRST_DAY) + LONG_WINDOW_SECONDS


def test_post_day__usual_day__is_final_no_earlier_than_the_day_before() -> None:
    reporting = second_day_reporting()

    posted = reporting.post()

    assert posted.window == SHORT_WINDOW_SECONDS
    assert posted.final_at == posting_time(FIRST_DAY) + LONG_WINDOW_SECONDS
    assert reporting.oracle.last_final_day(posted.final_at - 1) is None
    assert reporting.oracle.last_final_day(posted.final_at) == FIRST_DAY + 1


def test_final_prices__around_finality__returns_the_day_or_nothing() -> None:
    reporting = Reporting()
    posted = reporting.post()

    assert reporting.oracle.final_prices(FIRST_DAY, posted.final_at - 1) is None
    final = reporting.oracle.final_prices(FIRST_DAY, posted.final_at)
    assert final is not None
    assert final.prices == DayPrices(FIRST.hashprice_wad, PRICE_E8)
    assert reporting.oracle.final_prices(FIRST_DAY + 1, posted.final_at) is None


def test_expected_hashprice__by_hand__is_the_sum_over_hashes() -> None:
    # 144 blocks of 3.125 BTC and 1e7 satoshi of fees at difficulty 1e14
    facts = facts_of(FIRST_DAY, FIRST_HEIGHT)

    sats = 144 * 312_500_000 + 10**7
    assert facts.subsidy_sats + facts.fees_sats == sats
    expected = sats * 86_400 * 10**12 * 10**18 // (144 * 10**14 * 2**32)
    assert expected_hashprice_wad(facts, NETWORK) == expected == facts.hashprice_wad


@pytest.mark.parametrize(
    ("change", "cause"),
    [
        ({"day": FIRST_DAY}, Cause.WRONG_DAY),
        ({"day": FIRST_DAY + 2}, Cause.WRONG_DAY),
        ({"last_height": NEXT.first_height - 2}, Cause.HEIGHTS),
        ({"subsidy_sats": NEXT.subsidy_sats + 1}, Cause.SUBSIDY),
        ({"subsidy_sats": NEXT.subsidy_sats - 1}, Cause.SUBSIDY),
        ({"hashprice_wad": 0}, Cause.ZERO_VALUE),
        ({"difficulty_wad": 0}, Cause.ZERO_VALUE),
        ({"hashprice_wad": 2**112}, Cause.TOO_WIDE),
        ({"difficulty_wad": 2**120}, Cause.TOO_WIDE),
        ({"fees_sats": 2**51}, Cause.TOO_WIDE),
        ({"last_height": 2**31}, Cause.TOO_WIDE),
    ],
)
def test_post_day__impossible__reverts(change: dict[str, int], cause: Cause) -> None:
    reporting = second_day_reporting()

    assert (
        cause_of_post(reporting, replace(NEXT, **change), now=posting_time(FIRST_DAY + 2)) is cause
    )
    assert reporting.oracle.next_day == FIRST_DAY + 1


@pytest.mark.parametrize(("price", "cause"), [(0, Cause.ZERO_VALUE), (2**56, Cause.TOO_WIDE)])
def test_post_day__impossible_price__reverts(price: int, cause: Cause) -> None:
    assert cause_of_post(second_day_reporting(), prices=agreed(price)) is cause


def test_post_day__not_over__reverts() -> None:
    end = day_start(FIRST_DAY + 1)

    assert cause_of_post(Reporting(), now=end - 1) is Cause.DAY_NOT_OVER
    assert Reporting().post(now=end).posted_at == end


def test_post_day__first_at_another_height__reverts() -> None:
    facts = facts_of(FIRST_DAY, FIRST_HEIGHT + 1)

    assert cause_of_post(Reporting(), facts) is Cause.HEIGHTS


def test_post_day__first_without_blocks__reverts() -> None:
    facts = replace(FIRST, last_height=FIRST_HEIGHT - 1, subsidy_sats=0, fees_sats=0)

    assert cause_of_post(Reporting(), facts) is Cause.EMPTY_DAY


def empty_day(before: DayFacts) -> DayFacts:
    first = before.last_height + 1
    return DayFacts(
        before.day + 1, first, first - 1, 0, 0, before.hashprice_wad, before.difficulty_wad
    )


def test_post_day__without_blocks__repeats_the_day_before() -> None:
    reporting = second_day_reporting()

    posted = reporting.post(empty_day(FIRST))

    assert posted.window == LONG_WINDOW_SECONDS
    assert reporting.post().priced.facts.first_height == FIRST.last_height + 1


@pytest.mark.parametrize("field", ["fees_sats", "hashprice_wad", "difficulty_wad"])
def test_post_day__without_blocks_but_other_values__reverts(field: str) -> None:
    facts = empty_day(FIRST)
    changed = replace(facts, **{field: getattr(facts, field) + 1})

    assert cause_of_post(second_day_reporting(), changed) is Cause.EMPTY_DAY


def test_has_retarget__around_a_multiple_of_2016__returns_whether_it_lies_in_the_heights() -> None:
    def spans(first: int, last: int) -> bool:
        return replace(FIRST, first_height=first, last_height=last).has_retarget

    assert spans(2016, 2016)
    assert spans(2015, 2016)
    assert not spans(2014, 2015)
    assert not spans(2017, 4031)
    assert not spans(2016, 2015)
    assert spans(0, 0)


UNFIT = [
    facts_of(FIRST_DAY + 1, NEXT.first_height + 1),
    facts_of(FIRST_DAY + 1, NEXT.first_height - 1),
    facts_of(FIRST_DAY + 1, NEXT.first_height + 10**6),
    facts_of(FIRST_DAY + 1, NEXT.first_height, difficulty_wad=DIFFICULTY_WAD + 1),
    facts_of(FIRST_DAY + 1, NEXT.first_height, difficulty_wad=DIFFICULTY_WAD * 5),
]


@pytest.mark.parametrize("facts", UNFIT)
def test_post_day__cannot_follow__waits_for_the_day_before_and_then_longest(
    facts: DayFacts,
) -> None:
    reporting = second_day_reporting()
    final_at = posting_time(FIRST_DAY) + LONG_WINDOW_SECONDS

    assert cause_of_post(reporting, facts, now=final_at - 1) is Cause.DAY_BEFORE_PENDING
    assert reporting.post(facts, now=final_at).window == RECOVERY_WINDOW_SECONDS


def test_post_day__false_heights_left_behind__goes_on_where_bitcoin_is() -> None:
    """A false day a million blocks too high became final; the next true ones are taken."""
    reporting = second_day_reporting()
    false = reporting.post(facts_of(FIRST_DAY + 1, NEXT.first_height, blocks=10**6, fees_sats=0))
    true = facts_of(FIRST_DAY + 2, NEXT.first_height + BLOCKS)

    back = reporting.post(true, now=false.final_at)
    after = reporting.post(facts_of(FIRST_DAY + 3, true.last_height + 1), now=back.posted_at)

    assert (back.window, after.window) == (RECOVERY_WINDOW_SECONDS, SHORT_WINDOW_SECONDS)
    assert after.final_at == back.final_at


def test_post_day__retarget_behind_a_recovery__follows() -> None:
    """The day before came back from heights too high: a true retarget since then must pass."""
    reporting, first = retarget_reporting()
    false = reporting.post(facts_of(reporting.oracle.next_day, first, blocks=10**5, fees_sats=0))
    reporting.post(facts_of(false.priced.facts.day + 1, first), now=false.final_at)

    retargeted = facts_of(
        false.priced.facts.day + 2, first + BLOCKS, difficulty_wad=DIFFICULTY_WAD * 11 // 10
    )

    assert reporting.post(retargeted, now=false.final_at).window == SHORT_WINDOW_SECONDS


def retarget_reporting() -> tuple[Reporting, int]:
    """A reporting whose next day holds a multiple of 2016, and that day's first height."""
    reporting = Reporting()
    while not reporting.next_facts().has_retarget:
        reporting.post()
    return reporting, reporting.next_facts().first_height


@pytest.mark.parametrize(
    ("factor_e6", "window"),
    [
        (1_400_000, SHORT_WINDOW_SECONDS),
        (1_400_001, LONG_WINDOW_SECONDS),
        (700_000, SHORT_WINDOW_SECONDS),
        (699_999, LONG_WINDOW_SECONDS),
        (4_000_000, LONG_WINDOW_SECONDS),
        (250_000, LONG_WINDOW_SECONDS),
    ],
)
def test_post_day__difficulty_steps__takes_the_window(factor_e6: int, window: int) -> None:
    reporting, first = retarget_reporting()
    difficulty = DIFFICULTY_WAD * factor_e6 // 10**6

    posted = reporting.post(facts_of(reporting.oracle.next_day, first, difficulty_wad=difficulty))

    assert posted.window == window


@pytest.mark.parametrize(
    ("difficulty", "allowed"),
    [
        (4 * DIFFICULTY_WAD * (2**14 + 1) // 2**14, True),
        (4 * DIFFICULTY_WAD * (2**14 + 1) // 2**14 + 1, False),
        (-(-DIFFICULTY_WAD * 2**12 // (2**14 + 1)), True),
        (-(-DIFFICULTY_WAD * 2**12 // (2**14 + 1)) - 1, False),
    ],
)
def test_post_day__difficulty_steps_around_four__recovers_beyond(
    difficulty: int, allowed: bool
) -> None:
    reporting, first = retarget_reporting()
    facts = facts_of(reporting.oracle.next_day, first, difficulty_wad=difficulty)

    window = LONG_WINDOW_SECONDS if allowed else RECOVERY_WINDOW_SECONDS
    assert reporting.post(facts).window == window


def test_post_day__day_after_a_retarget__may_change_difficulty_once_more() -> None:
    reporting, _ = retarget_reporting()
    reporting.post()
    after = replace(reporting.next_facts(), difficulty_wad=DIFFICULTY_WAD * 11 // 10)
    reporting.post(after)

    changed = replace(reporting.next_facts(), difficulty_wad=DIFFICULTY_WAD)
    assert cause_of_post(reporting, changed) is Cause.DAY_BEFORE_PENDING


@pytest.mark.parametrize(
    ("blocks", "window"),
    [
        (19, LONG_WINDOW_SECONDS),
        (20, SHORT_WINDOW_SECONDS),
        (400, SHORT_WINDOW_SECONDS),
        (401, LONG_WINDOW_SECONDS),
    ],
)
def test_post_day__number_of_blocks__takes_the_window(blocks: int, window: int) -> None:
    fees = 10**7 * blocks // BLOCKS

    posted = second_day_reporting().post(facts_of(FIRST_DAY + 1, NEXT.first_height, blocks, fees))

    assert posted.window == window


@pytest.mark.parametrize(
    ("price", "window"),
    [
        (58_000 * 10**8, SHORT_WINDOW_SECONDS),
        (58_000 * 10**8 - 1, LONG_WINDOW_SECONDS),
        (150_000 * 10**8, SHORT_WINDOW_SECONDS),
        (150_000 * 10**8 + 1, LONG_WINDOW_SECONDS),
    ],
)
def test_post_day__price_moves__takes_the_window(price: int, window: int) -> None:
    assert second_day_reporting().post(prices=agreed(price)).window == window


# 144 * 3.125 = 450 BTC of subsidy and 0.1 of fees on the day before
@pytest.mark.parametrize(
    ("fees_sats", "window"),
    [(2_260_500_000, SHORT_WINDOW_SECONDS), (2_260_500_002, LONG_WINDOW_SECONDS)],
)
def test_post_day__fees_move_the_hashprice__takes_the_long_window_beyond_a_twentieth(
    fees_sats: int, window: int
) -> None:
    facts = facts_of(FIRST_DAY + 1, NEXT.first_height, fees_sats=fees_sats)

    assert second_day_reporting().post(facts).window == window


def test_post_day__fees_fall_by_a_twentieth__takes_the_long_window_beyond_it() -> None:
    def window_after(fees_sats: int) -> int:
        reporting = Reporting()
        reporting.post(facts_of(FIRST_DAY, FIRST_HEIGHT, fees_sats=fees_sats))
        return reporting.post(facts_of(FIRST_DAY + 1, NEXT.first_height, fees_sats=0)).window

    assert window_after(2_250_000_000) == SHORT_WINDOW_SECONDS
    assert window_after(2_250_000_001) == LONG_WINDOW_SECONDS


@pytest.mark.parametrize(
    ("fees_sats", "window"),
    [(11_250_000_000, SHORT_WINDOW_SECONDS), (11_250_000_001, LONG_WINDOW_SECONDS)],
)
def test_post_day__fees_beyond_a_quarter_of_the_subsidy__takes_the_long_window(
    fees_sats: int, window: int
) -> None:
    """Also where the day before had just as many."""
    reporting = Reporting()
    reporting.post(facts_of(FIRST_DAY, FIRST_HEIGHT, fees_sats=fees_sats))

    facts = facts_of(FIRST_DAY + 1, NEXT.first_height, fees_sats=fees_sats)

    assert reporting.post(facts).window == window


def test_post_day__hashprice_inconsistent__takes_the_long_window() -> None:
    expected = NEXT.hashprice_wad
    beyond = expected + expected // 10**6

    below = expected - expected // 10**6

    def window_of(hashprice_wad: int) -> int:
        return second_day_reporting().post(replace(NEXT, hashprice_wad=hashprice_wad)).window

    assert window_of(beyond) == window_of(below) == SHORT_WINDOW_SECONDS
    assert window_of(beyond + 1) == window_of(below - 1) == LONG_WINDOW_SECONDS


def test_post_day__hashprice_three_percent_off_at_a_retarget__takes_the_short_window() -> None:
    reporting, first = retarget_reporting()
    facts = facts_of(reporting.oracle.next_day, first)
    beyond = facts.hashprice_wad * 103 // 100

    posted = reporting.post(replace(facts, hashprice_wad=beyond))

    assert posted.window == SHORT_WINDOW_SECONDS
    other, _ = retarget_reporting()
    assert other.post(replace(facts, hashprice_wad=beyond + 1)).window == LONG_WINDOW_SECONDS


@given(st.integers(0, 40_000), st.integers(0, 4_000), st.integers(1, 700))
def test_subsidy_of__any_heights__equals_the_sum_block_by_block(
    first: int, blocks: int, halving: int
) -> None:
    last = first + blocks - 1

    expected = sum((50 * 10**8) >> (height // halving) for height in range(first, last + 1))

    assert subsidy_of(first, last, halving) == expected
