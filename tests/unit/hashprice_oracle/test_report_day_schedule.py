# SPDX-License-Identifier: AGPL-3.0-only
"""`HashpriceOracle.report_day`: the subsidy schedule, and when difficulty may change."""

from dataclasses import replace

import pytest

from hashrate.core.types import Sats, Wad
from tests.unit.chain import go_to, now, refused
from tests.unit.reporting import DIFFICULTY, LONG, RECOVERY, Reporting, posting_time

pytestmark = pytest.mark.unit

RETARGET = 2016 * 431
BTC = 10**8
SLACK = 2**14
WIDEST = Wad(2**112 - 1)  # hashprice


def send(reporting: Reporting, follows: bool = True, **changes: int) -> None:
    """Post the next day with changed facts; one that cannot follow waits for the day before."""
    facts = reporting.next_facts(**changes)
    facts = replace(facts, hashprice_wad=min(facts.hashprice_wad, WIDEST))
    go_to(max(posting_time(facts.day), reporting.oracle.env.timestamp))
    before_is_final_at = reporting.oracle.day_record(facts.day - 1).final_at
    if not follows and now() < before_is_final_at:
        with refused("oracle: replace the day before", reporting.state):
            reporting.send(facts, reporting.sign(facts))
        go_to(before_is_final_at)
    reporting.send(facts, reporting.sign(facts))
    if not follows:
        assert reporting.oracle.day_record(facts.day).final_at == now() + RECOVERY


@pytest.mark.parametrize(
    ("first_height", "blocks", "subsidy"),
    [
        (1, 144, 144 * 50 * BTC),
        (209_999, 1, 50 * BTC),
        (210_000, 1, 25 * BTC),
        (209_999, 2, 75 * BTC),
        (209_950, 144, 50 * 50 * BTC + 94 * 25 * BTC),
        (839_999, 2, 625_000_000 + 312_500_000),
        (6_929_999, 2, 1),  # the last satoshi, and none
        (6_930_000, 144, 0),
        (13_440_000 + 210_000 * 200, 144, 0),
    ],
)
def test_report_day__subsidy_of_heights__by_hand(
    genesis: None, first_height: int, blocks: int, subsidy: int
) -> None:
    for off in (0, 1):
        reporting = Reporting.open(first_height=first_height)
        facts = replace(
            reporting.next_facts(blocks=blocks),
            subsidy_sats=Sats(subsidy + off),
            hashprice_wad=Wad(1),
        )
        go_to(max(posting_time(facts.day), reporting.oracle.env.timestamp))
        if off:
            with refused("oracle: subsidy off schedule", reporting.state):
                reporting.send(facts, reporting.sign(facts))
        else:
            reporting.send(facts, reporting.sign(facts))


def test_report_day__several_halvings_in_a_day__sums_all_eras(genesis: None) -> None:
    """Where an era has 150 blocks a day may span three of them."""
    reporting = Reporting.open(first_height=140, halving_blocks=150)
    facts = reporting.next_facts(blocks=200)

    assert facts.subsidy_sats == (10 * 50 + 150 * 25) * BTC + 40 * 1_250_000_000
    send(reporting, blocks=200)


def test_report_day__halving_day__takes_the_long_window(genesis: None) -> None:
    """A halved hashprice follows, and is unusual at an unchanged difficulty."""
    reporting = Reporting.open(first_height=1_050_000 - 3 * 144)
    for _ in range(4):
        send(reporting)
    third, fourth = (
        reporting.oracle.settlement_facts(
            reporting.oracle.address, reporting.network.first_day + index
        )
        for index in (2, 3)
    )

    assert fourth.hashprice_wad < third.hashprice_wad * 51 // 100
    assert fourth.final_at == posting_time(reporting.network.first_day + 3) + LONG


@pytest.fixture
def before(genesis: None) -> Reporting:
    """An oracle whose second day ends just below a retarget: the third may change difficulty."""
    reporting = Reporting.open(first_height=RETARGET - 2 * 144)
    send(reporting)
    send(reporting)
    return reporting


def test_report_day__difficulty_without_a_retarget__cannot_follow(genesis: None) -> None:
    reporting = Reporting.open(first_height=RETARGET - 3 * 144)
    send(reporting)

    for by in (-1, 1):
        send(reporting, follows=False, difficulty_wad=DIFFICULTY + by)

    send(reporting)


def test_report_day__first_block_is_a_retarget__may_change(before: Reporting) -> None:
    assert before.next_facts().first_height == RETARGET

    send(before, difficulty_wad=DIFFICULTY * 11 // 10)


def test_report_day__last_block_is_a_retarget__may_change(before: Reporting) -> None:
    send(before, blocks=1, difficulty_wad=DIFFICULTY + 1)


def test_report_day__retarget_the_day_before__may_change_again(before: Reporting) -> None:
    """The day of a retarget has the mean of two difficulties; the day after has the new one."""
    send(before, difficulty_wad=DIFFICULTY * 11 // 10)
    send(before, difficulty_wad=DIFFICULTY * 12 // 10)

    send(before, follows=False, difficulty_wad=DIFFICULTY * 12 // 10 + 1)


def test_report_day__a_block_before_the_retarget__cannot_follow(genesis: None) -> None:
    reporting = Reporting.open(first_height=RETARGET - 2 * 144 - 1)
    send(reporting)

    send(reporting, follows=False, difficulty_wad=DIFFICULTY + 1)


UP = 4 * DIFFICULTY * (SLACK + 1) // SLACK
DOWN = -(-DIFFICULTY * SLACK // (4 * (SLACK + 1)))


@pytest.mark.parametrize(
    ("difficulty", "follows"),
    [
        (4 * DIFFICULTY, True),
        (UP, True),
        (UP + 1, False),
        (8 * DIFFICULTY, False),
        (DIFFICULTY // 4, True),
        (DOWN, True),
        (DOWN - 1, False),
        (DIFFICULTY // 8, False),
        (1, False),
    ],
)
def test_report_day__retarget__is_at_most_a_factor_of_four_and_its_slack(
    before: Reporting, difficulty: int, follows: bool
) -> None:
    """Truncating the target can add 2**-15; the bounds allow 2**-14."""
    send(before, follows, difficulty_wad=difficulty)
