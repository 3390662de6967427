# SPDX-License-Identifier: AGPL-3.0-only
"""What other contracts read: the newest final day, sums, means, attested hashrate."""

from random import Random

import pytest

from tests.unit.chain import actor, go_to, go_to_day, now, refused, wait
from tests.unit.reporting import DIFFICULTY, FIRST_DAY, LONG, PRICE, SHORT, Reporting

pytestmark = pytest.mark.unit

SERIES = actor("a series")
TH = 10**18


@pytest.fixture(scope="session")
def single(genesis: None) -> Reporting:
    """An oracle of one reporter, so that many days are cheap."""
    return Reporting.open(1, 1)


def linear_last_final(reporting: Reporting) -> int:
    """Return the newest final day by looking at every posted day."""
    oracle = reporting.oracle
    final = [
        day
        for day in range(FIRST_DAY, oracle.next_day())
        if oracle.day_record(day).final_at <= now()
    ]
    return max(final, default=FIRST_DAY - 1)


def test_last_final_day__none_posted__is_the_day_before_the_first(empty: Reporting) -> None:
    assert empty.oracle.last_final_day() == FIRST_DAY - 1


def test_last_final_day__to_the_second(reporting: Reporting) -> None:
    go_to(reporting.oracle.day_record(FIRST_DAY).final_at - 1)
    assert reporting.oracle.last_final_day() == FIRST_DAY - 1

    wait(1)

    assert reporting.oracle.last_final_day() == FIRST_DAY + 1


@pytest.mark.parametrize("seed", range(2))
def test_last_final_day__any_history__equals_a_linear_scan(single: Reporting, seed: int) -> None:
    """Tails of every length: late posting, unusual days, vetoes, and time passing."""
    dice = Random(seed)
    seen = set()
    for _ in range(30):
        act = dice.randrange(10)
        pending = range(single.oracle.last_final_day() + 1, single.oracle.next_day())
        if act < 6:
            single.post(price=PRICE * dice.choice((1, 1, 1, 2)))
        elif act == 6 and pending:
            cut = dice.choice(pending)
            if single.oracle.vetoes_of(cut) < 2:
                single.oracle.veto_day(cut, sender=actor("guardian"))
        elif act == 7:
            wait(dice.choice((1, SHORT, LONG, 5 * 86_400)))
        for _ in range(3):
            wait(dice.randrange(SHORT))
            assert single.oracle.last_final_day() == linear_last_final(single)
            seen.add(single.oracle.next_day() - single.oracle.last_final_day())
    assert len(seen) > 3


@pytest.mark.parametrize("tail", [0, 1, 2, 3, 7, 8, 9, 31, 40])
def test_last_final_day__pending_tail__is_skipped(single: Reporting, tail: int) -> None:
    """All posted in one second: the search has to cross the whole tail."""
    go_to_day(FIRST_DAY + 60)
    for _ in range(20):
        single.post()
    wait(LONG)
    for _ in range(tail):
        single.post()

    assert single.oracle.last_final_day() == linear_last_final(single) == FIRST_DAY + 19


def test_final_day_at__each_second__equals_the_newest_final_day_of_that_second(
    single: Reporting,
) -> None:
    """Asked then and asked later, when more days are final, it is the same."""
    seen = []
    for _ in range(6):
        single.post()
        for seconds in (0, 1, SHORT - 1, 1):
            wait(seconds)
            seen.append((now(), single.oracle.last_final_day()))
            assert single.oracle.final_day_at(now()) == seen[-1][1]
    wait(LONG)

    assert len({day for _, day in seen}) > 3
    for time, day in seen:
        assert single.oracle.final_day_at(time) == day


def test_final_day_at__before_anything_was_final__is_the_day_before_the_first(
    reporting: Reporting,
) -> None:
    first = reporting.oracle.day_record(FIRST_DAY).final_at
    go_to(first)

    assert reporting.oracle.final_day_at(first) == FIRST_DAY + 1
    assert reporting.oracle.final_day_at(first - 1) == FIRST_DAY - 1
    assert reporting.oracle.final_day_at(0) == FIRST_DAY - 1


def test_final_day_at__a_second_ahead__reverts(reporting: Reporting) -> None:
    reporting.oracle.final_day_at(now())

    with refused("oracle: time in the future"):
        reporting.oracle.final_day_at(now() + 1)


def test_final_values__each_final_day__equals_what_was_posted(single: Reporting) -> None:
    posted = [single.post(price=PRICE + index, fees_sats=index * 10**7) for index in range(6)]
    wait(LONG)

    for index, facts in enumerate(posted):
        assert single.oracle.final_values(facts.day) == (
            facts.hashprice_wad,
            usd_sum(posted, index) - usd_sum(posted, index - 1),
            DIFFICULTY,
        )


def usd_sum(posted: list, last: int) -> int:
    """Return the USD sum up to a posted day: each day's own floor."""
    return sum(
        facts.hashprice_wad * (PRICE + index) // 10**16
        for index, facts in enumerate(posted[: last + 1])
    )


def test_final_values__pending_or_unknown__reverts(reporting: Reporting) -> None:
    for day in (0, FIRST_DAY - 1, FIRST_DAY, FIRST_DAY + 1, FIRST_DAY + 2, 2**256 - 1):
        with refused("oracle: day not final"):
            reporting.oracle.final_values(day)

    go_to(reporting.oracle.day_record(FIRST_DAY).final_at)
    reporting.oracle.final_values(FIRST_DAY)


def test_day_record__not_posted__is_empty(reporting: Reporting) -> None:
    for day in (0, FIRST_DAY - 2, FIRST_DAY + 2, 2**256 - 1):
        assert tuple(reporting.oracle.day_record(day)) == (0,) * 7


def test_day_record__anchor__has_the_height_before_the_first(empty: Reporting) -> None:
    anchor = empty.oracle.day_record(FIRST_DAY - 1)

    assert tuple(anchor) == (0, 0, 0, 0, 0, empty.network.first_height - 1, 0)


@pytest.mark.parametrize("asked", [1, 2, 6, 7, 8, 64])
def test_mean_of_last__floors_over_as_many_as_there_are(single: Reporting, asked: int) -> None:
    posted = [single.post(price=PRICE + 3 * index, fees_sats=index * 77) for index in range(8)]
    wait(LONG)
    single.post(price=PRICE * 2)  # pending: not counted
    used = posted[-asked:]

    newest, hashprice, price = single.oracle.mean_of_last(asked)

    assert newest == posted[-1].day
    assert hashprice == sum(facts.hashprice_wad for facts in used) // len(used)
    prices = [PRICE + 3 * index for index in range(8)][-asked:]
    assert price == sum(prices) // len(prices)


def test_mean_of_last__no_final_day__is_zero(reporting: Reporting) -> None:
    assert reporting.oracle.mean_of_last(7) == (FIRST_DAY - 1, 0, 0)


def test_mean_of_last__no_days_asked__is_zero(reporting: Reporting) -> None:
    wait(2 * LONG)

    assert reporting.oracle.mean_of_last(0) == (FIRST_DAY + 1, 0, 0)


def test_settlement_facts__day_and_output__are_joined(reporting: Reporting) -> None:
    day = FIRST_DAY + 1
    nothing = reporting.oracle.settlement_facts(SERIES, FIRST_DAY + 2)
    facts_only = reporting.oracle.settlement_facts(SERIES, day)
    reporting.post_output(SERIES, day, 5, 6)
    both = reporting.oracle.settlement_facts(SERIES, day)

    record, first = reporting.oracle.day_record(day), reporting.oracle.day_record(FIRST_DAY)
    hashprice = record.hashprice_sum_wad - first.hashprice_sum_wad
    assert tuple(nothing) == (0,) * 6
    assert tuple(facts_only) == (hashprice, PRICE, record.final_at, 0, 0, 0)
    assert tuple(both) == (hashprice, PRICE, record.final_at, 5, 6, now() + SHORT)


def attest(reporting: Reporting, delivered: dict[int, int]) -> None:
    """Post outputs by day, now."""
    for day, amount in delivered.items():
        reporting.post_output(SERIES, day, 0, amount * TH)


TODAY = FIRST_DAY + 100


@pytest.mark.parametrize(
    ("delivered", "days", "expected"),
    [
        ({}, 1, 0),
        ({1: 7}, 1, 7),
        ({4: 7}, 1, 7),
        ({5: 7}, 1, 0),
        ({1: 9, 2: 5, 3: 7}, 1, 9),
        ({1: 9, 2: 5, 3: 7}, 2, 5),
        ({1: 9, 2: 5, 3: 7}, 3, 5),
        ({1: 9, 2: 5, 3: 7}, 4, 0),
        ({1: 9, 3: 7}, 2, 0),
        ({2: 9, 3: 7}, 2, 7),
        ({3: 4, 4: 3, 5: 2, 6: 1}, 3, 2),
        ({1: 0, 2: 9}, 2, 0),
        ({back: back for back in range(1, 65)}, 64, 1),
        ({back: 100 - back for back in range(1, 65)}, 64, 36),
        ({back: 100 - back for back in range(1, 64)}, 64, 0),
    ],
)
def test_attested_ths__least_of_the_days_that_end_with_the_newest(
    single: Reporting, delivered: dict[int, int], days: int, expected: int
) -> None:
    """Days are counted back from today; a gap is a zero, and four days are the greatest age."""
    go_to_day(TODAY)
    attest(single, {TODAY - back: amount for back, amount in delivered.items()})
    wait(SHORT)

    assert single.oracle.attested_ths(SERIES, days) == expected * TH


def test_attested_ths__pending_output__does_not_count_yet(single: Reporting) -> None:
    go_to_day(TODAY)
    attest(single, {TODAY - 2: 3})
    wait(SHORT)
    attest(single, {TODAY - 1: 9})
    assert single.oracle.attested_ths(SERIES, 1) == 3 * TH

    wait(SHORT - 1)
    assert single.oracle.attested_ths(SERIES, 1) == 3 * TH
    wait(1)
    assert single.oracle.attested_ths(SERIES, 1) == 9 * TH
    assert single.oracle.attested_ths(SERIES, 2) == 3 * TH


def test_attested_ths__vetoed_output__counts_no_more(single: Reporting) -> None:
    go_to_day(TODAY)
    attest(single, {TODAY - 1: 9})
    single.oracle.veto_output(SERIES, TODAY - 1, sender=actor("guardian"))
    wait(SHORT)

    assert single.oracle.attested_ths(SERIES, 1) == 0


def test_attested_ths__of_another_series__is_its_own(single: Reporting) -> None:
    go_to_day(TODAY)
    attest(single, {TODAY - 1: 9})
    wait(SHORT)

    assert single.oracle.attested_ths(actor("another series"), 1) == 0
