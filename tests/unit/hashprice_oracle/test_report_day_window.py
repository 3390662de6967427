# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle.report_day`: unusual facts wait longer, and are never refused."""

from dataclasses import replace

import pytest

from hashrate.core.types import DayFacts, Wad
from tests.unit.chain import now, wait
from tests.unit.reporting import (
    BLOCKS,
    DIFFICULTY,
    FIRST_DAY,
    LONG,
    PRICE,
    SHORT,
    Reporting,
    expected_hashprice,
    true_facts,
)

pytestmark = pytest.mark.unit

RETARGET = 2016 * 431


def window_of(reporting: Reporting, facts: DayFacts, price: int = PRICE) -> int:
    """Post a day long after the one before is final; return its window [s]."""
    wait(30 * 86_400)
    reporting.post(facts, price)
    return int(reporting.oracle.day_record(facts.day).final_at) - now()


def reporting_after(
    genesis: None, hashprice_wad: int, difficulty_wad: int, first_height: int
) -> Reporting:
    """Return an oracle with one day that claims these values."""
    reporting = Reporting.open(first_height=first_height)
    facts = reporting.next_facts(difficulty_wad=difficulty_wad)
    reporting.post(replace(facts, hashprice_wad=Wad(hashprice_wad)))
    return reporting


@pytest.mark.parametrize("off", [-1, 0, 1])
@pytest.mark.parametrize("percent", [40, 250])
def test_report_day__hashprice_at_another_difficulty(genesis: None, percent: int, off: int) -> None:
    """x0.4 and x2.5 of the day before are ordinary after a retarget, 1e-18 satoshi beyond is not.

    The day before claims so much that an honest day after it is just at the bound.
    """
    honest = expected_hashprice(true_facts(FIRST_DAY + 1, RETARGET, difficulty_wad=DIFFICULTY))
    bound = honest // percent * percent
    reporting = reporting_after(genesis, bound * 100 // percent, DIFFICULTY + 1, RETARGET - BLOCKS)
    facts = reporting.next_facts(difficulty_wad=DIFFICULTY)
    facts = replace(facts, hashprice_wad=Wad(bound + off))
    is_inside = off >= 0 if percent < 100 else off <= 0

    assert window_of(reporting, facts) == (SHORT if is_inside else LONG)


@pytest.mark.parametrize("off", [-1, 0, 1])
@pytest.mark.parametrize("is_up", [False, True], ids=["down", "up"])
def test_report_day__hashprice_at_the_same_difficulty(genesis: None, is_up: bool, off: int) -> None:
    """Only fees can have moved it: up or down by 1.05 is ordinary, 1e-18 satoshi beyond is not."""
    first_height = RETARGET - 3 * BLOCKS
    honest = expected_hashprice(true_facts(FIRST_DAY + 1, first_height + BLOCKS))
    bound = honest // 2_100 * 2_100
    claimed = bound * 100 // 105 if is_up else bound * 105 // 100
    reporting = reporting_after(genesis, claimed, DIFFICULTY, first_height)
    facts = replace(reporting.next_facts(), hashprice_wad=Wad(bound + off))
    is_inside = off <= 0 if is_up else off >= 0

    assert window_of(reporting, facts) == (SHORT if is_inside else LONG)


@pytest.mark.parametrize(
    ("price", "window"),
    [
        (PRICE * 58 // 100, SHORT),
        (PRICE * 58 // 100 - 1, LONG),
        (PRICE * 150 // 100, SHORT),
        (PRICE * 150 // 100 + 1, LONG),
        (1, LONG),
        (2**56 - 1, LONG),
    ],
)
def test_report_day__price_against_the_day_before(
    reporting: Reporting, price: int, window: int
) -> None:
    assert window_of(reporting, reporting.next_facts(), price) == window


@pytest.mark.parametrize(
    ("difficulty", "window"),
    [
        (DIFFICULTY * 70 // 100, SHORT),
        (DIFFICULTY * 70 // 100 - 1, LONG),
        (DIFFICULTY * 140 // 100, SHORT),
        (DIFFICULTY * 140 // 100 + 1, LONG),
        (DIFFICULTY * 4, LONG),
    ],
)
def test_report_day__difficulty_against_the_day_before(
    genesis: None, difficulty: int, window: int
) -> None:
    reporting = Reporting.open(first_height=RETARGET - BLOCKS)
    reporting.post()

    assert window_of(reporting, reporting.next_facts(difficulty_wad=difficulty)) == window


@pytest.mark.parametrize(
    ("blocks", "window"),
    [(1, LONG), (19, LONG), (20, SHORT), (400, SHORT), (401, LONG), (2_015, LONG)],
)
def test_report_day__number_of_blocks(reporting: Reporting, blocks: int, window: int) -> None:
    assert window_of(reporting, reporting.next_facts(blocks=blocks)) == window


def test_report_day__without_blocks__takes_the_long_window(reporting: Reporting) -> None:
    facts = reporting.next_facts()
    repeated = reporting.oracle.settlement_facts(
        reporting.oracle.address, facts.day - 1
    ).hashprice_wad
    facts = replace(
        facts,
        last_height=facts.first_height - 1,
        subsidy_sats=0,
        fees_sats=0,
        hashprice_wad=repeated,
    )

    assert window_of(reporting, facts) == LONG


@pytest.mark.parametrize("side", [-1, 1])
@pytest.mark.parametrize("is_retarget", [False, True], ids=["plain day", "retarget day"])
def test_report_day__hashprice_against_the_other_facts(
    genesis: None, side: int, is_retarget: bool
) -> None:
    """One part in a million is allowed, and three in a hundred where difficulties mix."""
    first = RETARGET - BLOCKS if is_retarget else RETARGET - 3 * BLOCKS
    for extra, window in ((0, SHORT), (1, LONG)):
        reporting = Reporting.open(first_height=first)
        reporting.post()
        facts = reporting.next_facts()
        expected = expected_hashprice(facts)
        room = expected * 3 // 100 if is_retarget else expected // 10**6
        facts = replace(facts, hashprice_wad=Wad(expected + side * (room + extra)))

        assert window_of(reporting, facts) == window


@pytest.mark.parametrize("extra", [0, 1])
def test_report_day__fees_beyond_a_quarter_of_the_subsidy__take_the_long_window(
    genesis: None, extra: int
) -> None:
    """Also where the day before had just as many: 144 blocks of 3.125 BTC, and 112.5 of fees."""
    reporting = Reporting.open()
    fees = BLOCKS * 312_500_000 // 4 + extra
    reporting.post(fees_sats=fees)

    assert window_of(reporting, reporting.next_facts(fees_sats=fees)) == (LONG if extra else SHORT)


def test_report_day__unusual_again__is_judged_by_the_day_before(reporting: Reporting) -> None:
    """A halved price waits once; the day after at that price is ordinary."""
    assert window_of(reporting, reporting.next_facts(), PRICE // 2) == LONG
    assert window_of(reporting, reporting.next_facts(), PRICE // 2) == SHORT


def test_report_day__other_unit_of_hashrate__is_consistent_too(genesis: None) -> None:
    """A chain of difficulty one is quoted per H/s: regtest."""
    reporting = Reporting.open(unit_hashes=1, halving_blocks=150, first_height=1)
    reporting.post(blocks=100, difficulty_wad=10**18)

    assert window_of(reporting, reporting.next_facts(blocks=40)) == SHORT
